"""Fields of a step that the record fills: the printed number of a document drawn up in the matter's own history.

Responsible for looking it up and for putting it into a form, over whatever was typed. Where the record has no number
(a decision made on paper elsewhere), what was typed stands.
Not responsible for which fields these are: a procedure says so (`record` of a field).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from duecourse.core.procedure.definition import Step
from duecourse.core.procedure.effects import OPENED_BY
from duecourse.core.procedure.state import MatterState
from duecourse.office.ledger import sql

_NUMBER = """
SELECT number FROM document WHERE matter = ANY(%s) AND kind = %s AND number IS NOT NULL
ORDER BY asked_entry DESC LIMIT 1
"""


def filled(step: Step, state: MatterState) -> dict[str, str]:
    """Field to value, of the fields of this step that the record fills."""
    wanted = {name: item.record for name, item in step.form.items() if item.record is not None}
    if not wanted:
        return {}
    streams = [UUID(state.matter), *(UUID(stream) for kind, stream in state.links if kind == OPENED_BY)]
    found = {name: sql.row(_NUMBER, (streams, document)) for name, document in wanted.items()}
    return {name: str(row[0]) for name, row in found.items() if row is not None}


def over(step: Step, state: MatterState, form: Mapping[str, Any]) -> Mapping[str, Any]:
    """The form with what the record fills."""
    known = filled(step, state)
    return {**form, **known} if known else form
