"""The controls of the forms about accounts: what they are called, what was typed, what is wrong with it.

Not here: forms of steps (`office/pages/forms`), which the rulebook writes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.utils.dateparse import parse_date
from django.utils.formats import get_format
from django.utils.translation import gettext as _

from duecourse.core.errors import Invalid
from duecourse.office.people.proving import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LONGEST = 1000


@dataclass(frozen=True, slots=True)
class Input:
    """One control. `kind`: line, text, day, choice, file. `options`: (value, words) of a choice."""

    name: str
    label: str
    kind: str = "line"
    hint: str = ""
    needed: bool = True
    options: tuple[tuple[str, str], ...] = ()
    value: str = ""


def filled(inputs: Sequence[Input], posted: Mapping[str, str]) -> list[Input]:
    """The controls with what was typed into them."""
    return [
        Input(one.name, one.label, one.kind, one.hint, one.needed, one.options, posted.get(one.name, one.value))
        for one in inputs
    ]


def read(inputs: Sequence[Input], posted: Mapping[str, str]) -> tuple[dict[str, str | date | None], list[Problem]]:
    """The values of a post (days as dates), and a problem for each that is missing or cannot be read."""
    values: dict[str, str | date | None] = {}
    problems: list[Problem] = []
    for one in inputs:
        if one.kind == "file":
            continue
        typed = " ".join(posted.get(one.name, "").split())
        values[one.name] = typed
        wrong = _wrong(one, typed)
        if wrong:
            problems.append(Problem(one.name, wrong))
        elif one.kind == "day":
            values[one.name] = day(typed) if typed else None
    return values, problems


def day(text: str) -> date:
    """A day as people here write it. Raises Invalid("date_malformed")."""
    try:
        found = parse_date(text)
    except ValueError:
        found = None
    if found:
        return found
    for form in (*get_format("DATE_INPUT_FORMATS"), "%Y年%m月%d日"):
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a legal day has no zone
        except ValueError:
            continue
    raise Invalid("date_malformed", text=text)


def _wrong(one: Input, typed: str) -> str:
    if not typed:
        return _("%(what)s: fill this in.") % {"what": one.label} if one.needed else ""
    if len(typed) > LONGEST or "\0" in typed:
        return _("%(what)s: this is too long.") % {"what": one.label}
    if one.kind == "choice" and typed not in {value for value, _words in one.options}:
        return _("%(what)s: choose one of the list.") % {"what": one.label}
    if one.kind == "day":
        try:
            day(typed)
        except Invalid:
            return _("%(what)s: write the day as 2026-03-02.") % {"what": one.label}
    return ""
