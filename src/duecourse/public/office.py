"""Which office this is: name, hotline, addresses, organs of remedy, as the office publishes them.

Responsible for what a profile holds (`of` takes it from a rulebook's settings) and for reading it from
`published/office.json`, again when the file has changed; before it is there, the cautious words that came with the
rulebook. Not here: changing any of it, and writing the file, which are the office's (`office.settings`).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings

from duecourse.core.law.places import rulebook_folder
from duecourse.core.procedure.loading import load
from duecourse.core.procedure.setting_values import NOTHING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from duecourse.core.procedure.definition import Rulebook

FILE: Final = "office.json"
RULEBOOKS: Final = "rulebooks"
WORDS: Final = {
    "name": "office-name",
    "short_name": "office-short-name",
    "address": "office-address",
    "reconsideration_organ": "reconsideration-organ",
    "court": "court",
    "bank": "fine-collection",
}
"""Fields in both languages: the setting of each; in English the one called `<setting>-en`."""
TEXTS: Final = {
    "hotline": "hotline",
    "email": "office-email",
    "postcode": "office-postcode",
    "seal_object": "office-seal-object",
    "number_prefix": "office-number-prefix",
}
Words = dict[str, str]


@dataclass(frozen=True, slots=True)
class Profile:
    """The office as it shows itself; words in both languages, what is not given yet is empty.

    `example`: a demonstration, or an office that has not been named yet.
    """

    name: Words
    short_name: Words
    address: Words
    reconsideration_organ: Words
    court: Words
    bank: Words
    hotline: str
    email: str
    postcode: str
    seal_object: str
    number_prefix: str
    example: bool


@dataclass(slots=True)
class _Read:
    """The file as last read, and by what it was known."""

    known_by: tuple[int, int, int] | None = None
    profile: Profile | None = None
    rulebook: str = ""


_read = _Read()


def profile() -> Profile:
    """The office as of now."""
    _look()
    return _read.profile or of(_came(), example=True)


def of(book: Rulebook, *, example: bool) -> Profile:
    """The office as a rulebook's settings describe it."""
    words = {name: _both(book, setting) for name, setting in WORDS.items()}
    texts = {name: _given(book, setting) for name, setting in TEXTS.items()}
    return Profile(**words, **texts, example=example)


def rulebook_in_force() -> Path:
    """The folder of the rulebook that the office works by, or of the one that came while nothing is published."""
    _look()
    place = Path(settings.DUECOURSE_PUBLISHED) / RULEBOOKS / _read.rulebook
    return place if _read.rulebook and place.is_dir() else rulebook_folder(settings.DUECOURSE_RULEBOOK)


def _look() -> None:
    place = Path(settings.DUECOURSE_PUBLISHED) / FILE
    try:
        stands = place.stat()
    except FileNotFoundError:
        _read.known_by, _read.profile, _read.rulebook = None, None, ""
        return
    known_by = (stands.st_mtime_ns, stands.st_size, stands.st_ino)
    if known_by != _read.known_by:
        content: Mapping[str, Any] = json.loads(place.read_text("utf-8"))
        _read.profile, _read.rulebook = Profile(**content["profile"]), content["rulebook"]
        _read.known_by = known_by


@cache
def _came() -> Rulebook:
    return load(rulebook_folder(settings.DUECOURSE_RULEBOOK))


def _both(book: Rulebook, name: str) -> Words:
    chinese = _given(book, name)
    return {"zh-Hans": chinese, "en": _given(book, f"{name}-en") or chinese}


def _given(book: Rulebook, name: str) -> str:
    found = book.settings.get(name)
    return "" if found is None or found.value == NOTHING else str(found.value)
