"""How the small parts of an entry are spelt: names, digests, ids, dates. Each check raises Invalid with its own code.

Also the readers that take a JSON value of an expected shape. Not responsible for which parts an entry has (`entry`).
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from duecourse.core.errors import Invalid

if TYPE_CHECKING:
    from duecourse.core.ledger.canonical import JSON

_TOKEN = re.compile(r"[a-z][a-z0-9._-]{0,79}", re.ASCII)
_HEX = re.compile(r"[0-9a-f]{64}", re.ASCII)
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.ASCII)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_TIME = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]", re.ASCII)
_ZONE = re.compile(r"[A-Za-z0-9+_/-]{1,64}", re.ASCII)
_CLOCK = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\.[0-9]{3}Z", re.ASCII)
_ORIGIN = re.compile(r"[a-zA-Z0-9._~:/-]{1,255}", re.ASCII)

_remembered = lru_cache(maxsize=4096)
"""The same few names and days stand in every entry: a check that passed once is not run again."""


@_remembered
def check_token(text: str, what: str) -> None:
    """A name of ours: a small Latin letter, then up to 79 small letters, digits, dots, underscores, hyphens."""
    if not _TOKEN.fullmatch(text):
        raise Invalid("token", what=what, got=text[:100])


def check_hex(text: str, what: str) -> None:
    """A SHA-256 digest: 64 small hex digits."""
    if not _HEX.fullmatch(text):
        raise Invalid("digest_not_hex", what=what, got=text[:100])


def check_uuid(text: str, what: str) -> None:
    """A UUID in small hex with hyphens."""
    if not _UUID.fullmatch(text):
        raise Invalid("not_a_uuid", what=what, got=text[:100])


@_remembered
def check_origin(text: str) -> None:
    """A log's origin: a scheme-less URL in ASCII without plus or space, at most 255 characters (C2SP checkpoint)."""
    if not _ORIGIN.fullmatch(text):
        raise Invalid("log_origin", got=text[:300])


@_remembered
def check_date(text: str, what: str) -> None:
    """A calendar day that exists, YYYY-MM-DD."""
    try:
        known = _DATE.fullmatch(text) is not None and bool(date.fromisoformat(text))
    except ValueError:
        known = False
    if not known:
        raise Invalid("date", what=what, got=text[:100])


def check_time(text: str) -> None:
    """A time of day, HH:MM."""
    if not _TIME.fullmatch(text):
        raise Invalid("time", got=text[:100])


@_remembered
def check_zone(text: str) -> None:
    """A time zone's name as IANA writes it."""
    if not _ZONE.fullmatch(text):
        raise Invalid("zone", got=text[:100])


def check_moment(text: str, what: str) -> None:
    """A moment in UTC to the millisecond, YYYY-MM-DDTHH:MM:SS.mmmZ; no leap second."""
    check_date(text[:10], what)
    if text[10:11] != "T" or not _CLOCK.fullmatch(text[11:]):
        raise Invalid("moment", what=what, got=text[:100])


def exactly(value: JSON, keys: frozenset[str], what: str) -> dict[str, JSON]:
    """Take an object that has these keys, all of them and no other."""
    raw = mapping(value, what)
    if raw.keys() != keys:
        raise Invalid("keys", what=what, missing=sorted(keys - raw.keys()), extra=sorted(raw.keys() - keys))
    return raw


def mapping(value: JSON, what: str) -> dict[str, JSON]:
    """Take an object."""
    if not isinstance(value, dict):
        raise Invalid("not_an_object", what=what)
    return value


def listing(value: JSON, what: str) -> list[JSON]:
    """Take an array."""
    if not isinstance(value, list):
        raise Invalid("not_a_list", what=what)
    return value


def text(value: JSON, what: str) -> str:
    """Take a string."""
    if not isinstance(value, str):
        raise Invalid("not_text", what=what)
    return value


def text_or_none(value: JSON, what: str) -> str | None:
    """Take a string or null."""
    return None if value is None else text(value, what)


def whole(value: JSON, what: str) -> int:
    """Take an integer; true and false are none."""
    if type(value) is not int:
        raise Invalid("not_an_integer", what=what)
    return value
