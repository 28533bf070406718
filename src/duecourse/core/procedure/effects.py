"""What a lawful step does, computed once and for ever as an outcome.

Responsible for the outcome of a step of the procedure: stage, facts, clocks, people, values, documents, what it opens
and publishes. Not responsible for whether it may be taken (`judging`) nor for built-in steps (`built_in`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from duecourse.core.procedure import form as forms
from duecourse.core.procedure.clocks import Ticking
from duecourse.core.procedure.definition import SYSTEM, Effects
from duecourse.core.procedure.outcome import ClockEffect, Drafted, FileMark, Opened, Outcome, Publication, once

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping

    from duecourse.core.procedure.attempt import Attempt
    from duecourse.core.procedure.definition import Json, Procedure, Rulebook, Step
    from duecourse.core.procedure.judging import Judgement, Place
    from duecourse.core.procedure.state import MatterState

OPENED_BY = "opened-by"
"""The kind of link from a matter to the one whose step opened it."""


def outcome(  # noqa: PLR0917 - everything a step rests on
    rulebook: Rulebook, procedure: Procedure, state: MatterState, attempt: Attempt, step: Step, where: Place,
    judged: Judgement,
) -> Outcome:  # fmt: skip
    """Give what the attempt does. Raises Invalid when a period cannot be counted."""
    role = judged.role or (where.pending.opinions[0].role if where.pending else SYSTEM)
    actor = None if role == SYSTEM else attempt.actor.account
    own = forms.filled(step.form, attempt.form)
    values: Mapping[str, Json] = where.pending.values if where.pending else carried(step, own)
    if where.phase != "done":
        kept = values if where.phase == "proposed" else {}
        return Outcome(step.id, where.phase, actor, role, attempt.occurred, state.stage, state.stage, state.ended,
                       values=kept, exhibits=attempt.exhibits, inputs=judged.inputs)  # fmt: skip
    answer = values.get(step.choose) if step.choose else None
    effects = step.effect(answer if isinstance(answer, str) else None, state.has)
    ticking = Ticking(rulebook, procedure.clocks, state.clocks, attempt.occurred, attempt.moment, values)
    to = effects.to or state.stage
    return Outcome(
        step.id, "done", actor, role, attempt.occurred, state.stage, to,
        ended=to is not None and procedure.stages[to].end,
        sets=once(effects.sets), clears=tuple(fact for fact in once(effects.clears) if fact not in effects.sets),
        clocks=ticking.effects(effects.clocks), people=_assigned(effects, values, attempt), values=values,
        documents=tuple(Drafted(next(attempt.ids), name) for name in effects.documents),
        files=tuple(_served(effects, state)), letters=effects.letters, opens=tuple(_opened(effects, attempt.ids)),
        publish=Publication(effects.publish, _published(state)) if effects.publish else None,
        exhibits=attempt.exhibits, links=attempt.links if step.opens_matter else (), inputs=judged.inputs,
    )  # fmt: skip


def lapsed(
    procedure: Procedure, state: MatterState, effects: Effects, *, step: str, on: dt.date, ids: Iterator[str],
    clocks: tuple[ClockEffect, ...],
) -> Outcome:  # fmt: skip
    """Give what the end of a period does by itself, as an act of the system."""
    to = effects.to or state.stage
    return Outcome(
        step, "lapsed", None, SYSTEM, on, state.stage, to, ended=to is not None and procedure.stages[to].end,
        sets=once(effects.sets), clears=tuple(fact for fact in once(effects.clears) if fact not in effects.sets),
        clocks=clocks, documents=tuple(Drafted(next(ids), name) for name in effects.documents), letters=effects.letters,
        opens=tuple(_opened(effects, ids)),
        publish=Publication(effects.publish, _published(state)) if effects.publish else None,
    )  # fmt: skip


def carried(step: Step, values: Mapping[str, Json]) -> dict[str, Json]:
    """Give the values that the outcome holds: those the engine judges by, or the rulebook keeps."""
    return {name: values[name] for name in sorted(step.carried) if name in values}


def _assigned(effects: Effects, values: Mapping[str, Json], attempt: Attempt) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for capacity, name in effects.assigns.items():
        value = [attempt.actor.account] if name == "actor" else values.get(name)
        if value is not None:
            found[capacity] = tuple(map(str, value)) if isinstance(value, list) else (str(value),)
    return found


def _served(effects: Effects, state: MatterState) -> Iterator[FileMark]:
    for name in effects.serves:
        newest = state.newest(name)
        if newest:
            yield FileMark(newest[0], "served", newest[1].sealed or newest[1].rendered)


def _opened(effects: Effects, ids: Iterator[str]) -> Iterator[Opened]:
    for opening in effects.opens:
        yield Opened(next(ids), opening.procedure, opening.step, opening.form)


def _published(state: MatterState) -> str:
    """The matter whose decision is published: the one that opened this, or this itself."""
    return next((stream for kind, stream in state.links if kind == OPENED_BY), state.matter)
