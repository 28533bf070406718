"""Who acts: an account of the office, or the system itself, and what the rulebook needs to know of a person on a day.

Responsible for the facts of persons (roles held on the day of the step, certificate in force) in one question to the
database. Not responsible for accounts or log-in (`office.people`), nor for what a role may do (`core.procedure`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Protocol
from uuid import UUID

from duecourse.core.procedure.attempt import SYSTEM_ACCOUNT, PersonFacts
from duecourse.core.procedure.definition import SYSTEM as SYSTEM_ROLE
from duecourse.office.ledger import sql

# One question, asked while the matter is locked, so that a repeated post sees the entry that it waited for.
_FACTS = """
WITH asked AS (SELECT unnest(%s::uuid[]) AS id UNION SELECT account FROM matter_person WHERE matter = %s)
SELECT known.repeated, a.id, a.roles, a.certified
FROM (SELECT EXISTS (SELECT FROM entry WHERE stream = %s AND key = %s) AS repeated) AS known
LEFT JOIN LATERAL (
  SELECT account.id,
    ARRAY(SELECT role::text FROM appointment WHERE account_id = account.id AND from_on <= %s
          AND (until_on IS NULL OR until_on >= %s)) AS roles,
    EXISTS (SELECT FROM certificate WHERE account_id = account.id AND valid_from_on <= %s
            AND valid_until_on >= %s) AS certified
  FROM account JOIN asked USING (id) WHERE account.is_active
) AS a ON true
"""


class Actor(Protocol):
    """Whoever takes a step: `people.Account`, or `SYSTEM`."""

    @property
    def id(self) -> UUID | None:
        """The account's id; None for the system."""
        ...


@dataclass(frozen=True, slots=True)
class System:
    """The office's own machine. It takes only the steps that a procedure gives to the role `system`."""

    id: None = None


SYSTEM: Final = System()
_MACHINE: Final = PersonFacts(SYSTEM_ACCOUNT, frozenset({SYSTEM_ROLE}))


@dataclass(frozen=True, slots=True)
class Known:
    """Facts of every account asked about, and whether the key was used on this matter before."""

    people: Mapping[str, PersonFacts]
    repeated: bool


def question(matter: UUID, accounts: Iterable[str], *, key: str | None, on: date) -> tuple[str, tuple[object, ...]]:
    """The statement, with its values, that asks what holds on the day `on`; `known` reads its rows."""
    return _FACTS, (list(accounts), matter, matter, key, on, on, on, on)


def known(rows: Iterable[sql.Row]) -> Known:
    """What the rows of `question` say."""
    people: dict[str, PersonFacts] = {}
    repeated = False
    for used, account, roles, certified in rows:
        repeated = used
        if account is not None:
            people[str(account)] = PersonFacts(str(account), frozenset(roles), certified)
    return Known(people, repeated)


def facts(matter: UUID, accounts: Iterable[str], *, key: str | None, on: date) -> Known:
    """What holds on the day `on` of these accounts and of all who hold a capacity in the matter."""
    return known(sql.rows(*question(matter, accounts, key=key, on=on)))


def of(actor: Actor, people: Mapping[str, PersonFacts]) -> PersonFacts:
    """The facts of who acts; an account that is not active holds no role."""
    if actor.id is None:
        return _MACHINE
    return people.get(str(actor.id)) or PersonFacts(str(actor.id), frozenset())


def is_account(value: object) -> bool:
    """Whether a value of a form is spelled as an account's id."""
    if not isinstance(value, str) or len(value) != 36:  # noqa: PLR2004 - the length of a uuid's spelling
        return False
    try:
        return str(UUID(value)) == value
    except ValueError:
        return False
