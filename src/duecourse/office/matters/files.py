"""What a step sets going besides its own matter: documents to draft, letters to write, published files to show.

Responsible for naming the jobs (ids only, never content) and for handing the outcome's marks on documents to
`office.documents`. Not responsible for rendering, letters, or sending.
"""

from __future__ import annotations

from typing import Final
from uuid import UUID

from duecourse.core.procedure.outcome import Outcome
from duecourse.office.matters.tables import Job

RENDER: Final = "documents.render"
WRITE_LETTER: Final = "reports.write_letter"
SHOW: Final = "matters.show_documents"


def jobs(matter: UUID, index: int, outcome: Outcome) -> list[Job]:
    """The jobs that commit with the step. One lock a matter keeps them in order."""
    found = [
        Job(RENDER, "documents", {"matter": str(matter), "document": item.id}, lock=str(matter))
        for item in outcome.documents
    ]
    letters = [
        Job(WRITE_LETTER, "letters", {"matter": str(matter), "entry": index, "letter": letter}, lock=str(matter))
        for letter in outcome.letters
    ]
    shown = [Job(SHOW, "register", {}, lock=SHOW)] if outcome.publish is not None else []
    return found + letters + shown
