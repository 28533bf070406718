"""What comes next and by when, in plain words, from what the front door can know: the day, the state, the letters.

Responsible for naming days that the office promised or the law sets, never a result. Not here: the clocks that bind the
officers (the office counts them itself), the words of the page.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from duecourse.core.deadlines import Counted, count
from duecourse.core.errors import Invalid
from duecourse.edge import clock
from duecourse.public.rulebook import current as rulebook

if TYPE_CHECKING:
    import datetime as dt

    from duecourse.public.reporting.receipt import Sent


PROCEDURE: Final = "report"


@dataclass(frozen=True, slots=True)
class Expecting:
    """`answer_by`: the day promised for the first letter; `provisional`: a calendar not yet announced may move it.

    `duty_by`: the last day of the two months, for who asks for their own protection. `late`: the promised day is over.
    """

    answer_by: dt.date | None
    provisional: bool
    duty_by: dt.date | None
    late: bool


def of(sent: Sent) -> Expecting:
    """What the sender of a report may expect, counted by the rules of the procedure that binds the officers."""
    book = rulebook()
    began = book.local_date(sent.status.received_at)
    first, duty = _counted("first-answer", began), _counted("two-months", began)
    mine = sent.content["harmed"] == "self"
    return Expecting(
        answer_by=first.last if first else None,
        provisional=bool(first and first.provisional),
        duty_by=duty.last if duty and mine else None,
        late=bool(first and clock.today(book.zone) > first.last),
    )


def _counted(name: str, began: dt.date) -> Counted | None:
    """Count a period of the procedure; None where no calendar on file reaches its end."""
    book = rulebook()
    rule = book.procedure(PROCEDURE, began).clocks[name]
    try:
        return count(began, rule.length, calendar=book.calendar, rolls=rule.rolls)
    except Invalid:
        return None
