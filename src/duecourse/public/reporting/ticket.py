"""Short-lived locked values that travel through the browser and come back: the receipt's cookie, files already sent.

A ticket is canonical JSON in a secret box of the site's key, with the second it runs out. The browser can neither read
nor change it. The reporter's code therefore never stands in an address, so in no log, no history and no referrer.
"""

from __future__ import annotations

import base64
import binascii
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from django.conf import settings
from nacl.exceptions import CryptoError
from nacl.secret import SecretBox

from duecourse.core.errors import Invalid
from duecourse.core.ledger import canonical

if TYPE_CHECKING:
    from duecourse.core.ledger.canonical import JSON

LONGEST: Final = 32_768


def lock(purpose: str, value: JSON, *, until: float) -> str:
    """Lock a value for one purpose until a moment (seconds since 1970)."""
    plain = canonical.encode({"until": int(until), "value": value})
    return base64.urlsafe_b64encode(_box(purpose, settings.SECRET_KEY).encrypt(plain)).decode("ascii")


def unlock(purpose: str, text: str | None, *, now: float) -> JSON:
    """Open a ticket of this purpose. Raises Invalid("ticket") when it is missing, foreign, changed or out of time."""
    if not text or len(text) > LONGEST:
        raise Invalid("ticket")
    try:
        plain = _box(purpose, settings.SECRET_KEY).decrypt(base64.urlsafe_b64decode(text.encode("ascii")))
    except (ValueError, TypeError, binascii.Error, CryptoError):
        raise Invalid("ticket") from None
    held = canonical.decode(plain)
    assert isinstance(held, dict)
    until = held["until"]
    assert isinstance(until, int)
    if now >= until:
        raise Invalid("ticket")
    return held["value"]


@cache
def _box(purpose: str, secret: str) -> SecretBox:
    return SecretBox(sha256(b"duecourse/ticket/v1\n" + purpose.encode() + b"\n" + secret.encode()).digest())
