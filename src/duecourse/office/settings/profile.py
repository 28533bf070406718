"""Who this office is, for the office site, documents and letters; and the file from which the public site knows it.

`current` is from the settings in force; `publish` writes the same to `published/office.json` when it has changed, with
the rulebook in force beside it. What a profile holds: `duecourse.public.office`. Changing it: `actions`.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings

from duecourse.office.matters import bundles, rulebook
from duecourse.public import office
from duecourse.public.office import FILE, Profile

if TYPE_CHECKING:
    from duecourse.core.procedure.definition import Rulebook

__all__ = ["Profile", "current", "is_example", "publish", "shown_settings"]
NAME: Final = "office-name"
FORMAT: Final = "duecourse/office/v1"


def current() -> Profile:
    """The office as of today."""
    book = rulebook.current()
    return office.of(book, example=is_example(book))


def is_example(book: Rulebook) -> bool:
    """Whether this is a demonstration, or an office that still has the name that came with the rulebook."""
    came = rulebook.base().settings[NAME].value
    return settings.DUECOURSE_ENV != "production" or book.settings[NAME].value == came


def shown_settings() -> frozenset[str]:
    """The settings that the profile shows."""
    return frozenset(
        {*office.WORDS.values(), *(f"{name}-en" for name in office.WORDS.values()), *office.TEXTS.values()}
    )


def publish() -> bool:
    """Write what the public site shows of the office, when it changed; give whether it did."""
    book = rulebook.current()
    bundle = bundles.bundle_of(book.digest)
    if bundle is not None:
        bundles.folder_of(book.digest, bundle)
    content: Mapping[str, Any] = {
        "format": FORMAT,
        "profile": asdict(office.of(book, example=is_example(book))),
        "rulebook": book.digest,
    }
    spelled = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    place = Path(settings.DUECOURSE_PUBLISHED) / FILE
    if place.is_file() and place.read_text("utf-8") == spelled:
        return False
    _replace(place, spelled)
    return True


def _replace(place: Path, spelled: str) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=place.parent)
    fresh = Path(name)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.write(spelled)
    fresh.chmod(0o644)
    fresh.replace(place)
