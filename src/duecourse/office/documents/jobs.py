"""The job that draws up a document after the step that asked for it has committed.

Responsible for when; `actions.draw_up` does it. The job's arguments are ids.
"""

from __future__ import annotations

from uuid import UUID

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from . import actions

RETRY = RetryStrategy(max_attempts=8, exponential_wait=3)


@app.task(name="documents.render", queue="documents", retry=RETRY)
def render_document(matter: str, document: str) -> None:
    """Render one document of a matter; harmless when it was done before."""
    assert matter, "the matter's id names the job's lock"
    actions.draw_up(UUID(document))
