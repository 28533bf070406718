"""Proposals in a chain of approval: what waits and for whom, who said what, what was returned and what changed since.

Responsible for reading a chain from the record as one reader may see it. Not responsible for whose turn it is by law
(`core.procedure`), nor for entering an opinion (`steps`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext

from duecourse.ui import language

from . import access
from .delegation import Delegations
from .record_lines import PHASES, FieldLine, fields_of
from .standing import accounts_in, names, role_title

if TYPE_CHECKING:
    from duecourse.core.procedure.attempt import PersonFacts
    from duecourse.core.procedure.definition import Step
    from duecourse.office.ledger.store import StoredEntry

    from .standing import Standing


@dataclass(frozen=True, slots=True)
class OpinionLine:
    """Who spoke to a proposal, as what, in whose place, when, and the words."""

    who: str
    role: str
    on: str
    text: str
    phase: str = ""
    entry: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    """A field that reads otherwise than in the proposal that was returned."""

    title: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Returned:
    """A proposal that was sent back: round, what was said of it, and by whom and why it was returned."""

    round: int
    opinions: tuple[OpinionLine, ...]
    by: OpinionLine
    entry: int


@dataclass(frozen=True, slots=True)
class Link:
    """A place in the chain: the roles, and whether it has spoken or speaks next."""

    roles: str
    state: str


@dataclass(frozen=True, slots=True)
class Pending:
    """A proposal that waits: its form so far, the chain, who has spoken, whose turn it is, what came back before."""

    step: str
    title: str
    on: str
    fields: tuple[FieldLine, ...]
    opinions: tuple[OpinionLine, ...]
    next_roles: tuple[str, ...]
    mine: bool
    returnable: bool
    chain: tuple[Link, ...]
    returned: tuple[Returned, ...]
    changes: tuple[Change, ...]


def pending(standing: Standing, person: PersonFacts, entries: Sequence[StoredEntry]) -> list[Pending]:
    """Return the proposals that wait, with what was said of each so far."""
    return [_pending(standing, person, entries, name) for name in standing.state.proposals]


def returned(person: PersonFacts, entries: Sequence[StoredEntry], step: str) -> tuple[Returned, ...]:
    """Return every earlier proposal of a step that was sent back, the first first."""
    rounds = _rounds([entry for entry in entries if entry.skeleton.step == step])
    known, given = names(accounts_in(entry for one in rounds for entry in one)), Delegations.of(entries)
    found = []
    for number, chain in enumerate(rounds, 1):
        if _phase(chain[-1]) == "returned":
            lines = [_opinion(entry, person, known, given) for entry in chain]
            found.append(Returned(number, tuple(lines[:-1]), lines[-1], chain[0].index))
    return tuple(found)


def last_returned(entries: Sequence[StoredEntry], step: str) -> StoredEntry | None:
    """Return the proposal to take up again: the newest of the step, when it was sent back and nothing came after."""
    rounds = _rounds([entry for entry in entries if entry.skeleton.step == step])
    return rounds[-1][0] if rounds and _phase(rounds[-1][-1]) == "returned" else None


def waiting_again(
    standing: Standing, person: PersonFacts, entries: Sequence[StoredEntry]
) -> list[tuple[Step, Returned]]:
    """Return the steps that may be proposed here again, because what was proposed last came back."""
    state = standing.state
    here = [
        step
        for step in standing.procedure.steps.values()
        if len(step.approval) > 1 and state.stage in step.from_ and step.id not in state.proposals
    ]
    return [(step, returned(person, entries, step.id)[-1]) for step in here if last_returned(entries, step.id)]


def _rounds(entries: Iterable[StoredEntry]) -> list[list[StoredEntry]]:
    """Cut a step's entries at each proposal."""
    rounds: list[list[StoredEntry]] = []
    for entry in entries:
        if _phase(entry) == "proposed":
            rounds.append([entry])
        elif rounds and _phase(entry) in ("opinion", "returned", "done"):
            rounds[-1].append(entry)
    return rounds


def _pending(standing: Standing, person: PersonFacts, entries: Sequence[StoredEntry], name: str) -> Pending:
    proposal, step = standing.state.proposals[name], standing.procedure.steps[name]
    turn = len(proposal.opinions)
    spoken = {opinion.account for opinion in proposal.opinions}
    roles = step.approval[turn] if turn < len(step.approval) else ()
    chain = [entry for entry in entries[proposal.entry :] if entry.skeleton.step == name]
    known, given = names(accounts_in(chain)), Delegations.of(chain)
    later = {role for chain_roles in step.approval[turn:] for role in chain_roles}
    before = returned(person, entries, name)
    fields = fields_of(standing, person, chain[0]) if chain else ()
    return Pending(
        step=name,
        title=language.pick(step.title),
        on=chain[0].skeleton.occurred.date if chain else "",
        fields=fields,
        opinions=tuple(
            _opinion(entry, person, known, given) for entry in chain if _phase(entry) in ("proposed", "opinion")
        ),
        next_roles=tuple(role_title(role) for role in roles),
        mine=bool(person.roles & set(roles)) and person.account not in spoken,
        returnable=bool(person.roles & later)
        or (bool(proposal.opinions) and proposal.opinions[0].account == person.account),
        chain=tuple(_links(step, turn)),
        returned=before,
        changes=_changes(fields_of(standing, person, entries[before[-1].entry]), fields) if before else (),
    )


def _links(step: Step, turn: int) -> Iterable[Link]:
    for place, roles in enumerate(step.approval):
        state = "done" if place < turn else "now" if place == turn else "later"
        yield Link(" / ".join(role_title(role) for role in roles), state)


def _changes(before: Sequence[FieldLine], after: Sequence[FieldLine]) -> tuple[Change, ...]:
    """Return the fields that read otherwise; what the reader may not see is not compared."""
    old = {line.title: line for line in before}
    new = {line.title: line for line in after}
    found = []
    for title in dict.fromkeys((*old, *new)):
        one, other = old.get(title), new.get(title)
        if (one and one.withheld) or (other and other.withheld):
            continue
        said, says = one.text if one else "", other.text if other else ""
        if said != says:
            found.append(Change(title, said or gettext("(empty)"), says or gettext("(empty)")))
    return tuple(found)


def _phase(entry: StoredEntry) -> str:
    return str(entry.skeleton.outcome.get("phase", ""))


def _opinion(entry: StoredEntry, person: PersonFacts, known: Mapping[str, str], given: Delegations) -> OpinionLine:
    actor = str(entry.skeleton.outcome.get("actor") or "")
    said = entry.fields.get("opinion")
    visible = said is not None and said.state == "held" and access.sees_class(person, said.class_)
    phase = str(PHASES[_phase(entry)])
    who = known.get(actor, actor)
    return OpinionLine(
        who=" · ".join(part for part in (who, given.words(entry)) if part),
        role=role_title(entry.skeleton.role),
        on=entry.skeleton.occurred.date,
        text=str(said.value) if said is not None and visible else phase,
        phase=phase,
        entry=entry.index,
    )
