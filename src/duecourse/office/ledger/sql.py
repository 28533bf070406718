"""Plain statements on Django's own connection, so that they take part in its transaction.

Responsible for running a statement with parameters bound by the server and rows read in binary, and for reading long
results without holding them in memory. Not responsible for what they say.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, LiteralString

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections
from psycopg.rows import tuple_row

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

Row = tuple[Any, ...]
_FETCH = 2000


def raw(using: str = DEFAULT_DB_ALIAS) -> psycopg.Connection[Row]:
    """The psycopg connection under Django's, opened if need be."""
    wrapper = connections[using]
    wrapper.ensure_connection()
    connection = wrapper.connection
    assert isinstance(connection, psycopg.Connection)
    return connection


def rows(query: LiteralString, params: Sequence[object] | Mapping[str, object] = ()) -> list[Row]:
    """All rows of a statement. Raises psycopg.Error."""
    with psycopg.Cursor(raw(), row_factory=tuple_row) as cursor:
        cursor.execute(query, params, binary=True)
        return cursor.fetchall() if cursor.description else []


def row(query: LiteralString, params: Sequence[object] = ()) -> Row | None:
    """The only row, or None. Raises psycopg.Error."""
    found = rows(query, params)
    assert len(found) <= 1
    return found[0] if found else None


@contextmanager
def stream(
    connection: psycopg.Connection[Any], query: LiteralString, params: Sequence[object] = ()
) -> Iterator[Iterator[Row]]:
    """Rows one after another by a server-side cursor: memory stays the same however many there are."""
    with psycopg.ServerCursor(connection, name=f"ledger_{id(query):x}_{id(params):x}", row_factory=tuple_row) as cursor:
        cursor.itersize = _FETCH
        cursor.execute(query, params, binary=True)
        yield iter(cursor)
