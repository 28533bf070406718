"""Checks 1 to 3 of the audit: entries, their fields, and the chain of each stream.

Entries and fields are read side by side in the order of their ids, each once. Not responsible for numbers
(`audit_log`).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings

from duecourse.core.errors import Invalid
from duecourse.core.ledger import canonical, entry
from duecourse.office.ledger import sql
from duecourse.office.ledger.finding import Finding

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterator

    import psycopg

_ENTRIES: Final = (
    "SELECT id, commitment, stream::text, kind, index, prev, skeleton, timestamptz_send(recorded_at) "
    "FROM entry ORDER BY id"
)
_FIELDS: Final = (
    "SELECT entry_id, name, class, salt, value, erased_at IS NOT NULL FROM entry_field ORDER BY entry_id, name"
)
_CHAIN: Final = """
SELECT stream::text, id, index, place, prev IS DISTINCT FROM before FROM (
  SELECT stream, id, index, prev, lag(commitment) OVER one AS before, row_number() OVER one - 1 AS place
  FROM entry WINDOW one AS (PARTITION BY stream ORDER BY index)
) AS walked WHERE index <> place OR prev IS DISTINCT FROM before
"""
_MILLENNIUM: Final = datetime(2000, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_MARK: Final = frozenset({"class", "digest"})
_Field = tuple[int, str, str, bytes | None, bytes | None, bool]


def check(connection: psycopg.Connection[Any], counts: Counter[str]) -> Iterator[Finding]:
    """Checks 1, 2 and 3."""
    with sql.stream(connection, _ENTRIES) as entries, sql.stream(connection, _FIELDS) as fields:
        yield from _walk(entries, fields, counts)
    with sql.stream(connection, _CHAIN) as broken:
        for stream, entry_id, index, place, unlinked in broken:
            code = "chain-gap" if index != place else "chain-broken"
            assert unlinked or index != place
            yield Finding("chain", code, _name(stream, index, entry_id), {"place": place})
    counts["streams"] = connection.execute("SELECT count(DISTINCT stream) FROM entry").fetchone()[0]  # type: ignore[index]


def _walk(entries: Iterator[sql.Row], fields: Iterator[sql.Row], counts: Counter[str]) -> Iterator[Finding]:
    waiting = next(fields, None)
    for row in entries:
        counts["entries"] += 1
        while waiting is not None and waiting[0] < row[0]:
            yield Finding("fields", "field-without-entry", f"entry_field {waiting[0]}/{waiting[1]}", {"id": waiting[0]})
            waiting = next(fields, None)
        held: list[_Field] = []
        while waiting is not None and waiting[0] == row[0]:
            held.append(waiting)
            waiting = next(fields, None)
        yield from _entry(row, held, counts)
    while waiting is not None:
        yield Finding("fields", "field-without-entry", f"entry_field {waiting[0]}/{waiting[1]}", {"id": waiting[0]})
        waiting = next(fields, None)


def _entry(row: sql.Row, held: list[_Field], counts: Counter[str]) -> Iterator[Finding]:
    entry_id, commitment, stream, _, index, _, skeleton, _ = row
    name = _name(stream, index, entry_id)
    if entry.commitment(skeleton) != commitment:
        yield Finding("entries", "commitment-differs", name)
    said = _read(skeleton)
    if said is None:
        yield Finding("entries", "skeleton-unreadable", name)
        return
    yield from _columns(name, row, said)
    yield from _fields(name, said["fields"], held, counts)


def _columns(name: str, row: sql.Row, said: dict[str, Any]) -> Iterator[Finding]:
    _, _, stream, kind, index, prev, _, recorded = row
    if _moment(said.get("recorded")) != recorded:
        yield Finding("entries", "column-differs", name, {"column": "recorded_at"})
    stands = {
        "stream": stream, "kind": kind, "index": index, "prev": prev.hex() if prev is not None else None,
        "log": settings.LOG_ORIGIN, "v": entry.VERSION,
    }  # fmt: skip
    if stands.items() <= said.items():
        return
    for column, value in stands.items():
        if said.get(column) != value:
            yield Finding("entries", "column-differs", name, {"column": column})


def _fields(name: str, marks: dict[str, Any], held: list[_Field], counts: Counter[str]) -> Iterator[Finding]:
    counts["fields"] += len(held)
    unlike = len(held) != len(marks)
    for _, field, class_, salt, value, erased in held:
        mark = marks.get(field)
        if mark is None:
            unlike = True
            continue
        if mark["class"] != class_:
            yield Finding("fields", "field-class-differs", f"{name}, {field}")
        if salt is not None and value is not None:
            if entry.field_digest_of(field, salt, value).hex() != mark["digest"]:
                yield Finding("fields", "field-changed", f"{name}, {field}", {"field": field})
        else:
            counts["erased" if erased else "sealed"] += 1
    if unlike:
        yield from _names(name, {one[1] for one in held}, set(marks))


def _moment(text: object) -> bytes | None:
    """What PostgreSQL sends for this moment: microseconds since 2000, eight bytes. None for no moment."""
    try:
        return ((datetime.fromisoformat(str(text)) - _MILLENNIUM) // _MICROSECOND).to_bytes(8, "big", signed=True)
    except (ValueError, TypeError):
        return None


def _read(skeleton: bytes) -> dict[str, Any] | None:
    """The skeleton as JSON, when it is one in its one spelling."""
    try:
        said = canonical.decode(skeleton)
    except Invalid:
        return None
    marks = said.get("fields") if isinstance(said, dict) else None
    if not isinstance(marks, dict):
        return None
    for mark in marks.values():
        if not isinstance(mark, dict) or mark.keys() != _MARK:
            return None
    return said  # type: ignore[return-value]


def _names(name: str, held: set[str], marked: set[str]) -> Iterator[Finding]:
    for field in sorted(marked - held):
        yield Finding("fields", "field-missing", f"{name}, {field}", {"field": field})
    for field in sorted(held - marked):
        yield Finding("fields", "field-added", f"{name}, {field}", {"field": field})


def _name(stream: str, index: int, entry_id: int) -> str:
    return f"{stream}#{index} (entry {entry_id})"
