"""Day after day: people at the door, the intake, the officers, the worker in the evening, the log by night.

The next day's reports come in while the officers work on this day's, each process with its own clock; the log is signed
with the clock at the end of the later of the two, so that nothing is signed before it was recorded.
Responsible for the processes and their order. Not responsible for what happens in them.
"""

from __future__ import annotations

import datetime as dt
import itertools
import json
import multiprocessing
import os
import subprocess
import sys
from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Final

from duecourse.config.simulation.hand_clock import HandClock
from duecourse.config.simulation.shift import QUEUES, Shift

if TYPE_CHECKING:
    from collections.abc import Iterable
    from multiprocessing.connection import Connection
    from pathlib import Path
    from uuid import UUID

    from duecourse.config.simulation.habits import Size
    from duecourse.config.simulation.plan import Days, Item
    from duecourse.config.simulation.staff import Staff

_EVENING: Final = dt.time(18, 30)
_TOGETHER: Final = dt.timedelta(minutes=2)
"""Reports that come in within this time are opened by one run of the intake."""
_SECONDS: Final = dt.timedelta(seconds=4)


@dataclass
class Town:
    """A town in the making. `done` counts the items that were taken on."""

    seed: str
    size: Size
    days: Days
    items: list[Item]
    staff: Staff
    folder: Path
    processes: int = 2
    durable: bool = True
    done: int = 0
    said: Counter[str] = field(default_factory=Counter)

    def play(self) -> None:
        """All days, from the first to the last. Raises whatever a process of it raises."""
        from duecourse.office.ledger import nofork, sequencer

        shifts = [_Worker(self, place) for place in range(self.processes)]
        door = _Door(self)
        clock = HandClock(self.folder)
        try:
            with sequencer.hold(wait=False):
                nofork.settle()
                self._play(shifts, door, clock)
        finally:
            door.end()
            for shift in shifts:
                self.said += shift.end()

    def _play(self, shifts: list[_Worker], door: _Door, clock: HandClock) -> None:
        by_day = {day: list(group) for day, group in itertools.groupby(self.items, lambda one: one.arrives.date())}
        days = list(self.days)
        opened = door.open(by_day.get(days[0], []), clock)
        for place, day in enumerate(days):
            end = min(dt.datetime.combine(day, dt.time(23, 59, 59), self.days.zone), self.days.until)
            for shift in shifts:
                shift.send("play", ([one.number for one in by_day.get(day, [])], opened, end))
            following = days[place + 1] if place + 1 < len(days) else None
            opened = door.open(by_day.get(following, []), clock) if following else {}
            self.done += len(by_day.get(day, []))
            for shift in shifts:
                shift.answer()
            self._evening(shifts, day)
            night = dt.datetime.combine(following or day, dt.time(23, 59, 59), self.days.zone)
            self._night(clock, day, min(night, self.days.until))

    def _evening(self, shifts: list[_Worker], day: dt.date) -> None:
        from duecourse.office.ledger import sql

        query = "SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo' AND queue_name = ANY(%s)"
        ((waiting,),) = sql.rows(query, (list(QUEUES),))
        if not waiting:
            return
        moment = min(dt.datetime.combine(day, _EVENING, self.days.zone), self.days.until)
        chosen = shifts if waiting > 8 else shifts[:1]  # noqa: PLR2004 - a few are done sooner by one
        for shift in chosen:
            shift.send("evening", moment)
        for shift in chosen:
            shift.answer()

    @staticmethod
    def _night(clock: HandClock, day: dt.date, moment: dt.datetime) -> None:
        """What time has done is entered, what was written is numbered, signed and published."""
        from duecourse.office.ledger import publication, signing, sql
        from duecourse.office.matters import jobs

        clock.to(min(dt.datetime.combine(day, dt.time(23, 0), moment.tzinfo), moment))
        jobs.enter_lapses()
        if not sql.rows("SELECT 1 FROM unnumbered LIMIT 1"):
            return
        clock.to(moment)
        publication.publish(signing.signers())


class _Door:
    """The front door: a process of the public site's kind, and the intake behind it."""

    def __init__(self, town: Town) -> None:
        days = town.days
        asked = {
            "seed": town.seed, "size": asdict(town.size),
            "first": days.first.isoformat(), "last": days.last.isoformat(),
            "until": days.until.isoformat(), "zone": str(days.zone), "folder": str(town.folder),
        }  # fmt: skip
        command = [sys.executable, "-m", "duecourse.config.simulation.citizens", json.dumps(asked)]
        seen = {**os.environ, "DJANGO_SETTINGS_MODULE": "duecourse.config.settings_public"}
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=seen, start_new_session=True
        )

    def open(self, items: Iterable[Item], clock: HandClock) -> dict[int, UUID]:
        """Have the web reports among these handed in and opened; returns the matter of each."""
        from duecourse.office.ledger import sql
        from duecourse.office.reports import intake

        sent = [item for item in items if item.channel == "web"]
        if not sent:
            return {}
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps([item.number for item in sent]) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the people at the front door went away; see above")
        for count, moment in _groups(sent):
            clock.to(moment + _SECONDS)
            intake.drain(count)
        lookups = {bytes.fromhex(lookup): number for number, lookup in json.loads(line)}
        rows = sql.rows("SELECT lookup_id, matter FROM submission WHERE lookup_id = ANY(%s)", (list(lookups),))
        return {lookups[bytes(lookup)]: matter for lookup, matter in rows if matter is not None}

    def end(self) -> None:
        """Nobody comes any more."""
        if self._process.stdin:
            self._process.stdin.close()
        self._process.wait(30)


def _groups(items: list[Item]) -> Iterable[tuple[int, dt.datetime]]:
    """How many reports are opened together, and when the last of them came."""
    count, last = 0, items[0].arrives
    start = items[0].arrives
    for item in items:
        if count and item.arrives - start > _TOGETHER:
            yield count, last
            count, start = 0, item.arrives
        count, last = count + 1, item.arrives
    yield count, last


class _Worker:
    """One process of officers, forked when Django is set up and before anything is connected."""

    def __init__(self, town: Town, place: int) -> None:
        context = multiprocessing.get_context("fork")
        self._line, other = context.Pipe()
        self._process = context.Process(target=_serve, args=(other, town, place), daemon=True)
        self._process.start()
        other.close()

    def send(self, what: str, given: object) -> None:
        """Ask for something; `answer` waits for it."""
        self._line.send((what, given))

    def answer(self) -> Any:
        """Wait for the answer. Raises RuntimeError when the process died or failed."""
        try:
            done, said = self._line.recv()
        except EOFError:
            raise RuntimeError("a process of officers went away; see above") from None
        if not done:
            raise RuntimeError(said)
        return said

    def end(self) -> Counter[str]:
        """End it; returns what happened there."""
        found: Counter[str] = Counter()
        try:
            self.send("end", None)
            while (said := self.answer()) is None:  # what was asked before, when the town is broken off
                pass
            found = said
        except (OSError, RuntimeError):
            pass
        self._process.join(30)
        return found


def _serve(line: Connection, town: Town, place: int) -> None:
    import signal
    import traceback

    from django.db import connection

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for who asks; a day begun is played to its end
    if not town.durable:
        connection.ensure_connection()
        connection.cursor().execute("SET synchronous_commit = off")
    items = {item.number: item for item in town.items if item.number % town.processes == place}
    shift = Shift(town.seed, town.size, town.staff, HandClock(town.folder))
    while True:
        what, given = line.recv()
        try:
            if what == "play":
                numbers, opened, until = given
                own = [items[number] for number in numbers if number in items]
                shift.begin([one for one in own if one.channel != "web" or one.number in opened], opened)
                shift.play(until)
            elif what == "evening":
                shift.evening(given)
            line.send((True, shift.said if what == "end" else None))
        except Exception:  # noqa: BLE001 - told to the process that asked
            line.send((False, traceback.format_exc()))
        if what == "end":
            return
