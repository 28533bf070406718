"""The rulebook this installation works by: the folder that came with it, with what the office itself has laid down.

Responsible for which folder that is (`settings.DUECOURSE_RULEBOOK`), for the rulebook in force today (`current`) and
for any that was in force before (`of`), and for the words of letters (`letters/*.yaml`). What the office lays down
(`office.settings`) is noticed at the next request, and in a process that serves none within `LOOK_AGAIN` seconds.
Not responsible for what procedures mean (`core.procedure`) nor for what may be changed (`office.settings`).
"""

from __future__ import annotations

import functools
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import yaml
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections

from duecourse.core.law.places import rulebook_folder
from duecourse.core.procedure.definition import Rulebook
from duecourse.core.procedure.loading import load
from duecourse.edge import clock
from duecourse.office.matters import bundles

LOOK_AGAIN: Final = 1.0


@dataclass(frozen=True, slots=True)
class Letter:
    """The words of one letter to a reporter; `{named}` slots are filled from the step."""

    id: str
    title: Mapping[str, str]
    body: Mapping[str, str]


@dataclass(slots=True)
class _Looked:
    """What was in force when this process last asked: in which database, for which day, and when that was."""

    at: float = float("-inf")
    place: str = ""
    on: date = date.min
    book: Rulebook | None = None


_looked = _Looked()


def folder() -> Path:
    """The folder that came with this installation. Raises Invalid("rulebook_unknown")."""
    return rulebook_folder(settings.DUECOURSE_RULEBOOK)


@functools.cache
def base() -> Rulebook:
    """The rulebook as it came, without what the office has laid down. Raises core.procedure.RulebookError."""
    return load(folder())


def current() -> Rulebook:
    """The rulebook in force today, with the office's settings and calendars. Raises core.procedure.RulebookError."""
    moment, place = time.monotonic(), str(connections[DEFAULT_DB_ALIAS].settings_dict["NAME"])
    held = _looked.book if _looked.place == place and moment - _looked.at <= LOOK_AGAIN else None
    if held is not None and not clock.is_movable():
        return held
    today = base().local_date(clock.now())
    if held is not None and _looked.on == today:
        return held
    found = bundles.in_force(today)
    book = base() if found is None else _read_bundle(found.digest, found.bundle)
    _looked.book, _looked.at, _looked.on, _looked.place = book, moment, today, place
    return book


def of(digest: str | None) -> Rulebook | None:
    """The rulebook of this digest: the one in force, the one that came, or one kept; None for one never kept here."""
    for book in (current(), base()):
        if book.digest == digest:
            return book
    bundle = bundles.bundle_of(digest) if digest else None
    return _read_bundle(digest, bundle) if digest and bundle else None


def look_again() -> None:
    """Ask the database at the next question what is in force (at the start of a request, after a change)."""
    _looked.at = float("-inf")


def classes() -> Mapping[str, tuple[str, ...]]:
    """Roles that may see each class of field; `EVERYONE` stands for every account of the office."""
    return current().classes


@functools.cache
def letters() -> Mapping[str, Letter]:
    """All letters of the rulebook by id."""
    found = (_read(path) for path in sorted((folder() / "letters").glob("*.yaml")))
    return {item["letter"]: Letter(item["letter"], item["title"], item["body"]) for item in found}


def forget() -> None:
    """Read everything anew at the next question (tests that swap the rulebook)."""
    for cached in (base, letters, _read_bundle):
        cached.cache_clear()
    _looked.book = None


class Middleware:
    """At the start of each request, let the rulebook in force be asked for again: one small indexed read."""

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> Any:
        """Pass the request on."""
        look_again()
        return self.get_response(request)


@functools.lru_cache(maxsize=16)
def _read_bundle(digest: str, bundle: str) -> Rulebook:
    return base() if digest == base().digest else load(bundles.folder_of(digest, bundle))


def _read(path: Path) -> dict[str, Any]:
    content = yaml.safe_load(path.read_text("utf-8"))
    assert isinstance(content, dict), f"{path.name} is not a mapping"
    return content
