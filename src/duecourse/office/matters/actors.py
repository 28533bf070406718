"""Who acts: an account of the office, or the system itself, and what the rulebook needs to know of a person on a day.

Responsible for the facts of persons (roles held on the day of the step, certificate in force) in one question to the
database. Not responsible for accounts or log-in (`office.people`), nor for what a role may do (`core.procedure`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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
SELECT known.repeated, a.id, a.roles, a.certified, a.givers
FROM (SELECT EXISTS (SELECT FROM entry WHERE stream = %s AND key = %s) AS repeated) AS known
LEFT JOIN LATERAL (
  SELECT account.id, held.roles, held.givers,
    EXISTS (SELECT FROM certificate WHERE account_id = account.id AND valid_from_on <= %s
            AND valid_until_on >= %s) AS certified
  FROM account JOIN asked USING (id)
  CROSS JOIN LATERAL (
    SELECT array_agg(role::text ORDER BY role, delegated_by_id NULLS FIRST) AS roles,
      array_agg(delegated_by_id::text ORDER BY role, delegated_by_id NULLS FIRST) AS givers
    FROM appointment AS h, (SELECT %s::date AS on_day) AS d
    WHERE account_id = account.id AND from_on <= on_day AND (until_on IS NULL OR until_on >= on_day)
      AND (withdrawn_on IS NULL OR withdrawn_on > on_day)
      AND (delegated_by_id IS NULL OR EXISTS (
        SELECT FROM appointment AS g WHERE g.account_id = h.delegated_by_id AND g.role = h.role
          AND g.delegated_by_id IS NULL AND g.from_on <= on_day AND (g.until_on IS NULL OR g.until_on >= on_day)
          AND (g.withdrawn_on IS NULL OR g.withdrawn_on > on_day)))
  ) AS held
  WHERE account.is_active
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
    return _FACTS, (list(accounts), matter, matter, key, on, on, on)


def known(rows: Iterable[sql.Row]) -> Known:
    """What the rows of `question` say."""
    people: dict[str, PersonFacts] = {}
    repeated = False
    for used, account, roles, certified, givers in rows:
        repeated = used
        if account is not None:
            people[str(account)] = _facts_of(str(account), roles or (), givers or (), certified=certified)
    return Known(people, repeated)


def _facts_of(account: str, roles: Sequence[str], givers: Sequence[str | None], *, certified: bool) -> PersonFacts:
    """A role that is the account's own comes first: only one that is held in another's place alone is a delegation."""
    given: dict[str, str | None] = {}
    for role, giver in zip(roles, givers, strict=True):
        given.setdefault(role, giver)
    return PersonFacts(account, frozenset(given), certified, {role: by for role, by in given.items() if by})


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
