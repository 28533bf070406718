"""The plan of a town: every item that comes in, with its words, its moment and its fate. A function of the seed.

Responsible for drawing all that before anything happens. Each item has a die of its own, so that it does not matter
which process plays it. Not responsible for how its fate is reached (`reports`, `cases`).
"""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from duecourse.config.simulation import habits
from duecourse.config.simulation.phrases import chosen, filled, say, words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from zoneinfo import ZoneInfo

    from duecourse.config.simulation.habits import Size

_STAFFED: Final = range(9, 17)
_LEADING: Final = 0.35
"""In a small town, what becomes a lead comes in this first share of the days, so that a case can end."""


@dataclass(frozen=True, slots=True)
class Item:
    """One report of the town. `fate` names what the office will do with it, if it gets that far."""

    number: int
    arrives: dt.datetime
    channel: str
    head: str
    self_: bool
    urgent: bool
    what_happened: str
    happened_on: str
    address: str
    contact: str
    fate: str
    operator: int

    def die(self, seed: str, about: str = "") -> random.Random:
        """A die of this item's own."""
        return random.Random(f"{seed}/{self.number}/{about}")  # noqa: S311 - a town is drawn, nothing is kept secret


@dataclass(frozen=True, slots=True)
class Days:
    """The days of a town: `first` to `last`, nothing after `until` (aware, on the last day or after)."""

    first: dt.date
    last: dt.date
    until: dt.datetime
    zone: ZoneInfo

    def __iter__(self) -> Iterator[dt.date]:
        return (self.first + dt.timedelta(days=n) for n in range((self.last - self.first).days + 1))


def items(seed: str, size: Size, days: Days) -> list[Item]:
    """Every item in the order of arrival. The same arguments give the same items."""
    die = random.Random(f"{seed}/plan")  # noqa: S311 - see Item.die
    moments = _moments(die, size.items, days)
    drawn = [_drawn(seed, number, moment, size, days) for number, moment in enumerate(moments)]
    drawn = _with_bursts(seed, die, drawn)
    return sorted(drawn, key=lambda one: (one.arrives, one.number))


def _moments(die: random.Random, count: int, days: Days) -> list[dt.datetime]:
    slots, weights = [], []
    for day in days:
        for hour, share in enumerate(habits.HOURS):
            start = dt.datetime.combine(day, dt.time(hour), days.zone)
            if start + dt.timedelta(hours=1) <= days.until:
                slots.append(start)
                weights.append(share * habits.WEEKDAYS[day.weekday()])
    found = die.choices(slots, weights, k=count)
    return sorted(start + dt.timedelta(seconds=die.randrange(30, 3_500)) for start in found)


def _drawn(seed: str, number: int, moment: dt.datetime, size: Size, days: Days) -> Item:
    die = random.Random(f"{seed}/item/{number}")  # noqa: S311 - see Item.die
    head = chosen(die, habits.HEADS)
    share = (moment.date() - days.first).days / max(1, (days.last - days.first).days)
    early = not size.small or share < _LEADING
    led = head in habits.LEADS and early and die.random() < habits.LEADS[head] * size.stories
    fate = "lead" if led else chosen(die, habits.FATES.get(head, habits.FATES[""]))
    channel = chosen(die, habits.CHANNELS)
    if channel != "web" and (moment.hour not in _STAFFED or moment.weekday() >= 5):  # noqa: PLR2004 - Saturday
        channel = "web"
    self_ = die.random() < habits.SELF_SHARE
    moving = head == "fraud" and fate == "redirect-police" and die.random() < habits.MONEY_MOVING_SHARE * 2
    return Item(
        number=number, arrives=moment, channel=channel, head=head, self_=self_, urgent=moving, fate=fate,
        operator=die.randrange(len(words("operators"))), **_said(die, head, self_=self_),
    )  # fmt: skip


def _said(die: random.Random, head: str, *, self_: bool) -> dict[str, str]:
    lists = words("reports")
    given = {"who": die.choice(lists["who"]["self" if self_ else "other"])}
    text = filled(die, lists, die.choice(lists[head]), given)
    contact = say(die, lists, "contact") if die.random() < habits.CONTACT_SHARE else ""
    return {
        "what_happened": text,
        "happened_on": say(die, lists, "when"),
        "address": say(die, lists, "address"),
        "contact": contact,
    }


def _with_bursts(seed: str, die: random.Random, drawn: list[Item]) -> list[Item]:
    """Move some items together: within hours of one another, about one head and one operator."""
    wanted = int(len(drawn) * habits.BURST_SHARE)
    heads: Mapping[str, float] = {name: share for name, share in habits.HEADS.items() if name in habits.LEADS}
    found = list(drawn)
    while wanted >= min(4, len(drawn)) and wanted > 0:
        size = min(wanted, die.randrange(max(3, habits.BURST_SIZE // 3), habits.BURST_SIZE + 1))
        first = die.randrange(0, max(1, len(found) - size))
        head, operator = chosen(die, heads), die.randrange(len(words("operators")))
        for place in range(first, min(len(found), first + size)):
            found[place] = _drawn_into(seed, found[place], found[first].arrives, head, operator)
        wanted -= size
    return found


def _drawn_into(seed: str, item: Item, start: dt.datetime, head: str, operator: int) -> Item:
    die = random.Random(f"{seed}/burst/{item.number}")  # noqa: S311 - see Item.die
    arrives = min(item.arrives, start + dt.timedelta(minutes=die.triangular(1, 240, 40)))
    fate = "lead" if item.fate == "lead" else chosen(die, habits.FATES.get(head, habits.FATES[""]))
    said = _said(die, head, self_=item.self_)
    return replace(item, arrives=arrives, head=head, operator=operator, urgent=False, fate=fate, channel="web", **said)
