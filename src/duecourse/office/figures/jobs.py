"""The job that publishes the figures, every ten minutes. Not here: what is counted (`counting`)."""

from __future__ import annotations

from procrastinate.contrib.django import app

from duecourse.office.figures import publishing


@app.periodic(cron="*/10 * * * *")
@app.task(name="figures.publish", queue="register", queueing_lock="figures.publish")
def publish(timestamp: int) -> bool:  # noqa: ARG001 - the scheduler passes it
    """Count anew; return whether anything had changed."""
    return publishing.publish()
