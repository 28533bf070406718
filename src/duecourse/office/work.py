"""`duecourse worker`: runs the office's jobs (Procrastinate, on the same database). Any number may run.

A worker sends a heartbeat; a job whose worker fell silent is put back in the queue, by whichever worker lives, so a
killed job is run again. Jobs must bear being run twice. Finished jobs are deleted, failed ones stay to be looked at.

Not here: the jobs (`<app>/jobs.py`); the one that puts jobs back (`office/jobs.py`).
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Sequence
from typing import Final

from procrastinate.contrib.django import app

HEARTBEAT_SECONDS: Final = 3
SILENT_SECONDS: Final = 12
_CONCURRENCY: Final = 2
_POLL_SECONDS: Final = 5


def main(arguments: Sequence[str]) -> int:
    """Work until SIGTERM or Ctrl-C, or with --until-idle until nothing is waiting; returns the exit status."""
    asked = parser().parse_args(list(arguments))
    asyncio.run(_work(wait=not asked.until_idle))
    return 0


def parser() -> argparse.ArgumentParser:
    """What may be written after `duecourse worker`."""
    found = argparse.ArgumentParser(prog="duecourse worker", description="Runs the office's jobs.")
    found.add_argument("--until-idle", action="store_true", help="stop when no job is waiting")
    return found


async def _work(*, wait: bool) -> None:
    with app.replace_connector(app.connector.get_worker_connector()):
        async with app.open_async():
            await app.run_worker_async(
                wait=wait,
                concurrency=_CONCURRENCY,
                fetch_job_polling_interval=_POLL_SECONDS,
                update_heartbeat_interval=HEARTBEAT_SECONDS,
                stalled_worker_timeout=SILENT_SECONDS,
                shutdown_graceful_timeout=10,
                delete_jobs="successful",
            )
