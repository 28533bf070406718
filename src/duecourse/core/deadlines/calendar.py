"""Which days are working days, on whose announcement, and how sure that is.

A year is *known* when its announcement is on file (`calendars/<year>.yaml`). For a year not yet announced the statutory
holidays are known from the regulation, but not which days round them will be off or made up for: such a day is *open*.
`rules.yaml` says how far round each holiday an announcement has reached, so that every other day is certain.

Not responsible for counting (`counting`) nor for knowing what day it is.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from duecourse.core.errors import Invalid
from duecourse.core.reading import Node, Problems, Words, read_yaml

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

ONE_DAY = dt.timedelta(days=1)
SATURDAY = 5
_REACH_OF_NEW_YEAR = 31  # an announcement may already name days of the December before its year
_WORKING: Words = {"zh-Hans": "工作日", "en": "working day"}
_REST: Words = {"zh-Hans": "周休息日", "en": "weekend"}
_OPEN: Words = {"zh-Hans": "放假安排尚未公布", "en": "arrangement not yet announced"}


@dataclass(frozen=True, slots=True)
class Day:
    """One day. `certain` is false when an announcement still to come could make it the other kind."""

    day: dt.date
    works: bool
    certain: bool
    why: Words
    source: str


@dataclass(frozen=True, slots=True)
class Festival:
    """One numbered line of an announcement: the days off, and the rest days worked in exchange."""

    title: Words
    first: dt.date
    last: dt.date
    make_up: tuple[dt.date, ...]


@dataclass(frozen=True, slots=True)
class Year:
    """The arrangement announced for one year. `source` names the announcement as a person would cite it."""

    year: int
    source: str
    festivals: tuple[Festival, ...]


@dataclass(frozen=True, slots=True)
class Holiday:
    """A statutory holiday, and how far round it announcements reach, in days.

    `month`/`day` fix its first day, or it moves and `dates` gives the first day for each year.
    """

    title: Words
    days: int
    reach: tuple[int, int]
    make_up_reach: int
    fixed: tuple[int, int] | None
    dates: Mapping[int, dt.date] = field(default_factory=dict)

    def first(self, year: int) -> dt.date | None:
        """Give the first statutory day in `year`, or None where the table of moving days ends."""
        return dt.date(year, *self.fixed) if self.fixed else self.dates.get(year)


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds in every year: the weekly rest and the statutory holidays, each with its source."""

    weekly_source: str
    holidays_source: str
    holidays: tuple[Holiday, ...]


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days of all years on file. Answers are remembered; equality is by content."""

    rules: Rules
    years: Mapping[int, Year]
    _announced: dict[dt.date, Day] = field(default_factory=dict, repr=False, compare=False)
    _seen: dict[dt.date, Day] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        for year in self.years.values():
            for festival in year.festivals:
                for off in _days(festival.first, festival.last):
                    self._announced[off] = Day(off, works=False, certain=True, why=festival.title, source=year.source)
                for made_up in festival.make_up:
                    why = {lang: f"{_MAKE_UP[lang]}{title}" for lang, title in festival.title.items()}
                    self._announced[made_up] = Day(made_up, works=True, certain=True, why=why, source=year.source)

    def day(self, day: dt.date) -> Day:
        """Say what `day` is. Raises Invalid("calendar_unknown") for a year that no file reaches."""
        if day not in self._seen:
            self._seen[day] = self._look(day)
        return self._seen[day]

    def known(self, year: int) -> bool:
        """Whether the announcement of `year` is on file."""
        return year in self.years

    def _look(self, day: dt.date) -> Day:
        if day in self._announced:
            return self._announced[day]
        if day.year < min(self.years, default=day.year):
            raise Invalid("calendar_unknown", year=day.year, advice=f"add calendars/{day.year}.yaml")
        following = (day + dt.timedelta(days=_REACH_OF_NEW_YEAR)).year
        return self._by_rules(day, [year for year in sorted({day.year, following}) if not self.known(year)])

    def _of_the_week(self, day: dt.date, *, certain: bool) -> Day:
        works = day.weekday() < SATURDAY
        why = (_WORKING if works else _REST) if certain else _OPEN
        return Day(day, works=works, certain=certain, why=why, source=self.rules.weekly_source)

    def _by_rules(self, day: dt.date, unannounced: list[int]) -> Day:
        """Judge a day that no announcement names, by the holidays of the years whose announcement may still name it."""
        is_open = False
        for year in unannounced:
            for holiday in self.rules.holidays:
                first, last = self._statutory(holiday, year)
                if first <= day <= last:
                    return Day(day, works=False, certain=True, why=holiday.title, source=self.rules.holidays_source)
                is_open = is_open or _reached(day, (first, last), holiday)
        return self._of_the_week(day, certain=not is_open)

    @staticmethod
    def _statutory(holiday: Holiday, year: int) -> tuple[dt.date, dt.date]:
        first = holiday.first(year)
        if first is None:
            raise Invalid("calendar_unknown", year=year, advice=f"add calendars/{year}.yaml")
        return first, first + dt.timedelta(days=holiday.days - 1)


_MAKE_UP = {"zh-Hans": "调休上班：", "en": "worked in exchange for "}


def _reached(day: dt.date, statutory: tuple[dt.date, dt.date], holiday: Holiday) -> bool:
    """Whether an announcement about `holiday` may name `day`: as a day off, or (a rest day) as one to be worked."""
    before = (statutory[0] - day).days
    after = (day - statutory[1]).days
    off = before <= holiday.reach[0] and after <= holiday.reach[1]
    made_up = day.weekday() >= SATURDAY and max(before, after) <= holiday.make_up_reach
    return off or made_up


def _days(first: dt.date, last: dt.date) -> list[dt.date]:
    return [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]


def load_calendar(folder: Path, problems: Problems) -> Calendar:
    """Read `rules.yaml` and every `<year>.yaml` of `folder`; mistakes go to `problems`."""
    rules = _read_rules(read_yaml(folder / "rules.yaml", problems))
    years = [_read_year(read_yaml(path, problems)) for path in sorted(folder.glob("[0-9]*.yaml"))]
    return Calendar(rules=rules, years={year.year: year for year in years})


def _read_rules(root: Node) -> Rules:
    parts = root.mapping(required={"weekly-rest", "holidays"})
    weekly = parts["weekly-rest"].mapping(required={"title", "number"})
    weekly["title"].words()
    holidays = parts["holidays"].mapping(required={"title", "number", "from", "days"})
    holidays["title"].words()
    holidays["from"].date()
    return Rules(
        weekly_source=weekly["number"].text(),
        holidays_source=holidays["number"].text(),
        holidays=tuple(_read_holiday(node) for node in holidays["days"].sequence()),
    )


def _read_holiday(node: Node) -> Holiday:
    parts = node.mapping(required={"title", "days", "reach", "make-up-reach"}, optional={"on", "dates"})
    if ("on" in parts) == ("dates" in parts):
        node.problem("A holiday has a fixed day or a table of days.", "Write either 'on' or 'dates'.")
    reach = parts["reach"].mapping(required={"before", "after"})
    return Holiday(
        title=parts["title"].words(),
        days=max(1, parts["days"].integer()),
        reach=(reach["before"].integer(), reach["after"].integer()),
        make_up_reach=parts["make-up-reach"].integer(),
        fixed=_read_fixed(parts["on"]) if "on" in parts else None,
        dates={date.year: date for date in (item.date() for item in parts["dates"].sequence())}
        if "dates" in parts
        else {},
    )


def _read_fixed(node: Node) -> tuple[int, int]:
    parts = node.mapping(required={"month", "day"})
    month, day = parts["month"].integer(), parts["day"].integer()
    try:
        dt.date(2001, month, day)
    except ValueError:
        node.problem(f"There is no day {day} of month {month} in every year.")
        return (1, 1)
    return (month, day)


def _read_year(root: Node) -> Year:
    parts = root.mapping(required={"year", "announcement", "festivals"})
    announcement = parts["announcement"].mapping(required={"title", "number", "issuer", "date", "grade"})
    for name in ("title", "issuer", "grade"):
        announcement[name].words()
    announcement["date"].date()
    year = parts["year"].integer()
    festivals = tuple(_read_festival(node, year) for node in parts["festivals"].sequence())
    return Year(year=year, source=announcement["number"].text(), festivals=festivals)


def _read_festival(node: Node, year: int) -> Festival:
    parts = node.mapping(required={"title", "from", "to"}, optional={"make-up"})
    first, last = parts["from"].date(), parts["to"].date()
    made_up = parts["make-up"].sequence() if "make-up" in parts else []
    if last < first:
        parts["to"].problem("The last day is before the first.", "Exchange 'from' and 'to'.")
        last = first
    for item in [parts["from"], parts["to"], *made_up]:
        _belongs(item, year)
    for item in made_up:
        if item.date().weekday() < SATURDAY:
            item.problem(
                f"{item.date()} is no Saturday or Sunday.", "A day worked in exchange is a rest day of the week."
            )
    return Festival(parts["title"].words(), first, last, tuple(item.date() for item in made_up))


def _belongs(node: Node, year: int) -> None:
    day = node.date()
    if day != dt.date.min and day.year != year and (day.year, day.month) != (year - 1, 12):
        node.problem(f"{day} is not a day of {year} or of the December before.", "Move it to the file of its year.")
