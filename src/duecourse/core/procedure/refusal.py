"""A lawful "no": the reasons, each with its parameters and articles, and its sentences in the reader's language.

Responsible for the refusal as a value and for its words, which stand in `refusals.yaml` and nowhere else: the engine
enforces a code, the button shows its words, the letter quotes them.
Not responsible for deciding: that is `engine` and `guards`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import as_file, files
from typing import TYPE_CHECKING

from duecourse.core.reading import LANGUAGES, Problems, Words, read_yaml

if TYPE_CHECKING:
    from duecourse.core.procedure.definition import Json

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
           "December")  # fmt: skip

Param = str | int | Words | tuple[Words | str, ...]
"""A detail of a reason: plain, or said in both languages, or a list of such."""


@dataclass(frozen=True, slots=True)
class Sentences:
    """The words of one reason in one language. `article` is empty when no article stands behind it."""

    what: str
    why: str
    article: str
    next: str

    def __str__(self) -> str:
        """Join them into one paragraph; a Chinese full stop needs no space after it."""
        said = " ".join(part for part in (self.what, self.why, self.article, self.next) if part)
        return said.replace("。 ", "。")


@dataclass(frozen=True, slots=True)
class Entry:
    """One code of the catalogue. `form`: the reason lies in the form, so an offer without a form leaves it out."""

    code: str
    what: Words
    why: Words
    next: Words
    form: bool = False


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason: a code of the catalogue, its details, and the articles it rests on (`cac-14#18`)."""

    code: str
    params: Mapping[str, Param] = field(default_factory=dict)
    on: tuple[str, ...] = ()
    cited: tuple[Words, ...] = ()

    @property
    def in_form(self) -> bool:
        """Whether the person can mend it by filling the form differently."""
        return catalogue()[self.code].form

    def words(self, lang: str) -> Sentences:
        """Say what is refused, why, on which article, and what to do next. Raises KeyError for another language."""
        entry = catalogue()[self.code]
        said = {name: _said(value, lang) for name, value in self.params.items()}
        what, why, then = (text[lang].format_map(said) for text in (entry.what, entry.why, entry.next))
        return Sentences(what, why, _article(self, lang), then)

    def to_json(self) -> dict[str, Json]:
        """Give what stands in an outcome: code, details, articles."""
        return {"code": self.code, "params": {name: _plain(value) for name, value in self.params.items()},
                "on": list(self.on)}  # fmt: skip

    @classmethod
    def from_json(cls, found: Mapping[str, Json]) -> Reason:
        """Read what `to_json` wrote."""
        params, on = found["params"], found["on"]
        assert isinstance(params, dict)
        assert isinstance(on, list)
        return cls(str(found["code"]), {name: _param(value) for name, value in params.items()}, tuple(map(str, on)))


@dataclass(frozen=True, slots=True)
class Refusal:
    """Every reason why a step cannot be taken now, in the order in which they were found."""

    reasons: tuple[Reason, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes alone."""
        return tuple(reason.code for reason in self.reasons)

    def words(self, lang: str) -> list[str]:
        """Say each reason as one paragraph: what, why, which article, what to do next."""
        return [str(reason.words(lang)) for reason in self.reasons]


@cache
def catalogue() -> dict[str, Entry]:
    """Read `refusals.yaml`: every code with its words in both languages. Raises RulebookError when it is wrong."""
    problems = Problems()
    with as_file(files(__package__) / "refusals.yaml") as path:
        root = read_yaml(path, problems, shown="refusals.yaml")
    found: dict[str, Entry] = {}
    for code, node in root.pairs().items():
        parts = node.mapping(required={"what", "why", "next"}, optional={"form"})
        form = parts["form"].boolean() if "form" in parts else False
        found[code] = Entry(code, parts["what"].words(), parts["why"].words(), parts["next"].words(), form)
    problems.raise_if_any()
    return found


def _said(value: Param, lang: str) -> str:
    if isinstance(value, Mapping):
        return str(value[lang])
    if isinstance(value, tuple):
        return ("、" if lang == "zh-Hans" else ", ").join(_said(item, lang) for item in value)
    return _day(value, lang) if isinstance(value, str) and _DAY.fullmatch(value) else str(value)


def _day(text: str, lang: str) -> str:
    """Write a day as people do: 2026年11月24日, 24 November 2026; what is no day of the calendar, as it stands."""
    try:
        on = dt.date.fromisoformat(text)
    except ValueError:
        return text
    return f"{on.year}年{on.month}月{on.day}日" if lang == "zh-Hans" else f"{on.day} {_MONTHS[on.month - 1]} {on.year}"


def _article(reason: Reason, lang: str) -> str:
    if not reason.on:
        return ""
    named = tuple(words[lang] for words in reason.cited) or reason.on
    return f"依据：{'、'.join(named)}。" if lang == "zh-Hans" else f"Basis: {', '.join(named)}."


def _plain(value: Param) -> Json:
    if isinstance(value, Mapping):
        return {lang: value[lang] for lang in LANGUAGES}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value


def _param(value: Json) -> Param:
    if isinstance(value, dict):
        return {lang: str(value[lang]) for lang in LANGUAGES}
    if isinstance(value, list):
        return tuple(item if isinstance(item := _param(part), str | dict) else str(item) for part in value)
    assert isinstance(value, str | int)
    return value
