"""Documents of a matter: downloaded with the proof beside them, sealed before service, the signed scan filed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from duecourse.core.errors import Invalid, Refused
from duecourse.office.documents import actions
from duecourse.office.documents.models import Document
from duecourse.office.documents.paper import read_paper
from duecourse.office.matters import rulebook
from duecourse.office.people.proving import recently
from duecourse.ui import language

from . import access, files, record
from .answers import Answer, answered, posted, shown_on
from .matters import find

if TYPE_CHECKING:
    from duecourse.core.procedure.attempt import PersonFacts

FILES: Final = {
    "original": ("object", "drafted_entry"),
    "copy": ("copy", "drafted_entry"),
    "sealed": ("sealed_object", "sealed_entry"),
    "scan": ("scan_object", "scan_entry"),
}
"""Which file of a document, and the entry that bound its digest."""


@require_safe
def download(request: HttpRequest, matter: UUID, document: UUID, which: str) -> HttpResponse:
    """Hand out one file of a document: as rendered, the reading copy, as sealed, as scanned back."""
    row = _row(request, matter, document)
    digest = getattr(row, FILES[which][0])
    if digest is None:
        raise Http404
    name = f"{row.kind}-v{row.version}-{which}-{digest[:8]}.pdf"
    return files.stored(digest, name=name, media_type="application/pdf")


@require_safe
def proof(request: HttpRequest, matter: UUID, document: UUID, which: str) -> HttpResponse:
    """Hand out the `.tlog-proof` of the entry that bound this file's digest."""
    row = _row(request, matter, document)
    index = getattr(row, FILES[which][1])
    if index is None:
        raise Http404
    return record.proof_of(request, find(request.person, matter), index)  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
@recently(keep=files.kept_fields)
def seal(request: HttpRequest, matter: UUID, document: UUID) -> HttpResponse:
    """GET: upload the stamped or signed PDF (in a demonstration: print a marked seal). POST: bind it."""
    return _file_step(request, matter, document, step="seal")


@require_http_methods(["GET", "HEAD", "POST"])
def scan_back(request: HttpRequest, matter: UUID, document: UUID) -> HttpResponse:
    """GET: upload the signed scan. POST: bind it to this version of the document."""
    return _file_step(request, matter, document, step="scan-back")


def _file_step(request: HttpRequest, matter: UUID, document: UUID, *, step: str) -> HttpResponse:
    row = _row(request, matter, document)
    answer = Answer([])
    kept: files.Kept | None = None
    if request.method == "POST":
        try:
            kept = None if _demonstrates(request, step) else files.receive(request)
            _take(request, row, step, kept)
        except (Refused, Invalid) as no:
            answer = answered([], no)
        else:
            messages.success(request, gettext("The file is bound to this version of the document."))
            return HttpResponseRedirect(reverse("matter", args=[matter]) + "#documents")
    standing = find(request.person, matter)  # type: ignore[attr-defined]
    shown = shown_on(request, standing, answer) | {
        "document": row,
        "title": language.pick(standing.book.built_in[step].title),
        "name": language.pick(standing.book.documents[row.kind].title),
        "demo": step == "seal" and settings.DUECOURSE_ENV != "production",
        "kept": kept,
    }
    return render(request, "office/document_file.html", shown, status=answer.status)


def _demonstrates(request: HttpRequest, step: str) -> bool:
    return step == "seal" and "demo" in request.POST


def _take(request: HttpRequest, row: Document, step: str, kept: files.Kept | None) -> None:
    brought = {name: value for name, value in posted(request).items() if name != "occurred"}
    if step == "seal":
        actions.seal(row.id, by=request.user, pdf=kept.content if kept else None, **brought)  # type: ignore[arg-type]
    else:
        assert kept is not None, "a scan is a file"
        actions.scan_back(row.id, by=request.user, pdf=kept.content, **brought)  # type: ignore[arg-type]


def _row(request: HttpRequest, matter: UUID, document: UUID) -> Document:
    person: PersonFacts = request.person  # type: ignore[attr-defined]
    find(person, matter)
    row = Document.objects.filter(id=document, matter=matter).first()
    if row is None:
        raise Http404
    audience = read_paper(rulebook.folder() / "documents", row.kind).audience
    access.require_class(person, access.CLASS_OF_AUDIENCE[audience.value])
    return row
