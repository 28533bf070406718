"""What waits for a person, and the list of matters they may see.

Responsible for finding a person's work in the tables without reading every matter: by the stages whose steps their
roles may take, by proposals whose next opinion is theirs, by the matters they are in. Not responsible for judging
(`core.procedure.available` does, on the few rows found).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db.models import Q, QuerySet

from duecourse.core.procedure.state import MatterState
from duecourse.office.matters import rulebook
from duecourse.office.matters.models import Matter, MatterClock, MatterPerson
from duecourse.office.reports.models import Submission
from duecourse.ui import language

from . import access, reading
from .standing import Standing, label, stage_title, today

if TYPE_CHECKING:
    from uuid import UUID

    from duecourse.core.procedure.attempt import PersonFacts

MOST: Final = 50
"""Most lines in one list of the desk; the list of matters shows the rest."""
AHEAD: Final = dt.timedelta(days=14)


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """A matter that waits for this person, and the steps that they may take in it now."""

    matter: UUID
    label: str
    stage: str
    steps: tuple[tuple[str, str, str | None], ...]
    since: dt.datetime


@dataclass(frozen=True, slots=True)
class DueLine:
    """A running clock that is overdue or ends within two weeks."""

    matter: UUID
    label: str
    clock: str
    last_on: dt.date
    overdue: bool
    provisional: bool


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


def waiting(person: PersonFacts) -> list[WaitingLine]:
    """Return what waits for this person: approvals that are theirs to give first, then steps they may take."""
    rows = visible(person).filter(ended=False).filter(_asked(person)).order_by("updated_at")[: MOST * 2]
    lines = [line for row in rows if (line := _waiting(row, person)) is not None]
    return sorted(lines, key=lambda line: not any(phase for _, _, phase in line.steps))[:MOST]


def _asked(person: PersonFacts) -> Q:
    """Match the stages from which a step is open to one of the person's roles, and matters with a proposal."""
    found = Q(state__proposals__isnull=False) & ~Q(state__proposals={})
    for name in access.seen_procedures(person):
        procedure = rulebook.current().procedure(name, today())
        stages = {
            stage
            for step in procedure.steps.values()
            if person.roles & set((step.approval or (step.by,))[0])
            for stage in step.from_
        }
        found |= Q(procedure=name, stage__in=stages)
    return found


def _waiting(row: Matter, person: PersonFacts) -> WaitingLine | None:
    offers = reading.offers(Standing.of(row), person)
    steps = tuple((o.step, o.title, o.phase) for o in offers if not o.sentences and not o.built_in)
    return WaitingLine(row.id, label(row), stage_title(row), steps, row.updated_at) if steps else None


def due(person: PersonFacts) -> list[DueLine]:
    """Return running clocks of visible matters that are overdue or end within two weeks, the earliest first."""
    rows = MatterClock.objects.filter(
        state="running", last_on__lte=today() + AHEAD, matter__in=visible(person).filter(ended=False).values("id")
    ).order_by("last_on")[:MOST]
    matters = Matter.objects.in_bulk([row.matter for row in rows])
    return [_due(matters[row.matter], row) for row in rows]


def _due(matter: Matter, row: MatterClock) -> DueLine:
    rule = rulebook.current().procedure(matter.procedure, today()).clocks.get(row.clock)
    assert row.last_on is not None, "a running clock has a last day"
    return DueLine(
        matter=matter.id,
        label=label(matter),
        clock=language.pick(rule.title) if rule else row.clock,
        last_on=row.last_on,
        overdue=row.last_on < today(),
        provisional=row.provisional,
    )


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
    return found.order_by("-opened_on", "-year", "-number")


def line(row: Matter) -> MatterLine:
    """Return a matter as a line of a list."""
    return MatterLine(row.id, label(row), row.title, stage_title(row), row.opened_on, row.ended)


def proposals_of(row: Matter) -> tuple[str, ...]:
    """Return the steps of a matter that wait for an opinion."""
    return tuple(MatterState.from_json(row.state).proposals)
