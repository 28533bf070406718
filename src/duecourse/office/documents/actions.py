"""What is done with documents: drawn up by the system, sealed before service, the signed scan brought back.

Responsible for making the bytes and putting them in the object store before the step that binds their digest. Each of
the three ends in one step of the one write path (`office.matters.actions.take_step`); nothing here writes a row.
Repeating any of them is harmless: the bytes are the same, the object is there, the key returns the first entry.
"""

from __future__ import annotations

import hashlib
from functools import cache
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.conf import settings
from django.db import transaction

from duecourse.core.errors import Invalid
from duecourse.core.procedure.outcome import Outcome
from duecourse.office.ledger import store
from duecourse.office.matters import exhibits, rulebook
from duecourse.office.matters.actions import take_step
from duecourse.office.matters.actors import SYSTEM, Actor
from duecourse.office.people.models import Account
from duecourse.office.settings import profile

from . import content, tables
from .models import Document
from .paper import read_paper
from .rendering import Renderer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duecourse.core.procedure.definition import Procedure, Rulebook
    from duecourse.office.ledger.store import StoredEntry

ORIGINAL: Final = "zh-Hans"
COPY: Final = "en"
DEMO_SEAL: Final = "演示印章\n不具法律效力"
LARGEST_SCAN: Final = 64 * 1024 * 1024


@cache
def renderer() -> Renderer:
    """The templates of the rulebook in use, warm in this process."""
    return Renderer(rulebook.folder() / "documents")


def draw_up(document: UUID) -> StoredEntry | None:
    """Render a queued document, store it, and enter its digest as the system; None when that was done before.

    Killed at any point and run again, it ends the same: bytes are a function of the entries, and a number that was
    taken is given back with the transaction. Raises Invalid as `content.payload` and `rendering.Renderer.render`.
    """
    row = Document.objects.get(id=document)
    if row.state != "queued":
        return None
    with transaction.atomic():
        order = _order(row, number=_number(row))
        form = {"document": str(row.id), "digest": _put(order, ORIGINAL), "copy": _put(order, COPY)}
        if order.number:
            form["number"] = order.number
        entry = take_step(row.matter, "document", by=SYSTEM, occurred=None, form=form, key=f"document:{row.id}")
        if entry.fields["digest"].value != form["digest"]:
            transaction.set_rollback(True)  # another worker was first: the number is given back
    return entry


def seal(
    document: UUID, *, by: Actor, pdf: bytes | None, key: str | None, seen: int | str | None = None
) -> StoredEntry:
    """Bind the stamped or signed file: exactly these bytes are what will be served.

    Without `pdf` the document is printed again with the image of the office's seal, where it has laid one down; else,
    in a demonstration only, with a seal that says it is none. Raises Invalid `seal_needs_file`, `document_not_drafted`
    or those of a file that is no PDF; Refused as `take_step`.
    """
    row = _drafted(document)
    stamped = _pdf(pdf) if pdf is not None else _printed_seal(row)
    digest = exhibits.objects().put(stamped)
    form = {"document": str(row.id), "digest": digest}
    return take_step(row.matter, "seal", by=by, form=form, key=key, seen=seen)


def scan_back(document: UUID, *, by: Actor, pdf: bytes, key: str | None, seen: int | str | None = None) -> StoredEntry:
    """Bind a signed scan to this version of the document. Raises Invalid and Refused as `seal`."""
    row = _drafted(document)
    digest = exhibits.objects().put(_pdf(pdf))
    form = {"document": str(row.id), "digest": digest}
    return take_step(row.matter, "scan-back", by=by, form=form, key=key, seen=seen)


def _drafted(document: UUID) -> Document:
    row = Document.objects.filter(id=document).first()
    if row is None:
        raise Invalid("document_unknown", document=str(document))
    if row.object is None:
        raise Invalid("document_not_drafted", document=str(document))
    return row


def _pdf(content_: bytes) -> bytes:
    """Return the bytes of a PDF as they came. Raises Invalid("pdf_empty", "pdf_too_large", "pdf_broken")."""
    if not content_:
        raise Invalid("pdf_empty")
    if len(content_) > LARGEST_SCAN:
        raise Invalid("pdf_too_large", most=LARGEST_SCAN)
    tail = content_[-2048:]
    if not content_.startswith(b"%PDF-") or b"startxref" not in tail or b"%%EOF" not in tail or b"/Encrypt" in tail:
        raise Invalid("pdf_broken")
    return content_


def seal_image() -> bytes | None:
    """The image of the seal that the office has laid down (PNG), or None."""
    digest = profile.current().seal_object
    return exhibits.objects().get(digest) if digest else None


def _printed_seal(row: Document) -> bytes:
    image = seal_image()
    if image is None and settings.DUECOURSE_ENV == "production":
        raise Invalid("seal_needs_file", document=str(row.id))
    order = _order(row, number=row.number)
    said = content.payload(order, ORIGINAL, seal=DEMO_SEAL if image is None else None)
    return renderer().render(row.kind, said | {"seal_image": list(image) if image else None})


def _put(order: content.Order, lang: str) -> str:
    pdf = renderer().render(order.paper.id, content.payload(order, lang))
    digest = exhibits.objects().put(pdf)
    assert digest == hashlib.sha256(pdf).hexdigest()
    return digest


def said(document: UUID, lang: str) -> dict[str, Any]:
    """What a document that was drawn up says, in one language: the payload of its template (`content.payload`)."""
    row = _drafted(document)
    return content.payload(_order(row, number=row.number), lang)


def _order(row: Document, *, number: str | None) -> content.Order:
    entries = [entry for entry in store.read(row.matter) if entry.index <= row.asked_entry]
    book = rulebook.of(entries[-1].skeleton.digests.get("rulebook")) or rulebook.current()
    return content.Order(
        book=book,
        paper=read_paper(rulebook.folder() / "documents", row.kind),
        procedure=_procedure(book, entries),
        entries=entries,
        document=str(row.id),
        version=row.version,
        number=number,
        names={str(account.id): account.name for account in Account.objects.filter(id__in=_accounts(entries))},
        served=_served(entries[-1]),
        demo=settings.DUECOURSE_ENV != "production",
    )


def _procedure(book: Rulebook, entries: Sequence[StoredEntry]) -> Procedure:
    """Return the version that rules the day of the step that asks."""
    asked = entries[-1].skeleton
    assert asked.procedure is not None
    return book.procedure(asked.procedure, Outcome.from_json(dict(asked.outcome)).on)


def _accounts(entries: Sequence[StoredEntry]) -> set[UUID]:
    named: set[UUID] = set()
    for entry in entries:
        values = [
            entry.skeleton.outcome.get("actor"),
            entry.skeleton.outcome.get("delegated_by"),
            *(held.value for held in entry.fields.values()),
        ]
        for value in values:
            named |= {found for item in (value if isinstance(value, list) else [value]) if (found := _uuid(item))}
    return named


def _uuid(value: Any) -> UUID | None:
    try:
        return UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _served(asked: StoredEntry) -> list[content.Served]:
    marks = [mark for mark in Outcome.from_json(dict(asked.skeleton.outcome)).files if mark.act == "served"]
    rows = Document.objects.in_bulk([UUID(mark.id) for mark in marks])
    found = (rows[UUID(mark.id)] for mark in marks)
    return [content.Served(row.kind, row.number or "", row.served_bytes or "") for row in found]


def _number(row: Document) -> str | None:
    """Take the next number of the document's kind in the year of the step that asks; None for a kind without one."""
    paper = read_paper(rulebook.folder() / "documents", row.kind)
    if paper.series is None:
        return None
    asked = next(entry for entry in store.read(row.matter) if entry.index == row.asked_entry)
    year = int(asked.skeleton.occurred.date[:4])
    number = tables.next_number(row.kind, year)
    return content.printed_number(rulebook.current(), paper.series, year, number)
