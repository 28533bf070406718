"""A step's form on a page: from the rulebook's definition to controls, and from a post back to values.

Responsible for spelling only: which control a type has, which choices it offers, and bringing what a browser sends into
the one spelling the core accepts. Whether the values are right is the core's business (`core.procedure.form`); its
reasons come back here and are put beside the field they name. Nothing typed is lost: the controls are filled from the
post again.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from duecourse.core.procedure.form import clean
from duecourse.ui import language

from .standing import cite

if TYPE_CHECKING:
    from django.http import QueryDict

    from duecourse.core.procedure.definition import FormField, Rulebook
    from duecourse.core.procedure.refusal import Refusal
    from duecourse.core.reading import Words

_CHINESE_DAY: Final = re.compile(r"(\d{4})\D{1,2}(\d{1,2})\D{1,2}(\d{1,2})\D?")
CONTROLS: Final[Mapping[str, str]] = {
    "text": "line", "organisation": "line", "url": "line", "long-text": "lines", "date": "date", "integer": "number",
    "money": "number", "choice": "radios", "boolean": "tick", "account": "select", "accounts": "ticks",
    "exhibits": "ticks", "breach": "select", "head": "select",
}  # fmt: skip
"""The control of each type of field; `digest` and `digests` are filled by pages of their own."""


@dataclass(frozen=True, slots=True)
class Option:
    """One choice: the value posted, its words, a line beneath it, and whether it is chosen."""

    value: str
    label: str
    hint: str = ""
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Control:
    """One field as it stands on the page. `error` is the sentence beside it, when it was refused."""

    name: str
    label: str
    kind: str
    required: bool = False
    help: str = ""
    on: str = ""
    value: str = ""
    options: tuple[Option, ...] = ()
    errors: tuple[str, ...] = ()
    mode: str = "text"
    inline: bool = False
    rows: int = 6

    @property
    def described_by(self) -> str:
        """The ids of what describes the control, for a screen reader."""
        parts = [f"{self.name}-error"] if self.errors else []
        return " ".join(parts + ([f"{self.name}-help"] if self.help or self.on else []))


@dataclass(frozen=True, slots=True)
class Problem:
    """A line of the error summary: the sentence, and the field it belongs to ("" when to none)."""

    sentence: str
    field: str = ""


@dataclass(frozen=True, slots=True)
class Lists:
    """What the choices are made of: accounts and exhibits that may be named, by id and words."""

    accounts: Sequence[Option] = ()
    exhibits: Sequence[Option] = ()


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed: single values, and lists for fields with several."""

    one: Mapping[str, str] = field(default_factory=dict)
    many: Mapping[str, Sequence[str]] = field(default_factory=dict)


def controls(book: Rulebook, fields: Iterable[FormField], lists: Lists, typed: Typed) -> list[Control]:
    """Return the controls of a form, filled with what was typed or with the field's default."""
    return [_control(book, item, lists, typed) for item in fields if item.type in CONTROLS]


def values(fields: Iterable[FormField], post: QueryDict) -> dict[str, Any]:
    """Return what a post says in the core's spelling; a field left empty is None, a tick is True or False."""
    return {item.name: _value(item, post) for item in fields if item.type in CONTROLS}


def typed(fields: Iterable[FormField], post: Mapping[str, Any]) -> Typed:
    """Return what a post says as it was typed."""
    names = [item.name for item in fields]
    return Typed({name: post.get(name, "") for name in names}, {name: post.getlist(name) for name in names})  # type: ignore[attr-defined]


def kept(fields: Iterable[FormField], values: Mapping[str, Any]) -> Typed:
    """Return values of an entry as if they had been typed."""
    one = {name: "true" if value is True else str(value or "") for name, value in values.items()}
    many = {name: [str(item) for item in value] for name, value in values.items() if isinstance(value, list)}
    names = {item.name for item in fields}
    return Typed({name: text for name, text in one.items() if name in names and name not in many}, many)


def with_errors(found: Sequence[Control], refusal: Refusal) -> tuple[list[Control], list[Problem]]:
    """Put each reason beside the field it names; return the controls and the whole error summary."""
    lang = language.tag()
    by_title = {control.label: control.name for control in found}
    problems = []
    for reason in refusal.reasons:
        named = reason.params.get("field")
        title = named.get(lang, "") if isinstance(named, Mapping) else str(named or "")
        problems.append(Problem(str(reason.words(lang)), by_title.get(title, "")))
    beside = {control.name: tuple(p.sentence for p in problems if p.field == control.name) for control in found}
    return [replace(control, errors=beside[control.name]) for control in found], problems


def date_spelled(text: str) -> str:
    """Bring 2026年3月2日, 2026/3/2 or full-width digits into 2026-03-02; anything else stays for the core to refuse."""
    plain = unicodedata.normalize("NFKC", text).strip()
    found = _CHINESE_DAY.fullmatch(plain)
    return f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}" if found else plain


def number_spelled(text: str) -> str:
    """Take away what people put into numbers: full-width digits, thousands marks, 元, spaces."""
    return re.sub(r"[,\s]|元$", "", unicodedata.normalize("NFKC", text).strip())


def _value(item: FormField, post: QueryDict) -> Any:
    if item.type == "boolean":
        return post.get(item.name) == "true"
    if item.type in ("accounts", "exhibits"):
        return post.getlist(item.name) or None
    text = clean(post.get(item.name, ""))
    if item.type == "date":
        text = date_spelled(text)
    elif item.type in ("integer", "money"):
        text = number_spelled(text)
    return text or None


def _control(book: Rulebook, item: FormField, lists: Lists, typed_: Typed) -> Control:
    default = "true" if item.default is True else str(item.default or "")
    value = typed_.one.get(item.name, default)
    chosen = set(typed_.many.get(item.name) or ([value] if value else []))
    return Control(
        name=item.name,
        label=language.pick(item.title),
        kind=CONTROLS[item.type],
        required=item.required,
        help=language.pick(item.help),
        on=cite(item.on),
        value=value,
        options=tuple(replace(option, chosen=option.value in chosen) for option in _options(book, item, lists)),
        mode={"money": "decimal", "integer": "numeric", "url": "url"}.get(item.type, "text"),
    )


def _options(book: Rulebook, item: FormField, lists: Lists) -> Iterable[Option]:
    if item.type == "boolean":
        return [Option("true", language.pick(item.title))]
    listed = {"account": lists.accounts, "accounts": lists.accounts, "exhibits": lists.exhibits}
    if item.type in listed:
        return listed[item.type]
    titled: dict[str, Mapping[str, Words]] = {
        "choice": item.choices,
        "head": {name: head.title for name, head in book.heads.items()},
        "breach": {name: breach.title for name, breach in book.breaches.items()},
    }
    return [Option(name, language.pick(words)) for name, words in titled.get(item.type, {}).items()]
