"""Rounds of a review point by point: what was found each time, and what became of it.

Responsible for laying the findings of every round side by side, for a reader who may see them. Which step is such a
review the procedure says by its guard `aspects`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from duecourse.core.procedure.aspects import NOTE, Aspects
from duecourse.ui import language

from . import access
from .standing import accounts_in, names

if TYPE_CHECKING:
    from duecourse.core.procedure.attempt import PersonFacts
    from duecourse.core.procedure.definition import Step
    from duecourse.office.ledger.store import StoredEntry

    from .standing import Standing


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found on one point in one round; `fine` when nothing is to be done."""

    text: str
    note: str
    fine: bool


@dataclass(frozen=True, slots=True)
class Round:
    """One review: its number, who, when, the outcome, the entry; and when it was submitted before."""

    number: int
    who: str
    on: str
    outcome: str
    words: str
    entry: int


@dataclass(frozen=True, slots=True)
class Row:
    """One point through all rounds."""

    title: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Rounds:
    """All rounds of one review."""

    title: str
    rounds: tuple[Round, ...]
    rows: tuple[Row, ...]


def aspects_of(step: Step) -> Aspects | None:
    """Return the guard that makes a step a review point by point."""
    return next((guard for guard in step.needs if isinstance(guard, Aspects)), None)


def of(standing: Standing, person: PersonFacts, entries: Sequence[StoredEntry]) -> Rounds | None:
    """Return the rounds of the matter's review; None while there was none, or when the reader may not see them."""
    for step in standing.procedure.steps.values():
        guard = aspects_of(step)
        if guard is None:
            continue
        taken = [one for one in entries if one.skeleton.step == step.id and one.skeleton.outcome.get("phase") == "done"]
        if taken and access.sees_class(person, step.form[guard.outcome].class_):
            known = names(accounts_in(taken))
            return Rounds(
                language.pick(step.title),
                tuple(_round(step, guard, number, entry, known) for number, entry in enumerate(taken, 1)),
                tuple(_row(step, guard, name, taken) for name in guard.of),
            )
    return None


def _round(step: Step, guard: Aspects, number: int, entry: StoredEntry, known: dict[str, str]) -> Round:
    actor = str(entry.skeleton.outcome.get("actor") or "")
    return Round(
        number, known.get(actor, actor), entry.skeleton.occurred.date,
        _choice(step, guard.outcome, _value(entry, guard.outcome)), _value(entry, "reasons"), entry.index,
    )  # fmt: skip


def _row(step: Step, guard: Aspects, name: str, taken: Sequence[StoredEntry]) -> Row:
    findings = [
        Finding(
            _choice(step, name, _value(entry, name)), _value(entry, name + NOTE), _value(entry, name) not in guard.note
        )
        for entry in taken
    ]
    return Row(language.pick(step.form[name].title), tuple(findings))


def _choice(step: Step, name: str, value: str) -> str:
    return language.pick(step.form[name].choices.get(value)) or value


def _value(entry: StoredEntry, name: str) -> str:
    held = entry.fields.get(name)
    return str(held.value) if held is not None and held.state == "held" and held.value is not None else ""
