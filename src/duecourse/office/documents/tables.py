"""Writes the rows of documents from what an entry says.

Responsible for applying one entry's outcome to the `document` table. Called by the write path alone, inside its
transaction, after the entry is inserted and before it is visible. Not responsible for judging whether the step was
allowed (the core did), nor for rendering (`jobs.py`).

  queued:   `outcome.documents` of any step              -> `queue`
  drafted:  built-in step `document`, form {document, sha256, copy?}     -> `drafted`
  sealed:   built-in step `seal`, form {document, sha256}                -> `sealed`
  served:   a procedure's own step that serves, naming the kind          -> `served`
  scanned:  built-in step `scan-back`, form {document, sha256}           -> `scanned`
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import Max

from .models import Document

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from uuid import UUID


@dataclass(frozen=True)
class Where:
    """The entry that is being applied: the matter's stream, the entry's index, its legal date."""

    matter: UUID
    index: int
    occurred: date


def queue(where: Where, wanted: Sequence[Mapping[str, str]], *, series: Mapping[str, str]) -> list[Document]:
    """Bear a row for each `{"id", "document"}` that the outcome asks for.

    `series` gives the number's series by document id (rulebook: `number` in the document's file); a document without
    one carries no number. The number is taken from a counter row inside this transaction, so there is no gap.
    """
    return [_queue_one(where, item, series.get(item["document"])) for item in wanted]


def _queue_one(where: Where, item: Mapping[str, str], series: str | None) -> Document:
    kind = item["document"]
    latest = Document.objects.filter(matter=where.matter, kind=kind).aggregate(last=Max("version"))["last"]
    year = where.occurred.year if series else None
    return Document.objects.create(
        id=item["id"],
        matter=where.matter,
        kind=kind,
        version=(latest or 0) + 1,
        series=series,
        year=year,
        number=next_number(series, year) if series and year else None,
        asked_entry=where.index,
    )


def next_number(series: str, year: int) -> int:
    """Return the next number of `series` in `year`; it is given back if the transaction does not commit."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO document_counter (series, year, last) VALUES (%s, %s, 1) "
            "ON CONFLICT (series, year) DO UPDATE SET last = document_counter.last + 1 RETURNING last",
            [series, year],
        )
        return int(cursor.fetchone()[0])


def drafted(where: Where, *, document: UUID | str, sha256: str, copy: str | None = None) -> None:
    """Bind the rendered PDF (and the English reading copy) to the document's version."""
    changed = Document.objects.filter(id=document, matter=where.matter, state="queued").update(
        state="drafted", object=sha256, copy=copy, drafted_entry=where.index
    )
    assert changed == 1, f"document {document} was not waiting to be drafted"


def sealed(where: Where, *, document: UUID | str, sha256: str) -> None:
    """Bind the stamped or signed file: from here on exactly these bytes are the document."""
    changed = Document.objects.filter(id=document, matter=where.matter, state="drafted").update(
        state="sealed", sealed_object=sha256, sealed_entry=where.index
    )
    assert changed == 1, f"document {document} was not a draft"


def served(where: Where, *, kind: str) -> None:
    """Mark the latest version of `kind` as served by this entry; it must have been rendered."""
    latest = Document.objects.filter(matter=where.matter, kind=kind).order_by("-version").first()
    assert latest is not None, f"no {kind} in this matter"
    assert latest.object is not None, f"{kind} has not been rendered"
    latest.state = "served"
    latest.served_entry = where.index
    latest.save(update_fields=["state", "served_entry"])


def scanned(where: Where, *, document: UUID | str, sha256: str) -> None:
    """Bind the signed scan to this version of the document and no other."""
    changed = (
        Document.objects.filter(id=document, matter=where.matter)
        .exclude(object=None)
        .update(state="scanned", scan_object=sha256, scan_entry=where.index)
    )
    assert changed == 1, f"document {document} has no bytes yet"
