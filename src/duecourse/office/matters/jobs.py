"""Jobs of the write path: what time does when nobody looks, and which documents the public may fetch.

Responsible for applying, every few minutes, the lapses and automatic effects of matters with an overrun clock. A step
on such a matter applies them too, before it is judged; so a stopped worker delays the alarm and never the law.
"""

from __future__ import annotations

import logging
from uuid import UUID

from procrastinate.contrib.django import app

from duecourse.core.errors import Invalid
from duecourse.core.procedure.definition import Rulebook
from duecourse.edge import clock
from duecourse.office.ledger import sql
from duecourse.office.matters import actions, rulebook, shown

# A clock that only raises an alarm has no more to say once it has; one with a lapse is asked until it has lapsed.
_OVERDUE = """
SELECT DISTINCT c.matter FROM matter_clock AS c JOIN matter AS m ON m.id = c.matter
WHERE c.state = 'running' AND c.last_on < %s AND (NOT c.missed OR m.procedure || '/' || c.clock = ANY(%s))
ORDER BY c.matter
"""
log = logging.getLogger(__name__)


@app.periodic(cron="*/3 * * * *")
@app.task(name="matters.apply_clocks", queue="clocks", queueing_lock="matters.apply_clocks")
def apply_clocks(timestamp: int) -> int:  # noqa: ARG001 - the scheduler passes it
    """Apply what time has done to every matter with an overrun clock; return how many entries that made."""
    return enter_lapses()


@app.task(name="matters.show_documents", queue="register")
def show_documents() -> tuple[int, int]:
    """Bring the published documents up to the register; return how many files came and went."""
    return shown.settle()


@app.periodic(cron="*/5 * * * *")
@app.task(name="matters.show_documents_again", queue="register", queueing_lock="matters.show_documents_again")
def show_documents_again(timestamp: int) -> tuple[int, int]:  # noqa: ARG001 - the scheduler passes it
    """The same, in case a file was removed or a job was lost."""
    return shown.settle()


def enter_lapses() -> int:
    """Enter every lapse that is due now, each matter in its own transaction.."""
    book = rulebook.current()
    overdue = sql.rows(_OVERDUE, (book.local_date(clock.now()), _lapsing(book)))
    return sum(_applied(row[0]) for row in overdue)


def _applied(matter: UUID) -> int:
    try:
        return actions.apply_due(matter)
    except Invalid as problem:
        log.error("what time did to matter %s could not be entered: %s", matter, problem.code)  # noqa: TRY400
        return 0


def _lapsing(book: Rulebook) -> list[str]:
    """procedure/clock of every clock whose end does more than raise an alarm."""
    return sorted(
        {
            f"{procedure.id}/{name}"
            for versions in book.procedures.values()
            for procedure in versions
            for name, rule in procedure.clocks.items()
            if rule.missed is None or not rule.missed.alarm
        }
    )
