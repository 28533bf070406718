"""What a reporter writes after the report: messages, each a submission that names its thread inside the seal.

The n-th message is stored under a lookup id derived from the code and n (docs/formats/message.md), so that the code
alone finds all of them and nobody else can tell that they belong together. A withdrawal is a message of another kind.
Responsible for sending and for reading back. Not here: the pages (`conversation`), what the office does with one.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from duecourse.core.ledger import canonical
from duecourse.core.ledger.entry import Field
from duecourse.edge import ids, sealing
from duecourse.public import front
from duecourse.public.reporting import receipt, submission
from duecourse.public.reporting.attachments import described

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from duecourse.public.reporting.attachments import Attachment
    from duecourse.public.reporting.receipt import Letter

VERSION: Final = "duecourse/message/v1"
MESSAGE: Final = "message"
WITHDRAWAL: Final = "withdrawal"
MOST: Final = 200
"""Messages of one report; the page says so long before."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message as its writer sees it. `number` counts from 1; `state` as in `front.Status`."""

    number: int
    sent_at: dt.datetime
    state: str
    content: Mapping[str, Any]
    lookup_id: bytes

    @property
    def withdrawal(self) -> bool:
        """Whether it ends the contact."""
        return bool(self.content["kind"] == WITHDRAWAL)


def sent(code: str) -> list[Message]:
    """The messages of a code, oldest first. Raises Invalid when one does not open."""
    keys = sealing.reporter_keys(code)
    found: list[Message] = []
    for number in range(1, MOST + 1):
        lookup_id = sealing.message_lookup(code, number)
        status = front.status(lookup_id)
        if status is None:
            break
        found.append(Message(number, status.received_at, status.state, _content(status, keys), lookup_id))
    return found


def letters(code: str, written: Sequence[Message]) -> list[Letter]:
    """Every letter to the reporter, oldest first: on the report, and on what grew out of a later message."""
    keys = sealing.reporter_keys(code)
    places = [keys.lookup_id, *(one.lookup_id for one in written)]
    found = [one for place in places for one in receipt.letters_at(place, keys)]
    return sorted(found, key=lambda letter: letter.created_at)


def send(code: str, number: int, content: Mapping[str, Any], files: Sequence[Attachment]) -> bool:
    """Send the `number`th message; False when another one is stored under this number. Sending it again is no harm.

    `content` holds kind, text and language. Raises as `submission.hand_in`.
    """
    keys = sealing.reporter_keys(code)
    whole = {**content, "thread": keys.lookup_id.hex(), "attachments": described(files)}
    fields = [
        Field("content", "report", canonical.normal(whole), ids.salt()),
        Field("channel", "case", submission.CHANNEL, ids.salt()),
    ]
    lookup_id = sealing.message_lookup(code, number)
    if submission.submit(fields, files, keys=keys, lookup_id=lookup_id, version=VERSION):
        return True
    stored = front.status(lookup_id)
    assert stored is not None
    there = _content(stored, keys)
    return all(there[name] == content[name] for name in ("kind", "text"))


def _content(status: front.Status, keys: sealing.ReporterKeys) -> Mapping[str, Any]:
    """What was written; nothing where it was erased since."""
    if not status.copy:
        return {"kind": MESSAGE, "text": "", "attachments": []}
    held = json.loads(sealing.unseal(bytes(status.copy), keys.secret))
    content: Mapping[str, Any] = held["fields"]["content"]["value"]
    return content
