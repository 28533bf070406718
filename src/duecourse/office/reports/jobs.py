"""Jobs of reports: drain what came in, write what goes back, sweep what never came whole. Arguments are ids only.

Not responsible for how either is done (`intake`, `letters`).
"""

from __future__ import annotations

from uuid import UUID

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from duecourse.edge import clock
from duecourse.office.matters.files import WRITE_LETTER
from duecourse.office.reports import intake, letters
from duecourse.public.reporting import attachments

_AGAIN = RetryStrategy(max_attempts=8, exponential_wait=4)
MOST_BATCHES = 200


@app.periodic(cron="* * * * * */5")
@app.task(name="reports.drain", queue="intake", queueing_lock="reports.drain")
def drain(timestamp: int) -> int:  # noqa: ARG001 - the scheduler passes it
    """Open what waits, batch after batch; the next run goes on where this one stops."""
    total = 0
    for _ in range(MOST_BATCHES):
        done = intake.drain().total
        total += done
        if not done:
            break
    return total


@app.periodic(cron="17 * * * *")
@app.task(name="reports.sweep", queue="intake", queueing_lock="reports.sweep")
def sweep(timestamp: int) -> int:  # noqa: ARG001 - the scheduler passes it
    """Remove files and parts that were begun at the front door more than a day ago and never sent with a report.

    The front door sweeps too, whenever a file comes; this is for days on which none does.
    """
    return attachments.sweep(clock.now().timestamp())


@app.task(name=WRITE_LETTER, queue="letters", retry=_AGAIN)
def write_letter(*, matter: str, entry: int, letter: str) -> None:
    """Write one letter; once the reporter has been told that the contact ends, forget how to reach them."""
    letters.write(UUID(matter), entry, letter)
    if letter == letters.WITHDRAWN:
        letters.end_contact(UUID(matter))
