"""The sequencer: gives entries their numbers, grows the tree, signs it. One at a time, however many are started.

Responsible for the one transaction that writes positions, tiles, root and signed checkpoint: the database is the truth.
Requests insert entries without a number, because a number in the request would make every request wait for every other.
The queue is the table `unnumbered`, read in the order of entry ids: commits arrive out of that order, so "id above the
last" would lose some. It polls rather than listens: NOTIFY takes one lock for all commits of the database.

An entry whose commitment is not the digest of its bytes gets no number; it is put aside by name, and the rest goes on.

Not responsible for what is published and when (`publication`), nor for what to do when others have seen more than this
database has (`nofork`).
"""

from __future__ import annotations

import contextlib
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import psycopg
from django.conf import settings
from django.db import transaction

from duecourse.core.errors import Invalid
from duecourse.core.ledger import checkpoint
from duecourse.core.ledger.padding import leaves_to_pad
from duecourse.edge import clock, ids
from duecourse.office.ledger import export, memory, signing, sql, tree

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from duecourse.core.ledger.note import Signer

log = logging.getLogger(__name__)

LOCK: Final = 0x6475_6563_0001
"""The advisory lock of whoever numbers: held by the session, so it ends with the process."""
BATCH: Final = 32_768
_compared: Final[set[str]] = set()

# Whoever holds the lock gets it again. Rows are found by index, one by one: the planner knows nothing of a queue that
# fills and empties all day, and would now and then read the whole log to number one entry.
_BEGIN = """
SELECT pg_try_advisory_xact_lock(%s),
  set_config('enable_mergejoin', 'off', true), set_config('enable_hashjoin', 'off', true)
"""
_LAST = "SELECT size, root FROM checkpoint ORDER BY size DESC LIMIT 1"
_COUNT = "SELECT coalesce(max(number) + 1, 0) FROM position"
# docs/formats/entry.md: SHA-256("duecourse/entry/v1\n" || L(skeleton)); core.ledger.entry.commitment in SQL.
_NUMBER = r"""
WITH taken AS (
  DELETE FROM unnumbered WHERE entry_id <= (
    SELECT max(entry_id) FROM (SELECT entry_id FROM unnumbered ORDER BY entry_id LIMIT %s) AS next
  ) RETURNING entry_id
), judged AS (
  SELECT t.entry_id, e.commitment, CASE
    WHEN e.id IS NULL THEN 'entry_missing'
    WHEN e.commitment <> sha256(
      'duecourse/entry/v1\012'::bytea || int8send(octet_length(e.skeleton)::bigint) || e.skeleton
    ) THEN 'commitment_differs'
    WHEN p.entry_id IS NOT NULL THEN 'numbered_already' END AS code
  FROM taken t LEFT JOIN entry e ON e.id = t.entry_id LEFT JOIN position p ON p.entry_id = t.entry_id
), refused AS (
  INSERT INTO refused_entry (entry_id, code, found_at) SELECT entry_id, code, %s FROM judged WHERE code IS NOT NULL
  ON CONFLICT DO NOTHING
), numbered AS (
  INSERT INTO position (number, leaf, entry_id, kind)
  SELECT %s + row_number() OVER (ORDER BY entry_id) - 1, commitment, entry_id, 'entry' FROM judged WHERE code IS NULL
  RETURNING number, leaf
)
SELECT (SELECT string_agg(leaf, ''::bytea ORDER BY number) FROM numbered),
       (SELECT array_agg(code || ' ' || entry_id ORDER BY entry_id) FROM judged WHERE code IS NOT NULL),
       (SELECT count(*) FROM taken)
"""
_PAD = """
INSERT INTO position (number, leaf, kind)
SELECT %s + place - 1, leaf, 'padding' FROM unnest(%s::bytea[]) WITH ORDINALITY AS given (leaf, place)
"""
_SIGN = "INSERT INTO checkpoint (size, root, note, signed_at) VALUES (%s, %s, %s, %s)"


@dataclass(frozen=True)
class Batch:
    """What one transaction did. `more` says that the queue held at least as many as were taken."""

    first: int
    size: int
    root: bytes
    note: str
    leaves: bytes
    refused: tuple[str, ...]
    more: bool


@contextlib.contextmanager
def hold(*, wait: bool = True) -> Iterator[None]:
    """Be the one that numbers. Raises Invalid("sequencer_elsewhere") when another is and `wait` is false."""
    if wait:
        sql.rows("SELECT pg_advisory_lock(%s)", (LOCK,))
    elif not sql.rows("SELECT pg_try_advisory_lock(%s)", (LOCK,))[0][0]:
        raise Invalid("sequencer_elsewhere")
    try:
        yield
    finally:
        with contextlib.suppress(psycopg.Error):
            sql.rows("SELECT pg_advisory_unlock(%s)", (LOCK,))


def last_signed() -> tuple[int, bytes | None]:
    """Size and root of the highest checkpoint here; (0, None) for a new log."""
    found = sql.row(_LAST)
    return (found[0], bytes(found[1])) if found else (0, None)


def number(signers: Sequence[Signer], *, limit: int = BATCH) -> Batch | None:
    """Number what waits, up to `limit` entries, and sign. None when nothing was numbered.

    Raises Invalid("sequencer_elsewhere" | "tree_differs" | "fork").
    """
    return _number(signers, limit=limit, pad=False)


def number_and_pad(signers: Sequence[Signer], *, limit: int = BATCH) -> Batch | None:
    """The same, then fill up with random leaves to the next size fit for publication; None when it stands there."""
    return _number(signers, limit=limit, pad=True)


def _number(signers: Sequence[Signer], *, limit: int, pad: bool) -> Batch | None:
    with transaction.atomic():
        _only_one()
        size = _standing()
        _compare_with_published()
        leaves, refused, taken = _take(size, limit)
        if pad:
            leaves += _pad(size + len(leaves))
        batch = _sign(signers, size, leaves, refused, more=taken == limit) if leaves else None
    for line in refused:
        log.error("Not numbered: entry %s", line)
    if batch:
        memory.remember(batch.first, batch.leaves, batch.note)
    if batch and pad:
        memory.begin(batch.size)
    return batch


def compare(name: str, seen: checkpoint.Checkpoint) -> None:
    """Raise Invalid("fork") unless `seen` is a beginning of our tree."""
    size, _ = last_signed()
    if seen.size > size or tree.root(seen.size) != seen.root:
        raise Invalid("fork", source=name, size=seen.size, here=size)


def forget_compared() -> None:
    """The next signature compares with the published file again, though it be the same file."""
    _compared.clear()


def _compare_with_published() -> None:
    """Before each signature: what is published is a beginning of our tree. A file once compared is not judged again."""
    text = export.published_text()
    if text is not None and text not in _compared:
        compare("published", signing.read_signed(text))
        _compared.clear()
        _compared.add(text)


def _only_one() -> None:
    if not sql.rows(_BEGIN, (LOCK,))[0][0]:
        raise Invalid("sequencer_elsewhere")


def _standing() -> int:
    """The size of the tree, once positions, checkpoint and tiles agree on it."""
    size, root = last_signed()
    count = sql.rows(_COUNT)[0][0]
    if count != size or (root is not None and tree.root(size) != root):
        raise Invalid("tree_differs", signed=size, positions=count)
    return size


def _take(size: int, limit: int) -> tuple[list[bytes], tuple[str, ...], int]:
    joined, refused, taken = sql.rows(_NUMBER, (limit, clock.now(), size))[0]
    held = bytes(joined or b"")
    return [held[at : at + 32] for at in range(0, len(held), 32)], tuple(refused or ()), taken


def _pad(size: int) -> list[bytes]:
    found = sql.row("SELECT max(size) FROM checkpoint WHERE published_at IS NOT NULL")
    published = (found and found[0]) or 0
    random = [ids.salt() for _ in range(leaves_to_pad(size, step=settings.PADDING_STEP, published=published))]
    if random:
        sql.rows(_PAD, (size, random))
    return random


def _sign(signers: Sequence[Signer], size: int, leaves: list[bytes], refused: tuple[str, ...], *, more: bool) -> Batch:
    grown = tree.grow(size, leaves)
    tree.write(grown.tiles)
    signed = checkpoint.Checkpoint(settings.LOG_ORIGIN, grown.size, grown.root).sign(signers).encode()
    sql.rows(_SIGN, (grown.size, grown.root, signed, clock.now()))
    return Batch(size, grown.size, grown.root, signed, b"".join(leaves), refused, more)
