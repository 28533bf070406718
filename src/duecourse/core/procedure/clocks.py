"""What a step does to clocks, with every date counted as the law counts it (`core.deadlines`).

Responsible for turning start, stop, pause, resume and extend into clock effects that need no counting again.
Not responsible for what an ended clock brings about: that is `timing`. A period in hours is counted from the moment of
the entry and kept as its local date, because the day is what a matter's acts are dated by.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from duecourse.core.deadlines import Counted, Extension, Length, Unit, count, count_hours
from duecourse.core.procedure.marks import RunningClock, closed
from duecourse.core.procedure.outcome import ClockEffect

if TYPE_CHECKING:
    from collections.abc import Mapping

    from duecourse.core.procedure.definition import ClockAct, ClockRule, Json, Rulebook
    from duecourse.core.procedure.marks import Pause

LIVE = ("running", "paused")
REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class Ticking:
    """What clock effects are computed from: the day and moment of the step, the form's values, the clocks so far."""

    rulebook: Rulebook
    rules: Mapping[str, ClockRule]
    clocks: Mapping[str, RunningClock]
    on: dt.date
    moment: dt.datetime
    values: Mapping[str, Json]

    def effects(self, acts: Sequence[ClockAct]) -> tuple[ClockEffect, ...]:
        """Give the effects of a step's acts. Raises Invalid when a period cannot be counted (no calendar)."""
        found = (self._effect(act) for act in acts)
        return tuple(effect for effect in found if effect is not None)

    def _effect(self, act: ClockAct) -> ClockEffect | None:
        """Nothing happens to a clock that is not in a state for it: a stop stops what runs."""
        rule, clock = self.rules[act.clock], self.clocks.get(act.clock)
        if act.act == "start":
            return self.start(rule, self._first_day(rule))
        if clock is None or clock.status not in LIVE:
            return None
        late = clock.status == "running" and self.on > clock.last
        if act.act == "stop":
            return ClockEffect(rule.id, "stop", self.on, late=late)
        if act.act == "extend":
            return self._extend(rule, clock, act, late=late)
        if act.act == "pause":
            return ClockEffect(rule.id, "pause", self.on, late=late) if clock.status == "running" else None
        return self._resume(rule, clock) if clock.status == "paused" else None

    def start(self, rule: ClockRule, first: dt.date) -> ClockEffect:
        """Count a period from its first day (not counted itself)."""
        if rule.length.unit is Unit.HOURS:
            end = self.rulebook.local_date(count_hours(self.moment, rule.length.number))
            return _fixed(rule, "start", first, end)
        return _spelled(rule, "start", first, self._count(first, rule, (), ()))

    def _first_day(self, rule: ClockRule) -> dt.date:
        value = self.values.get(rule.from_)
        return dt.date.fromisoformat(value) if isinstance(value, str) and rule.from_ != "occurred" else self.on

    def _extend(self, rule: ClockRule, clock: RunningClock, act: ClockAct, *, late: bool) -> ClockEffect:
        until = self.values.get(act.until) if act.until else None
        if isinstance(until, str):
            return _fixed(rule, "extend", self.on, dt.date.fromisoformat(until), extension=f"until {until}", late=late)
        extension = _extension(rule, act)
        counted = self._recount(rule, clock, (*clock.extensions, str(extension)), clock.pauses)
        return _spelled(_held(rule, clock), "extend", self.on, counted, extension=str(extension), late=late)

    def _resume(self, rule: ClockRule, clock: RunningClock) -> ClockEffect:
        counted = self._recount(rule, clock, clock.extensions, closed(clock.pauses, self.on))
        return _spelled(_held(rule, clock), "resume", self.on, counted)

    def _recount(
        self, rule: ClockRule, clock: RunningClock, extensions: Sequence[str], pauses: Sequence[Pause]
    ) -> Counted:
        """Count again from the start. An extension to a fixed day starts the count anew: only later pauses move it."""
        fixed = [text.removeprefix("until ") for text in extensions if text.startswith("until ")]
        if fixed:
            paused = sum((until - since).days for since, until in pauses[-1:] if until is not None)
            last = dt.date.fromisoformat(fixed[-1]) + dt.timedelta(days=paused)
            return Counted(clock.started, last, last, last, provisional=False, alarm=last, skipped=())
        return self._count(clock.started, _held(rule, clock), tuple(pauses), tuple(extensions))

    def recount(self, rule: ClockRule, clock: RunningClock) -> ClockEffect | None:
        """Count a running clock again by the calendar on file today; None when nothing about it changes.

        Its length, extensions and pauses stay what they were. A period in hours and one extended to a fixed day do
        not depend on a calendar.
        """
        fixed = clock.unit == Unit.HOURS.value or any(text.startswith("until ") for text in clock.extensions)
        if fixed or clock.status != "running":
            return None
        held = _held(rule, clock)
        counted = self._count(clock.started, held, clock.pauses, clock.extensions)
        dates = (counted.last, counted.earliest, counted.latest, counted.alarm, counted.provisional)
        if dates == (clock.last, clock.earliest, clock.latest, clock.alarm, clock.provisional):
            return None
        return _spelled(held, "recount", self.on, counted)

    def _count(
        self, start: dt.date, rule: ClockRule, pauses: tuple[Pause, ...], extensions: tuple[str, ...]
    ) -> Counted:
        """Count, or remember: the same period from the same day always ends on the same day."""
        key = (start, rule.length, rule.rolls, pauses, extensions)
        known = self.rulebook.counted
        if key not in known:
            if len(known) >= REMEMBERED:
                known.clear()
            added = tuple(Extension.parse(text) for text in extensions)
            known[key] = count(
                start, rule.length, calendar=self.rulebook.calendar, rolls=rule.rolls, pauses=pauses, extensions=added
            )
        return known[key]


def _held(rule: ClockRule, clock: RunningClock) -> ClockRule:
    """Give the rule with the length that the clock was started with: a later setting does not move what runs."""
    return replace(rule, length=Length.parse(clock.length))


def _extension(rule: ClockRule, act: ClockAct) -> Extension:
    if act.to or act.by:
        return Extension("to", act.to) if act.to else Extension("by", _certain(act.by))
    assert rule.extend is not None, "the loader refuses to extend a clock that has no extension"
    return Extension("to", rule.extend.to) if rule.extend.to else Extension("by", _certain(rule.extend.by))


def _certain(length: Length | None) -> Length:
    assert length is not None
    return length


def _spelled(
    rule: ClockRule, act: str, on: dt.date, counted: Counted, *, extension: str | None = None, late: bool = False
) -> ClockEffect:
    return ClockEffect(
        rule.id, act, on, length=str(rule.length), unit=rule.length.unit.value, extension=extension, last=counted.last,
        earliest=counted.earliest, latest=counted.latest, alarm=counted.alarm, provisional=counted.provisional,
        late=late,
    )  # fmt: skip


def _fixed(
    rule: ClockRule, act: str, on: dt.date, last: dt.date, *, extension: str | None = None, late: bool = False
) -> ClockEffect:
    alone = Counted(on, last, last, last, provisional=False, alarm=last, skipped=())
    return _spelled(rule, act, on, alone, extension=extension, late=late)
