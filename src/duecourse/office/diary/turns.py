"""Whose turn it is, by the rulebook: what asks for a role, which stages are a role's, and what lies in the queue.

    an approval            the next opinion on a proposal is a role's
    a stage with handlers  those who can move it on (see `movers`) handle such matters: its handlers act
    a stage of a role      another role moves it on (legal review, publication): whoever holds the role acts
    the queue              procedures in which an officer takes a matter on by a step (`assigns: {handler: actor}`)

Responsible for reading that out of the procedures in force today. Not responsible for whether a step is lawful now
(`core.procedure`), nor for finding matters (`day.py`, `queue.py`).
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from duecourse.core.procedure.definition import SYSTEM
from duecourse.office.matters import rulebook

if TYPE_CHECKING:
    from duecourse.core.procedure.definition import Procedure, Rulebook, Step
    from duecourse.core.procedure.state import MatterState

HANDLER: Final = "handler"
ACTOR: Final = "actor"
_KEPT: Final = 64

Place = tuple[str, date, str]
"""Procedure, first day of the version under which the matter stands, stage: as in the columns of `matter`."""


@dataclass(frozen=True, slots=True)
class Turns:
    """What asks for somebody with certain roles."""

    opinions: tuple[str, ...]
    """As in the column `turns`: procedure/version/step/opinions given."""
    handled: tuple[Place, ...]
    """Stages in which it is a handler's turn, and the role may handle."""
    owned: tuple[Place, ...]
    """Stages in which it is the turn of whoever holds the role."""
    clocks: tuple[tuple[str, str], ...]
    """Procedure and clock for whose end the role answers."""


@dataclass(frozen=True, slots=True)
class Turn:
    """Who is next in a matter: a role (any of several), and the accounts, where it is certain people's turn."""

    roles: tuple[str, ...]
    accounts: tuple[str, ...]
    since: date | None
    step: str | None = None


def turns_of(roles: frozenset[str], on: date) -> Turns:
    """Return what asks for these roles on a day."""
    return _turns(rulebook.current().digest, roles, on)


@functools.lru_cache(_KEPT)
def _turns(_digest: str, roles: frozenset[str], on: date) -> Turns:
    opinions, handled, owned, clocks = [], [], [], []
    for name, version, ruled in _versions(rulebook.current(), on):
        opinions += [
            f"{name}/{version}/{step.id}/{turn}"
            for step in ruled.steps.values()
            for turn, asked in enumerate(step.approval)
            if turn and roles & set(asked)
        ]
        for stage in ruled.stages.values():
            if movers(ruled, stage.id) & roles:
                (handled if is_handled(ruled, stage.id) else owned).append((name, version, stage.id))
        clocks += [(name, clock.id) for clock in ruled.clocks.values() if clock.answers in roles]
    return Turns(tuple(opinions), tuple(handled), tuple(owned), tuple(dict.fromkeys(clocks)))


def queues(on: date) -> tuple[str, ...]:
    """Return the procedures whose matters lie in a queue until somebody takes them on: where work begins, first."""
    book = rulebook.current()
    in_force = [book.procedure(name, on) for name in book.procedures]
    opened = {item.procedure for ruled in in_force for step in ruled.steps.values() for item in step.effects.opens}
    return tuple(ruled.id for ruled in sorted(in_force, key=lambda one: one.id in opened) if claims(ruled))


def claims(ruled: Procedure) -> tuple[Step, ...]:
    """Return the steps by which an officer takes a matter on."""
    return tuple(step for step in ruled.steps.values() if step.effects.assigns.get(HANDLER) == ACTOR)


def claim_in(ruled: Procedure, stage: str | None) -> Step | None:
    """Return the step by which a matter of this stage is taken on."""
    return next((step for step in claims(ruled) if stage in step.from_), None)


def handling_roles(ruled: Procedure) -> frozenset[str]:
    """Return the roles whose holders become handlers: who takes, or proposes, a step that names handlers."""
    steps = [step for step in ruled.steps.values() if any(HANDLER in group.assigns for group in step.all_effects())]
    return frozenset(role for step in steps for role in (step.approval or (step.by,))[0])


def movers(ruled: Procedure, stage: str) -> frozenset[str]:
    """Return the roles whose turn a stage is: its owner, when the owner can begin a step that leads on from it.

    Where only others can begin one (a decision that a case officer must propose), it is their turn first.
    """
    known = ruled.stages.get(stage)
    if known is None or known.end:
        return frozenset()
    leading = [
        step
        for step in ruled.steps.values()
        if stage in step.from_ and any(group.to for group in step.all_effects()) and step.by != (SYSTEM,)
    ]
    starters = frozenset(role for step in leading for role in (step.approval or (step.by,))[0])
    owner = frozenset({known.owner} if known.owner else ())
    return owner if owner & starters or not starters else starters


def is_handled(ruled: Procedure, stage: str) -> bool:
    """Whether it is the turn of the matter's handlers in this stage, not of whoever holds a role."""
    return bool(movers(ruled, stage) & handling_roles(ruled))


def next_in(ruled: Procedure, state: MatterState) -> tuple[Turn, ...]:
    """Return whose turn it is: each proposal's next opinion; with none, who moves the stage on (handlers by name)."""
    if state.proposals:
        return tuple(_next_opinion(ruled, state, name) for name in state.proposals)
    roles = movers(ruled, state.stage or "")
    handlers = state.people.get(HANDLER, ()) if is_handled(ruled, state.stage or "") else ()
    return (Turn(tuple(sorted(roles)), handlers, state.stage_since),) if roles else ()


def _next_opinion(ruled: Procedure, state: MatterState, name: str) -> Turn:
    given = state.proposals[name].opinions
    chain = ruled.steps[name].approval if name in ruled.steps else ()
    roles = chain[len(given)] if len(given) < len(chain) else ()
    return Turn(tuple(roles), (), given[-1].on if given else None, name)


def _versions(book: Rulebook, on: date) -> Iterator[tuple[str, date, Procedure]]:
    """Every version under which a matter may stand, with the one that rules it on the day."""
    for name, versions in book.procedures.items():
        for held in versions:
            yield name, held.from_, book.ruling(name, version=held.version, on=on)
