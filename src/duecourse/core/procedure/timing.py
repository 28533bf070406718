"""What time alone has done to a matter: clocks past their last day, and steps that the end of a period takes.

Time has only the effects that the law attaches to it: an alarm marks the file once, a lapse sets its facts, drafts its
document, moves the matter. Whatever follows is a person's act. A calendar that has been announced or corrected since
moves the dates of what runs: they are counted again first, once, as an outcome of its own.
Not responsible for asking what time it is: `moment` is given.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid5

from duecourse.core.procedure.attempt import SYSTEM_ACCOUNT, PersonFacts
from duecourse.core.procedure.clocks import Ticking
from duecourse.core.procedure.definition import SYSTEM, Effects, Missed
from duecourse.core.procedure.effects import lapsed
from duecourse.core.procedure.guards import Case
from duecourse.core.procedure.judging import standing, weigh
from duecourse.core.procedure.outcome import ClockEffect
from duecourse.core.procedure.state import apply

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from duecourse.core.procedure.definition import Procedure, Rulebook, Step
    from duecourse.core.procedure.outcome import Outcome
    from duecourse.core.procedure.state import MatterState
    from duecourse.core.reading import Words

LAPSE = "lapse"
"""The step under which the end of a clock is entered."""
RECOUNT = "recount"
"""The step under which the dates of running clocks are entered anew, when the calendar on file has changed."""
TITLES: Final[Mapping[str, Words]] = {
    LAPSE: {"zh-Hans": "期限届满", "en": "A period ended"},
    RECOUNT: {"zh-Hans": "日历变更，重新计算期限", "en": "Dates counted again: the calendar changed"},
}
"""What time does, in words: these steps stand in no procedure."""
_ONE_DAY = dt.timedelta(days=1)
_NAMES = UUID("6f3b1f0e-9a51-5f3c-8f5e-2f7b6a1c0d42")


def due(rulebook: Rulebook, state: MatterState, moment: dt.datetime) -> tuple[Outcome, ...]:
    """Give the outcomes that time has brought about by `moment`, in the order of their days, each to be an entry.

    An alarm is given once for each last day of a clock. The result applied, nothing more is due at the same moment.
    """
    today = rulebook.local_date(moment)
    found: list[Outcome] = []
    recounted = _recounted(rulebook, state, today, moment)
    if recounted is not None:
        found.append(recounted)
        state = apply(state, recounted)
    while (outcome := _next(rulebook, state, today)) is not None:
        found.append(outcome)
        state = apply(state, outcome)
    return tuple(found)


def _recounted(rulebook: Rulebook, state: MatterState, today: dt.date, moment: dt.datetime) -> Outcome | None:
    """Give every running clock that the calendar on file counts otherwise than when it was last counted."""
    if not any(clock.status == "running" for clock in state.clocks.values()):
        return None
    procedure = rulebook.ruling(state.procedure, version=state.version, on=today)
    ticking = Ticking(rulebook, procedure.clocks, state.clocks, today, moment, {})
    known = (
        (procedure.clocks[name], clock) for name, clock in sorted(state.clocks.items()) if name in procedure.clocks
    )
    moved = tuple(effect for rule, clock in known if (effect := ticking.recount(rule, clock)) is not None)
    if not moved:
        return None
    return lapsed(procedure, state, Effects(), step=RECOUNT, on=today, ids=_fresh_ids(state), clocks=moved)


def _next(rulebook: Rulebook, state: MatterState, today: dt.date) -> Outcome | None:
    """Give the earliest thing due: by last day, then by the clock's name."""
    over = sorted((clock.last, name) for name, clock in state.clocks.items()
                  if clock.status == "running" and today > clock.last)  # fmt: skip
    for last, name in over:
        day = last + _ONE_DAY
        procedure = rulebook.ruling(state.procedure, version=state.version, on=day)
        outcome = _ended(rulebook, procedure, state, name, day)
        if outcome is not None:
            return outcome
    return None


def _ended(rulebook: Rulebook, procedure: Procedure, state: MatterState, name: str, day: dt.date) -> Outcome | None:
    """Give what the end of one clock does: its lapse or alarm, or the step of the system that waited for it."""
    rule = procedure.clocks.get(name)
    missed = rule.missed if rule else None
    ids = _fresh_ids(state)
    if missed is not None and (not missed.alarm or state.clocks[name].alarmed_for != state.clocks[name].last):
        ended = ClockEffect(name, "alarm" if missed.alarm else "lapse", day, late=True)
        return lapsed(procedure, state, _effects(missed, state), step=LAPSE, on=day, ids=ids, clocks=(ended,))
    if missed is None:
        for step in procedure.steps.values():
            if name in step.automatic() and _may(rulebook, procedure, state, step, day):
                ended = ClockEffect(name, "lapse", day, late=True)
                return lapsed(procedure, state, step.effect(None, state.has), step=step.id, on=day, ids=ids,
                              clocks=(ended,))  # fmt: skip
    return None


def _effects(missed: Missed, state: MatterState) -> Effects:
    """A lapse in a matter that has ended leaves it where it stands."""
    drafts = (missed.draft,) if missed.draft and not state.ended else ()
    return Effects(to=None if state.ended else missed.to, sets=missed.lapse, documents=drafts)


def _may(rulebook: Rulebook, procedure: Procedure, state: MatterState, step: Step, day: dt.date) -> bool:
    system = PersonFacts(SYSTEM_ACCOUNT, frozenset({SYSTEM}))
    case = Case(rulebook, procedure, step, state, system, {}, day, {})
    return not any(standing(procedure, step, state)) and not weigh(step.needs, case)[0]


def _fresh_ids(state: MatterState) -> Iterator[str]:
    """Identifiers that time gives to documents: derived, so that the same lapse always drafts the same document."""
    base, number = UUID(bytes=uuid5(_NAMES, state.matter).bytes), 0
    while True:
        yield str(uuid5(base, f"{len(state.history)}/{number}"))
        number += 1
