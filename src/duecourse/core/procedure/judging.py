"""Whether a step may be taken: every reason against it, in a fixed order.

    1  the matter is not ended          5  the act's day is possible
    2  it stands in the right stage     6  the form is well made (left out when a step is only offered)
    3  the actor may, and is not recused  7  the guards hold
    4  the chain of approval is kept

Responsible for finding all reasons, not only the first, and for what the guards looked at.
Not responsible for what the step then does (`effects`), nor for steps that every procedure has (`built_in`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from duecourse.core.procedure import form as forms
from duecourse.core.procedure.definition import SYSTEM
from duecourse.core.procedure.guards import Case, Drafted, Sealed
from duecourse.core.procedure.refusal import Reason

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator

    from duecourse.core.procedure.attempt import Attempt, PersonFacts
    from duecourse.core.procedure.definition import Guard, Json, Procedure, Rulebook, Step
    from duecourse.core.procedure.marks import Proposal
    from duecourse.core.procedure.refusal import Param
    from duecourse.core.procedure.state import MatterState


@dataclass(frozen=True, slots=True)
class Place:
    """Where an attempt stands in its chain: what it would be entered as, who may, and the proposal it answers."""

    phase: str
    roles: tuple[str, ...]
    pending: Proposal | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """Every reason against a step, and what its guards looked at. `role`: the role in which the actor acts."""

    reasons: tuple[Reason, ...]
    inputs: tuple[dict[str, Json], ...]
    role: str | None


def place(step: Step, state: MatterState, attempt_phase: str | None) -> Place | Reason:
    """Find where in the chain of approval an attempt stands, or the reason why nowhere."""
    pending = state.proposals.get(step.id)
    if attempt_phase is None:
        if pending:
            return Reason("already_proposed", {"step": step.title})
        chain = step.approval or (step.by,)
        return Place("proposed" if len(chain) > 1 else "done", chain[0])
    if pending is None:
        return Reason("nothing_pending", {"step": step.title})
    turn = len(pending.opinions)
    if attempt_phase == "return":
        later = tuple(role for roles in step.approval[turn:] for role in roles)
        return Place("returned", tuple(dict.fromkeys(later)), pending)
    assert attempt_phase == "agree", "a phase is None, agree or return"
    return Place("done" if turn == len(step.approval) - 1 else "opinion", step.approval[turn], pending)


def judge(rulebook: Rulebook, state: MatterState, attempt: Attempt, step: Step, *, offered: bool = False) -> Judgement:
    """Collect every reason against an attempt. `offered`: there is no form yet, so what lies in it is left out."""
    where = place(step, state, attempt.phase)
    if isinstance(where, Reason):
        return Judgement((_resting(rulebook, step, where),), (), None)
    procedure = rulebook.ruling(state.procedure, version=state.version, on=attempt.occurred)
    case = case_of(rulebook, procedure, step, state, attempt, offered=offered)
    role = _role(where, attempt.actor, attempt.role)
    reasons = [*standing(procedure, step, state), *_who(rulebook, state, where, attempt, role),
               *_when(rulebook, case, attempt.moment)]  # fmt: skip
    wrong: dict[str, Reason] = {}
    if where.pending is None and not offered:
        known = forms.Known(rulebook, attempt.people, frozenset(state.exhibits) | frozenset(attempt.exhibits))
        wrong = forms.check(step.form, attempt.form, known)
    reasons = [_resting(rulebook, step, reason) for reason in reasons]
    reasons += [_cited(rulebook, reason) for reason in wrong.values()]
    reasons += _shortened(case, frozenset(wrong))
    inputs: list[dict[str, Json]] = []
    if where.phase != "returned":
        needs = (*step.needs, *_implied(case))
        if offered and not attempt.people:
            needs = tuple(guard for guard in needs if guard.kind != "officers")
        against, inputs = weigh(needs, case, skip=frozenset(wrong))
        reasons += [_resting(rulebook, step, reason) for reason in against]
    return Judgement(tuple(reasons), tuple(inputs), role)


def case_of(
    rulebook: Rulebook, procedure: Procedure, step: Step, state: MatterState, attempt: Attempt, *, offered: bool
) -> Case:
    """Lay out what the guards may look at."""
    pending = state.proposals.get(step.id) if attempt.phase else None
    values = dict(pending.values) if pending else None if offered else forms.filled(step.form, attempt.form)
    people = {**attempt.people, attempt.actor.account: attempt.actor}
    return Case(rulebook, procedure, step, state, attempt.actor, people, attempt.occurred, values, attempt.exhibits,
                later=pending is not None)  # fmt: skip


def standing(procedure: Procedure, step: Step, state: MatterState) -> Iterator[Reason]:
    """Find reasons that lie in where the matter stands (1, 2)."""
    if state.ended and not step.after_end:
        stage = procedure.stages[state.stage or ""]
        yield Reason("matter_ended", {"stage": stage.title})
    elif step.opens_matter:
        if state.history:
            yield Reason("matter_already_open")
    elif state.stage is None:
        yield Reason("matter_not_open")
    elif not step.built_in and state.stage not in step.from_:
        titles = tuple(procedure.stages[stage].title for stage in step.from_)
        yield Reason("wrong_stage", {"stage": _stage_title(procedure, state.stage), "stages": titles})


def _shortened(case: Case, wrong: frozenset[str]) -> Iterator[Reason]:
    """Find extensions (6) to a day of the form that is not later than the last day which the period has now."""
    acts = {act for effects in case.step.all_effects() for act in effects.clocks if act.act == "extend" and act.until}
    for act in sorted(acts, key=lambda one: one.clock):
        name, clock = act.until or "", case.state.clocks.get(act.clock)
        day = None if case.form is None or name in wrong else case.day(name)
        if clock is not None and day is not None and day <= clock.last:
            rule = case.procedure.clocks[act.clock]
            said: dict[str, Param] = {
                "field": case.step.form[name].title, "day": day.isoformat(),
                "clock": rule.title, "last": clock.last.isoformat(),
            }  # fmt: skip
            yield Reason("extension_not_later", said, rule.on)


def weigh(
    guards: Iterable[Guard], case: Case, *, skip: frozenset[str] = frozenset()
) -> tuple[list[Reason], list[dict[str, Json]]]:
    """Judge guards (7): the reasons of those that fail, and what each looked at.

    A guard that reads a field which is wrong (`skip`), or any field when there is no form, says nothing.
    """
    against: list[Reason] = []
    inputs: list[dict[str, Json]] = []
    for guard in guards:
        own = {name for name in guard.reads() if name in case.step.form}
        if own and (case.form is None or own & skip):
            continue
        verdict = guard.judge(case)
        inputs.append({**verdict.seen, "guard": guard.kind, "held": verdict.held})
        if verdict.reason:
            against.append(verdict.reason)
    return against, inputs


def _role(where: Place, actor: PersonFacts, asked: str | None) -> str | None:
    """The role in which the actor acts: the one asked for when it may and is held, else the first that fits."""
    fitting = [role for role in where.roles if role in actor.roles]
    if asked is not None:
        return asked if asked in fitting else None
    return fitting[0] if fitting else None


def _who(rulebook: Rulebook, state: MatterState, where: Place, attempt: Attempt, role: str | None) -> Iterator[Reason]:
    """Reasons 3 and 4."""
    actor = attempt.actor
    acted = [opinion.account for opinion in where.pending.opinions] if where.pending else []
    withdraws = where.phase == "returned" and acted[:1] == [actor.account]
    if role is None and not withdraws:
        yield Reason("role_missing", {"roles": tuple(role_title(rulebook, name) for name in where.roles)})
    if actor.account in state.recused:
        yield Reason("actor_recused", {}, rulebook.built_in["decide-recusal"].on)
    if where.phase == "returned" and not withdraws and not forms.given(attempt.form.get("opinion")):
        yield Reason("returned_without_reason")
    if where.phase in ("opinion", "done") and actor.account in acted:
        yield Reason("same_person_twice")


def _when(rulebook: Rulebook, case: Case, moment: dt.datetime) -> Iterator[Reason]:
    """Reason 5: not in the future, not before the matter, its stage, or a step that this one rests on."""
    today, on, state = rulebook.local_date(moment), case.on, case.state
    if on > today:
        yield Reason("in_the_future", {"day": on.isoformat(), "today": today.isoformat()})
    resting = () if case.step.built_in else (state.stage_since, *_rests_on(case))
    floor = max((day for day in (state.opened_on, *resting) if day), default=None)
    if floor is not None and on < floor:
        yield Reason("too_early", {"day": on.isoformat(), "earliest": floor.isoformat()})


def _rests_on(case: Case) -> Iterator[dt.date | None]:
    pending = case.state.proposals.get(case.step.id) if case.later else None
    yield pending.opinions[-1].on if pending else None
    for guard in case.step.needs:
        for step in getattr(guard, "steps", ()) if guard.kind == "done" else ():
            taken = case.state.taken(step)
            yield taken.on if taken else None
        if guard.kind == "served":
            newest = case.state.newest(str(getattr(guard, "document", "")))
            yield newest[1].served_on if newest else None


def _implied(case: Case) -> Iterator[Guard]:
    """A step that records service needs the document, sealed where its rule says so (unless written down already)."""
    written = {str(getattr(guard, "document", "")) for guard in case.step.needs if guard.kind == "sealed"}
    for name in case.step.effects.serves:
        if name not in written:
            yield Sealed(name) if case.rulebook.documents[name].seal else Drafted(name)


def _resting(rulebook: Rulebook, step: Step, reason: Reason) -> Reason:
    """Give a reason its articles: its own, or those of the step, and their names."""
    return _cited(rulebook, replace(reason, on=reason.on or step.on))


def _cited(rulebook: Rulebook, reason: Reason) -> Reason:
    """Name a reason's own articles. A slip in the form has none unless its field has: no law forbids an empty box."""
    return replace(reason, cited=tuple(rulebook.cite(citation) for citation in reason.on))


def role_title(rulebook: Rulebook, role: str) -> dict[str, str]:
    """Name a role to a person."""
    if role == SYSTEM:
        return {"zh-Hans": "系统", "en": "the system"}
    return dict(rulebook.roles[role].title)


def _stage_title(procedure: Procedure, stage: str) -> dict[str, str]:
    known = procedure.stages.get(stage)
    return dict(known.title) if known else {"zh-Hans": stage, "en": stage}
