"""Writes the rows of matters. The only SQL that changes them, and it takes nothing but `projection.Changes`.

Responsible for putting one entry's changes, and the jobs it queues, into the statement that writes the entry.
Not responsible for what the changes are (`projection.py`) nor for when (`actions.py`, the only caller).
"""

# ruff: noqa: S608 - names of tables and columns come from projection.py, every value is a parameter
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from psycopg.types.json import Jsonb

from duecourse.office.ledger import sql
from duecourse.office.ledger.store import Beside
from duecourse.office.matters.projection import RECUSED, Changes


@dataclass(frozen=True, slots=True)
class Job:
    """A job to queue with the step. `args` are ids and indexes, never content."""

    task: str
    queue: str
    args: Mapping[str, str | int]
    lock: str | None = None


@dataclass(slots=True)
class _Statement:
    """Data-modifying parts that run as one statement; PostgreSQL runs each exactly once."""

    parts: list[str]
    params: list[Any]

    def add(self, sql: str, params: Iterable[Any]) -> None:
        self.parts.append(f"p{len(self.parts)} AS ({sql})")
        self.params.extend(params)


def beside(changes: Changes, jobs: Sequence[Job] = (), others: Sequence[tuple[str, tuple[Any, ...]]] = ()) -> Beside:
    """One entry's changes, the parts of `others` (documents) and the jobs, to be written with the entry.

    Its result is that the matter stood where the entry says.
    """
    statement = _Statement([], [])
    _matter(statement, changes)
    for clock, row in changes.clocks.items():
        _clock(statement, changes.id, clock, row)
    for capacity, accounts in changes.people.items():
        _people(statement, changes.id, capacity, accounts)
    for account in changes.recused:
        _insert(statement, "matter_person", {"matter": changes.id, "account": account, "capacity": RECUSED})
    for kind, stream in changes.links:
        _insert(statement, "matter_link", {"matter": changes.id, "kind": kind, "stream": stream})
    for row in changes.exhibits:
        _insert(statement, "exhibit", {"matter": changes.id, **row})
    if changes.refused_by is not None:
        _refused(statement, changes)
    for query, values in others:
        statement.add(query, values)
    parts = "".join(f", {part}" for part in statement.parts)
    result = f"(SELECT count(*) = 1 FROM p0){_job_sql(jobs)}"
    return Beside(parts, statement.params, result, list(_job_params(jobs)))


def _matter(statement: _Statement, changes: Changes) -> None:
    row = {**changes.matter, "state": Jsonb(changes.matter["state"])}
    if row["entries"] == 1:
        row = {"id": changes.id, **row}
        names = ", ".join(row)
        places = ", ".join(["%s"] * len(row))
        statement.add(f"INSERT INTO matter ({names}) VALUES ({places}) RETURNING 1", row.values())
        return
    assigned = ", ".join(f"{name} = %s" for name in row)
    values = [*row.values(), changes.id, row["entries"] - 1]
    statement.add(f"UPDATE matter SET {assigned} WHERE id = %s AND entries = %s RETURNING 1", values)


def _clock(statement: _Statement, matter: str, clock: str, row: Mapping[str, Any]) -> None:
    whole = {"matter": matter, "clock": clock, **row}
    assigned = ", ".join(f"{name} = EXCLUDED.{name}" for name in row)
    statement.add(
        f"INSERT INTO matter_clock ({', '.join(whole)}) VALUES ({', '.join(['%s'] * len(whole))}) "
        f"ON CONFLICT (matter, clock) DO UPDATE SET {assigned}",
        whole.values(),
    )


def _people(statement: _Statement, matter: str, capacity: str, accounts: Sequence[str]) -> None:
    statement.add(
        "DELETE FROM matter_person WHERE matter = %s AND capacity = %s AND account <> ALL(%s::uuid[])",
        (matter, capacity, list(accounts)),
    )
    for account in accounts:
        _insert(statement, "matter_person", {"matter": matter, "account": account, "capacity": capacity})


def _insert(statement: _Statement, table: str, row: Mapping[str, Any]) -> None:
    places = ", ".join(["%s"] * len(row))
    statement.add(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places}) ON CONFLICT DO NOTHING", row.values())


def _refused(statement: _Statement, changes: Changes) -> None:
    row = {
        "matter": changes.id,
        "entry": changes.matter["entries"] - 1,
        "account": changes.refused_by,
        "recorded_at": changes.matter["updated_at"],
    }
    _insert(statement, "refused_attempt", row)


def _job_sql(jobs: Sequence[Job]) -> str:
    if not jobs:
        return ""
    row = "ROW(%s, %s, 0, %s, NULL, %s, NULL)::procrastinate_job_to_defer_v1"
    return f" AND cardinality(procrastinate_defer_jobs_v1(ARRAY[{', '.join([row] * len(jobs))}])) = {len(jobs)}"


def _job_params(jobs: Sequence[Job]) -> Iterable[Any]:
    for job in jobs:
        yield from (job.queue, job.task, job.lock, Jsonb(dict(job.args)))


def next_number(series: str, year: int) -> int:
    """Take the next file number of `series` in `year`; it is given back when the transaction does not commit."""
    found = sql.row(
        "INSERT INTO number_counter (series, year, next) VALUES (%s, %s, 2) "
        "ON CONFLICT (series, year) DO UPDATE SET next = number_counter.next + 1 RETURNING next - 1",
        (series, year),
    )
    assert found is not None
    return int(found[0])


def number_of(matter: UUID) -> dict[str, Any]:
    """The file number of a matter: series, year, number."""
    found = sql.row("SELECT series, year, number FROM matter WHERE id = %s", (matter,))
    assert found is not None
    return dict(zip(("series", "year", "number"), found, strict=True))


def publish(item: Mapping[str, Any]) -> None:
    """Put a decision on the register, or write its withdrawal: `register.item` gives the whole row."""
    row = {name: Jsonb(value) if isinstance(value, dict | list) else value for name, value in item.items()}
    assigned = ", ".join(f"{name} = EXCLUDED.{name}" for name in row)
    sql.rows(
        f"INSERT INTO register_item ({', '.join(row)}) VALUES ({', '.join(['%s'] * len(row))}) "
        f"ON CONFLICT (matter) DO UPDATE SET {assigned}",
        list(row.values()),
    )


_LOCK = "SELECT id, state, entries, head FROM matter WHERE id = ANY(%s) ORDER BY id FOR UPDATE"


def lock(matters: Sequence[UUID], then: tuple[str, Sequence[object]]) -> tuple[list[sql.Row], list[sql.Row]]:
    """Hold these matters, in the order of their ids, until the transaction ends; `then` ask a question about them.

    Both travel together, and the question is asked when the lock is held, so that it sees what the lock waited for.
    Returns (id, state, entries, head) of each matter, and the answer.
    """
    connection = sql.raw()
    with connection.pipeline(), psycopg.Cursor(connection) as held, psycopg.Cursor(connection) as asked:
        held.execute(_LOCK, (list(matters),), binary=True)
        asked.execute(then[0], then[1], binary=True)
        return held.fetchall(), asked.fetchall()


def opened_by(key: str) -> UUID | None:
    """The matter that was opened with this key."""
    found = sql.row("SELECT id FROM matter WHERE open_key = %s", (key,))
    return found[0] if found else None


def refusals_since(matter: UUID, account: UUID, moment: datetime) -> int:
    """How many refused attempts of a person are on a matter's file since `moment`."""
    query = "SELECT count(*) FROM refused_attempt WHERE matter = %s AND account = %s AND recorded_at > %s"
    return int((sql.row(query, (matter, account, moment)) or (0,))[0])


def refused_openings_since(account: UUID, moment: datetime) -> int:
    """How many refused openings stand in a person's own stream since `moment`."""
    query = """SELECT count(*) FROM entry WHERE stream = %s AND recorded_at > %s
    AND convert_from(skeleton, 'UTF8')::jsonb #>> '{outcome,phase}' = 'refused'"""
    return int((sql.row(query, (account, moment)) or (0,))[0])


def rewrite_words(matter: UUID, title: str, exhibits: Iterable[Mapping[str, Any]]) -> int:
    """After an erasure: give the rows the words that the fields still hold; return how many rows changed."""
    query = "UPDATE matter SET title = %s WHERE id = %s AND title <> %s RETURNING 1"
    changed = len(sql.rows(query, (title, matter, title)))
    query = """UPDATE exhibit SET title = %s, kind = %s, obtained = %s
    WHERE id = %s AND (title, kind, obtained) IS DISTINCT FROM (%s, %s, %s) RETURNING 1"""
    for row in exhibits:
        words = (row["title"], row["kind"], row["obtained"])
        changed += len(sql.rows(query, (*words, row["id"], *words)))
    return changed
