"""Publication: on a fixed cadence the padded, signed tree becomes public files that a stranger can check.

    1. number what waits, pad, sign       one transaction, by the sequencer
    2. write tiles and entry bundles      pure function of the database
    3. ask the witnesses                  a silent witness delays nothing for longer than its time limit
    4. replace `checkpoint`               the moment of publication
    5. note it in the database            published_at, cosigned

1 is the sequencer's, on a cadence that does not follow the work; the tree grows by one step at least each time, so that
neither counts nor times tell a watcher about one person. 2 to 5 are the publisher's, a process without signing key.
Killed anywhere, it is done again: they write the same bytes.

Not responsible for numbering (`sequencer`), formats (`core.ledger`) or time-stamps (`timestamp`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.db import transaction

from duecourse.core.errors import Invalid
from duecourse.edge import clock
from duecourse.edge.keys import KeyRing, write_file
from duecourse.office.ledger import export, memory, sequencer, sql, witnesses

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duecourse.core.ledger.note import Signer

LOCK: Final = 0x6475_6563_0002
"""The advisory lock of whoever writes the public files."""
VKEY: Final = "log.vkey"

_DUE = "SELECT size, note FROM checkpoint WHERE size %% %s = 0 AND size > %s ORDER BY size DESC LIMIT 1"
_DONE = """
UPDATE checkpoint SET published_at = coalesce(published_at, greatest(signed_at, %s)), cosigned = %s
WHERE size = %s AND (published_at IS NULL OR cosigned IS NULL)
"""


@dataclass(frozen=True)
class Published:
    """What one publication did: the size, the files written, and each witness's answer."""

    size: int
    files: int
    witnesses: tuple[witnesses.Answer, ...]


def publish(signers: Sequence[Signer]) -> Published | None:
    """All five steps. The caller holds `sequencer.hold`. Raises Invalid, OSError, psycopg.Error."""
    while (batch := sequencer.number(signers)) and batch.more:
        pass
    sequencer.number_and_pad(signers)
    return publish_signed()


def publish_signed(*, rebuild: bool = False) -> Published | None:
    """Steps 2 to 5 for the last padded checkpoint that is signed; None when that one is public already.

    `rebuild` writes every file again. Raises Invalid("publisher_elsewhere"), OSError, psycopg.Error.
    """
    if not sql.rows("SELECT pg_try_advisory_lock(%s)", (LOCK,))[0][0]:
        raise Invalid("publisher_elsewhere")
    try:
        return _publish_signed(rebuild=rebuild)
    finally:
        sql.rows("SELECT pg_advisory_unlock(%s)", (LOCK,))


def _publish_signed(*, rebuild: bool) -> Published | None:
    before = export.published()
    old = before.size if before else 0
    due = sql.row(_DUE, (settings.PADDING_STEP, -1 if rebuild else old))
    if due is None:
        _note_published(old)
        memory.forget_below(old)
        return None
    size, note = due
    if size < old:
        raise Invalid("fork", source="published", size=old, here=size)
    files = export.write_tiles(0 if rebuild else old, size)
    cosigned, answers = witnesses.cosign(note)
    write_file(export.folder() / VKEY, (KeyRing(settings.DUECOURSE_KEYS).vkey("log") + "\n").encode(), mode=0o644)
    export.replace_checkpoint(cosigned)
    _note_published(size)
    export.drop_partial(old, size)
    memory.forget_below(size)
    return Published(size, files, tuple(answers))


def _note_published(size: int) -> None:
    """The database learns what the file says, also when an earlier publication was killed in between."""
    text = export.published_text()
    if text is not None and size:
        with transaction.atomic():
            sql.rows(_DONE, (clock.now(), text, size))
