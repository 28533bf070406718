"""Correcting an entry: the wrong one stays, a new one supersedes some of its fields, with the reason.

A correction never changes the stage, a choice between answers, or who holds a capacity (that is `assign`). A clock
that counted from a corrected date is counted again while it runs.
The form names the entry (`entry`, its index in the stream), the `reason`, and gives each corrected field of that
entry's step under its own name with `corrected.` before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from duecourse.core.procedure import form as forms
from duecourse.core.procedure.clocks import LIVE, Ticking
from duecourse.core.procedure.definition import ClockAct
from duecourse.core.procedure.outcome import Correction
from duecourse.core.procedure.refusal import Reason

if TYPE_CHECKING:
    from duecourse.core.procedure.attempt import Attempt
    from duecourse.core.procedure.definition import FormField, Json, Procedure, Rulebook, Step
    from duecourse.core.procedure.outcome import ClockEffect, Outcome
    from duecourse.core.procedure.state import MatterState

PREFIX = "corrected."
_INDEX = re.compile(r"0|[1-9]\d{0,8}")


def index_of(form: Mapping[str, Json]) -> int | None:
    """Read the index of the entry to be corrected, or None when it is missing or malformed."""
    value = form.get("entry")
    return int(value) if isinstance(value, str) and _INDEX.fullmatch(value) else None


def corrected_step(procedure: Procedure, state: MatterState, index: int | None) -> Step | None:
    """Find the step whose entry is to be corrected: a step of the procedure, taken or proposed."""
    if index is None or index >= len(state.history):
        return None
    item = state.history[index]
    step = procedure.steps.get(item.step)
    return step if step is not None and item.phase == _bearing(step) else None


def correction(step: Step, procedure: Procedure, state: MatterState, index: int | None) -> Step:
    """Give the step `correct` as it is for one entry: its roles, its articles, its fields to be corrected.

    Without an entry: open to everyone who may take some step of the procedure.
    """
    target = corrected_step(procedure, state, index)
    steps = [target] if target else list(procedure.steps.values())
    roles = dict.fromkeys(role for known in steps for role in (*known.by, *sum(known.approval, ())))
    fields = {PREFIX + name: _optional(name, field) for name, field in (target.form if target else {}).items()
              if not _fixed(target, name)}  # fmt: skip
    return replace(step, by=tuple(roles), on=target.on if target else step.on, form={**step.form, **fields})


def check(procedure: Procedure, state: MatterState, _attempt: Attempt, values: Mapping[str, Json]) -> Iterator[Reason]:
    """Find what speaks against a correction whose form is well made."""
    target = corrected_step(procedure, state, index_of(values))
    if target is None:
        yield Reason("entry_not_correctable")
    elif not any(name.startswith(PREFIX) for name in values):
        yield Reason("nothing_corrected")
    elif target.id in state.proposals:
        yield Reason("correct_by_returning", {"step": target.title})


def effect(  # noqa: PLR0917 - one of the effects of `built_in`
    rulebook: Rulebook, procedure: Procedure, state: MatterState, attempt: Attempt, blank: Outcome,
    values: Mapping[str, Json],
) -> Outcome:  # fmt: skip
    """Give the outcome: the values superseded, and the clocks counted again."""
    index = index_of(values)
    target = corrected_step(procedure, state, index)
    assert index is not None
    assert target is not None
    given = {name.removeprefix(PREFIX): value for name, value in values.items() if name.startswith(PREFIX)}
    kept = {name: value for name, value in sorted(given.items()) if name in target.carried and forms.given(value)}
    ticking = Ticking(rulebook, procedure.clocks, state.clocks, attempt.occurred, attempt.moment, given)
    newest = _stands(target, state, index)
    clocks = tuple(_recounted(ticking, procedure, target, state)) if newest else ()
    return replace(blank, values=kept if newest else {}, corrects=Correction(index, target.id), clocks=clocks)


def _bearing(step: Step) -> str:
    """The phase of the entries that hold the step's form."""
    return "proposed" if len(step.approval) > 1 else "done"


def _stands(target: Step, state: MatterState, index: int) -> bool:
    """Whether what the entry says is what holds now: it was decided, and nothing newer took its place."""
    later = [item for item in state.history[index:] if item.step == target.id]
    return any(item.phase == "done" for item in later) and sum(item.phase == _bearing(target) for item in later) == 1


def _recounted(ticking: Ticking, procedure: Procedure, target: Step, state: MatterState) -> Iterator[ClockEffect]:
    started = {act.clock for group in target.all_effects() for act in group.clocks if act.act == "start"}
    for name in sorted(started):
        clock = state.clocks.get(name)
        if procedure.clocks[name].from_ in ticking.values and clock is not None and clock.status in LIVE:
            yield from ticking.effects((ClockAct("start", name),))


def _fixed(target: Step | None, name: str) -> bool:
    """Fields that a correction cannot touch: the answer that chose the effects, and people who hold a capacity."""
    if target is None:
        return True
    return name == target.choose or any(name in group.assigns.values() for group in target.all_effects())


def _optional(name: str, field: FormField) -> FormField:
    return replace(field, id=PREFIX + name, required=False, default=None)
