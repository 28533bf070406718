"""The four functions that the front door may call in the database, as Python values.

Responsible for calling them and for reading their rows. The database decides what is stored; nothing here reads or
writes a table. Each call is one statement and one transaction. `submit` may be repeated without harm: the code's lookup
id is the key, so a lost connection is answered by asking again once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, LiteralString

import psycopg
from django.db import InterfaceError, OperationalError, connection
from psycopg.rows import tuple_row

if TYPE_CHECKING:
    import datetime as dt
    import uuid
    from collections.abc import Mapping, Sequence

SUBMIT: LiteralString = "SELECT fresh FROM front.submit(%s, %s, %s, %s, %s, %s, %s, %s, %s)"
LETTERS: LiteralString = "SELECT id, sealed, created_at FROM front.letters(%s)"
STATUS: LiteralString = (
    "SELECT stream, received_at, state, aside_reason, copy, skeleton, number, note, levels, numbers, hashes"
    " FROM front.status(%s)"
)
AGENCY: LiteralString = "SELECT id, name FROM front.agency(%s)"


@dataclass(frozen=True, slots=True)
class Submission:
    """What goes in: skeleton and seals, the one field the office may read at once, the sizes of the sealed objects.

    The objects themselves are named by the skeleton's `exhibits`, in the same order.
    """

    skeleton: bytes
    lookup_id: bytes
    letters_key: bytes
    sealed: bytes
    copy: bytes
    identity: bytes | None
    channel_salt: bytes
    channel: bytes
    sizes: Sequence[int]


@dataclass(frozen=True, slots=True)
class Status:
    """What a lookup id gives: where the submission stands, the reporter's sealed copy, and what a proof needs."""

    stream: uuid.UUID
    received_at: dt.datetime
    state: str
    aside_reason: str | None
    copy: bytes
    skeleton: bytes
    number: int | None
    note: str | None
    tiles: Mapping[tuple[int, int], bytes]


@dataclass(frozen=True, slots=True)
class SealedLetter:
    """A letter as it is stored: sealed to the reporter."""

    id: uuid.UUID
    sealed: bytes
    created_at: dt.datetime


def submit(submission: Submission) -> bool:
    """Hand a report in; returns False when this code's report was in already, which then stands unchanged.

    Raises django.db.OperationalError or InterfaceError when the database cannot be reached.
    """
    sizes = ",".join(str(size) for size in submission.sizes)
    row = _rows(
        SUBMIT,
        (
            submission.skeleton,
            submission.lookup_id,
            submission.letters_key,
            submission.sealed,
            submission.copy,
            submission.identity,
            submission.channel_salt,
            submission.channel,
            f"[{sizes}]".encode("ascii"),
        ),
    )[0]
    return bool(row[0])


def status(lookup_id: bytes) -> Status | None:
    """Where the submission of this lookup id stands, or None when there is none. Raises as `submit`."""
    rows = _rows(STATUS, (lookup_id,))
    if not rows:
        return None
    *facts, levels, numbers, hashes = rows[0]
    placed = zip(levels or (), numbers or (), hashes or (), strict=True)
    return Status(*facts, tiles={(level, number): tile for level, number, tile in placed})


def letters(lookup_id: bytes) -> list[SealedLetter]:
    """The letters to the reporter of this lookup id, oldest first. Raises as `submit`."""
    return [SealedLetter(*row) for row in _rows(LETTERS, (lookup_id,))]


def agency(token_hash: bytes) -> tuple[uuid.UUID, str] | None:
    """The agency whose token has this SHA-256, or None. Raises as `submit`."""
    rows = _rows(AGENCY, (token_hash,))
    return (rows[0][0], rows[0][1]) if rows else None


def _rows(query: LiteralString, params: Sequence[object]) -> list[tuple[Any, ...]]:
    try:
        return _ask(query, params)
    except (OperationalError, InterfaceError):
        connection.close()
        return _ask(query, params)


def _ask(query: LiteralString, params: Sequence[object]) -> list[tuple[Any, ...]]:
    connection.ensure_connection()
    with (
        connection.wrap_database_errors,
        psycopg.Cursor(connection.connection, row_factory=tuple_row) as cursor,
    ):
        cursor.execute(query, params, prepare=True, binary=True)
        return cursor.fetchall()
