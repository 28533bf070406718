"""What a party sends: sealed to the office like a report, each act under a lookup id of its own that the code gives.

The acts of a code are numbered from 0 (`sealing.party_act_id`), so the code alone finds all of them. The entry looks
like that of any submission: neither the database nor the log tells a party's act from a report; which access it belongs
to stands inside the seal (docs/formats/party.md). A form posted twice is one act: it carries an id of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from duecourse.core.ledger import canonical
from duecourse.core.ledger.entry import Field
from duecourse.edge import ids, sealing
from duecourse.public.reporting import receipt as receipts
from duecourse.public.reporting import submission
from duecourse.public.reporting.attachments import described
from duecourse.public.rulebook import current as rulebook

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping, Sequence

    from duecourse.public.party.papers import Papers
    from duecourse.public.party.visit import Visit
    from duecourse.public.reporting.attachments import Attachment

VERSION: Final = "duecourse/party-act/v1"
MOST: Final = 500


@dataclass(frozen=True, slots=True)
class Act:
    """One act that was sent: its number under this code, what was written, and its receipt."""

    number: int
    sent: receipts.Sent

    @property
    def kind(self) -> str:
        """Which act it is."""
        return str(self.sent.content["act"])

    @property
    def arrived_on(self) -> dt.date:
        """The day on which it arrived."""
        return rulebook().local_date(self.sent.status.received_at)

    @property
    def last(self) -> str | None:
        """The last day that the page showed when it was sent."""
        told: str | None = self.sent.content["told_last"]
        return told

    @property
    def late(self) -> bool:
        """Whether it arrived after that day."""
        return self.last is not None and self.arrived_on.isoformat() > self.last


def acts(held: Visit) -> list[Act]:
    """Every act sent with this code, in order."""
    return list(_acts(held))


def hand_in(
    held: Visit,
    papers: Papers,
    kind: str,
    answers: Mapping[str, str],
    files: Sequence[Attachment],
    *,
    form: str,
    language: str,
) -> int:
    """Seal and store an act; return its number. The same form again gives the number it had.

    Raises django.db.OperationalError or InterfaceError when the database cannot be reached.
    """
    sent = acts(held)
    for act in sent:
        if act.sent.content["form"] == form:
            return act.number
    right = papers.right_of(kind)
    content = {
        "access": papers.access, "act": kind, "form": form, "answers": dict(answers), "language": language,
        "told_last": right.last.isoformat() if right and right.last else None, "attachments": described(files),
    }  # fmt: skip
    made = [
        Field("content", "report", canonical.normal(content), ids.salt()),  # type: ignore[arg-type]
        Field("channel", "case", submission.CHANNEL, ids.salt()),
    ]
    number = len(sent)
    while not submission.submit(
        made, files, keys=held.keys, lookup_id=sealing.party_act_id(held.code, number), version=VERSION
    ):
        there = _find(held, number)  # somebody with the same code sent something at the same moment
        if there is not None and there.sent.content["form"] == form:
            break
        number += 1
    return number


def _acts(held: Visit) -> Iterator[Act]:
    for number in range(MOST):
        found = _find(held, number)
        if found is None:
            return
        yield found


def _find(held: Visit, number: int) -> Act | None:
    keys = sealing.ReporterKeys(sealing.party_act_id(held.code, number), held.keys.public, held.keys.secret)
    sent = receipts.find(keys)
    return Act(number, sent) if sent is not None else None


def answered(act: Act, papers: Papers) -> Mapping[str, Any] | None:
    """What the office's papers say of this act, once it was entered."""
    stream = str(act.sent.status.stream)
    return next((one for one in papers.held["acts"] if one["submission"] == stream), None)
