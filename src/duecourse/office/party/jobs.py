"""The job that brings the papers of a matter's party up to date. Its argument is an id."""

from __future__ import annotations

from uuid import UUID

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from duecourse.office.matters.files import REFRESH
from duecourse.office.party import access

_AGAIN = RetryStrategy(max_attempts=8, exponential_wait=3)


@app.task(name=REFRESH, queue="letters", retry=_AGAIN)
def refresh(matter: str) -> int:
    """Seal the papers anew for every open access of the matter; harmless when there is none."""
    return access.bring_up_to_date(UUID(matter))
