"""Lists of matters: what waits for a person, all of a procedure, what came in by the front door.

Responsible for one statement a list. Not responsible for one matter (`reading`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from duecourse.core.procedure.attempt import PersonFacts
from duecourse.edge import clock
from duecourse.office.ledger import sql
from duecourse.office.matters import actors, rulebook
from duecourse.office.matters.actors import Actor

PAGE: Final = 50


@dataclass(frozen=True, slots=True)
class MatterLine:
    """A matter in a list."""

    id: UUID
    procedure: str
    procedure_title: str
    number: str
    subject: str
    stage: str | None
    stage_title: str
    ended: bool
    opened_on: date
    updated_at: datetime
    next_on: date | None
    overdue: bool


def reader_of(actor: Actor) -> PersonFacts:
    """The facts of a reader today, outside any matter."""
    today = rulebook.current().local_date(clock.now())
    nowhere = UUID(int=0)
    known = actors.facts(nowhere, [str(actor.id)] if actor.id else [], key=None, on=today)
    return actors.of(actor, known.people)


def file_number(series: str | None, year: int | None, number: int | None, *, voided: bool = False) -> str:
    """A file number as it is written: 〔2026〕7; a void one says so."""
    if series is None:
        return ""
    return f"〔{year}〕{number}" + ("（作废 void）" if voided else "")


_LINE = """
SELECT m.id, m.procedure, m.series, m.year, m.number, m.voided, m.title, m.stage, m.ended, m.opened_on, m.updated_at,
  (SELECT min(c.alarm_on) FROM matter_clock AS c WHERE c.matter = m.id AND c.state = 'running') AS next_on,
  (SELECT min(c.last_on) FROM matter_clock AS c WHERE c.matter = m.id AND c.state = 'running') AS last_on
FROM matter AS m
"""


def waiting_for(actor: Actor, lang: str, *, limit: int = PAGE) -> list[MatterLine]:
    """Open matters whose stage a role of `actor` owns, or in which `actor` holds a capacity; nearest alarm first."""
    book = rulebook.current()
    roles = reader_of(actor).roles
    stages = [
        f"{versions[-1].id}/{stage.id}"
        for versions in book.procedures.values()
        for stage in versions[-1].stages.values()
        if stage.owner in roles
    ]
    where = """WHERE NOT m.ended AND (m.procedure || '/' || m.stage = ANY(%s)
      OR EXISTS (SELECT FROM matter_person AS p WHERE p.matter = m.id AND p.account = %s AND p.capacity <> 'recused'))
    ORDER BY next_on NULLS LAST, m.updated_at LIMIT %s"""
    return _lines(_LINE + where, (stages, actor.id, limit), lang)


def all_of(procedure: str | None, lang: str, *, ended: bool | None = None, limit: int = PAGE) -> list[MatterLine]:
    """Matters of a procedure (or of all), newest first; `ended` None gives open and ended ones."""
    where = """WHERE (%s::text IS NULL OR m.procedure = %s) AND (%s::boolean IS NULL OR m.ended = %s)
    ORDER BY m.updated_at DESC LIMIT %s"""
    return _lines(_LINE + where, (procedure, procedure, ended, ended, limit), lang)


def submissions(*, state: str | None = None, limit: int = PAGE) -> list[Mapping[str, Any]]:
    """What came in, newest first: state, the matter it opened, why it was set aside. Never content."""
    query = """SELECT stream, state, received_at, matter, aside_reason FROM submission
    WHERE %s::text IS NULL OR state = %s ORDER BY received_at DESC LIMIT %s"""
    names = ("stream", "state", "received_at", "matter", "aside_reason")
    return [dict(zip(names, row, strict=True)) for row in sql.rows(query, (state, state, limit))]


def _lines(query: str, params: Sequence[object], lang: str) -> list[MatterLine]:
    today = rulebook.current().local_date(clock.now())
    return [_line(row, today, lang) for row in sql.rows(query, params)]


def _line(row: sql.Row, today: date, lang: str) -> MatterLine:
    id_, procedure, series, year, number, voided, subject, stage, ended, opened_on, updated_at, next_on, last_on = row
    ruled = rulebook.current().procedure(procedure, today)
    known = ruled.stages.get(stage or "")
    return MatterLine(
        id_, procedure, ruled.title[lang], file_number(series, year, number, voided=voided), subject, stage,
        known.title[lang] if known else "", ended, opened_on, updated_at, next_on,
        overdue=last_on is not None and last_on < today,
    )  # fmt: skip
