"""The stamp of a form: that we made its code, and when. It needs no session and no table.

    1798012345.3f0c…   seconds since 1970, then HMAC-SHA256 over them and the code

Responsible for making and judging stamps. A stamp that has run out is not an error of the person: the form is shown
again with everything in it and a new stamp for the same code.
"""

from __future__ import annotations

import hmac
from enum import Enum
from functools import cache
from hashlib import sha256
from typing import Final

from django.conf import settings

HOURS: Final = 12
LONGEST: Final = 100


class Verdict(Enum):
    """What a stamp says of its form."""

    GOOD = "good"
    EXPIRED = "expired"
    FOREIGN = "foreign"


def make(code: str, at: float) -> str:
    """Stamp a code that is given out at `at` (seconds since 1970)."""
    return f"{int(at)}.{_mac(code, int(at))}"


def judge(code: str, stamp: str, now: float) -> Verdict:
    """Whether we gave out this code, and within the last `HOURS` hours."""
    when, _, mac = stamp[:LONGEST].partition(".")
    if not (when.isascii() and when.isdecimal()) or not hmac.compare_digest(_mac(code, int(when)), _ascii(mac)):
        return Verdict.FOREIGN
    return Verdict.GOOD if int(when) <= now + 60 and now < int(when) + HOURS * 3600 else Verdict.EXPIRED


def _mac(code: str, at: int) -> str:
    return hmac.new(_key(settings.SECRET_KEY), f"{at}|{code}".encode(), sha256).hexdigest()


def _ascii(text: str) -> str:
    return text if text.isascii() else ""


@cache
def _key(secret: str) -> bytes:
    return sha256(b"duecourse/form-stamp/v1\n" + secret.encode()).digest()
