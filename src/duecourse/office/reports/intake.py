"""From a sealed submission to a matter: unseal with the intake key, open a `report`, set aside what does not open.

Responsible for draining the queue in batches, each submission on its own so that one cannot stop another, and for
checking that what was sealed is what the record committed to. Nothing is ever lost: a submission is waiting, opened, or
set aside with a reason that the intake page shows. Contact details stay sealed to the custodian: the intake key cannot
open them, and they move as they are.

Attachments become exhibits with the bytes as the reporter sent them, in the office's own store, which the front door
cannot read. They are not encrypted there yet. Not responsible for the front door, nor for what happens to a report
after.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import transaction

from duecourse.core.errors import Invalid, Refused
from duecourse.core.ledger.entry import Field, check_field
from duecourse.edge.keys import KeyRing
from duecourse.edge.objects import ObjectStore
from duecourse.office.ledger import sql, store
from duecourse.office.matters import actions, exhibits, fields, media, rulebook
from duecourse.office.matters.actors import SYSTEM
from duecourse.office.party import acts
from duecourse.office.reports import thread

PROCEDURE: Final = "report"
STEP: Final = "receive"
LINK: Final = "submission"
VERSION: Final = "duecourse/submission/v1"
CONTACT: Final = "contact"
BATCH: Final = 50
_SEALED_WORD: Final = "sealed"
_BLOCK: Final = 65_536
_HEAD: Final = 4_096

_WAITING = """
SELECT stream, entry_id, sealed, identity, received_at FROM submission
WHERE state = 'waiting' ORDER BY received_at, stream LIMIT %s FOR UPDATE SKIP LOCKED
"""


@dataclass(frozen=True, slots=True)
class Drained:
    """What one batch did: submissions opened as matters, and set aside."""

    opened: int
    aside: int

    @property
    def total(self) -> int:
        """How many submissions left the queue."""
        return self.opened + self.aside


@dataclass(frozen=True, slots=True)
class _Submission:
    stream: UUID
    entry_id: int
    sealed: bytes
    identity: bytes | None
    received_at: Any


def drain(limit: int = BATCH) -> Drained:
    """Open up to `limit` waiting submissions in one transaction; workers side by side take different ones.

    Raises Invalid("key_missing") when this office has no intake key: then nothing is touched.
    """
    ring = KeyRing(settings.DUECOURSE_KEYS)
    ring.current("intake")
    with transaction.atomic():
        waiting = [_Submission(*row) for row in sql.rows(_WAITING, (limit,))]
        done = [_open_or_set_aside(item, ring) for item in waiting]
    return Drained(done.count(True), done.count(False))


def sealed_files() -> ObjectStore:
    """Attachments as the front door sealed them: it writes there, and this office reads."""
    return ObjectStore(Path(settings.DUECOURSE_SEALED))


def try_again(submission: UUID) -> bool:
    """Put a submission that was set aside back into the queue (a key was restored, a file came back)."""
    query = """
    UPDATE submission SET state = 'waiting', aside_reason = NULL, matter = NULL
    WHERE stream = %s AND state = 'aside' RETURNING stream
    """
    return sql.row(query, (submission,)) is not None


def _open_or_set_aside(item: _Submission, ring: KeyRing) -> bool | None:
    """Whether it was opened; None when it has to wait for another."""
    try:
        with transaction.atomic():
            _open(item, ring)
    except thread.NotYet:
        return None
    except (Invalid, Refused) as problem:
        reason = _reason(problem)
        sql.rows("UPDATE submission SET state = 'aside', aside_reason = %s WHERE stream = %s", (reason, item.stream))
        return False
    return True


def _reason(problem: Invalid | Refused) -> str:
    """A code for the intake page; the sentence belongs to the page, content never does."""
    return problem.code if isinstance(problem, Invalid) else "refused:" + ",".join(problem.refusal.codes)


def _open(item: _Submission, ring: KeyRing) -> None:
    version, content, channel = _unsealed(item, ring)
    book = rulebook.current()
    if version == acts.VERSION:
        _open_act(item, content, ring)
        return
    if version == thread.VERSION:
        _open_message(item, content, ring)
        return
    day = book.local_date(item.received_at)
    known = book.procedure(PROCEDURE, day).steps[STEP].form
    form = {name: _one_line(value, known[name].type) for name, value in content.items() if name in known}
    form |= {"channel": channel} if "channel" in known else {}
    kept = {}
    if item.identity is not None and CONTACT in known:
        form[CONTACT] = _SEALED_WORD
        kept[CONTACT] = {fields.SEALED: base64.b64encode(bytes(item.identity)).decode("ascii")}
    entry = actions.open_matter(
        PROCEDURE, by=SYSTEM, occurred=day, form=form, links=((LINK, item.stream),), key=f"submission:{item.stream}",
        step=STEP, received=[_attachment(file, ring) for file in content.get("attachments", ())], sealed=kept,
    )  # fmt: skip
    sql.rows("UPDATE submission SET state = 'opened', matter = %s WHERE stream = %s", (entry.stream, item.stream))


def _open_act(item: _Submission, content: Mapping[str, Any], ring: KeyRing) -> None:
    """What a party sent goes into its matter (`office.party.acts`), dated by the day on which it arrived."""
    day = rulebook.current().local_date(item.received_at)
    files = [_attachment(file, ring) for file in content.get("attachments", ())]
    arrival = acts.Arrival(kind="", channel="web", arrived=day, files=files, submission=item.stream)
    entry = acts.receive(content, arrival, item.received_at)
    sql.rows("UPDATE submission SET state = 'opened', matter = %s WHERE stream = %s", (entry.stream, item.stream))


def _open_message(item: _Submission, content: Mapping[str, Any], ring: KeyRing) -> None:
    """What a reporter wrote later goes into the matter of the report (`thread`)."""
    files = [_attachment(file, ring) for file in content.get("attachments", ())]
    day = rulebook.current().local_date(item.received_at)
    entry = thread.enter(content, thread.Arrival(item.stream, day, files))
    sql.rows("UPDATE submission SET state = 'opened', matter = %s WHERE stream = %s", (entry.stream, item.stream))


def _one_line(value: Any, kind: str) -> Any:
    """A field of one line that came with line ends is joined: nothing is refused for that."""
    return " ".join(value.split()) if kind == "text" and isinstance(value, str) else value


def _unsealed(item: _Submission, ring: KeyRing) -> tuple[str, dict[str, Any], str]:
    """What it is, the content and the channel, checked against the digests that the submission's entry committed to."""
    try:
        found = json.loads(ring.open("intake", bytes(item.sealed)))
        held: Mapping[str, Any] = found["fields"]
        if found["v"] not in (VERSION, acts.VERSION, thread.VERSION):
            raise Invalid("submission_version")
        entry = store.get(item.entry_id)
        if entry is None:
            raise Invalid("submission_without_entry")
        for name, one in held.items():
            mark = entry.skeleton.fields.get(name)
            field = Field(name, mark.class_ if mark else "report", one["value"], base64.b64decode(one["salt"]))
            check_field(entry.skeleton, field)
            if entry.fields[name].state == "sealed":
                store.open_field(item.entry_id, field)
        content, channel = held["content"]["value"], str(held["channel"]["value"])
    except (ValueError, KeyError, TypeError, AttributeError) as wrong:
        raise Invalid("submission_malformed") from wrong
    if not isinstance(content, dict):
        raise Invalid("submission_malformed")
    return str(found["v"]), content, channel


def _attachment(file: Mapping[str, Any], ring: KeyRing) -> exhibits.Received:
    """Unseal a file chunk by chunk into the office's own store: a recording of 200 MB never stands in memory."""
    sealed = sealed_files()
    if not sealed.verify(str(file["object"])):
        raise Invalid("object_damaged" if sealed.path(str(file["object"])).is_file() else "object_missing")
    head = bytearray()
    with sealed.path(str(file["object"])).open("rb") as stream:
        opened = ring.open_stream("intake", iter(lambda: stream.read(_BLOCK), b""))
        digest, size = exhibits.objects().put_stream(_watched(opened, head))
    if digest != file["sha256"]:
        raise Invalid("attachment_digest")
    return exhibits.Received(digest, media.recognise(bytes(head)), size, str(file["name"]))


def _watched(chunks: Iterable[bytes], head: bytearray) -> Iterator[bytes]:
    """Pass on what comes and remember how it began: what a file is, its first bytes say."""
    for chunk in chunks:
        head += chunk[: max(0, _HEAD - len(head))]
        yield chunk
