"""Adding entries to streams, reading them back, and proving them.

Responsible for the one statement that writes an entry with its fields, for reading a stream, and for the proof of an
entry against a signed checkpoint. Everything here takes part in the caller's transaction and commits nothing.

Not responsible for whether a step is allowed (`office.matters`), nor for numbers (`sequencer`).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

from django.conf import settings

from duecourse.core.errors import Invalid
from duecourse.core.ledger import entry
from duecourse.core.ledger import proof as tlog_proof
from duecourse.office.ledger import sql, tree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from duecourse.core.ledger.canonical import JSON

Head = tuple[int, bytes]
EMPTY: Final[Head] = (-1, b"")
"""The head of a stream that has no entry yet: `append` then asks the database nothing."""

_APPEND = """
WITH written AS (
  INSERT INTO entry (commitment, stream, kind, index, prev, skeleton, recorded_at, key)
  VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING RETURNING id
), held AS (
  INSERT INTO entry_field (entry_id, name, class, salt, value)
  SELECT id, name, class, salt, value FROM written,
    unnest(%s::text[], %s::text[], %s::bytea[], %s::bytea[]) AS given (name, class, salt, value)
)"""
_APPENDED = " SELECT id FROM written"
_ENTRY = "SELECT e.id, e.commitment, e.stream, e.kind, e.index, e.skeleton, e.recorded_at, e.key FROM entry e "
_FIELDS = "SELECT entry_id, name, class, salt, value, erased_at FROM entry_field WHERE entry_id = ANY(%s) ORDER BY 1, 2"
_HEAD = "SELECT index, commitment FROM entry WHERE stream = %s ORDER BY index DESC LIMIT 1"
# A stream without a lock of its own is locked by its id until the transaction ends (a number of the bigint space).
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 7237978))"
_PLACE = """
SELECT p.number, c.note, c.cosigned FROM position p
CROSS JOIN LATERAL (
  (SELECT size, note, cosigned, 0 AS rank FROM checkpoint
   WHERE published_at IS NOT NULL AND size > p.number ORDER BY size DESC LIMIT 1)
  UNION ALL
  (SELECT size, note, cosigned, 1 AS rank FROM checkpoint WHERE size > p.number ORDER BY size LIMIT 1)
  ORDER BY rank LIMIT 1
) c WHERE p.entry_id = %s
"""


@dataclass(frozen=True)
class StoredField:
    """A field as it is now. `value` and `salt` are None when it was erased or is still sealed."""

    name: str
    class_: str
    value: JSON
    salt: bytes | None
    erased_at: datetime | None

    @property
    def state(self) -> str:
        """`held`, `sealed` or `erased`."""
        if self.salt is not None:
            return "held"
        return "sealed" if self.erased_at is None else "erased"


@dataclass(frozen=True)
class StoredEntry:
    """An entry as the database holds it."""

    id: int
    commitment: bytes
    stream: UUID
    kind: str
    index: int
    skeleton_bytes: bytes
    recorded_at: datetime
    key: str | None
    fields: Mapping[str, StoredField]

    @cached_property
    def skeleton(self) -> entry.Skeleton:
        """The skeleton, read. Raises Invalid when the bytes are no skeleton."""
        return entry.Skeleton.decode(self.skeleton_bytes)

    @property
    def head(self) -> Head:
        """What the next `append` to this stream gives as `head`."""
        return self.index, self.commitment


@dataclass(frozen=True)
class Beside:
    """What else the statement that writes an entry does: `parts` are named data-modifying parts (`, p0 AS (…)`).

    `result` is an expression over them that is true when they did what they had to.
    """

    parts: str
    params: Sequence[object]
    result: str
    result_params: Sequence[object] = ()


def append(
    *,
    stream: UUID,
    kind: str,
    procedure: str | None,
    step: str,
    role: str,
    occurred: entry.Occurred,
    recorded: datetime,
    digests: Mapping[str, str],
    exhibits: Sequence[str],
    links: Sequence[entry.Link],
    outcome: Mapping[str, JSON],
    fields: Sequence[entry.Field],
    key: str | None,
    head: Head | None,
    beside: Callable[[StoredEntry], Beside] | None = None,
) -> StoredEntry:
    """Write one entry at the end of `stream`, in the caller's transaction, by one statement.

    `head` is (index, commitment) of the last entry when the caller holds the stream's own lock, `EMPTY` for a new
    stream; None locks the stream until the transaction ends and looks the head up (two statements more).
    Raises Invalid("key_used") when this stream already has an entry with `key`, Invalid("stream_moved") when `head` is
    no longer the last; without `beside`, neither spoils the transaction. Raises Invalid as
    `core.ledger.entry.build_skeleton`. `beside` gives the rows that follow from the entry (its `id` is
    not known yet: 0); they are written by the same statement, and asserted to have been.
    """
    index, before = _lock(stream) if head is None else head
    skeleton = entry.build_skeleton(
        log=settings.LOG_ORIGIN, stream=stream, kind=kind, index=index + 1, prev=before or None, procedure=procedure,
        step=step, role=role, occurred=occurred, recorded=recorded, digests=digests, exhibits=exhibits, links=links,
        outcome=outcome, fields=fields,
    )  # fmt: skip
    commitment = entry.commitment(skeleton)
    recorded = recorded.replace(microsecond=recorded.microsecond // 1000 * 1000)
    held = {f.name: StoredField(f.name, f.class_, f.value, f.salt, None) for f in fields}
    stored = StoredEntry(0, commitment, stream, kind, index + 1, skeleton, recorded, key, held)
    more = beside(stored) if beside else None
    values = (
        *(commitment, stream, kind, index + 1, before or None, skeleton, recorded, key),
        *([f.name for f in fields], [f.class_ for f in fields]),
        *([f.salt for f in fields], [f.encoded() for f in fields]),
    )
    if more is None:
        written = sql.row(_APPEND + _APPENDED, values)
    else:
        query = f"{_APPEND}{more.parts} SELECT id, {more.result} FROM written"  # noqa: S608 - names of columns, never values
        written = sql.row(query, (*values, *more.params, *more.result_params))
    if written is None:
        taken = key is not None and by_key(stream, key) is not None
        raise Invalid("key_used" if taken else "stream_moved", stream=str(stream), index=index + 1)
    assert more is None or written[1] is True, f"what follows from entry {index + 1} of {stream} was not written"
    return replace(stored, id=written[0])


def read(stream: UUID) -> list[StoredEntry]:
    """All entries of a stream, first to last."""
    return _with_fields(sql.rows(_ENTRY + "WHERE e.stream = %s ORDER BY e.index", (stream,)))


def read_many(streams: Sequence[UUID]) -> dict[UUID, list[StoredEntry]]:
    """All entries of several streams, each first to last; a stream without entries is left out."""
    found: dict[UUID, list[StoredEntry]] = {}
    for one in _with_fields(sql.rows(_ENTRY + "WHERE e.stream = ANY(%s) ORDER BY e.stream, e.index", (list(streams),))):
        found.setdefault(one.stream, []).append(one)
    return found


def get(entry_id: int) -> StoredEntry | None:
    """One entry by its row id."""
    found = _with_fields(sql.rows(_ENTRY + "WHERE e.id = %s", (entry_id,)))
    return found[0] if found else None


def by_key(stream: UUID, key: str) -> StoredEntry | None:
    """The entry that was written to `stream` with this key: the answer to a post that came twice."""
    found = _with_fields(sql.rows(_ENTRY + "WHERE e.stream = %s AND e.key = %s", (stream, key)))
    return found[0] if found else None


def by_commitment(commitment: bytes) -> StoredEntry | None:
    """The entry with this commitment."""
    found = _with_fields(sql.rows(_ENTRY + "WHERE e.commitment = %s", (commitment,)))
    return found[0] if found else None


def head(stream: UUID) -> Head:
    """(index, commitment) of the last entry, or `EMPTY`."""
    found = sql.row(_HEAD, (stream,))
    return (found[0], bytes(found[1])) if found else EMPTY


def proof(stored: StoredEntry) -> str | None:
    """The C2SP tlog-proof of an entry, or None while it has no number or no signed checkpoint covers it.

    Against the last published checkpoint that holds it, with its cosignatures; before that, against the first one the
    sequencer signed over it, which no watcher has seen.
    """
    place = sql.row(_PLACE, (stored.id,))
    if place is None:
        return None
    number, note, cosigned = place
    return tlog_proof.make(number, signed=cosigned or note, read=tree.reader()).encode()


def open_field(entry_id: int, field: entry.Field) -> None:
    """Put a sealed field's value where its digest stands. Raises psycopg.IntegrityError when it is another."""
    sql.rows(
        "UPDATE entry_field SET salt = %s, value = %s WHERE entry_id = %s AND name = %s",
        (field.salt, field.encoded(), entry_id, field.name),
    )


def erase_fields(entry_id: int, names: Iterable[str], at: datetime) -> int:
    """Forget value and salt of these fields; the entry still verifies. Returns how many there were to forget."""
    query = """
    UPDATE entry_field SET value = NULL, salt = NULL, erased_at = %s
    WHERE entry_id = %s AND name = ANY(%s) AND erased_at IS NULL RETURNING name
    """
    return len(sql.rows(query, (at, entry_id, list(names))))


def _lock(stream: UUID) -> Head:
    """Hold the stream, then look: in that order, or the look would be older than the lock."""
    sql.rows(_LOCK, (str(stream),))
    return head(stream)


def _with_fields(found: list[sql.Row]) -> list[StoredEntry]:
    held: dict[int, dict[str, StoredField]] = {row[0]: {} for row in found}
    for entry_id, name, class_, salt, value, erased_at in sql.rows(_FIELDS, (list(held),)) if held else ():
        content = None if value is None else json.loads(bytes(value))
        held[entry_id][name] = StoredField(name, class_, content, None if salt is None else bytes(salt), erased_at)
    return [
        StoredEntry(i, bytes(commitment), stream, kind, index, bytes(skeleton), recorded_at, key, held[i])
        for i, commitment, stream, kind, index, skeleton, recorded_at, key in found
    ]
