"""What a document's own file says: its slots, where each is filled from, its fixed words and whom it may reach.

Responsible for reading `rulebook/<name>/documents/<document>.yaml` strictly, with file and line in each error.
Not responsible for filling it (`content.py`), nor for title, articles and seal (`documents.yaml`, read by the core).
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from duecourse.core.reading import Problems, Words, read_yaml

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from duecourse.core.reading import Node


class Audience(enum.Enum):
    """Who reads the document; it may hold only fields whose class that reader may see."""

    REPORTER = "reporter"
    PARTY = "party"
    OFFICE = "office"

    @property
    def classes(self) -> frozenset[str]:
        """Classes of fields that may stand in it. `identity` stands in none."""
        return {
            Audience.REPORTER: frozenset({"public", "report"}),
            Audience.PARTY: frozenset({"public", "party"}),
            Audience.OFFICE: frozenset({"public", "party", "case", "office"}),
        }[self]


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in the document.

    `sources`: `step.field` (latest entry of that step), `asked.field` (the step that asks for the document), or `@name`
    (what the record itself knows); the first that has a value fills it. `only`: it is filled only by these values.
    `amount`: a money field said in the same breath. `words`: fixed words instead of a source.
    """

    name: str
    title: Words
    sources: tuple[str, ...] = ()
    required: bool = False
    only: tuple[str, ...] = ()
    amount: str | None = None
    words: str | None = None


@dataclass(frozen=True, slots=True)
class Paper:
    """One document's file, read. `remedies` are clocks of the procedure, each with its sentence in `remedy_words`."""

    id: str
    audience: Audience
    slots: Mapping[str, Slot]
    words: Mapping[str, Words]
    series: Words | None = None
    remedies: tuple[str, ...] = ()
    remedy_words: Mapping[str, Words] | None = None
    exhibits: bool = False
    opinions: bool = False


@cache
def read_paper(folder: Path, document: str) -> Paper:
    """Return the file of `document` in `folder`. Raises RulebookError with every problem of the file."""
    problems = Problems()
    root = read_yaml(folder / f"{document}.yaml", problems)
    parts = root.mapping(
        required={"document", "audience", "slots", "words"},
        optional={"series", "remedies", "remedy_words", "exhibits", "opinions"},
    )
    audience = parts["audience"].one_of({item.value for item in Audience})
    paper = Paper(
        id=parts["document"].text(),
        audience=Audience(audience) if audience else Audience.OFFICE,
        slots={name: _slot(name, node) for name, node in parts["slots"].pairs().items()},
        words=_words(parts["words"]),
        series=parts["series"].words() if "series" in parts else None,
        remedies=tuple(node.text() for node in parts["remedies"].sequence()) if "remedies" in parts else (),
        remedy_words=_words(parts["remedy_words"]) if "remedy_words" in parts else None,
        exhibits=parts["exhibits"].boolean() if "exhibits" in parts else False,
        opinions=parts["opinions"].boolean() if "opinions" in parts else False,
    )
    problems.raise_if_any()
    return paper


def _words(node: Node) -> dict[str, Words]:
    return {name: value.words() for name, value in node.pairs().items()}


def _slot(name: str, node: Node) -> Slot:
    parts = node.mapping(required={"title"}, optional={"from", "required", "only", "amount", "words"})
    return Slot(
        name=name,
        title=parts["title"].words(),
        sources=tuple(item.text() for item in parts["from"].sequence()) if "from" in parts else (),
        required=parts["required"].boolean() if "required" in parts else False,
        only=tuple(item.text() for item in parts["only"].sequence()) if "only" in parts else (),
        amount=parts["amount"].text() if "amount" in parts else None,
        words=parts["words"].text() if "words" in parts else None,
    )
