"""Writes the rows of documents from what an entry says.

Responsible for applying one entry's outcome to the `document` table. Called by the write path alone, inside its
transaction, after the entry is inserted. Not responsible for judging whether the step was allowed (the core did), nor
for rendering (`jobs.py`). The rows are a function of the matter's entries:

  queued   each of `outcome.documents`
  drafted  `outcome.files` with act `rendered`; the form's `number` and `copy` come with it
  sealed   act `sealed`
  served   act `served`
  scanned  act `scanned`, bound to the version it names
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import Max

from .models import Document

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from duecourse.core.procedure.outcome import FileMark, Outcome


def project(matter: UUID, index: int, outcome: Outcome, form: Mapping[str, Any]) -> None:
    """Apply the entry `index` of `matter` to the rows of its documents."""
    for wanted in outcome.documents:
        _queue(matter, index, wanted.id, wanted.document)
    for mark in outcome.files:
        _mark(matter, index, mark, form)


def _queue(matter: UUID, index: int, document: str, kind: str) -> None:
    latest = Document.objects.filter(matter=matter, kind=kind).aggregate(last=Max("version"))["last"]
    Document.objects.create(id=document, matter=matter, kind=kind, version=(latest or 0) + 1, asked_entry=index)


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
