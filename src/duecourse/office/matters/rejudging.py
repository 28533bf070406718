"""Whether a recorded step was one that the procedure allows: judged again from the entries alone.

`structure` asks what no missing fact can excuse, always, on every entry:

  1  the entry leaves from the stage where the matter stood, and the step belongs there
  2  the role may take the step, at its place in the chain of approval, and no person stands there twice
  3  the guards on facts and earlier steps hold
  4  the effects are those of the step: stage, facts, documents, letters, matters opened, publication
  5  a lapse is one that time had brought about; a refusal changes nothing

`again` puts the whole question to today's engine with the recorded inputs and compares the answers.
Not responsible for tables (`folding`), nor for digests and chain (`office.ledger.audit`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from duecourse.core.procedure import correcting, engine
from duecourse.core.procedure.attempt import Attempt, PersonFacts
from duecourse.core.procedure.definition import SYSTEM, Procedure, Rulebook, Step
from duecourse.core.procedure.judging import case_of, place, standing, weigh
from duecourse.core.procedure.outcome import Outcome
from duecourse.core.procedure.refusal import Reason, Refusal
from duecourse.core.procedure.state import MatterState
from duecourse.office.ledger.store import StoredEntry
from duecourse.office.matters import actors, fields, projection

ALWAYS: Final = frozenset({"facts", "done", "not-done"})
OWN_FIELDS: Final = frozenset({projection.FILE_NUMBER, projection.EXHIBITS, projection.EXHIBIT_NAMES})
_EMPTY: Final = ("sets", "clears", "clocks", "people", "recuse", "documents", "files", "letters", "opens", "publish")


def structure(book: Rulebook, state: MatterState, outcome: Outcome, entry: StoredEntry) -> Iterator[str]:
    """Codes of what the procedure forbids in this entry, given the state before it."""
    if outcome.from_ != state.stage:
        yield "left_from_another_stage"
    if outcome.phase == "refused":
        if outcome.to != state.stage or any(getattr(outcome, name) for name in _EMPTY):
            yield "refusal_changed_something"
        return
    if outcome.phase == "lapsed":
        if outcome.to_json() not in [item.to_json() for item in engine.due(book, state, entry.recorded_at)[:1]]:
            yield "lapse_was_not_due"
        return
    ruled = book.ruling(state.procedure, version=state.version, on=outcome.on)
    step = _step(book, ruled, state, outcome)
    if step is None:
        yield "step_unknown"
        return
    yield from _place(step, state, outcome)
    attempt = _attempt(entry, outcome, state, {})
    yield from (reason.code for reason in standing(ruled, step, state))
    yield from _facts(book, ruled, state, attempt, step, outcome)
    if outcome.phase == "done" and not step.built_in:
        yield from _effects(ruled, step, state, outcome)
    elif outcome.to != state.stage or (not step.built_in and any(getattr(outcome, name) for name in _EMPTY)):
        yield "undecided_step_changed_something"


def again(book: Rulebook, state: MatterState, outcome: Outcome, entry: StoredEntry) -> Iterator[str]:
    """Where today's engine, asked with the recorded inputs, answers otherwise. Silent when a value was erased."""
    if outcome.phase in ("refused", "lapsed") or any(held.state == "erased" for held in entry.fields.values()):
        return
    named = [str(item) for items in state.people.values() for item in items]
    accounts = {*named, *_accounts(entry, state, outcome)}
    known = actors.facts(entry.stream, accounts, key=None, on=outcome.on)
    answer = engine.take(book, state, _attempt(entry, outcome, state, known.people))
    if isinstance(answer, Refusal):
        yield "refused_today:" + ",".join(answer.codes)
    elif answer.to_json() != outcome.to_json():
        before, after = outcome.to_json(), answer.to_json()
        yield "differs_today:" + ",".join(sorted(name for name in before if before[name] != after.get(name)))


def _step(book: Rulebook, ruled: Procedure, state: MatterState, outcome: Outcome) -> Step | None:
    step = book.step(ruled, outcome.step)
    if step is not None and outcome.corrects is not None:
        return correcting.correction(step, ruled, state, outcome.corrects.entry)
    return step


def _phase(state: MatterState, outcome: Outcome) -> str | None:
    if outcome.phase == "returned":
        return "return"
    return (
        "agree" if outcome.phase == "opinion" or (outcome.phase == "done" and outcome.step in state.proposals) else None
    )


def _place(step: Step, state: MatterState, outcome: Outcome) -> Iterator[str]:
    where = place(step, state, _phase(state, outcome))
    if isinstance(where, Reason):
        yield where.code
        return
    if outcome.phase not in (where.phase, "corrected"):
        yield "approval_order"
    acted = [opinion.account for opinion in where.pending.opinions] if where.pending else []
    withdraws = outcome.phase == "returned" and acted[:1] == [outcome.actor]
    if outcome.role not in where.roles and not withdraws:
        yield "role_may_not"
    if outcome.actor is None and outcome.role != SYSTEM:
        yield "nobody_acted"
    if outcome.phase in ("opinion", "done") and outcome.actor is not None and outcome.actor in acted:
        yield "same_person_twice"
    if outcome.actor in state.recused:
        yield "actor_recused"


def _facts(  # noqa: PLR0917 - one question from its parts
    book: Rulebook, ruled: Procedure, state: MatterState, attempt: Attempt, step: Step, outcome: Outcome
) -> Iterator[str]:
    if outcome.phase == "returned":
        return
    case = case_of(book, ruled, step, state, attempt, offered=False)
    against, _ = weigh([guard for guard in step.needs if guard.kind in ALWAYS], case)
    yield from (f"guard:{reason.code}" for reason in against)


def _effects(ruled: Procedure, step: Step, state: MatterState, outcome: Outcome) -> Iterator[str]:
    answer = outcome.values.get(step.choose) if step.choose else None
    effects = step.effect(answer if isinstance(answer, str) else None, state.has)
    to = effects.to or state.stage
    expected: Mapping[str, Any] = {
        "to": to,
        "ended": to is not None and ruled.stages[to].end,
        "sets": set(effects.sets),
        "clears": set(effects.clears) - set(effects.sets),
        "letters": effects.letters,
        "documents": sorted(effects.documents),
        "opens": [(item.procedure, item.step) for item in effects.opens],
        "publish": effects.publish,
    }
    found: Mapping[str, Any] = {
        "to": outcome.to,
        "ended": outcome.ended,
        "sets": set(outcome.sets),
        "clears": set(outcome.clears),
        "letters": outcome.letters,
        "documents": sorted(item.document for item in outcome.documents),
        "opens": [(item.procedure, item.step) for item in outcome.opens],
        "publish": outcome.publish.act if outcome.publish else None,
    }
    yield from (f"effect:{name}" for name, value in expected.items() if value != found[name])


def _attempt(entry: StoredEntry, outcome: Outcome, state: MatterState, people: Mapping[str, PersonFacts]) -> Attempt:
    form = {name: _plain(value) for name, value in fields.readable(entry).items() if name not in OWN_FIELDS}
    ids = [item.id for item in outcome.documents] + [item.matter for item in outcome.opens]
    account = outcome.actor or engine.SYSTEM_ACCOUNT
    role = frozenset({outcome.role})
    return Attempt(
        step=outcome.step,
        actor=people.get(account) or PersonFacts(account, role),
        role=outcome.role,
        occurred=outcome.on,
        moment=entry.recorded_at,
        form=form,
        exhibits=tuple(outcome.exhibits),
        phase=_phase(state, outcome),
        people=people,
        ids=iter(ids),
        links=outcome.links,
    )


def _plain(value: Any) -> Any:
    """A sealed identity value stands for whatever was sealed: the engine never judged it."""
    return fields.SEALED if fields.is_sealed(value) else value


def _accounts(entry: StoredEntry, state: MatterState, outcome: Outcome) -> Iterator[str]:
    pending = state.proposals.get(outcome.step)
    values = [outcome.actor, *fields.readable(entry).values(), *(pending.values.values() if pending else ())]
    for value in values:
        for item in value if isinstance(value, list) else (value,):
            if actors.is_account(item):
                yield str(item)
