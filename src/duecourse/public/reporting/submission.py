"""Makes a submission: the entry's skeleton, the sealed content, the reporter's sealed copy; and hands all of it in.

The sealed bytes hold canonical JSON (docs/formats/submission.md):

    {"fields": {"content": {"salt": "<base64>", "value": {…}}, …}, "v": "duecourse/submission/v1"}

`content` and `channel` are sealed to the intake and recovery keys; `identity` to the custodian and recovery keys; all
three, as the copy, to the reporter's own key. The record shows no more than their salted digests. A later message
(`messages`) goes in the same way.

Not here: reading the form (`form`), the page (`views`), opening (the office).
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Final

from django.conf import settings

from duecourse.core.ledger import canonical
from duecourse.core.ledger.entry import Field, Occurred, build_skeleton
from duecourse.edge import clock, ids, sealing
from duecourse.public import front, recipients
from duecourse.public.reporting.attachments import described
from duecourse.public.rulebook import current as rulebook

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duecourse.public.reporting.attachments import Attachment
    from duecourse.public.reporting.form import Report

VERSION: Final = "duecourse/submission/v1"
CHANNEL: Final = "web"


def hand_in(report: Report, files: Sequence[Attachment], *, code: str, language: str) -> bool:
    """Seal and store a report under its code; False when one is stored under this code already, which then stands.

    Raises django.db.OperationalError or InterfaceError when the database cannot be reached.
    """
    keys = sealing.reporter_keys(code)
    return submit(_fields(report, files, language), files, keys=keys, lookup_id=keys.lookup_id)


def submit(
    made: Sequence[Field],
    files: Sequence[Attachment],
    *,
    keys: sealing.ReporterKeys,
    lookup_id: bytes,
    version: str = VERSION,
) -> bool:
    """Seal and store fields (content, channel, perhaps identity) under a lookup id; False when one is stored there.

    Raises as `hand_in`.
    """
    fields = [(field, field.encoded()) for field in made]
    opened, identity = fields[:2], fields[2:]
    to = recipients.current()
    return front.submit(
        front.Submission(
            skeleton=_skeleton([field for field, _ in fields], [file.object for file in files]),
            lookup_id=lookup_id,
            letters_key=keys.public.raw,
            sealed=sealing.seal(plain(opened, version), to.content),
            copy=sealing.seal(plain(fields, version), [keys.public]),
            identity=sealing.seal(plain(identity), to.identity) if identity else None,
            channel_salt=opened[1][0].salt,
            channel=opened[1][1],
            sizes=[file.sealed_size for file in files],
        )
    )


def plain(fields: Sequence[tuple[Field, bytes]], version: str = VERSION) -> bytes:
    """Return what is sealed: the fields with salts and values, each value given in canonical JSON.

    It is canonical JSON itself, put together here so that a long text is spelled once and not four times.
    """
    held = b",".join(
        b'"%b":{"salt":"%b","value":%b}' % (one.name.encode(), base64.b64encode(one.salt), value)
        for one, value in sorted(fields, key=lambda pair: pair[0].name)
    )
    return b'{"fields":{%b},"v":"%b"}' % (held, version.encode())


def _fields(report: Report, files: Sequence[Attachment], language: str) -> list[Field]:
    content = {
        "head": report.head,
        "what_happened": report.what_happened,
        "happened_on": report.happened_on,
        "address": report.address,
        "harmed": report.harmed,
        "urgent": report.urgent,
        "language": language,
        "attachments": described(files),
    }
    fields = [
        Field("content", "report", canonical.normal(content), ids.salt()),  # type: ignore[arg-type]
        Field("channel", "case", CHANNEL, ids.salt()),
    ]
    if report.contact:
        fields.append(Field("identity", "identity", {"contact": report.contact}, ids.salt()))
    return fields


def _skeleton(fields: Sequence[Field], objects: Sequence[str]) -> bytes:
    book, moment = rulebook(), clock.now()
    return build_skeleton(
        log=settings.LOG_ORIGIN,
        stream=ids.new_uuid(),
        kind="submission",
        index=0,
        prev=None,
        procedure=None,
        step="submit",
        role="reporter",
        occurred=Occurred.on(book.local_date(moment), book.zone),
        recorded=moment,
        digests={"rulebook": book.digest, "calendar": book.calendar_digest},
        exhibits=objects,
        links=(),
        outcome={},
        fields=fields,
    )
