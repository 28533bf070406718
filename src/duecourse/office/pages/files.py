"""Files: evidence brought in and taken out, stamped documents and signed scans, documents and proofs downloaded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.contrib import messages
from django.core import signing
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from duecourse.core.errors import Invalid, Refused
from duecourse.core.procedure.built_in_forms import forms_of
from duecourse.office.matters import exhibits
from duecourse.office.matters.evidence import add_exhibit
from duecourse.office.matters.models import Exhibit
from duecourse.ui import language

from . import access, forms
from .answers import Answer, answered, posted, shown_on
from .limits import was_cut
from .matters import find

if TYPE_CHECKING:
    from duecourse.core.procedure.attempt import PersonFacts

KEPT_SALT: Final = "duecourse.office.kept-file"


@require_http_methods(["GET", "HEAD", "POST"])
def exhibit(request: HttpRequest, matter: UUID) -> HttpResponse:
    """GET: the form of evidence. POST: store the file as received and enter it."""
    standing = find(request.person, matter)  # type: ignore[attr-defined]
    fields = [item for item in forms_of()["exhibit"][1].values() if item.type in forms.CONTROLS]
    typed = forms.typed(fields, request.POST) if request.method == "POST" else forms.Typed()
    controls = forms.controls(standing.book, fields, forms.Lists(), typed)
    answer = Answer(controls)
    kept: Kept | None = None
    if request.method == "POST":
        try:
            kept = receive(request)
            said = {name: value or "" for name, value in forms.values(fields, request.POST).items()}
            add_exhibit(matter, kept.content, name=kept.name, by=request.user, **said, **posted(request))  # type: ignore[arg-type]
        except (Refused, Invalid) as no:
            answer = answered(controls, no)
            standing = find(request.person, matter)  # type: ignore[attr-defined]
        else:
            messages.success(request, gettext("The evidence is entered."))
            return HttpResponseRedirect(reverse("matter", args=[matter]) + "#exhibits")
    shown = shown_on(request, standing, answer) | {"title": language.pick(forms_of()["exhibit"][0]), "kept": kept}
    return render(request, "office/exhibit.html", shown, status=answer.status)


@require_safe
def exhibit_file(request: HttpRequest, matter: UUID, exhibit: UUID) -> HttpResponse:
    """Hand out an exhibit's bytes as they were received, never shown inside the site."""
    person: PersonFacts = request.person  # type: ignore[attr-defined]
    find(person, matter)
    access.require_class(person, "case")
    row = Exhibit.objects.filter(matter=matter, id=exhibit).first()
    if row is None:
        raise Http404
    return stored(row.sha256, name=row.title or row.sha256[:12], media_type="application/octet-stream")


class Kept:
    """A file that came with a post: stored already, so that a page that comes back need not ask for it again."""

    def __init__(self, content: bytes, name: str) -> None:
        self.content = content
        self.name = name
        self.sha256 = exhibits.objects().put(content) if content else ""

    @property
    def ticket(self) -> str:
        """What the page carries to name the file: signed, so that no other stored file can be named."""
        return signing.dumps([self.sha256, self.name], salt=KEPT_SALT)


def receive(request: HttpRequest) -> Kept:
    """Return the file of a post, new or kept from the page before. Raises Invalid("upload_cut" | "file_missing")."""
    if was_cut(request):
        raise Invalid("upload_cut")
    upload = request.FILES.get("file")
    if upload is not None:
        return Kept(upload.read(), upload.name or "")
    try:
        digest, name = signing.loads(request.POST.get("kept", ""), salt=KEPT_SALT, max_age=8 * 3600)
    except signing.BadSignature as none:
        raise Invalid("file_missing") from none
    return Kept(exhibits.objects().get(digest), name)


def kept_fields(request: HttpRequest) -> dict[str, str]:
    """Keep the file of a post, and return what a page must carry to name it; nothing when there is no whole file."""
    try:
        return {"kept": receive(request).ticket}
    except Invalid:
        return {}


def stored(digest: str, *, name: str, media_type: str) -> FileResponse:
    """Return stored bytes as a download. Raises Http404 when they are not in the object store."""
    path = exhibits.objects().path(digest)
    if not path.is_file():
        raise Http404
    return FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type=media_type)
