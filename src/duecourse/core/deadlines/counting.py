"""Counts a period as the law counts it.

The rules, in the order they are applied:

1. The day (or hour) on which the period starts is not counted. (民事诉讼法 85 II; 民法典 201 I)
2. Working days leave out the weekly rest and the days off; a rest day made a working day counts. (行政处罚法 85)
3. Months and years end on the corresponding day, or on the last of the month where there is none. (民法典 202)
4. A time that the law leaves out (a pause) prolongs the period by as many days. (令14号 45 III)
5. An extension "to" gives a new total from the same start; an extension "by" adds. (令14号 18 and 45)
6. Where the instrument says so, a last day that is a rest day moves to the next working day. (民事诉讼法 85 III)
7. Hours run through nights and rest days and never move.

A pause (from, until) leaves out `from` and every day before `until`: the day on which the clock goes on counts again,
so that a pause is never longer than the time it took. The office's alarm stands on the earliest unmoved reading.

Not responsible for which rule an instrument follows (`core.law`), nor for today's date.
"""

from __future__ import annotations

import calendar as gregorian
import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from duecourse.core.deadlines.calendar import ONE_DAY, Calendar
from duecourse.core.deadlines.length import Extension, Length, Unit
from duecourse.core.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from duecourse.core.reading import Words

Pause = tuple[dt.date, dt.date | None]
_PAUSED: Words = {"zh-Hans": "不计入期限", "en": "left out of the period"}
_MONTHS_OF_A_YEAR = 12


@dataclass(frozen=True, slots=True)
class Skipped:
    """A day that did not count, and why. `source` is the announcement or regulation; empty for a pause."""

    day: dt.date
    why: Words
    source: str


@dataclass(frozen=True, slots=True)
class Counted:
    """The last day of a period, and how sure it is.

    `last`: the last day by what is known today. `earliest`, `latest`: its bounds; they differ from each other only when
    `provisional`, that is when a calendar not yet announced could move it. `alarm`: the earliest reading before any
    move over a rest day, on which the office's own alarm stands. `paused`: the clock stands still now, and the dates
    hold only if it went on today. `skipped`: days between start and last that did not count.
    """

    start: dt.date
    last: dt.date
    earliest: dt.date
    latest: dt.date
    provisional: bool
    alarm: dt.date
    skipped: tuple[Skipped, ...]
    paused: bool = False


@dataclass(frozen=True, slots=True)
class _Reading:
    """One way to read the days that are still open: as they stand, all worked, or all off."""

    calendar: Calendar
    open_days_work: bool | None
    pauses: tuple[tuple[dt.date, dt.date], ...]

    def works(self, day: dt.date) -> bool:
        known = self.calendar.day(day)
        return known.works if known.certain or self.open_days_work is None else self.open_days_work

    def paused(self, day: dt.date) -> bool:
        return any(first <= day < until for first, until in self.pauses)

    def end(self, start: dt.date, segments: Sequence[Length]) -> dt.date:
        """Rules 1 to 5: the last day before any move over a rest day."""
        for length in segments:
            start = self._segment(start, length)
        return start

    def moved(self, last: dt.date) -> dt.date:
        """Rule 6: `last`, or the first working day after it when it is a rest day."""
        while not self.works(last):
            last += ONE_DAY
        return last

    def _segment(self, start: dt.date, length: Length) -> dt.date:
        if length.unit is Unit.WORKING_DAYS:
            return _walk(start, length.number, lambda day: self.works(day) and not self.paused(day))
        if length.unit is Unit.DAYS:
            if not self.pauses:
                return start + dt.timedelta(days=length.number)
            return _walk(start, length.number, lambda day: not self.paused(day))
        months = length.number * (_MONTHS_OF_A_YEAR if length.unit is Unit.YEARS else 1)
        last = _corresponding_day(start, months)
        if not self.pauses:
            return last
        left_out = sum(self.paused(start + dt.timedelta(days=n + 1)) for n in range((last - start).days))
        return _walk(last, left_out, lambda day: not self.paused(day))


def count(
    start: dt.date,
    length: Length,
    *,
    calendar: Calendar,
    rolls: bool = False,
    pauses: Sequence[Pause] = (),
    extensions: Sequence[Extension] = (),
) -> Counted:
    """Count `length` from `start` (not counted itself) by the rules of this module.

    Raises Invalid: "hours_need_a_moment" (use `count_hours`), "pause_backwards", "extension_shortens", and
    "calendar_unknown" when a day is needed that no calendar on file reaches.
    """
    closed = tuple((first, until if until is not None else first) for first, until in pauses)
    if any(until < first for first, until in closed):
        raise Invalid("pause_backwards", pauses=[[str(first), str(until)] for first, until in closed])
    readings = [_Reading(calendar, open_days_work, closed) for open_days_work in (None, True, False)]
    segments = _segments(readings[0], start, length, extensions)
    unmoved = [reading.end(start, segments) for reading in readings]
    ends = [reading.moved(end) if rolls else end for reading, end in zip(readings, unmoved, strict=True)]
    in_working_days = any(segment.unit is Unit.WORKING_DAYS for segment in segments)
    return Counted(
        start=start,
        last=ends[0],
        earliest=min(ends),
        latest=max(ends),
        provisional=min(ends) != max(ends),
        alarm=min(unmoved),
        skipped=_skipped(readings[0], (start, unmoved[0], ends[0]), in_working_days=in_working_days),
        paused=any(until is None for _, until in pauses),
    )


def count_hours(start: dt.datetime, hours: int) -> dt.datetime:
    """Rule 7: the moment `hours` after `start`, which must carry its zone (Invalid "moment_without_zone")."""
    if start.tzinfo is None:
        raise Invalid("moment_without_zone", moment=start.isoformat())
    return (start.astimezone(dt.UTC) + dt.timedelta(hours=hours)).astimezone(start.tzinfo)


def latest_before(event: dt.date, length: Length, *, calendar: Calendar) -> Counted:
    """Count back: the last day on which something may be done "`length` before" `event` (令14号 37: the hearing).

    `last` leaves out the day of the event; `alarm` also leaves out the day itself, so that the whole length lies
    between the two. Only days and working days can be counted back (Invalid "unit_not_counted_back").
    """
    if length.unit not in (Unit.DAYS, Unit.WORKING_DAYS):
        raise Invalid("unit_not_counted_back", length=str(length))
    readings = [_Reading(calendar, open_days_work, ()) for open_days_work in (None, True, False)]
    ends = [_back(event, length.number, length.unit, reading) for reading in readings]
    alarms = [_back(event, length.number + 1, length.unit, reading) for reading in readings]
    working = length.unit is Unit.WORKING_DAYS
    return Counted(
        start=event,
        last=ends[0],
        earliest=min(ends),
        latest=max(ends),
        provisional=min(ends) != max(ends),
        alarm=min(alarms),
        skipped=_skipped(readings[0], (ends[0], event - ONE_DAY, event - ONE_DAY), in_working_days=working),
    )


def _back(event: dt.date, number: int, unit: Unit, reading: _Reading) -> dt.date:
    if unit is Unit.DAYS:
        return event - dt.timedelta(days=number)
    return _walk(event, number, reading.works, step=-ONE_DAY)


def _segments(reading: _Reading, start: dt.date, length: Length, extensions: Sequence[Extension]) -> list[Length]:
    """Rule 5: the lengths to be counted one after the other; neighbours of one unit are added up first."""
    if any(one.unit is Unit.HOURS for one in (length, *(extension.length for extension in extensions))):
        raise Invalid("hours_need_a_moment", start=str(start), length=str(length))
    segments = [length]
    for extension in extensions:
        if extension.kind == "to":
            if reading.end(start, [extension.length]) < reading.end(start, segments):
                raise Invalid("extension_shortens", length=str(length), extension=str(extension))
            segments = [extension.length]
        elif segments[-1].unit is extension.length.unit:
            segments[-1] = Length(segments[-1].number + extension.length.number, extension.length.unit)
        else:
            segments.append(extension.length)
    return segments


def _walk(start: dt.date, number: int, counts: Callable[[dt.date], bool], step: dt.timedelta = ONE_DAY) -> dt.date:
    """Go from `start` until `number` days have counted."""
    day = start
    while number > 0:
        day += step
        number -= counts(day)
    return day


def _corresponding_day(start: dt.date, months: int) -> dt.date:
    """Rule 3."""
    ahead = start.year * _MONTHS_OF_A_YEAR + start.month - 1 + months
    year, month = divmod(ahead, _MONTHS_OF_A_YEAR)
    return dt.date(year, month + 1, min(start.day, gregorian.monthrange(year, month + 1)[1]))


def _skipped(
    reading: _Reading, bounds: tuple[dt.date, dt.date, dt.date], *, in_working_days: bool
) -> tuple[Skipped, ...]:
    """Name each day after the start that did not count: up to the unmoved end, and those the end moved over."""
    start, unmoved, last = bounds
    if unmoved == last and not in_working_days and not reading.pauses:
        return ()
    skipped = []
    for number in range(1, (last - start).days + 1):
        day = start + dt.timedelta(days=number)
        if reading.paused(day) and day <= unmoved:
            skipped.append(Skipped(day, _PAUSED, ""))
        elif (in_working_days or unmoved <= day < last) and not reading.works(day):
            known = reading.calendar.day(day)
            skipped.append(Skipped(day, known.why, known.source))
    return tuple(skipped)
