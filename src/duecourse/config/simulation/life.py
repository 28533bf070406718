"""What the stories of matters share: the die and the words of one item, the working day, a chain of approval.

A story is a generator: it does what can be done now and yields the moment at which it goes on. Not responsible for
what happens (`reports`, `cases`), nor for playing stories in the order of their moments (`shift`).
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

from duecourse.config.simulation import habits
from duecourse.config.simulation.phrases import say, words
from duecourse.core.errors import Invalid

if TYPE_CHECKING:
    import random
    from collections.abc import Generator
    from uuid import UUID

    from duecourse.config.simulation.desk import Desk
    from duecourse.config.simulation.habits import Size
    from duecourse.config.simulation.plan import Item
    from duecourse.config.simulation.staff import Person

    Story = Generator[dt.datetime, None, None]
    Chain = Generator[dt.datetime, None, bool]
    Climb = Generator[dt.datetime, None, bool | None]

_OPENS: Final = 8 * 60 + 40
_CLOSES: Final = 17 * 60 + 40
_PATIENCE: Final = 3
_WAIT: Final = (0, 2)
"""Working days until the next in a chain has read what lies there."""


class Life:
    """One item's way through the office."""

    def __init__(self, desk: Desk, item: Item, die: random.Random, size: Size) -> None:
        self.desk, self.item, self.die, self.size = desk, item, die, size
        self.now = item.arrives
        self.lists = words("office")
        self.operator, self.service = words("operators")[item.operator]

    def say(self, name: str, **given: str) -> str:
        """A phrase of the office about this item."""
        head = self.desk.book.heads[self.item.head].title["zh-Hans"]
        known = {"operator": self.operator, "place": self.service, "head": head}
        return say(self.die, self.lists, name, **{**known, **given})

    def chance(self, share: float) -> bool:
        """Whether it happens this time."""
        return self.die.random() < share

    def later(self, least: float, most: float) -> dt.datetime:
        """A moment in office hours, between so many working days from now; 0 may still be today."""
        days = int(self.die.triangular(least, most + 0.99, least))
        day = self.now.date()
        while days or not self.works(day):
            day += dt.timedelta(days=1)
            days -= bool(days and self.works(day))
        minute = self.die.randrange(_OPENS, _CLOSES)
        if day == self.now.date():
            passed = self.now.hour * 60 + self.now.minute
            if passed >= _CLOSES - 20:
                return self._morning(day, 1)
            minute = self.die.randrange(max(_OPENS, passed + 2), _CLOSES)
        return self._at(day, minute)

    def soon(self) -> dt.datetime:
        """Within the hour, or next morning when the office closes before."""
        moment = self.now + dt.timedelta(minutes=self.die.randrange(4, 55))
        minute = moment.hour * 60 + moment.minute
        if _OPENS <= minute < _CLOSES and moment.date() == self.now.date() and self.works(moment.date()):
            return moment
        return self._morning(self.now.date(), 1 if minute >= _CLOSES or moment.date() != self.now.date() else 0)

    def works(self, day: dt.date) -> bool:
        """Whether the office is open on a day."""
        try:
            return self.desk.book.calendar.day(day).works
        except Invalid:
            return day.weekday() < 5  # noqa: PLR2004 - Saturday

    def someone(self, *roles: str, but: tuple[str, ...] = ()) -> Person | None:
        """Somebody with one of these roles."""
        return self.desk.staff.one(self.die, *roles, but=but)

    def handlers(self, matter: UUID) -> tuple[str, ...]:
        """Who handles a matter now (ids)."""
        return tuple(self.desk.state(matter).people.get("handler", ()))

    def handler(self, matter: UUID) -> Person | None:
        """One of them, the first."""
        held = self.handlers(matter)
        return self.desk.staff.by_id(held[0]) if held else None

    def why_late(self, matter: UUID, officer: Person | None) -> None:
        """Enter why each overrun period was overrun, and who answers for it."""
        clocks = self.desk.state(matter).clocks
        role = self.desk.book.roles[officer.role if officer else "case-officer"]
        for name in [name for name, clock in clocks.items() if clock.over(self.desk.today) and not clock.late_reason]:
            reason = self.say(f"late/{name}" if name in self.lists["late"] else "late/other")
            self.desk.take(
                matter, "late-reason", officer, clock=name, reason=reason, name=f"演示{role.title['zh-Hans']}"
            )  # fmt: skip

    def through(self, matter: UUID, step: str, by: Person | None, **form: Any) -> Chain:
        """Propose a step and carry it up its chain; once in a while somebody returns it, and it is proposed again."""
        for attempt in range(_PATIENCE):
            against = self.desk.take(matter, step, by, **form)
            if "late_reason_missing" in against:
                self.why_late(matter, by)
                yield self.soon()
                against = self.desk.take(matter, step, by, **form)
            if against:
                return False
            returns = attempt == 0 and self.chance(habits.RETURN_SHARE)
            done = yield from self._climb(matter, step, returns=returns)
            if done is not None:
                return done
            yield self.later(*_WAIT)
        return False

    def _climb(self, matter: UUID, step: str, *, returns: bool) -> Climb:
        """Up the chain: True when the step is taken, False when nobody can go on, None when it was returned."""
        known = self.desk.step(self.desk.state(matter), step)
        assert known is not None, step
        for turn in range(1, len(known.approval)):
            yield self.later(*_WAIT)
            state = self.desk.state(matter)
            proposal = state.proposals.get(step)
            if proposal is None:
                return None
            acted = tuple(one.account or "" for one in proposal.opinions)
            away = (*acted, *state.people.get("handler", ()), *state.recused)
            person = self.someone(*known.approval[turn], but=away) or self.someone(*known.approval[turn], but=acted)
            if returns and self.chance(0.5 if turn < len(known.approval) - 1 else 1):
                self.desk.opine(matter, step, person, self.say(_returned(step, self.lists)), agree=False)
                return None
            against = self.desk.opine(matter, step, person, self.say("agree"), agree=True)
            if "late_reason_missing" in against:  # whoever proposed says why it is late, and it goes on
                self.why_late(matter, self.desk.staff.by_id(acted[0]))
                yield self.soon()
                against = self.desk.opine(matter, step, person, self.say("agree"), agree=True)
            if against:
                return False
        return True

    def _morning(self, day: dt.date, ahead: int) -> dt.datetime:
        day += dt.timedelta(days=ahead)
        while not self.works(day):
            day += dt.timedelta(days=1)
        return self._at(day, self.die.randrange(_OPENS, _OPENS + 150))

    def _at(self, day: dt.date, minute: int) -> dt.datetime:
        moment = dt.datetime.combine(day, dt.time(minute // 60, minute % 60, self.die.randrange(60)), self.now.tzinfo)
        return max(moment, self.now)


def _returned(step: str, lists: dict[str, Any]) -> str:
    return f"{step}-returned" if f"{step}-returned" in lists else "decide-returned"
