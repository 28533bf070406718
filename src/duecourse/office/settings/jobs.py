"""Jobs of the office's settings: dates of running clocks counted again, the office's file kept up to the day.

Arguments are ids. Not responsible for what a recount is (`core.procedure.timing`).
"""

from __future__ import annotations

import logging
from typing import Final
from uuid import UUID

from procrastinate.contrib.django import app

from duecourse.core.errors import Invalid
from duecourse.office.ledger import sql
from duecourse.office.matters import actions, rulebook
from duecourse.office.settings import profile

PAGE: Final = 200
_RUNNING: Final = """
SELECT DISTINCT c.matter FROM matter_clock AS c WHERE c.state = 'running' AND c.matter > %s ORDER BY c.matter LIMIT %s
"""
log = logging.getLogger(__name__)


@app.task(name="settings.recount_clocks", queue="clocks")
def recount_clocks(after: str) -> int:
    """Let every matter with a running clock see the calendar that is on file now; return how many entries that made.

    A page of matters at a time; the rest is a job of its own, so that a stopped worker goes on where it was.
    """
    rulebook.look_again()
    found = [row[0] for row in sql.rows(_RUNNING, (UUID(after), PAGE))]
    made = sum(_recounted(matter) for matter in found)
    if len(found) == PAGE:
        recount_clocks.defer(after=str(found[-1]))
    return made


@app.periodic(cron="*/5 * * * *")
@app.task(name="settings.publish_profile", queue="register", queueing_lock="settings.publish_profile")
def publish_profile(timestamp: int) -> bool:  # noqa: ARG001 - the scheduler passes it
    """Bring `office.json` up to the settings in force: a change from a later day comes into force by the date alone."""
    return profile.publish()


def _recounted(matter: UUID) -> int:
    try:
        return actions.apply_due(matter)
    except Invalid as problem:
        log.error("the clocks of matter %s could not be counted again: %s", matter, problem.code)  # noqa: TRY400
        return 0
