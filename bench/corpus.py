"""Entries by the hundred thousand: one real matter (a report received, claimed and accepted by the office's own
actions), written again and again under other ids and file numbers, so that every digest, chain and table is true.

The copies go in by COPY, since the write path itself is measured elsewhere. Not here: numbering them, or judging them.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import write_path

if TYPE_CHECKING:
    import psycopg

NUMBER = "file_number"
BATCH = 5_000
TABLES = {"matter": "id", "matter_clock": "matter", "matter_person": "matter", "document": "matter"}
ENTRY = "id, commitment, stream, kind, index, prev, skeleton, recorded_at, key"
FIELD = "entry_id, name, class, salt, value, erased_at"


@dataclass(frozen=True)
class _Entry:
    id: int
    commitment: bytes
    skeleton: bytes
    recorded: str
    key: str
    fields: list[tuple[str, str, bytes, bytes]]


class Corpus:
    """The matter that is copied, and how many copies there are by now."""

    def __init__(self, owner: psycopg.Connection[Any]) -> None:
        self.owner = owner
        officer = write_path.person()
        self.matter = write_path.prepared(officer, 1)
        write_path.accept(self.matter, officer)
        self.entries = [self._entry(row) for row in self._rows(f"{ENTRY} FROM entry WHERE stream = %s ORDER BY index")]
        self.rows = {table: self._lines(table, column) for table, column in TABLES.items()}
        (document,) = self._rows("id::text FROM document WHERE matter = %s")
        self.document, self.copies = document[0], 1

    @property
    def count(self) -> int:
        """How many entries there are."""
        return self.copies * len(self.entries)

    def grow(self, count: int) -> None:
        """Write copies until there are at least `count` entries."""
        while self.count < count:
            wanted = min(BATCH, -(-(count - self.count) // len(self.entries)))
            self._write(range(self.copies + 1, self.copies + wanted + 1))
            self.copies += wanted
        self.owner.execute("UPDATE number_counter SET next = %s", (self.copies + 1,))
        self.owner.execute("SELECT setval('entry_id_seq', %s)", (self.entries[0].id + self.count,))
        for table in ("entry", "entry_field", *TABLES):
            self.owner.execute(f"ANALYZE {table}")

    def _write(self, numbers: range) -> None:
        lines: dict[str, list[str]] = {name: [] for name in ("entry", "entry_field", *TABLES)}
        for number in numbers:
            self._copy(number, lines)
        columns = {"entry": f" ({ENTRY})", "entry_field": f" ({FIELD})"} | {
            table: f" ({self._columns(table)})" for table in TABLES
        }
        with self.owner.transaction(), self.owner.cursor() as cursor:
            for table, held in lines.items():
                with cursor.copy(f"COPY {table}{columns.get(table, '')} FROM STDIN") as copy:
                    copy.write("".join(held))

    def _copy(self, number: int, lines: dict[str, list[str]]) -> None:
        from duecourse.core.ledger import entry

        stream, document = str(uuid.uuid4()), str(uuid.uuid4())
        value = b'{"number":%d,"series":"report","year":%d}' % (number, self.year)
        changed = [(str(self.matter), stream), (self.document, document)]
        before, old = "\\N", b""
        for place, one in enumerate(self.entries):
            own, text = self.entries[0].id + (number - 1) * len(self.entries) + place, one.skeleton
            swaps = [*changed, (old.hex(), before[3:])] if old else list(changed)
            for name, class_, salt, encoded in one.fields:
                if name == NUMBER:
                    new = entry.field_digest_of(name, salt, value).hex()
                    swaps.append((entry.field_digest_of(name, salt, encoded).hex(), new))
                held = value if name == NUMBER else encoded
                lines["entry_field"].append(f"{own}\t{name}\t{class_}\t\\\\x{salt.hex()}\t\\\\x{held.hex()}\t\\N\n")
            for was, is_ in swaps:
                text = text.replace(was.encode(), is_.encode())
            commitment = entry.commitment(text).hex()
            key = one.key.replace("open-1", f"open-{number}")
            lines["entry"].append(
                f"{own}\t\\\\x{commitment}\t{stream}\tmatter\t{place}\t{before}\t\\\\x{text.hex()}\t{one.recorded}\t{key}\n"
            )
            before, old = f"\\\\x{commitment}", one.commitment
        changed += [
            (old.hex(), before[3:]),
            ("open-1", f"open-{number}"),
            (self.numbered, f"\t{self.year}\t{number}\t"),
        ]
        for table, kept in self.rows.items():
            for line in kept:
                for was, is_ in changed:
                    line = line.replace(was, is_)  # noqa: PLW2901 - one row, swap after swap
                lines[table].append(line)

    @property
    def numbered(self) -> str:
        """How the file number stands in a line of `matter`."""
        return f"\t{self.year}\t1\t"

    def _entry(self, row: tuple[Any, ...]) -> _Entry:
        fields = self.owner.execute(
            "SELECT name, class, salt, value FROM entry_field WHERE entry_id = %s", (row[0],)
        ).fetchall()
        held = [(name, class_, bytes(salt), bytes(value)) for name, class_, salt, value in fields]
        self.year = row[7].year
        return _Entry(row[0], bytes(row[1]), bytes(row[6]), row[7].isoformat(), row[8], held)

    def _rows(self, query: str) -> list[tuple[Any, ...]]:
        return self.owner.execute(f"SELECT {query}", (self.matter,)).fetchall()

    def _columns(self, table: str) -> str:
        """The columns that are written, not computed, of a table."""
        query = """SELECT string_agg(column_name, ', ' ORDER BY ordinal_position) FROM information_schema.columns
        WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER'"""
        (found,) = self.owner.execute(query, (table,)).fetchone() or ("",)
        return str(found)

    def _lines(self, table: str, column: str) -> list[str]:
        with self.owner.cursor() as cursor:
            query = f"COPY (SELECT {self._columns(table)} FROM {table} WHERE {column} = '{self.matter}') TO STDOUT"
            with cursor.copy(query) as copy:
                return b"".join(bytes(part) for part in copy).decode().splitlines(keepends=True)
