"""The job about jobs: put back in the queue what a killed worker held.

Not here: the jobs of the parts of the office (`<app>/jobs.py`), the worker (`work`).
"""

from __future__ import annotations

from procrastinate.contrib.django import app
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job, Status

from duecourse.edge import clock
from duecourse.office.work import SILENT_SECONDS


@app.periodic(cron="* * * * * */10")
@app.task(name="office.run_again", queue="jobs", queueing_lock="office.run_again", pass_context=False)
async def run_again(timestamp: int) -> int:  # noqa: ARG001 - the scheduler passes it
    """Every job whose worker has been silent for a while is queued again; returns how many."""
    stalled = list(await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=SILENT_SECONDS))
    for job in stalled:
        await _put_back(job)
    return len(stalled)


async def _put_back(job: Job) -> None:
    """A periodic job that waits already under its queueing lock need not be queued twice: the stalled one ends."""
    try:
        await app.job_manager.retry_job(job, retry_at=clock.now())
    except ConnectorException:
        await app.job_manager.finish_job(job, status=Status.ABORTED, delete_job=False)
