"""The public keys that the front door seals to, read once and again when a rotation changes them.

Responsible for never sealing to a key that was rotated out, at the price of one stat a request. It reads no secret key:
in production the public site's folder holds none.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from duecourse.edge.keys import KeyRing

if TYPE_CHECKING:
    from duecourse.edge.sealing import PublicKey


@dataclass(frozen=True, slots=True)
class Recipients:
    """Who can open what: `content` the intake and recovery keys, `identity` the custodian and recovery keys."""

    content: tuple[PublicKey, ...]
    identity: tuple[PublicKey, ...]


def current() -> Recipients:
    """The keys in use. Raises Invalid("key_missing") when they were never made."""
    folder = Path(settings.DUECOURSE_KEYS)
    try:
        changed = (folder / "current.json").stat().st_mtime_ns
    except FileNotFoundError:
        changed = 0
    return _read(folder, changed)


@lru_cache(maxsize=2)
def _read(folder: Path, _changed: int) -> Recipients:
    ring = KeyRing(folder)
    recovery = ring.public("recovery")
    return Recipients((ring.public("intake"), recovery), (ring.public("custodian"), recovery))
