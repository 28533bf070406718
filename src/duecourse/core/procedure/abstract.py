"""The abstract graph of a procedure: states reduced to the stage and the facts looked at, and the moves between them.

Over-approximates: whatever a real matter can do, a walk in this graph does. What is judged exactly: facts, steps done,
documents drafted, sealed and served, clocks running or lapsed. What is free: people, days, amounts, answers.
Not responsible for invariants (`proof`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from duecourse.core.procedure import guards, measuring
from duecourse.core.procedure.definition import SYSTEM, Effects

if TYPE_CHECKING:
    from duecourse.core.procedure.definition import Guard, Invariant, Json, Procedure, Step

RUNNING, LAPSED, DRAFTED = "running:", "lapsed:", "drafted:"
SEALED, SERVED, DONE = "sealed:", "served:", "done:"


@dataclass(frozen=True, slots=True)
class Abstract:
    """A stage (None before the first step) and the tracked facts that hold."""

    stage: str | None
    facts: frozenset[str]


@dataclass(frozen=True, slots=True)
class Move:
    """One way from a state to another: a step (and its answer), a seal, or the lapse of a clock."""

    before: Abstract
    after: Abstract
    step: str
    choice: str | None = None

    @property
    def label(self) -> str:
        """Name it in a counter-example."""
        return f"{self.step}({self.choice})" if self.choice else self.step


def tracked_facts(procedure: Procedure, invariants: Sequence[Invariant]) -> frozenset[str]:
    """Everything that a guard, a condition or an invariant looks at, and what those depend on."""
    found: set[str] = set()
    for step in procedure.steps.values():
        for guard in step.needs:
            found |= looked_at(guard)
        for when in step.when:
            found |= set(when.facts.mentioned)
    for invariant in invariants:
        found |= set(_mentioned(invariant))
    for clock in procedure.clocks.values():
        if clock.missed is not None and (clock.missed.to or not found.isdisjoint(clock.missed.lapse)):
            found |= {RUNNING + clock.id, LAPSED + clock.id}
    documents = {fact.partition(":")[2] for fact in found if fact.startswith((SEALED, SERVED))}
    return frozenset(found | {DRAFTED + name for name in documents} | {SEALED + name for name in documents})


def moves_from(procedure: Procedure, state: Abstract, tracked: frozenset[str]) -> Iterator[Move]:
    """Give every move out of a state."""
    for step in procedure.steps.values():
        if _here(step, state) and all(may_hold(guard, state) is not False for guard in step.needs):
            yield from _taken(step, state, tracked)
    if state.stage is None:
        return
    for document in sorted(fact.partition(":")[2] for fact in state.facts if fact.startswith(DRAFTED)):
        after = Abstract(state.stage, state.facts | {SEALED + document})
        if after != state:
            yield Move(state, after, f"seal:{document}")
    ended = procedure.stages[state.stage].end
    for clock in procedure.clocks.values():
        missed = clock.missed
        if missed is not None and not missed.alarm and RUNNING + clock.id in state.facts:
            drafts = (missed.draft,) if missed.draft and not ended else ()
            effects = Effects(to=None if ended else missed.to, sets=missed.lapse, documents=drafts)
            lapsed = (state.facts - {RUNNING + clock.id}) | {LAPSED + clock.id}
            yield Move(state, _after(Abstract(state.stage, lapsed), effects, tracked, None), f"lapse:{clock.id}")


def may_hold(guard: Guard, state: Abstract) -> bool | None:  # noqa: PLR0911 - one guard a case
    """Judge a guard on an abstract state: True, False, or None where it lies in what is free."""
    facts = state.facts
    match guard:
        case guards.Facts():
            return guard.rule.holds(facts.__contains__)
        case guards.Done():
            return all(DONE + step in facts for step in guard.steps)
        case guards.NotDone():
            return not any(DONE + step in facts for step in guard.steps)
        case guards.Sealed():
            return SEALED + guard.document in facts
        case guards.Served():
            return SERVED + guard.document in facts
        case measuring.Running():
            return RUNNING + guard.clock in facts
        case measuring.Elapsed():
            started = {RUNNING + guard.clock, LAPSED + guard.clock} & facts
            return None if started else False
        case guards.AnyOf():
            found = [may_hold(one, state) for one in guard.guards]
            return True if True in found else None if None in found else False
        case _:
            return None


def exact(guard: Guard) -> bool:
    """Whether a guard is judged here by facts alone, with nothing free in it."""
    if isinstance(guard, guards.AnyOf):
        return all(exact(one) for one in guard.guards)
    return bool(looked_at(guard)) and not isinstance(guard, measuring.Elapsed)


def looked_at(guard: Guard) -> set[str]:  # noqa: PLR0911 - one guard a case
    """Name the facts by which a guard is judged here; none for a guard that is free."""
    match guard:
        case guards.Facts():
            return set(guard.rule.mentioned)
        case guards.Done() | guards.NotDone():
            return {DONE + step for step in guard.steps}
        case guards.Sealed():
            return {SEALED + guard.document}
        case guards.Served():
            return {SERVED + guard.document}
        case measuring.Running() | measuring.Elapsed():
            return {RUNNING + guard.clock, LAPSED + guard.clock}
        case guards.AnyOf():
            return {fact for one in guard.guards for fact in looked_at(one)}
        case _:
            return set()


def _mentioned(invariant: Invariant) -> Iterator[str]:
    for key in ("all", "any", "facts", "with", "without"):
        yield from _flat(invariant.rule.get(key))
    if "fact" in invariant.rule:
        yield str(invariant.rule["fact"])


def _flat(value: Json) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _flat(item)
    elif isinstance(value, str):
        yield value


def _here(step: Step, state: Abstract) -> bool:
    return step.opens_matter if state.stage is None else state.stage in step.from_


def _taken(step: Step, state: Abstract, tracked: frozenset[str]) -> Iterator[Move]:
    """Every answer of the form is a move of its own; so is no answer, where the form allows that."""
    field = step.form.get(step.choose or "")
    answers: list[str | None] = [*field.choices] if field else [None]
    if field and not field.required and field.default is None:
        answers.append(None)
    for answer in answers:
        effects = step.effect(answer, state.facts.__contains__)
        facts = state.facts
        if step.by == (SYSTEM,) and not step.opens_matter:
            over = step.automatic()
            facts = (facts - {RUNNING + clock for clock in over}) | ({LAPSED + clock for clock in over} & tracked)
        yield Move(state, _after(Abstract(state.stage, facts), effects, tracked, step.id), step.id, answer)


def _after(state: Abstract, effects: Effects, tracked: frozenset[str], step: str | None) -> Abstract:
    """Apply effects as `state.apply` would, keeping only what is tracked."""
    facts = set(state.facts)
    facts |= {SERVED + name for name in effects.serves if DRAFTED + name in facts}
    facts |= set(effects.sets)
    facts -= {fact for fact in effects.clears if fact not in effects.sets}
    for name in effects.documents:
        facts -= {SEALED + name, SERVED + name}
        facts.add(DRAFTED + name)
    for act in effects.clocks:
        if act.act == "start":
            facts.add(RUNNING + act.clock)
            facts.discard(LAPSED + act.clock)
        elif act.act == "stop":
            facts.discard(RUNNING + act.clock)
    if step is not None:
        facts.add(DONE + step)
    return Abstract(effects.to or state.stage, frozenset(facts) & tracked)
