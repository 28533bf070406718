"""The list of the matters that a person may see, and how many submissions still wait to be opened.

Responsible for which matters those are and for a line of the list. Not responsible for what waits for a person
(`office.diary`).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from duecourse.office.matters.models import Matter, MatterPerson
from duecourse.office.reports.models import Submission

from . import access
from .standing import label, stage_title

if TYPE_CHECKING:
    from uuid import UUID

    from duecourse.core.procedure.attempt import PersonFacts


@dataclass(frozen=True, slots=True)
class MatterLine:
    """One line of the list of matters."""

    matter: UUID
    label: str
    title: str
    stage: str
    opened_on: dt.date
    ended: bool


def visible(person: PersonFacts) -> QuerySet[Matter]:
    """Return the matters that this person may see."""
    mine = MatterPerson.objects.filter(account=person.account).values("matter")
    return Matter.objects.filter(Q(procedure__in=access.seen_procedures(person)) | Q(id__in=mine))


def unopened() -> int:
    """Return how many submissions wait to be opened by the intake job."""
    return Submission.objects.filter(state="waiting").count()


def matters(person: PersonFacts, *, procedure: str, stage: str, ended: bool) -> QuerySet[Matter]:
    """Return the matters this person may see, newest first; "" stands for any procedure, any stage."""
    found = visible(person).filter(ended=ended)
    if procedure:
        found = found.filter(procedure=procedure)
    if stage:
        found = found.filter(stage=stage)
    return found.defer("state").order_by("-opened_on", "-year", "-number")


def line(row: Matter) -> MatterLine:
    """Return a matter as a line of a list."""
    return MatterLine(row.id, label(row), row.title, stage_title(row), row.opened_on, row.ended)
