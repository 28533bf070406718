"""Putting a matter aside until a day, taking it up again, and giving it back to the queue.

    hold      the office leaves the matter until a day, for a reason; every lawful step may still be taken, and no
              clock stops: nothing here moves a period
    resume    it is taken up before that day
    release   who handles it gives it back: the capacity `handler` loses them (a head empties it)

A hold is over on its day, by the date alone and without an entry; it also falls when the matter moves to another stage,
because its reason belonged to the stage before. It cannot reach beyond the last day of a period that the office itself
must keep (a clock whose end is an alarm) and that is still running.
Responsible for who may, what is refused and what follows. Not responsible for who may see a matter in which list.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from duecourse.core.procedure.guards import HELD, Silent, Verdict, no
from duecourse.core.procedure.refusal import Reason
from duecourse.core.procedure.state import HOLD, RESUME

if TYPE_CHECKING:
    from duecourse.core.procedure.attempt import Attempt
    from duecourse.core.procedure.definition import Json, Procedure, Rulebook
    from duecourse.core.procedure.guards import Case
    from duecourse.core.procedure.outcome import Outcome
    from duecourse.core.procedure.state import MatterState

RELEASE = "release"
STEPS = (HOLD, RESUME, RELEASE)
HANDLER = "handler"
"""The capacity of who handles a matter."""

Values = Mapping[str, "Json"]


@dataclass(frozen=True, slots=True)
class Keeper(Silent):
    """Implied by these steps: the actor handles the matter, or heads the unit, or the stage is theirs and nobody does.

    `heads`: the roles that may in any matter. It is not written among a procedure's guards.
    """

    kind: ClassVar[str] = "keeper"
    heads: tuple[str, ...]

    def judge(self, case: Case) -> Verdict:
        """See `Guard.judge`."""
        handlers = case.state.people.get(HANDLER, ())
        stage = case.procedure.stages.get(case.state.stage or "")
        unclaimed = not handlers and stage is not None and stage.owner in case.actor.roles
        if case.actor.account in handlers or unclaimed or case.actor.roles.intersection(self.heads):
            return HELD
        roles = tuple(case.rulebook.roles[role].title for role in self.heads)
        return no("not_its_keeper", capacity=case.rulebook.capacities.get(HANDLER, HANDLER), roles=roles)


def missing(state: MatterState, step: str) -> bool:
    """Whether there is nothing to resume or to give back, so that nobody would think of the step."""
    return (step == RESUME and state.held_until is None) or (step == RELEASE and not state.people.get(HANDLER))


def check(procedure: Procedure, state: MatterState, attempt: Attempt, values: Values) -> Iterator[Reason]:
    """Find what speaks against a well-made form of one of the three steps."""
    if attempt.step == HOLD:
        yield from _check_hold(procedure, state, attempt.occurred, dt.date.fromisoformat(str(values["until"])))
    elif attempt.step == RESUME and not state.held_on(attempt.occurred):
        yield Reason("not_held")
    elif attempt.step == RELEASE and not state.people.get(HANDLER):
        yield Reason("nobody_handles")


def _check_hold(procedure: Procedure, state: MatterState, on: dt.date, until: dt.date) -> Iterator[Reason]:
    if until <= on:
        yield Reason("hold_not_ahead", {"until": until.isoformat(), "day": on.isoformat()})
    for name, clock in sorted(state.clocks.items()):
        rule = procedure.clocks.get(name)
        kept = rule is not None and (rule.missed is None or rule.missed.alarm)
        if rule and kept and clock.status == "running" and on <= clock.last < until:
            yield Reason("hold_beyond_period", {"clock": rule.title, "last": clock.last.isoformat()}, rule.on)


def effect(
    _rulebook: Rulebook, _procedure: Procedure, state: MatterState, attempt: Attempt, blank: Outcome, values: Values,
) -> Outcome:  # fmt: skip
    """Give the outcome. Who releases as a handler leaves; a head who handles it not takes everyone off."""
    if attempt.step == HOLD:
        return replace(blank, values={"until": values["until"]})
    if attempt.step == RESUME:
        return blank
    handlers = state.people.get(HANDLER, ())
    left = tuple(one for one in handlers if one != attempt.actor.account)
    return replace(blank, people={HANDLER: left if len(left) < len(handlers) else ()})
