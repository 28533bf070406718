"""What the citizen's door says besides its questions, read from the rulebook's `front-door.yaml`.

Responsible for the words and numbers of: examples of a head, whom to call first, who can help elsewhere, which remedy
is told to whom, the page for children, the ten sentences on data. Not here: the heads (`heads.yaml`), the pages.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import yaml
from django.conf import settings

from duecourse.core.errors import Invalid
from duecourse.core.law.places import rulebook_folder

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

Words = dict[str, str]
LANGUAGES = ("zh-Hans", "en")
FILE = "front-door.yaml"


@dataclass(frozen=True, slots=True)
class Kind:
    """A head as a citizen meets it: examples, and what comes first when it is urgent."""

    examples: Words
    first: Words | None


@dataclass(frozen=True, slots=True)
class Call:
    """Whom to call at once. `number` is empty where it is the caller's own bank."""

    who: Words
    number: str
    why: Words
    source: str


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Who can help with what this office may not touch; `link` is empty where there is no one address."""

    about: Words
    who: Words
    link: str
    source: str


@dataclass(frozen=True, slots=True)
class Remedy:
    """What a reporter can expect and ask for, and the article it rests on."""

    title: Words
    text: Words
    source: str


@dataclass(frozen=True, slots=True)
class Door:
    """Everything of the file."""

    kinds: Mapping[str, Kind]
    calls: Sequence[Call]
    elsewhere: Sequence[Elsewhere]
    remedies: Mapping[str, Remedy]
    children: Sequence[Words]
    data: Sequence[Words]


@cache
def current() -> Door:
    """The door of the rulebook in use. Raises Invalid("front_door_malformed") naming what is wrong."""
    return read(rulebook_folder(settings.DUECOURSE_RULEBOOK) / FILE)


def read(path: Path) -> Door:
    """Read the file. Raises Invalid("front_door_malformed")."""
    held = yaml.safe_load(path.read_text("utf-8"))
    try:
        return Door(
            kinds={id_: Kind(_words(one["examples"]), _words(one.get("first"))) for id_, one in held["heads"].items()},
            calls=[Call(_words(one["who"]), one["number"], _words(one["why"]), one["source"]) for one in held["calls"]],
            elsewhere=[
                Elsewhere(_words(one["about"]), _words(one["who"]), _link(one["link"]), one["source"])
                for one in held["elsewhere"]
            ],
            remedies={
                whom: Remedy(_words(held["remedies"][whom]["title"]), _words(held["remedies"][whom]["text"]),
                             held["remedies"][whom]["source"])
                for whom in ("self", "other")
            },
            children=[_words(one) for one in held["children"]],
            data=[_words(one) for one in held["data"]],
        )  # fmt: skip
    except (KeyError, TypeError, AttributeError) as wrong:
        raise Invalid("front_door_malformed", why=str(wrong)) from None


def _words(found: Any) -> Any:
    if found is not None and not (set(found) == set(LANGUAGES) and all(isinstance(one, str) for one in found.values())):
        raise Invalid("front_door_malformed", why=f"not in both languages: {found}")
    return found


def _link(found: str) -> str:
    if found and not found.startswith("https://"):
        raise Invalid("front_door_malformed", why=f"no https address: {found}")
    return found
