"""Jobs of reports: drain what came in, write what goes back. Arguments are ids only.

Not responsible for how either is done (`intake`, `letters`).
"""

from __future__ import annotations

from uuid import UUID

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from duecourse.office.matters.files import WRITE_LETTER
from duecourse.office.reports import intake, letters

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


@app.task(name=WRITE_LETTER, queue="letters", retry=_AGAIN)
def write_letter(*, matter: str, entry: int, letter: str) -> None:
    """Write one letter; once the reporter has been told that the contact ends, forget how to reach them."""
    letters.write(UUID(matter), entry, letter)
    if letter == letters.WITHDRAWN:
        letters.end_contact(UUID(matter))
