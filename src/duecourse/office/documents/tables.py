"""Writes the rows of documents from what an entry says.

Responsible for applying one entry's outcome to the `document` table. Called by the write path alone, inside its
transaction, after the entry is inserted. Not responsible for judging whether the step was allowed (the core did), nor
for rendering (`jobs.py`). The rows are a function of the matter's entries:

  queued   each of `outcome.documents` (`queue`; two of one kind in one step do not occur)
  drafted  `outcome.files` with act `rendered`; the form's `number` and `copy` come with it
  sealed   act `sealed`
  served   act `served`
  scanned  act `scanned`, bound to the version it names
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import connection

from .models import Document

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from duecourse.core.procedure.outcome import FileMark, Outcome


QUEUE = """
INSERT INTO document (id, matter, kind, version, state, asked_entry)
SELECT %s::uuid, %s::uuid, %s, 1 + coalesce(max(version), 0), 'queued', %s FROM document
WHERE matter = %s::uuid AND kind = %s
"""
"""Bears the row of one document that an outcome asks for; a part of the write path's one statement."""


def queue(matter: UUID | str, index: int, outcome: Outcome) -> list[tuple[str, tuple[Any, ...]]]:
    """Return a statement and its values for each document that the entry `index` of `matter` asks for."""
    return [
        (QUEUE, (wanted.id, matter, wanted.document, index, matter, wanted.document)) for wanted in outcome.documents
    ]


def project(matter: UUID, index: int, outcome: Outcome, form: Mapping[str, Any]) -> None:
    """Apply the files of the entry `index` of `matter` to the rows of its documents."""
    for mark in outcome.files:
        _mark(matter, index, mark, form)


def _mark(matter: UUID, index: int, mark: FileMark, form: Mapping[str, Any]) -> None:
    printed = {"number": form.get("number"), "copy": form.get("copy")}
    columns: dict[str, Any] = {
        "rendered": {"state": "drafted", "object": mark.digest, "drafted_entry": index, **printed},
        "sealed": {"state": "sealed", "sealed_object": mark.digest, "sealed_entry": index},
        "served": {"state": "served", "served_entry": index},
        "scanned": {"state": "scanned", "scan_object": mark.digest, "scan_entry": index},
    }[mark.act]
    changed = Document.objects.filter(id=mark.id, matter=matter).update(**columns)
    assert changed == 1, f"document {mark.id} is not one of matter {matter}"


def next_number(series: str, year: int) -> int:
    """Return the next number of `series` in `year`; it is given back if the transaction does not commit."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO document_counter (series, year, last) VALUES (%s, %s, 1) "
            "ON CONFLICT (series, year) DO UPDATE SET last = document_counter.last + 1 RETURNING last",
            [series, year],
        )
        return int(cursor.fetchone()[0])
