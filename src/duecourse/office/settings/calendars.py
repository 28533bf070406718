"""The calendar of a year, read from its announcement by two persons independently.

Responsible for a reading (`Reading`: which days are off, which are worked, under which announcement), for taking two
that agree as the calendar of that year, and for naming day by day where two do not, without saying whose is right. A
correction of a year on file goes the same way. Not responsible for the rulebook that follows (`laying_down`), nor for
counting (`core.deadlines`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.db import transaction

from duecourse.core.deadlines.calendar import SATURDAY
from duecourse.core.errors import Invalid
from duecourse.core.ledger.entry import Field
from duecourse.edge import clock, ids
from duecourse.office.ledger import system
from duecourse.office.matters import rulebook
from duecourse.office.settings import laying_down
from duecourse.office.settings.models import AGREED, OPEN, REPLACED, WITHDRAWN, CalendarReading

if TYPE_CHECKING:
    from duecourse.office.people.models import Account

ISSUER: Final = {"zh-Hans": "国务院办公厅", "en": "General Office of the State Council"}
GRADE: Final = {
    "zh-Hans": "由两人各自依公告录入，逐日核对一致",
    "en": "entered from the announcement by two persons; they agreed day by day",
}
OFF, WORKED, ORDINARY = "off", "worked", "ordinary"
NUMBER_LENGTH: Final = 100
LONGEST_REST: Final = 20
_LINK: Final = re.compile(r"https?://[^\s<>\"']{3,500}")


@dataclass(frozen=True, slots=True)
class Line:
    """One numbered line of an announcement: the festival, its first and last day off, the days worked in exchange."""

    title: Mapping[str, str]
    first: date
    last: date
    make_up: tuple[date, ...] = ()

    def days(self) -> Iterator[date]:
        """Every day off."""
        return (self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1))


@dataclass(frozen=True, slots=True)
class Reading:
    """An announcement as one person read it."""

    year: int
    number: str
    announced_on: date
    lines: tuple[Line, ...]

    def kinds(self) -> dict[date, str]:
        """What each day named is: off, or a rest day that is worked."""
        off = {day: OFF for line in self.lines for day in line.days()}
        return off | {day: WORKED for line in self.lines for day in line.make_up}

    def content(self) -> dict[str, Any]:
        """The file `calendars/<year>.yaml` of it (docs/formats/calendar.md)."""
        title = {
            "zh-Hans": f"国务院办公厅关于{self.year}年部分节假日安排的通知",
            "en": f"Notice on the arrangement of holidays in {self.year}",
        }
        announcement = {
            "title": title, "number": self.number, "issuer": ISSUER, "date": self.announced_on, "grade": GRADE,
        }  # fmt: skip
        return {"year": self.year, "announcement": announcement, "festivals": [_festival(line) for line in self.lines]}

    def to_json(self) -> dict[str, Any]:
        """What is kept of it."""
        return {
            "number": self.number, "announced_on": self.announced_on.isoformat(),
            "lines": [{"title": dict(line.title), "first": line.first.isoformat(), "last": line.last.isoformat(),
                       "make_up": [day.isoformat() for day in line.make_up]} for line in self.lines],
        }  # fmt: skip

    @classmethod
    def from_json(cls, year: int, found: Mapping[str, Any]) -> Reading:
        """Read what `to_json` wrote."""
        lines = tuple(
            Line(line["title"], date.fromisoformat(line["first"]), date.fromisoformat(line["last"]),
                 tuple(date.fromisoformat(day) for day in line["make_up"]))
            for line in found["lines"]
        )  # fmt: skip
        return cls(year, found["number"], date.fromisoformat(found["announced_on"]), lines)


@dataclass(frozen=True, slots=True)
class Difference:
    """Where two readings differ: `what` is a day, `number` or `announced_on`; the two values in no telling order."""

    what: date | str
    values: tuple[str, str]


def check(reading: Reading) -> None:
    """Refuse what no announcement says.

    Raises Invalid: `calendar_year`, `calendar_number`, `calendar_empty`, `calendar_backwards`, `calendar_too_long`,
    `calendar_other_year`, `calendar_no_rest_day`, `calendar_twice`, `calendar_holiday_missing`.
    """
    today = clock.today(rulebook.base().zone)
    if not today.year - 2 <= reading.year <= today.year + 2:
        raise Invalid("calendar_year", year=reading.year)
    if not 0 < len(reading.number) <= NUMBER_LENGTH:
        raise Invalid("calendar_number")
    if not reading.lines:
        raise Invalid("calendar_empty")
    seen: set[date] = set()
    for line in reading.lines:
        _check_line(reading.year, line, seen)
    _check_holidays(reading)


@transaction.atomic
def read(reading: Reading, *, by: Account, link: str = "", file_object: str | None = None) -> CalendarReading:
    """Keep one person's reading (in place of an earlier one); with a second person's that agrees it is the calendar.

    An entry either way. Raises Invalid as `check`, "calendar_link", and "calendar_stands" when the year on file is
    already so.
    """
    check(reading)
    if link and not _LINK.fullmatch(link):
        raise Invalid("calendar_link", link=link[:80])
    laying_down.hold()
    if on_file(reading.year) == reading.kinds():
        raise Invalid("calendar_stands", year=reading.year)
    moment = clock.now()
    CalendarReading.objects.filter(year=reading.year, read_by=by.id, state=OPEN).update(state=REPLACED)
    kept = CalendarReading.objects.create(
        year=reading.year, content=reading.to_json(), link=link, file_object=file_object, state=OPEN,
        read_by=by.id, read_at=moment,
    )  # fmt: skip
    said = {"reading": str(kept.id), "account": str(by.id), "number": reading.number, "days": _spelled(reading)}
    _enter("calendar-read", {"year": reading.year}, said)
    others = CalendarReading.objects.filter(year=reading.year, state=OPEN).exclude(read_by=by.id).order_by("read_at")
    for other in others:
        if not differences(reading, Reading.from_json(other.year, other.content)):
            _agree(reading, kept, other)
            break
    return kept


@transaction.atomic
def withdraw(year: int, *, by: Account) -> None:
    """Take one's own open reading back. Raises Invalid("calendar_nothing_open")."""
    laying_down.hold()
    if not CalendarReading.objects.filter(year=year, read_by=by.id, state=OPEN).update(state=WITHDRAWN):
        raise Invalid("calendar_nothing_open", year=year)
    _enter("calendar-reading-withdrawn", {"year": year}, {"account": str(by.id)})


def differences(one: Reading, other: Reading) -> list[Difference]:
    """Every place where two readings differ, in the order of days."""
    found = [
        Difference(name, _unordered(str(getattr(one, name)), str(getattr(other, name))))
        for name in ("number", "announced_on")
        if getattr(one, name) != getattr(other, name)
    ]
    mine, theirs = one.kinds(), other.kinds()
    for day in sorted(mine.keys() | theirs.keys()):
        pair = (mine.get(day, ORDINARY), theirs.get(day, ORDINARY))
        if pair[0] != pair[1]:
            found.append(Difference(day, _unordered(*pair)))
    return found


def open_readings(year: int) -> Sequence[CalendarReading]:
    """The readings of a year that wait for a second that agrees."""
    return list(CalendarReading.objects.filter(year=year, state=OPEN).order_by("read_at"))


def agreed() -> dict[int, dict[str, Any]]:
    """The calendars that two persons agreed on, by year: the latest of each."""
    rows = CalendarReading.objects.filter(state=AGREED).order_by("read_at", "id")
    return {row.year: Reading.from_json(row.year, row.content).content() for row in rows}


def on_file(year: int) -> dict[date, str] | None:
    """What each day of a year on file is; None for a year not announced."""
    known = rulebook.current().calendar.years.get(year)
    if known is None:
        return None
    lines = (Line(found.title, found.first, found.last, found.make_up) for found in known.festivals)
    return Reading(year, known.source, date(year, 1, 1), tuple(lines)).kinds()


def _agree(reading: Reading, *rows: CalendarReading) -> None:
    for row in rows:
        row.state = AGREED
        row.save(update_fields=["state"])
    said = {"accounts": sorted(str(row.read_by) for row in rows), "number": reading.number, "days": _spelled(reading),
            "links": [row.link for row in rows if row.link],
            "files": [row.file_object for row in rows if row.file_object]}  # fmt: skip
    _enter("calendar-announced", {"year": reading.year}, said)
    laying_down.lay_down(clock.today(rulebook.base().zone))
    transaction.on_commit(_recount)


def _recount() -> None:
    from duecourse.office.settings import jobs

    jobs.recount_clocks.defer(after=str(UUID(int=0)))


def _enter(step: str, outcome: Mapping[str, Any], said: Mapping[str, Any]) -> None:
    fields = [Field(name, "office", value, ids.salt()) for name, value in said.items()]
    system.record(step, fields, outcome)


def _festival(line: Line) -> dict[str, Any]:
    found: dict[str, Any] = {"title": dict(line.title), "from": line.first, "to": line.last}
    return found | ({"make-up": list(line.make_up)} if line.make_up else {})


def _spelled(reading: Reading) -> dict[str, str]:
    return {day.isoformat(): kind for day, kind in sorted(reading.kinds().items())}


def _unordered(one: str, other: str) -> tuple[str, str]:
    return (one, other) if one < other else (other, one)


def _check_line(year: int, line: Line, seen: set[date]) -> None:
    title = dict(line.title)
    if line.last < line.first:
        raise Invalid("calendar_backwards", title=title)
    if (line.last - line.first).days >= LONGEST_REST:
        raise Invalid("calendar_too_long", title=title, most=LONGEST_REST)
    for day in line.make_up:
        if day.weekday() < SATURDAY:
            raise Invalid("calendar_no_rest_day", title=title, day=day)
    for day in (*line.days(), *line.make_up):
        if day.year != year and (day.year, day.month) != (year - 1, 12):
            raise Invalid("calendar_other_year", title=title, day=day)
        if day in seen:
            raise Invalid("calendar_twice", title=title, day=day)
        seen.add(day)


def _check_holidays(reading: Reading) -> None:
    """The statutory days of the year are off in every announcement."""
    kinds = reading.kinds()
    for holiday in rulebook.base().calendar.rules.holidays:
        first = holiday.first(reading.year)
        for n in range(holiday.days if first else 0):
            assert first is not None
            if kinds.get(first + timedelta(days=n)) != OFF:
                raise Invalid("calendar_holiday_missing", title=dict(holiday.title), day=first + timedelta(days=n))
