"""The lines of a person's day: what `day.py` found, in the words that a page shows.

Responsible for the shape and the words of a line, and for reading what a page shows in a fixed number of questions,
however many lines it has. Not responsible for finding (`day.py`), nor for what a step needs (the engine judges it).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.utils.translation import gettext

from duecourse.core.procedure import engine
from duecourse.edge import clock as time
from duecourse.office.diary import turns
from duecourse.office.ledger import sql
from duecourse.office.matters import rulebook
from duecourse.office.matters.models import Matter
from duecourse.office.pages import access, reading
from duecourse.office.pages.standing import Standing, names, role_title
from duecourse.office.people.facts import roles_on
from duecourse.ui import language

if TYPE_CHECKING:
    from duecourse.core.procedure.attempt import PersonFacts
    from duecourse.core.procedure.definition import ClockRule
    from duecourse.core.procedure.marks import RunningClock

    from .day import Found
    from .turns import Turn

FEW: Final = 3
"""So many holders of a role are named; more are called by the role."""
HOLD: Final = "hold"

_REASONS: Final = """
SELECT e.stream, convert_from(f.value, 'UTF8')::jsonb #>> '{}'
FROM unnest(%s::uuid[], %s::int[]) AS asked (stream, index)
JOIN entry AS e USING (stream, index) JOIN entry_field AS f ON f.entry_id = e.id
WHERE f.name = 'reason' AND f.value IS NOT NULL AND f.class = ANY(%s)
"""


@dataclass(frozen=True, slots=True)
class Period:
    """A clock as a line shows it. `alarm`: late (ended too late), overdue, today, soon (it has rung), ahead."""

    title: str
    last_on: dt.date
    earliest_on: dt.date
    latest_on: dt.date
    provisional: bool
    days: int
    alarm: str
    answers: str
    reason_given: bool

    @property
    def overdue_by(self) -> int:
        """Days past the last day: until today, or until it ended."""
        return -self.days


@dataclass(frozen=True, slots=True)
class Line:
    """A matter in a list. `step`: id of the step or clock it is about; `may`: the steps that can be taken now."""

    matter: UUID
    label: str
    subject: str
    stage: str
    step: str
    title: str
    since: dt.date | None
    period: Period | None
    may: tuple[tuple[str, str], ...] = ()
    whom: str = ""
    reason: str = ""
    until: dt.date | None = None
    back: bool = False


class Agenda:
    """The matters that one page shows, read once, and the words of their lines."""

    def __init__(self, person: PersonFacts, today: dt.date, lists: Iterable[Found]) -> None:
        wanted = {matter for found in lists for matter, _ in found.items}
        rows = Matter.objects.in_bulk(wanted)
        self._person, self._today = person, today
        self._standing = {matter: Standing.of(row) for matter, row in rows.items()}
        self._names = names(
            account for one in self._standing.values() for account in one.state.people.get("handler", ())
        )
        self._holders = _holders(today)

    def waiting(self, found: Found, *, steps: bool) -> list[Line]:
        """Return the lines of what waits; `steps` judges which steps of the procedure can be taken now."""
        return [self._waiting(matter, step, steps=steps) for matter, step in found.items if matter in self._standing]

    def others(self, found: Found) -> list[Line]:
        """Return the lines of what waits for somebody else: whom, and since when."""
        return [self._other(matter) for matter, _ in found.items if matter in self._standing]

    def due(self, found: Found) -> list[Line]:
        """Return the lines of clocks, with who answers for each."""
        lines = (self._due(matter, name) for matter, name in found.items if matter in self._standing)
        return [line for line in lines if line is not None]

    def held(self, found: Found) -> list[Line]:
        """Return the lines of what is on hold, with the reason where this reader may see it."""
        reasons = self._reasons([matter for matter, _ in found.items if matter in self._standing])
        return [self._held(matter, reasons.get(matter, "")) for matter, _ in found.items if matter in self._standing]

    def _line(self, matter: UUID, **more: object) -> Line:
        standing = self._standing[matter]
        shown: dict[str, object] = {
            "subject": standing.row.title if access.sees_class(self._person, "case") else "",
            "step": "", "title": "", "since": standing.state.stage_since, "period": self.nearest(standing),
        }  # fmt: skip
        return Line(matter, standing.label, stage=standing.stage_title, **(shown | more))  # type: ignore[arg-type]

    def _waiting(self, matter: UUID, step: str, *, steps: bool) -> Line:
        standing = self._standing[matter]
        back = standing.row.held_until
        if step:
            given = standing.state.proposals[step].opinions if step in standing.state.proposals else ()
            since = given[-1].on if given else None
            return self._line(matter, step=step, title=_step_title(standing, step), since=since)
        may = self._may(standing) if steps else ()
        return self._line(matter, may=may, back=back is not None and back <= self._today, until=back)

    def _may(self, standing: Standing) -> tuple[tuple[str, str], ...]:
        offers = engine.available(standing.book, standing.state, self._person, time.now())
        return tuple(
            (offer.step.id, language.pick(offer.step.title))
            for offer in offers
            if not offer.step.built_in and reading.possible(offer) and offer.phase is None
        )

    def _other(self, matter: UUID) -> Line:
        standing = self._standing[matter]
        next_ = turns.next_in(standing.procedure, standing.state)
        since = next((turn.since for turn in next_ if turn.since), None)
        title = next((_step_title(standing, turn.step) for turn in next_ if turn.step), "")
        return self._line(matter, title=title, since=since, whom=_listed(self._whom(turn) for turn in next_))

    def _whom(self, turn: Turn) -> str:
        """Say whose turn it is: the people where they are few, else the role."""
        role = " / ".join(role_title(role) for role in turn.roles)
        people = [self._names[account] for account in turn.accounts if account in self._names]
        if not people:
            people = sorted({name for role in turn.roles for name in self._holders.get(role, ())})
        if not people or len(people) > FEW:
            return role
        return gettext("%(people)s (%(role)s)") % {"people": _listed(people), "role": role}

    def _due(self, matter: UUID, name: str) -> Line | None:
        standing = self._standing[matter]
        held = standing.state.clocks.get(name)
        if held is None:
            return None
        period = self._period(standing.procedure.clocks.get(name), name, held)
        people = [self._names[one] for one in standing.state.people.get("handler", ()) if one in self._names]
        return self._line(matter, step=name, title=period.title, period=period, whom=_listed(people))

    def _held(self, matter: UUID, reason: str) -> Line:
        return self._line(matter, until=self._standing[matter].row.held_until, reason=reason)

    def nearest(self, standing: Standing) -> Period | None:
        """Return the running clock that ends first."""
        running = [(held.last, name) for name, held in standing.state.clocks.items() if held.status == "running"]
        if not running:
            return None
        _, name = min(running)
        return self._period(standing.procedure.clocks.get(name), name, standing.state.clocks[name])

    def _period(self, rule: ClockRule | None, name: str, held: RunningClock) -> Period:
        ended = held.ended_on if held.status == "stopped" else None
        days = (held.last - (ended or self._today)).days
        alarm = (
            "late"
            if ended
            else "overdue"
            if days < 0
            else "today"
            if days == 0
            else "soon"
            if held.alarm <= self._today
            else "ahead"
        )
        return Period(
            title=language.pick(rule.title) if rule else name,
            last_on=held.last,
            earliest_on=held.earliest,
            latest_on=held.latest,
            provisional=held.provisional,
            days=days,
            alarm=alarm,
            answers=self._role(rule.answers) if rule and rule.answers else "",
            reason_given=held.late_reason,
        )

    def _role(self, role: str) -> str:
        people = self._holders.get(role, ())
        if not people or len(people) > FEW:
            return role_title(role)
        return gettext("%(people)s (%(role)s)") % {"people": _listed(people), "role": role_title(role)}

    def _reasons(self, matters: Sequence[UUID]) -> Mapping[UUID, str]:
        places = [(matter, index) for matter in matters if (index := _last(self._standing[matter], HOLD)) is not None]
        classes = [name for name in rulebook.classes() if access.sees_class(self._person, name)]
        asked = ([matter for matter, _ in places], [index for _, index in places], classes)
        return {stream: said for stream, said in sql.rows(_REASONS, asked) if said}


def _listed(said: Iterable[str]) -> str:
    return ("、" if language.tag() == "zh-Hans" else ", ").join(said)


def _holders(today: dt.date) -> dict[str, tuple[str, ...]]:
    """Who holds each role today, by name."""
    found: dict[str, tuple[str, ...]] = {}
    for role, name in roles_on(today).order_by("account__name").values_list("role", "account__name"):
        found[role] = (*found.get(role, ()), name)
    return found


def _last(standing: Standing, step: str) -> int | None:
    """The index of the last entry by which a step was taken."""
    history = enumerate(standing.state.history)
    return max((index for index, item in history if item.step == step and item.phase == "done"), default=None)


def _step_title(standing: Standing, name: str) -> str:
    step = standing.step(name)
    return language.pick(step.title) if step else name
