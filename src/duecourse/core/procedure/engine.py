"""The engine: given the rulebook, where a matter stands and what someone wants, what happens, or why not.

    take(rulebook, state, attempt) -> Outcome | Refusal     one step, judged and computed
    available(rulebook, state, actor, moment) -> Offers     what could be taken now, and what could not and why
    due(rulebook, state, moment) -> Outcomes                what time has brought about
    apply(state, outcome) -> MatterState                    the state after it

All four are pure functions. Time, identifiers and facts about people come in with the attempt; nothing is read or
written here. The same refusal stands on the button, in the answer and in the letter.
Not responsible for the order of locks, entries and jobs: that is the office's one write path.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from duecourse.core.errors import Invalid
from duecourse.core.procedure import built_in, effects
from duecourse.core.procedure.attempt import SYSTEM_ACCOUNT, Attempt, PersonFacts
from duecourse.core.procedure.definition import SYSTEM
from duecourse.core.procedure.judging import judge, place
from duecourse.core.procedure.outcome import Outcome
from duecourse.core.procedure.refusal import Reason, Refusal
from duecourse.core.procedure.state import MatterState, apply
from duecourse.core.procedure.timing import LAPSE, due

if TYPE_CHECKING:
    from duecourse.core.procedure.definition import Rulebook, Step

__all__ = [
    "LAPSE", "SYSTEM", "SYSTEM_ACCOUNT", "Attempt", "MatterState", "Offer", "Outcome", "PersonFacts", "Reason",
    "Refusal", "apply", "available", "due", "offered", "refused", "take",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Offer:
    """A step that could be taken from here (`refusal` None), or could not and why.

    `phase` is "agree" when a proposal waits for this step's next opinion, else None.
    """

    step: Step
    refusal: Refusal | None
    phase: str | None = None


def take(rulebook: Rulebook, state: MatterState, attempt: Attempt) -> Outcome | Refusal:
    """Judge one attempt: the outcome to be entered, or every reason why not.

    Pure. What is due by time (`due`) must have been applied before. Raises KeyError for a procedure that the rulebook
    does not have, and StopIteration when `attempt.ids` runs out: both are our bugs.
    """
    answer = _take(rulebook, state, attempt)
    giver = attempt.actor.delegations.get(answer.role) if isinstance(answer, Outcome) else None
    return replace(answer, delegated_by=giver) if isinstance(answer, Outcome) and giver else answer


def _take(rulebook: Rulebook, state: MatterState, attempt: Attempt) -> Outcome | Refusal:
    procedure = rulebook.ruling(state.procedure, version=state.version, on=attempt.occurred)
    step = rulebook.step(procedure, attempt.step)
    if step is None:
        return Refusal((Reason("step_unknown", {"step": attempt.step[:100]}),))
    if step.built_in:
        return built_in.take(rulebook, procedure, state, attempt, step)
    judged = judge(rulebook, state, attempt, step)
    where = place(step, state, attempt.phase)
    if judged.reasons or isinstance(where, Reason):
        return Refusal(judged.reasons)
    try:
        return effects.outcome(rulebook, procedure, state, attempt, step, where, judged)
    except Invalid as uncounted:
        return Refusal((Reason("cannot_count", {"detail": str(uncounted.code)}, step.on),))


def available(
    rulebook: Rulebook,
    state: MatterState,
    actor: PersonFacts,
    moment: dt.datetime,
    *,
    people: Mapping[str, PersonFacts] | None = None,
) -> tuple[Offer, ...]:
    """Give every step that belongs to where the matter stands, in the rulebook's order, then the built-in ones.

    Each carries the refusal that `take` would give this actor today, leaving out what lies in the form, and what lies
    in the certificates of other people unless `people` says what holds of them.
    """
    today = rulebook.local_date(moment)
    procedure = rulebook.ruling(state.procedure, version=state.version, on=today)
    here = [step for step in procedure.steps.values() if _belongs(step, state)]
    return tuple(
        _offer(rulebook, state, step, Attempt(step.id, actor, None, today, moment, {}, people=people or {}))
        for step in (*here, *built_in.offered(rulebook, procedure, state))
    )


def offered(rulebook: Rulebook, state: MatterState, step: Step, actor: PersonFacts, moment: dt.datetime) -> Offer:
    """Give any one step as `available` would, also a step that does not belong to where the matter stands."""
    today = rulebook.local_date(moment)
    return _offer(rulebook, state, step, Attempt(step.id, actor, None, today, moment, {}))


def refused(state: MatterState, attempt: Attempt, refusal: Refusal) -> Outcome:
    """Give the outcome under which a legal "no" to a person is entered: it changes nothing but the history."""
    actor = None if attempt.actor.account == SYSTEM_ACCOUNT else attempt.actor.account
    role = attempt.role or next(iter(sorted(attempt.actor.roles)), "")
    return Outcome(attempt.step, "refused", actor, role, attempt.occurred, state.stage, state.stage, state.ended,
                   reasons=refusal.reasons)  # fmt: skip


def _belongs(step: Step, state: MatterState) -> bool:
    if state.stage is None:
        return step.opens_matter and not state.history
    return not step.opens_matter and not state.ended and state.stage in step.from_ and step.by != (SYSTEM,)


def _offer(rulebook: Rulebook, state: MatterState, step: Step, attempt: Attempt) -> Offer:
    phase = "agree" if step.id in state.proposals else None
    reasons = judge(rulebook, state, replace(attempt, phase=phase), step, offered=True).reasons
    return Offer(step, Refusal(reasons) if reasons else None, phase)
