"""Who has which matter open: a courtesy among colleagues, so that two do not work on one thing.

Responsible for noting it, telling it, and forgetting it after `MEMORY`. It is no lock, no entry and no measure of
anybody's work: nothing older than a quarter of an hour can be asked for, and what is older is deleted at the next
opportunity, at the latest by the job (`jobs.py`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final
from uuid import UUID

from duecourse.edge import clock
from duecourse.office.ledger import sql

if TYPE_CHECKING:
    from duecourse.core.procedure.attempt import PersonFacts
    from duecourse.office.people.models import Account

MEMORY: Final = dt.timedelta(minutes=15)

_NOTE = """
INSERT INTO presence (matter, account, seen_at) VALUES (%s, %s, %s)
ON CONFLICT (matter, account) DO UPDATE SET seen_at = EXCLUDED.seen_at
"""
_OTHERS = """
SELECT p.matter, a.name FROM presence AS p JOIN account AS a ON a.id = p.account
WHERE p.matter = ANY(%s) AND p.account <> %s AND p.seen_at > %s ORDER BY p.seen_at DESC
"""


def note(account: Account, matter: UUID) -> None:
    """Remember that this account has this matter open now."""
    sql.rows(_NOTE, (matter, account.id, clock.now()))


def others(matter: UUID, person: PersonFacts) -> tuple[str, ...]:
    """Return the names of the colleagues who have this matter open, the latest first."""
    return others_in([matter], person).get(matter, ())


def others_in(matters: Iterable[UUID], person: PersonFacts) -> dict[UUID, tuple[str, ...]]:
    """Return the same for several matters, in one question."""
    found: dict[UUID, tuple[str, ...]] = {}
    for matter, name in sql.rows(_OTHERS, (list(matters), UUID(person.account), clock.now() - MEMORY)):
        found[matter] = (*found.get(matter, ()), name)
    return found


def forget() -> int:
    """Delete what is older than `MEMORY`; return how many rows that were."""
    return len(sql.rows("DELETE FROM presence WHERE seen_at <= %s RETURNING 1", (clock.now() - MEMORY,)))
