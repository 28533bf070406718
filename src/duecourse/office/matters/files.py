"""What a step sets going besides its own matter: documents, letters, published files, the party's papers.

Responsible for naming the jobs (ids only, never content) and for handing the outcome's marks on documents to
`office.documents`. Not responsible for rendering, letters, or sending.
"""

from __future__ import annotations

from typing import Final
from uuid import UUID

from duecourse.core.procedure.outcome import Outcome
from duecourse.core.procedure.party import ACCESS
from duecourse.office.ledger import sql
from duecourse.office.matters.tables import Job

RENDER: Final = "documents.render"
WRITE_LETTER: Final = "reports.write_letter"
SHOW: Final = "matters.show_documents"
REFRESH: Final = "party.refresh"
_OPEN_TO_PARTY: Final = "SELECT 1 FROM party_access WHERE matter = %s AND ended_at IS NULL LIMIT 1"


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
    return found + letters + shown + _refreshed(matter, outcome)


def _refreshed(matter: UUID, outcome: Outcome) -> list[Job]:
    """The party's papers follow every step that is done, where a party has access to them."""
    done = outcome.phase in ("done", "corrected", "lapsed") and outcome.from_ is not None and outcome.step != ACCESS
    if not done or sql.row(_OPEN_TO_PARTY, (matter,)) is None:
        return []
    return [Job(REFRESH, "letters", {"matter": str(matter)}, lock=f"party:{matter}")]
