"""What the tables of matters must hold, folded anew from the ledger's entries; and where the database differs.

Responsible for the comparison, both ways: every row has its entries, every entry its rows. Pure folding is
`projection`'s; whether a step was allowed is `rejudging`'s.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from duecourse.core.procedure.definition import Rulebook
from duecourse.core.procedure.outcome import Outcome
from duecourse.core.procedure.state import MatterState, apply
from duecourse.office.ledger import sql
from duecourse.office.ledger.store import StoredEntry
from duecourse.office.matters import projection, register
from duecourse.office.matters.projection import Tables, Written

Difference = tuple[str, str]
"""What differs (a table, perhaps with a column or row), and how: two values, or `missing`, or `without entries`."""

Rows = Mapping[str, Mapping[str, Any]]
_MATTER = (
    "procedure", "version", "title", "series", "year", "number", "voided", "stage", "ended", "held_until", "state",
    "entries", "head", "opened_on", "updated_at", "open_key",
)  # fmt: skip
_CLOCK = ("state", "started_on", "last_on", "earliest_on", "latest_on", "alarm_on", "provisional", "missed", "ended_on")
_EXHIBIT = ("entry", "sha256", "title", "kind", "media_type", "size", "obtained")
_PLAIN = frozenset({str, int, bool, bytes, type(None)})
"""Types whose values are spelled alike when they are equal."""


def beginning(book: Rulebook, first: Written) -> MatterState:
    """The state before the first entry: the procedure in the version that was in force on the opening day."""
    return MatterState.new(first.stream, first.procedure, book.procedure(first.procedure, first.occurred_on).version)


@dataclass
class Fold:
    """One matter, entry after entry: its state, and the rows that its entries make."""

    state: MatterState
    tables: Tables = field(default_factory=Tables)

    def enter(self, written: Written, outcome: Outcome) -> None:
        """Take the next entry in. The rows that depend on the state alone are made once, by `rows`."""
        self.state = apply(self.state, outcome)
        self.tables.apply(projection.bare_changes(written))

    def rows(self) -> Tables:
        """The rows that all entries so far make."""
        self.tables.apply(projection.standing(self.state.to_json()))
        return self.tables


def fold(book: Rulebook, entries: Sequence[StoredEntry]) -> Tables:
    """The rows that the entries of one matter make. Raises Invalid for an entry that is none of ours."""
    folded = Fold(beginning(book, Written.of(entries[0])))
    for stored in entries:
        written = Written.of(stored)
        folded.enter(written, Outcome.from_json(dict(written.outcome)))
    return folded.rows()


def held(matters: Sequence[UUID]) -> dict[UUID, Tables]:
    """The rows of these matters as the database has them, in the spelling of `fold`."""
    found = {matter: Tables() for matter in matters}
    for id_, *row in _asked("id", _MATTER, "matter", matters, of="id"):
        found[id_].matter = dict(zip(_MATTER, row, strict=True))
    for id_, clock, *row in _asked("matter, clock", _CLOCK, "matter_clock", matters):
        found[id_].clocks[clock] = dict(zip(_CLOCK, row, strict=True))
    for id_, account, capacity in _asked("matter", ("account", "capacity"), "matter_person", matters):
        found[id_].people.add((str(account), capacity))
    for id_, kind, stream in _asked("matter", ("kind", "stream"), "matter_link", matters):
        found[id_].links.add((kind, str(stream)))
    for id_, exhibit, *row in _asked("matter, id", _EXHIBIT, "exhibit", matters):
        found[id_].exhibits[str(exhibit)] = {"id": str(exhibit), **dict(zip(_EXHIBIT, row, strict=True))}
    for id_, entry, account, at in _asked("matter", ("entry", "account", "recorded_at"), "refused_attempt", matters):
        found[id_].refused[entry] = (str(account), at)
    return found


def _asked(key: str, names: Sequence[str], table: str, matters: Sequence[UUID], *, of: str = "matter") -> list[sql.Row]:
    query = f"SELECT {key}, {', '.join(names)} FROM {table} WHERE {of} = ANY(%s)"  # noqa: S608 - names of ours
    return sql.rows(query, (list(matters),))


def differences(expected: Tables, found: Tables) -> Iterator[Difference]:
    """Every place where the database is not what the entries make."""
    if not found.matter:
        yield "matter", "missing"
        return
    yield from _columns("matter", expected.matter, found.matter)
    yield from _rows("matter_clock", expected.clocks, found.clocks)
    yield from _rows("exhibit", expected.exhibits, found.exhibits)
    yield from _sets("matter_person", expected.people, found.people)
    yield from _sets("matter_link", expected.links, found.links)
    yield from _rows("refused_attempt", _keyed(expected.refused), _keyed(found.refused))


def register_differences(publication: Sequence[StoredEntry], decided: Sequence[StoredEntry]) -> Iterator[Difference]:
    """Where the register's row of a publication is not what its entries make."""
    expected = register.item(publication, decided)
    names = list(expected)
    found = sql.rows(f"SELECT {', '.join(names)} FROM register_item WHERE matter = %s", (publication[0].stream,))  # noqa: S608
    if not found:
        yield "register_item", "missing"
        return
    yield from _columns("register_item", expected, dict(zip(names, found[0], strict=True)))


def _columns(table: str, expected: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[Difference]:
    for name, value in expected.items():
        stands = found.get(name)
        if type(value) is type(stands) and type(value) in _PLAIN and value == stands:
            continue
        if _spelled(value) != _spelled(stands):
            yield f"{table}.{name}", f"{_short(value)} ≠ {_short(stands)}"


def _rows(table: str, expected: Rows, found: Rows) -> Iterator[Difference]:
    for key in sorted(expected.keys() | found.keys()):
        if key not in found:
            yield f"{table} {key}", "missing"
        elif key not in expected:
            yield f"{table} {key}", "without entries"
        else:
            yield from _columns(f"{table} {key}", expected[key], found[key])


def _sets(table: str, expected: Iterable[tuple[str, str]], found: Iterable[tuple[str, str]]) -> Iterator[Difference]:
    for row in sorted(set(expected) - set(found)):
        yield f"{table} {' '.join(row)}", "missing"
    for row in sorted(set(found) - set(expected)):
        yield f"{table} {' '.join(row)}", "without entries"


def _keyed(refused: Mapping[int, tuple[str, Any]]) -> dict[str, dict[str, Any]]:
    return {str(entry): {"account": account, "recorded_at": at} for entry, (account, at) in refused.items()}


def _spelled(value: Any) -> Any:
    """One spelling for what means the same: ids and dates as text, JSON canonical, bytes as bytes."""
    if isinstance(value, dict | list):
        return json.dumps(value, sort_keys=True)
    if isinstance(value, memoryview | bytearray):
        return bytes(value)
    return value if value is None or isinstance(value, bool | int | bytes) else str(value)


def _short(value: Any) -> str:
    text = value.hex() if isinstance(value, bytes) else str(value)
    return text if len(text) <= 60 else text[:57] + "…"  # noqa: PLR2004 - what fits a line
