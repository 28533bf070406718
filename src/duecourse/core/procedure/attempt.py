"""What a person (or the system) wants to do to a matter, with everything the engine may know about them.

Responsible for the input of `engine.take`. Not responsible for finding it out: who holds which role and certificate on
the day, what time it is and fresh identifiers come from outside, so that the engine stays a pure function.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt

    from duecourse.core.procedure.definition import Json

SYSTEM_ACCOUNT = "system"
"""The account under which the machine itself acts; it stands in no outcome."""


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """What holds of an account on the day of the step: its roles, and whether its enforcement certificate is valid.

    `delegations`: those of its roles that are another's, given in writing for some days (role to that account).
    """

    account: str
    roles: frozenset[str]
    certified: bool = False
    delegations: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One wish to take a step.

    `role`: the role in which the actor acts (None: the first of theirs that may). `occurred`: the legal day of the act.
    `moment`: now, with its zone. `phase`: None (take, or propose), "agree" or "return". `people`: facts of every
    account that the form names or that holds a capacity in the matter. `ids`: fresh uuids for what it drafts and opens.
    `links`: (kind, stream) of the matters that an opening step comes from.
    """

    step: str
    actor: PersonFacts
    role: str | None
    occurred: dt.date
    moment: dt.datetime
    form: Mapping[str, Json]
    exhibits: tuple[str, ...] = ()
    phase: str | None = None
    people: Mapping[str, PersonFacts] = field(default_factory=dict)
    ids: Iterator[str] = field(default_factory=lambda: iter(()))
    links: tuple[tuple[str, str], ...] = ()
