"""What happens to one report, from the moment it is a matter: taken on, sent on, accepted, answered; sometimes late.

Responsible for the steps of the procedure `report` as people take them. What follows a lead is in `cases`.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

from duecourse.config.simulation import cases, habits

if TYPE_CHECKING:
    from collections.abc import Generator
    from uuid import UUID

    from duecourse.config.simulation.life import Life, Story
    from duecourse.config.simulation.staff import Person

_DIRECT: Final = ("transfer", "redirect")


def report(life: Life, matter: UUID) -> Story:
    """Play one report to its end, or to the end of days."""
    late = life.chance(habits.LATE_SHARE)
    yield life.soon() if life.item.urgent else life.later(8, 12) if late else life.later(0, 3)
    kind, _, to = life.item.fate.partition("-")
    if kind in _DIRECT and (life.item.urgent or life.chance(0.35)):
        clerk = life.someone("intake-officer")
        yield from _late_reason(life, matter, clerk, late=late)
        _sent_on(life, matter, clerk, kind, to)
        return
    officer = life.someone("case-officer")
    if life.desk.take(matter, "claim", officer):
        return
    yield life.soon()
    officer = yield from _detours(life, matter, officer)
    yield from _late_reason(life, matter, officer, late=late)
    if life.chance(habits.CONTACT_ENDED_SHARE):
        life.desk.take(matter, "withdraw-contact", officer, reason=life.say("withdraw"))
        yield life.later(0, 1)
    yield from _ended(life, matter, officer, kind, to)


def _ended(life: Life, matter: UUID, officer: Person | None, kind: str, to: str) -> Story:
    if kind in _DIRECT:
        _sent_on(life, matter, officer, kind, to)
    elif kind == "decline":
        yield life.later(1, 6)
        yield from life.through(matter, "decline", officer, reason=life.say("decline"))
    else:
        yield from _accepted(life, matter, officer, lead=kind == "lead")


def _sent_on(life: Life, matter: UUID, officer: Person | None, kind: str, to: str) -> None:
    if kind == "redirect":
        life.desk.take(matter, "redirect", officer, addressee=to, reason=life.say(f"redirect/{to}"))
    else:
        organ = life.say(f"organ/{to}")
        life.desk.take(matter, "transfer", officer, organ=organ, reason=life.say("transfer", organ=organ))


def _accepted(life: Life, matter: UUID, officer: Person | None, *, lead: bool) -> Story:
    if life.desk.take(matter, "accept", officer, reason=life.say("accept")):
        return
    if lead:
        yield life.later(0, 2)
        head = habits.CASE_HEADS.get(life.item.head, "network-and-data-security")
        name = f"lead/{life.item.head}" if life.item.head in life.lists["lead"] else "lead/other"
        against = life.desk.take(
            matter, "to-lead", officer, lead_head=head, summary=life.say(name) + "。", operator=life.operator,
            place=life.service,
        )  # fmt: skip
        opened = None if against else life.desk.linked(matter, "lead")
        if opened is not None:
            yield from cases.lead(life, opened, head)
            yield life.later(1, 4)
            life.desk.take(matter, "answer", officer, result=life.say("answer"))
        return
    yield life.later(2, 22)
    life.desk.take(matter, "answer", officer, result=life.say("answer"))


def _detours(life: Life, matter: UUID, officer: Person | None) -> Generator[dt.datetime, None, Person | None]:
    """Now and then a matter is put on hold, handed over, or given back; returns who handles it then."""
    if life.chance(habits.HOLD_SHARE):
        until = life.later(2, 4)
        if not life.desk.take(matter, "hold", officer, reason=life.say("hold"), until=until.date().isoformat()):
            if life.chance(0.5):
                yield life.later(1, 1)
                life.desk.take(matter, "resume", officer, reason=life.say("resume"))
            else:
                yield until
    released = life.chance(habits.RELEASE_SHARE)
    if released:
        life.desk.take(matter, "release", officer, reason=life.say("release"))
        yield life.later(0, 1)
    if released or life.chance(habits.HANDOVER_SHARE):
        other = life.someone("case-officer", but=(str(officer.id),) if officer else ())
        form = {"capacity": "handler", "accounts": [str(other.id)] if other else [], "reason": life.say("handover")}
        if not life.desk.take(matter, "assign", life.someone("unit-head"), **form):
            officer = other
        yield life.later(0, 1)
    return officer


def _late_reason(life: Life, matter: UUID, officer: Person | None, *, late: bool) -> Story:
    """Whoever is late says why, and who answers for it; a few forget, and the alarm stands."""
    if not late or not life.chance(0.8):
        return
    life.why_late(matter, officer)
    yield life.now + dt.timedelta(minutes=life.die.randrange(2, 9))
