"""Officers at work, in a process of its own, with their share of the items; and the worker's jobs in the evening.

Responsible for playing stories in the order of their moments, each with the clock where it belongs, and for running the
jobs that the steps queued as the worker does. Not responsible for what a story says (`reports`, `cases`).
"""

from __future__ import annotations

import asyncio
import datetime as dt
import heapq
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from duecourse.config.simulation import reports
from duecourse.config.simulation.desk import Desk
from duecourse.config.simulation.life import Life

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterable, Mapping
    from uuid import UUID

    from duecourse.config.simulation.habits import Size
    from duecourse.config.simulation.hand_clock import HandClock
    from duecourse.config.simulation.life import Story
    from duecourse.config.simulation.plan import Item
    from duecourse.config.simulation.staff import Staff

QUEUES: Final = ("documents", "letters", "register")
_OPENING: Final = dt.timedelta(seconds=20)


@dataclass(order=True)
class _Event:
    """Where a story goes on."""

    moment: dt.datetime
    number: int
    life: Life
    story: Story


class Shift:
    """Plays the items it is given, day by day."""

    def __init__(self, seed: str, size: Size, staff: Staff, clock: HandClock) -> None:
        self._seed, self._size, self._clock = seed, size, clock
        self._desk = Desk(staff, random.Random(f"{seed}/desk"))  # noqa: S311 - see plan.Item.die
        self._events: list[_Event] = []

    @property
    def said(self) -> Counter[str]:
        """What happened so far."""
        return self._desk.said

    def begin(self, items: Iterable[Item], opened: Mapping[int, UUID]) -> None:
        """Take on a day's items: those that came over the web are matters already, the rest is registered here."""
        for item in items:
            die = item.die(self._seed)
            life = Life(self._desk, item, die, self._size)
            matter = opened.get(item.number)
            story = _registered(life) if matter is None else reports.report(life, matter)
            moment = item.arrives if matter is None else item.arrives + _OPENING
            heapq.heappush(self._events, _Event(moment, item.number, life, story))

    def play(self, until: dt.datetime) -> None:
        """Go on with every story up to a moment."""
        while self._events and self._events[0].moment <= until:
            event = heapq.heappop(self._events)
            self._clock.to(event.moment)
            event.life.now, self._desk.die = event.moment, event.life.die
            following = next(event.story, None)
            if following is not None:
                moment = max(following, event.moment + dt.timedelta(seconds=1))
                heapq.heappush(self._events, _Event(moment, event.number, event.life, event.story))

    def evening(self, moment: dt.datetime) -> None:
        """Run the jobs that wait, at this moment, as the worker does."""
        self._clock.to(moment)
        asyncio.run(_work())


def _registered(life: Life) -> Story:
    """A report by phone, letter or visit: an intake officer registers it, and it goes on like any other."""
    item = life.item
    form = {
        "head": item.head, "what_happened": item.what_happened, "happened_on": item.happened_on,
        "address": item.address, "harmed": "self" if item.self_ else "other", "urgent": item.urgent,
        "channel": item.channel, "contact": item.contact,
    }  # fmt: skip
    clerk = life.someone("intake-officer")
    said = {name: value for name, value in form.items() if value != ""}
    matter = life.desk.open("report", clerk, said, f"{item.channel}-{life.die.getrandbits(64):016x}") if clerk else None
    if matter is not None:
        yield from reports.report(life, matter)


async def _work() -> None:
    from procrastinate.contrib.django import app

    with app.replace_connector(app.connector.get_worker_connector()):
        async with app.open_async():
            await app.run_worker_async(
                wait=False, queues=list(QUEUES), concurrency=1, listen_notify=False, install_signal_handlers=False,
                delete_jobs="successful",
            )  # fmt: skip
