"""The parts of a matter's state: a running clock, a line of its history, a pending proposal, a document's version.

Responsible for what each part holds, its JSON spelling, and what a clock effect makes of a clock.
Not responsible for the state as a whole (`state`) nor for counting days (`clocks`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from duecourse.core.procedure.definition import Json

if TYPE_CHECKING:
    from duecourse.core.procedure.outcome import ClockEffect

Pause = tuple[dt.date, dt.date | None]
"""The day on which a clock was paused, and the day on which it went on (None while it stands)."""


@dataclass(frozen=True, slots=True)
class RunningClock:
    """A clock that was started. `status`: running, paused, stopped or lapsed.

    `missed` is the mark on the file: it is past its last day as far as is known. A step that is entered late, but
    happened in time, takes the mark away; one that happened late (`late`) makes it stay. `alarmed_for`: the last day
    for which the alarm was given, so that it is given once.
    `length` is the period it was started with; `extensions` are spelled "to 15 working_days", "by 60 days" or
    "until 2026-03-01"; the dates are as last counted.
    """

    started: dt.date
    length: str
    unit: str
    last: dt.date
    earliest: dt.date
    latest: dt.date
    alarm: dt.date
    provisional: bool = False
    status: str = "running"
    pauses: tuple[Pause, ...] = ()
    extensions: tuple[str, ...] = ()
    missed: bool = False
    late: bool = False
    alarmed_for: dt.date | None = None
    late_reason: bool = False
    ended_on: dt.date | None = None

    def over(self, on: dt.date) -> bool:
        """Whether its period is over on a day: lapsed, or running (not paused) past its last day."""
        return self.status == "lapsed" or (self.status == "running" and on > self.last)

    def to_json(self) -> dict[str, Json]:
        """Give the JSON object."""
        return {
            "started": self.started.isoformat(), "length": self.length, "unit": self.unit,
            "last": self.last.isoformat(), "earliest": self.earliest.isoformat(), "latest": self.latest.isoformat(),
            "alarm": self.alarm.isoformat(), "provisional": self.provisional, "status": self.status,
            "pauses": [[since.isoformat(), _spelled(until)] for since, until in self.pauses],
            "extensions": list[Json](self.extensions), "missed": self.missed, "late": self.late,
            "alarmed_for": _spelled(self.alarmed_for), "late_reason": self.late_reason,
            "ended_on": _spelled(self.ended_on),
        }  # fmt: skip

    @classmethod
    def from_json(cls, found: Mapping[str, Json]) -> RunningClock:
        """Read what `to_json` wrote."""
        pauses, extensions = found["pauses"], found["extensions"]
        assert isinstance(pauses, list)
        assert isinstance(extensions, list)
        return cls(
            started=_date(found["started"]), length=str(found["length"]), unit=str(found["unit"]),
            last=_date(found["last"]), earliest=_date(found["earliest"]), latest=_date(found["latest"]),
            alarm=_date(found["alarm"]), provisional=found["provisional"] is True, status=str(found["status"]),
            pauses=tuple(_pause(item) for item in pauses), extensions=tuple(str(item) for item in extensions),
            missed=found["missed"] is True, late=found["late"] is True, alarmed_for=_day(found["alarmed_for"]),
            late_reason=found["late_reason"] is True, ended_on=_day(found["ended_on"]),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class HistoryItem:
    """One entry of the matter, at the same index as in its stream. `entered`: the stage it led to, when it changed."""

    step: str
    phase: str
    on: dt.date
    actor: str | None
    role: str
    entered: str | None = None

    def to_json(self) -> dict[str, Json]:
        """Give the JSON object."""
        return {"step": self.step, "phase": self.phase, "on": self.on.isoformat(), "actor": self.actor,
                "role": self.role, "entered": self.entered}  # fmt: skip

    @classmethod
    def from_json(cls, found: Mapping[str, Json]) -> HistoryItem:
        """Read what `to_json` wrote."""
        return cls(str(found["step"]), str(found["phase"]), _date(found["on"]), _text(found["actor"]),
                   str(found["role"]), _text(found["entered"]))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Opinion:
    """Who agreed to a proposal (the first is who made it), in which role, on which day."""

    account: str | None
    role: str
    on: dt.date


@dataclass(frozen=True, slots=True)
class Proposal:
    """A step proposed and not yet decided: the form's values as fixed by the proposer, the exhibits, the opinions.

    `entry` is the index of the entry that holds the form.
    """

    entry: int
    values: Mapping[str, Json] = field(default_factory=dict)
    opinions: tuple[Opinion, ...] = ()

    def to_json(self) -> dict[str, Json]:
        """Give the JSON object."""
        opinions: list[Json] = [[given.account, given.role, given.on.isoformat()] for given in self.opinions]
        return {"entry": self.entry, "values": dict(sorted(self.values.items())), "opinions": opinions}

    @classmethod
    def from_json(cls, found: Mapping[str, Json]) -> Proposal:
        """Read what `to_json` wrote."""
        values, opinions = found["values"], found["opinions"]
        assert isinstance(values, dict)
        assert isinstance(opinions, list)
        return cls(int(str(found["entry"])), values, tuple(_opinion(item) for item in opinions))


@dataclass(frozen=True, slots=True)
class DocumentState:
    """One version of a document: the digests (SHA-256, hex) of the rendered, sealed and scanned file; when served."""

    document: str
    drafted_on: dt.date
    rendered: str | None = None
    sealed: str | None = None
    scanned: str | None = None
    served_on: dt.date | None = None

    def to_json(self) -> dict[str, Json]:
        """Give the JSON object."""
        return {"document": self.document, "drafted_on": self.drafted_on.isoformat(), "rendered": self.rendered,
                "sealed": self.sealed, "scanned": self.scanned, "served_on": _spelled(self.served_on)}  # fmt: skip

    @classmethod
    def from_json(cls, found: Mapping[str, Json]) -> DocumentState:
        """Read what `to_json` wrote."""
        return cls(str(found["document"]), _date(found["drafted_on"]), _text(found["rendered"]), _text(found["sealed"]),
                   _text(found["scanned"]), _day(found["served_on"]))  # fmt: skip


def advanced(clock: RunningClock | None, effect: ClockEffect) -> RunningClock | None:  # noqa: PLR0911 - one act a line
    """Give the clock after an effect; a clock that was never started stays away."""
    if effect.act == "start":
        return _counted(effect, None)
    if clock is None:
        return None
    late = clock.late or effect.late
    match effect.act:
        case "stop":
            return replace(clock, status="stopped", missed=late, late=late, ended_on=effect.on)
        case "pause":
            pauses = (*clock.pauses, (effect.on, None))
            return replace(clock, status="paused", missed=late, late=late, pauses=pauses)
        case "resume":
            return replace(_counted(effect, clock), pauses=closed(clock.pauses, effect.on), missed=late, late=late)
        case "extend":
            added = (effect.extension,) if effect.extension else ()
            return replace(_counted(effect, clock), extensions=clock.extensions + added, missed=late, late=late)
        case "lapse":
            return replace(clock, status="lapsed", missed=True, ended_on=effect.on)
        case "alarm":
            return replace(clock, missed=True, alarmed_for=clock.last)
        case "recount":
            counted = _counted(effect, clock)
            return replace(counted, missed=late or (clock.missed and effect.on > counted.last), late=late)
        case _:
            return replace(clock, late_reason=True)


def closed(pauses: tuple[Pause, ...], on: dt.date) -> tuple[Pause, ...]:
    """Give the pauses with the open one ended on a day."""
    return tuple((since, until or on) for since, until in pauses)


def _counted(effect: ClockEffect, clock: RunningClock | None) -> RunningClock:
    last = effect.last or effect.on
    fresh = RunningClock(
        effect.on, effect.length or "", effect.unit or "", last, effect.earliest or last, effect.latest or last,
        effect.alarm or last, effect.provisional,
    )  # fmt: skip
    if clock is None:
        return fresh
    status = "paused" if clock.status == "paused" and effect.act == "extend" else "running"
    return replace(clock, last=last, earliest=fresh.earliest, latest=fresh.latest, alarm=fresh.alarm,
                   provisional=fresh.provisional, status=status)  # fmt: skip


def _pause(item: Json) -> Pause:
    assert isinstance(item, list)
    return _date(item[0]), _day(item[1])


def _opinion(item: Json) -> Opinion:
    assert isinstance(item, list)
    return Opinion(_text(item[0]), str(item[1]), _date(item[2]))


def _date(value: Json) -> dt.date:
    return dt.date.fromisoformat(str(value))


def _day(value: Json) -> dt.date | None:
    return None if value is None else _date(value)


def _text(value: Json) -> str | None:
    return None if value is None else str(value)


def _spelled(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None
