"""Proofs of entries: the `.tlog-proof` that a stranger verifies offline, or "not yet numbered"."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from duecourse.office.ledger import store

from .matters import find

if TYPE_CHECKING:
    from .standing import Standing


@require_safe
def proof(request: HttpRequest, matter: UUID, index: int) -> HttpResponse:
    """Hand out the proof of one entry of a matter's record."""
    return proof_of(request, find(request.person, matter), index)  # type: ignore[attr-defined]


def proof_of(request: HttpRequest, standing: Standing, index: int) -> HttpResponse:
    """Return the proof as a file, or, while the entry has no number, a page that says so (409)."""
    entry = next((item for item in store.read(standing.row.id) if item.index == index), None)
    if entry is None:
        raise Http404
    text = store.proof(entry)
    if text is None:
        return render(request, "office/not_numbered.html", {"standing": standing, "here": "matters"}, status=409)
    answer = HttpResponse(text, content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{standing.row.id}-{index}.tlog-proof"'
    return answer
