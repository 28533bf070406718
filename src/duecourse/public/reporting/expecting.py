"""What comes next and by when, in plain words, from what the front door can know: the day, the state, the letters.

Responsible for naming days that the office promised or the law sets, never a result. Not here: the clocks that bind the
officers (the office counts them itself), the words of the page.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from duecourse.core.deadlines import Length, count
from duecourse.edge import clock
from duecourse.public.rulebook import current as rulebook

if TYPE_CHECKING:
    import datetime as dt

    from duecourse.public.reporting.receipt import Sent


@dataclass(frozen=True, slots=True)
class Expecting:
    """`answer_by`: the day promised for the first letter; `provisional`: a calendar not yet announced may move it.

    `duty_by`: the last day of the two months, for who asks for their own protection. `late`: the promised day is over.
    """

    answer_by: dt.date
    provisional: bool
    duty_by: dt.date | None
    late: bool


def of(sent: Sent) -> Expecting:
    """What the sender of a report may expect."""
    book = rulebook()
    began = book.local_date(sent.status.received_at)
    first = count(began, Length.parse(str(book.settings["report-first-answer"].value)), calendar=book.calendar)
    duty = count(began, Length.parse(str(book.settings["report-two-months"].value)), calendar=book.calendar)
    mine = sent.content["harmed"] == "self"
    return Expecting(first.last, first.provisional, duty.last if mine else None, clock.today(book.zone) > first.last)
