"""The diary's one job: forget who had what open."""

from __future__ import annotations

from procrastinate.contrib.django import app

from duecourse.office.diary import presence


@app.periodic(cron="*/5 * * * *")
@app.task(name="diary.forget", queue="jobs", queueing_lock="diary.forget")
def forget(timestamp: int) -> int:  # noqa: ARG001 - the scheduler passes it
    """Delete every row of `presence` that is older than its memory."""
    return presence.forget()
