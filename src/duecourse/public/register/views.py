"""The pages of the register: search, one decision with its document, its reasons and its proof, withdrawals.

Not here: the queries (`reading`), feeds and files for programs (`open_data`).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final, LiteralString

from django.conf import settings
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from duecourse.core.errors import Invalid
from duecourse.core.ledger import canonical
from duecourse.edge.objects import ObjectStore
from duecourse.public.proofs import published
from duecourse.public.register import reading
from duecourse.public.rulebook import current as rulebook

if TYPE_CHECKING:
    import uuid

    from django.http import HttpRequest

    from duecourse.public.register.reading import Item

ON_A_PAGE: Final = 25
RECEIPT: Final = "duecourse/receipt/v1"
ENTRIES: LiteralString = "SELECT stream, index, position FROM published.register_proof WHERE id = %s ORDER BY 1, 2"
PROOF: LiteralString = (
    "SELECT fields, skeleton, position FROM published.register_proof WHERE id = %s AND stream = %s AND index = %s"
)


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List and search what is published."""
    asked = reading.Asked.of(request.GET)
    page = reading.number(request.GET.get("page", ""), otherwise=1)
    items = reading.search(asked, limit=ON_A_PAGE + 1, offset=(page - 1) * ON_A_PAGE)
    context = {
        "items": items[:ON_A_PAGE],
        "asked": asked,
        "count": reading.count(asked),
        "heads": rulebook().heads,
        "years": reading.years(),
        "page": page,
        "earlier": page - 1,
        "later": page + 1 if len(items) > ON_A_PAGE else 0,
    }
    return render(request, "public/register.html", context)


@require_safe
def item(request: HttpRequest, item: uuid.UUID) -> HttpResponse:
    """Show one decision with the entries it rests on, or that it was withdrawn and why."""
    found = _one(item)
    entries = [
        {"stream": stream, "index": index, "number": number, "of_decision": stream != item}
        for stream, index, number in reading.rows(ENTRIES, [item])
    ]
    return render(request, "public/register_item.html", {"item": found, "entries": entries})


@require_safe
def document(request: HttpRequest, item: uuid.UUID) -> FileResponse:  # noqa: ARG001 - a view takes the request
    """Give the published document, whose bytes have the digest on the page."""
    found = _one(item)
    if found.document_sha256 is None:
        raise Http404
    store = ObjectStore(Path(settings.DUECOURSE_PUBLISHED) / "documents")
    path = store.path(found.document_sha256)
    if not path.is_file() or not store.verify(found.document_sha256):
        raise Http404
    name = f"decision-{found.document_sha256[:12]}.pdf"
    return FileResponse(path.open("rb"), content_type="application/pdf", as_attachment=True, filename=name)


@require_safe
def proof(request: HttpRequest, item: uuid.UUID, stream: uuid.UUID, index: int) -> HttpResponse:
    """Give an entry, those of its fields that are published, and the proof that it stands in the log, for `verify`."""
    found = reading.rows(PROOF, [item, stream, index])
    if not found:
        raise Http404
    fields, skeleton, position = found[0]
    text = _proven(position)
    if text is None:
        return render(request, "public/register_unproven.html", status=409)
    receipt = {"v": RECEIPT, "skeleton": skeleton, "fields": reading.plain(fields), "proof": text}
    response = HttpResponse(canonical.spell(receipt), content_type="application/json; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="entry-{stream}-{index}.json"'
    return response


def _proven(position: int | None) -> str | None:
    """Return the proof against the published log; None while the entry is not in it."""
    if position is None:
        return None
    try:
        return published.proof(position)
    except (FileNotFoundError, Invalid):
        return None


def _one(item: uuid.UUID) -> Item:
    found = reading.one(item)
    if found is None:
        raise Http404
    return found
