"""What a step would do if it were taken now, computed as the engine will compute it: shown before it is taken.

Responsible for one answer after the other: the stage that follows, the clocks with every date counted, documents,
letters, matters opened, publication. Nothing here judges whether the step may be taken, and nothing is written.
What depends on a field that is not filled yet (a day from which a period counts) is counted from the day of the step,
or left out where there is no such day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from duecourse.core.errors import Invalid
from duecourse.core.procedure.clocks import Ticking

if TYPE_CHECKING:
    from duecourse.core.procedure.definition import Effects, Json, Procedure, Rulebook, Step
    from duecourse.core.procedure.outcome import ClockEffect
    from duecourse.core.procedure.state import MatterState


@dataclass(frozen=True, slots=True)
class Branch:
    """What follows from one answer. `answer` is None where the form asks nothing that decides."""

    answer: str | None
    to: str | None
    ended: bool
    clocks: tuple[ClockEffect, ...]
    documents: tuple[str, ...]
    letters: tuple[str, ...]
    opens: tuple[str, ...]
    publish: str | None

    @property
    def empty(self) -> bool:
        """Whether nothing follows but the entry itself."""
        return not (self.to or self.clocks or self.documents or self.letters or self.opens or self.publish)


def preview(  # noqa: PLR0917 - what a step rests on
    rulebook: Rulebook, procedure: Procedure, state: MatterState, step: Step, moment: dt.datetime,
    values: Mapping[str, Json] | None = None,
) -> tuple[Branch, ...]:  # fmt: skip
    """Give what each answer of the step would do today. `values`: fields of the form that are known already."""
    answers = tuple(step.form[step.choose].choices) if step.choose else (None,)
    on = rulebook.local_date(moment)
    ticking = Ticking(rulebook, procedure.clocks, state.clocks, on, moment, values or {})
    return tuple(_branch(procedure, state, ticking, answer, step.effect(answer, state.has)) for answer in answers)


def _branch(procedure: Procedure, state: MatterState, ticking: Ticking, answer: str | None, effects: Effects) -> Branch:
    to = effects.to if effects.to != state.stage else None
    return Branch(
        answer, to, ended=to is not None and procedure.stages[to].end, clocks=_clocks(ticking, effects),
        documents=effects.documents, letters=effects.letters,
        opens=tuple(opening.procedure for opening in effects.opens), publish=effects.publish,
    )  # fmt: skip


def _clocks(ticking: Ticking, effects: Effects) -> tuple[ClockEffect, ...]:
    """Count what can be counted: an extension to a day of the form is left out until that day is typed."""
    acts = [act for act in effects.clocks if not act.until or isinstance(ticking.values.get(act.until), str)]
    found: list[ClockEffect] = []
    for act in acts:
        try:
            found += replace(ticking).effects((act,))
        except (Invalid, ValueError):
            continue
    return tuple(found)
