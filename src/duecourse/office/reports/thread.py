"""What a reporter writes after the report: an entry of the report's own matter, or of a new one where that is closed.

A message names its thread by the report's lookup id, which only the code gives (docs/formats/message.md): nobody else
can write into it. Responsible for finding the matter, for the step that enters the message, and for a withdrawal, which
ends the contact and not the duty. Not here: opening the seal (`intake`), the letters that go back (`letters`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from duecourse.core.errors import Invalid
from duecourse.office.ledger import sql, store
from duecourse.office.ledger.store import StoredEntry
from duecourse.office.matters import actions
from duecourse.office.matters.actors import SYSTEM
from duecourse.office.matters.exhibits import Received
from duecourse.public.reporting.messages import MESSAGE, VERSION, WITHDRAWAL

__all__ = ["VERSION", "Arrival", "NotYet", "enter"]

MESSAGE_STEP: Final = "reporter-writes"
WITHDRAWAL_STEP: Final = "withdraw-contact"
PROCEDURE: Final = "report"
RECEIVE: Final = "receive"
LINK: Final = "submission"
CONTINUES: Final = "continues"
CARRIED: Final = ("head", "harmed")

_THREAD = """
SELECT s.state, s.matter, m.ended FROM submission AS s LEFT JOIN matter AS m ON m.id = s.matter WHERE s.lookup_id = %s
"""


class NotYet(Exception):  # noqa: N818 - what it says to the intake
    """The report that this message belongs to still waits itself: the message stays in the queue."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """How a message came: its own stream, the legal day, its files."""

    stream: UUID
    day: date
    files: Sequence[Received]


def enter(content: Mapping[str, Any], arrival: Arrival) -> StoredEntry:
    """Enter a message into the matter of its thread.

    Raises NotYet; Invalid("thread_unknown" or "thread_aside") where there is no matter; Refused as a step does.
    """
    state, matter, ended = _thread(str(content["thread"]))
    if state == "waiting":
        raise NotYet
    if matter is None:
        raise Invalid("thread_aside" if state == "aside" else "thread_unknown")
    if content["kind"] == WITHDRAWAL:
        return _withdraw(matter, arrival, ended=ended)
    if content["kind"] != MESSAGE:
        raise Invalid("message_kind", kind=str(content["kind"])[:40])
    return _anew(matter, content, arrival) if ended else _append(matter, content, arrival)


def _thread(named: str) -> tuple[str, UUID | None, bool]:
    try:
        lookup_id = bytes.fromhex(named)
    except ValueError:
        raise Invalid("thread_unknown") from None
    row = sql.row(_THREAD, (lookup_id,))
    return ("", None, False) if row is None else (row[0], row[1], bool(row[2]))


def _append(matter: UUID, content: Mapping[str, Any], arrival: Arrival) -> StoredEntry:
    return actions.take_step(
        matter, MESSAGE_STEP, by=SYSTEM, occurred=arrival.day, form={"message": content["text"]},
        links=((LINK, arrival.stream),), key=f"submission:{arrival.stream}", received=arrival.files,
    )  # fmt: skip


def _withdraw(matter: UUID, arrival: Arrival, *, ended: bool) -> StoredEntry:
    """End the contact; where it was ended before, or the matter is closed, the last entry stands for it."""
    stream = store.read(matter)
    if ended or any(entry.skeleton.step == WITHDRAWAL_STEP for entry in stream):
        return stream[-1]
    return actions.take_step(
        matter, WITHDRAWAL_STEP, by=SYSTEM, occurred=arrival.day, form={}, links=((LINK, arrival.stream),),
        key=f"submission:{arrival.stream}",
    )  # fmt: skip


def _anew(matter: UUID, content: Mapping[str, Any], arrival: Arrival) -> StoredEntry:
    """A closed matter takes no more steps: what comes after is a report of its own, linked to the first."""
    first = store.read(matter)[0].fields
    form = {name: first[name].value for name in CARRIED if name in first and first[name].state == "held"}
    return actions.open_matter(
        PROCEDURE, by=SYSTEM, occurred=arrival.day, form={**form, "what_happened": content["text"], "channel": "web"},
        links=((LINK, arrival.stream), (CONTINUES, matter)), key=f"submission:{arrival.stream}", step=RECEIVE,
        received=arrival.files,
    )  # fmt: skip
