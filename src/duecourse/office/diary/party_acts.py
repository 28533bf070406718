"""What parties sent and nobody has answered yet, for who handles the matter: one question, however many there are.

Responsible for finding and wording these lines. Not responsible for the act itself nor for its answer (`office.party`).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID

from duecourse.core.procedure.party import KINDS
from duecourse.office.ledger import sql
from duecourse.office.matters.models import Matter
from duecourse.office.pages import access
from duecourse.office.pages.standing import label
from duecourse.ui import language

if TYPE_CHECKING:
    from duecourse.core.procedure.attempt import PersonFacts

_WAITING: Final = """
SELECT a.matter, a.entry, a.kind, a.arrived_on, a.late, m.procedure, m.year, m.number, m.title
FROM matter_person AS p JOIN party_act AS a ON a.matter = p.matter AND a.answered IS NULL
JOIN matter AS m ON m.id = a.matter
WHERE p.account = %s AND p.capacity = 'handler' ORDER BY a.arrived_on, a.matter, a.entry
"""


@dataclass(frozen=True, slots=True)
class ActLine:
    """An act of a party that waits for an answer: what it is, when it arrived, in which matter."""

    matter: UUID
    entry: int
    title: str
    arrived_on: dt.date
    late: bool
    label: str
    subject: str


def waiting(person: PersonFacts) -> list[ActLine]:
    """Return the acts that wait in the matters which this person handles, the oldest first."""
    if not access.sees_class(person, "party"):
        return []
    in_english = language.tag() == "en"
    subject = access.sees_class(person, "case")
    return [
        ActLine(matter, entry, KINDS[kind][in_english], arrived, late,
                label(Matter(procedure=procedure, year=year, number=number)), title if subject else "")
        for matter, entry, kind, arrived, late, procedure, year, number, title in sql.rows(_WAITING, (person.account,))
    ]  # fmt: skip
