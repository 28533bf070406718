"""The office's pages for the party of a matter: give, replace and end access; enter what came on paper; answer.

Responsible for these pages only: who may see the matter is decided as for the matter itself, and every post is one
action of `access` or `acts`. The code is shown once, on the slip that is handed over with the document.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import segno
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_http_methods, require_safe

from duecourse.core.errors import Invalid, Refused
from duecourse.core.procedure.form import clean
from duecourse.core.procedure.party import ACCESS, ACT, ANSWER, CHANNELS, KINDS
from duecourse.office.documents.content import office_name
from duecourse.office.documents.models import Document
from duecourse.office.ledger import store
from duecourse.office.matters import exhibits
from duecourse.office.pages import access as seeing
from duecourse.office.pages import files, forms
from duecourse.office.pages.answers import Answer, answered, posted, shown_on
from duecourse.office.pages.matters import find
from duecourse.office.party import access, acts, papers, rules
from duecourse.office.party.models import PartyAccess, PartyAct
from duecourse.ui import language

if TYPE_CHECKING:
    from duecourse.office.pages.standing import Standing
    from duecourse.office.party.access import Given

SENTENCES: Final = {
    "party_no_pages": _("This document has no pages for the party. Choose a notice or a decision."),
    "party_document_not_ready": _("The document is not sealed yet. Seal it first; then the code can go with it."),
    "party_person_missing": _("Write to whom the code is handed."),
    "party_choose_exhibits": _("Say of every exhibit whether it is open, or why not."),
    "party_cannot_open": _("What came with a report cannot be opened to the party."),
    "party_access_unknown": _("There is no such access in this matter."),
    "party_access_ended": _("This access was ended or replaced before."),
    "party_reason_missing": _("Write the reason, and how the identity was checked."),
}
OPEN: Final = "open"
PLAIN: Final = ("text", "details")


@require_safe
def overview(request: HttpRequest, matter: UUID) -> HttpResponse:
    """Show who has access to what, and what the party did."""
    standing = _standing(request, matter)
    shown = {
        "standing": standing,
        "accesses": [_access_line(row) for row in PartyAccess.objects.filter(matter=matter).order_by("given_at")],
        "acts": lines(standing),
        "may_give": bool(_documents(standing)),
        "here": "matters",
    }
    return render(request, "party/overview.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
def give(request: HttpRequest, matter: UUID) -> HttpResponse:
    """GET: what is opened, and to whom. POST: the slip with the code, once."""
    standing, answer = _standing(request, matter), Answer([])
    ready = _documents(standing)
    if not ready and request.method != "POST":
        raise Http404
    if request.method == "POST":
        try:
            person = clean(request.POST.get("person", ""))
            document = _named(ready, request.POST.get("document", ""))
            given = access.give(document.id, _choice(standing, request), person=person, **_brought(request))
        except (Refused, Invalid) as no:
            answer, standing = _answered(no), _standing(request, matter)
        else:
            return _slip(request, standing, given)
    shown = _shown(request, standing, answer) | {
        "title": language.pick(standing.book.built_in[ACCESS].title),
        "documents": [(row, language.pick(standing.book.documents[row.kind].title)) for row in ready],
        "pieces": [_piece_line(piece, request) for piece in _pieces(standing)],
        "reasons": _withheld(standing),
        "person": request.POST.get("person", ""),
        "chosen": request.POST.get("document", str(ready[-1].id) if ready else ""),
    }
    return render(request, "party/give.html", shown, status=answer.status)


@require_http_methods(["GET", "HEAD", "POST"])
def replace(request: HttpRequest, matter: UUID, access_id: UUID) -> HttpResponse:
    """GET: how was the identity checked? POST: the slip with a new code; the old one opens nothing."""
    return _with_reason(request, matter, access_id, replacing=True)


@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, matter: UUID, access_id: UUID) -> HttpResponse:
    """GET: why? POST: the access is ended."""
    return _with_reason(request, matter, access_id, replacing=False)


@require_http_methods(["GET", "HEAD", "POST"])
def paper(request: HttpRequest, matter: UUID) -> HttpResponse:
    """GET: the form for something that came on paper. POST: enter it, with the scan."""
    standing, answer = _standing(request, matter), Answer([])
    kept: files.Kept | None = None
    if request.method == "POST":
        try:
            kept = _scan(request)
            entry = acts.enter(matter, _arrival(request, kept), **_brought(request))
        except (Refused, Invalid) as no:
            answer, standing = _answered(no), _standing(request, matter)
        else:
            messages.success(request, gettext("It is on file, dated by the day it arrived."))
            return HttpResponseRedirect(f"{reverse('party-of', args=[matter])}#act-{entry.index}")
    shown = _shown(request, standing, answer) | {
        "title": language.pick(standing.book.built_in[ACT].title),
        "kinds": _pairs(KINDS),
        "channels": [pair for pair in _pairs(CHANNELS) if pair[0] != "web"],
        "typed": {name: request.POST.get(name, "") for name in ("kind", "channel", "text", "details", "posted_on")},
        "kept": kept,
    }
    return render(request, "party/paper.html", shown, status=answer.status)


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, matter: UUID, index: int) -> HttpResponse:
    """GET: what the party did, and the form of an answer. POST: answer; the party reads it among its papers."""
    standing, said = _standing(request, matter), Answer([])
    line = next((one for one in lines(standing) if one["row"].entry == index), None)
    if line is None:
        raise Http404
    if request.method == "POST":
        try:
            chosen, reason = request.POST.get("answer", ""), request.POST.get("reason", "")
            acts.answer(matter, index, outcome=chosen, reason=reason, **_brought(request))
        except (Refused, Invalid) as no:
            said, standing = _answered(no), _standing(request, matter)
        else:
            messages.success(request, gettext("The answer is entered; the party reads it on its pages."))
            return HttpResponseRedirect(reverse("party-of", args=[matter]))
    field = standing.book.built_in[ANSWER].form["answer"]
    shown = _shown(request, standing, said) | {
        "title": language.pick(standing.book.built_in[ANSWER].title),
        "line": line,
        "answers": [(name, language.pick(words)) for name, words in field.choices.items()],
        "typed": {name: request.POST.get(name, "") for name in ("answer", "reason")},
    }
    return render(request, "party/answer.html", shown, status=said.status)


def lines(standing: Standing) -> list[dict[str, Any]]:
    """What the party did in a matter, newest first: its words, whether it was late, the step offered to an officer."""
    entries = {entry.index: entry for entry in store.read(standing.row.id)}
    by_key = {entry.key: entry for entry in entries.values()}
    found = []
    for row in PartyAct.objects.filter(matter=standing.row.id).order_by("-entry"):
        held = entries[row.entry].fields
        said = {name: str(held[name].value) for name in PLAIN if name in held and held[name].value}
        followed = by_key.get(f"party-act:{row.entry}")
        offered = followed.skeleton.step if followed else acts.offered(standing.row.procedure, row.kind)
        step = standing.step(offered) if offered else None
        found.append({
            "row": row, "title": _pair(KINDS[row.kind]), "text": said.get("text", ""),
            "details": said.get("details", ""), "channel": _pair(CHANNELS[str(held["channel"].value)]),
            "files": len(entries[row.entry].skeleton.exhibits),
            "followed": followed is not None,
            "step": offered, "step_title": language.pick(step.title) if step else "",
        })  # fmt: skip
    return found


def _with_reason(request: HttpRequest, matter: UUID, access_id: UUID, *, replacing: bool) -> HttpResponse:
    standing, answer = _standing(request, matter), Answer([])
    row = PartyAccess.objects.filter(matter=matter, id=access_id).first()
    if row is None:
        raise Http404
    if request.method == "POST":
        try:
            act = access.replace if replacing else access.end
            done = act(row.id, reason=clean(request.POST.get("reason", "")), **_brought(request))
        except (Refused, Invalid) as no:
            answer, standing = _answered(no), _standing(request, matter)
        else:
            if isinstance(done, access.Given):
                return _slip(request, standing, done)
            messages.success(request, gettext("The access is ended; its code opens nothing any more."))
            return HttpResponseRedirect(reverse("party-of", args=[matter]))
    shown = _shown(request, standing, answer) | {
        "title": gettext("Replace a lost code") if replacing else gettext("End access"),
        "replacing": replacing,
        "line": _access_line(row),
        "reason": request.POST.get("reason", ""),
    }
    return render(request, "party/reason.html", shown, status=answer.status)


def _slip(request: HttpRequest, standing: Standing, given: Given) -> HttpResponse:
    """The slip (送达附页) that is printed and handed over with the document. It is not shown a second time."""
    address = f"{settings.PUBLIC_URL}/party/"
    row = Document.objects.get(id=given.access.document)
    shown = {
        "standing": standing,
        "code": given.code,
        "address": address,
        "picture": mark_safe(segno.make(address, error="m").svg_inline(scale=4, border=2)),  # noqa: S308 - our own SVG
        "office": office_name(standing.book, "zh-Hans"),
        "office_en": office_name(standing.book, "en"),
        "document": standing.book.documents[row.kind].title,
        "number": row.number or "",
        "person": given.entry.fields["person"].value if "person" in given.entry.fields else "",
        "here": "matters",
    }
    response = render(request, "party/slip.html", shown)
    response["Cache-Control"] = "no-store, private"
    return response


def _standing(request: HttpRequest, matter: UUID) -> Standing:
    """The matter, for who may see it and what the party writes; 404 where the procedure has no party's pages."""
    standing = find(request.person, matter)  # type: ignore[attr-defined]
    seeing.require_class(request.person, "party")  # type: ignore[attr-defined]
    if rules.of(standing.row.procedure) is None:
        raise Http404
    return standing


def _documents(standing: Standing) -> list[Document]:
    """The documents a code can go with: the newest version of each kind that a party gets, sealed."""
    held = rules.of(standing.row.procedure)
    rows = Document.objects.filter(matter=standing.row.id, kind__in=held.documents if held else ())
    newest = {row.kind: row for row in rows.order_by("version")}
    sealed = {kind: rule.seal for kind, rule in standing.book.documents.items()}
    return [row for row in newest.values() if row.sealed_object or (row.object and not sealed[row.kind])]


def _named(ready: list[Document], document: str) -> Document:
    found = next((row for row in ready if str(row.id) == document), None)
    if found is None:
        raise Invalid("party_no_pages")
    return found


def _pieces(standing: Standing) -> list[papers.Piece]:
    return [one for one in papers.pieces(store.read(standing.row.id)) if one.origin not in access.OWN_PIECES]


def _piece_line(piece: papers.Piece, request: HttpRequest) -> dict[str, Any]:
    name = f"exhibit-{piece.number}"
    return {"piece": piece, "name": name, "title": language.pick(piece.title), "typed": request.POST.get(name, "")}


def _choice(standing: Standing, request: HttpRequest) -> access.Choice:
    said = {piece.sha256: request.POST.get(f"exhibit-{piece.number}", "") for piece in _pieces(standing)}
    known = dict(_withheld(standing))
    left = {digest: why for digest, why in said.items() if why in known}
    return access.Choice([digest for digest, why in said.items() if why == OPEN], left)


def _withheld(standing: Standing) -> list[tuple[str, str]]:
    held = rules.of(standing.row.procedure)
    return [(name, language.pick(words)) for name, words in held.withheld.items()] if held else []


def _arrival(request: HttpRequest, kept: files.Kept | None) -> acts.Arrival:
    scans = [exhibits.receive(kept.content, name=kept.name)] if kept else []
    post = request.POST
    on = posted(request)["occurred"]
    if on is None:
        raise Invalid("date_malformed")
    details = clean(post.get("details", ""))
    return acts.Arrival(
        post.get("kind", ""), post.get("channel", ""), on, text=clean(post.get("text", "")), files=scans,
        posted_on=_day(post.get("posted_on", "")), noted=details,
    )  # fmt: skip


def _day(text: str) -> date | None:
    spelled = forms.date_spelled(text)
    try:
        return date.fromisoformat(spelled) if spelled else None
    except ValueError as wrong:
        raise Invalid("date_malformed", text=text) from wrong


def _scan(request: HttpRequest) -> files.Kept | None:
    """The scan, when one came; an act in person may have none."""
    if not request.FILES.get("file") and not request.POST.get("kept"):
        return None
    return files.receive(request)


def _brought(request: HttpRequest) -> dict[str, Any]:
    """Who posts, the page's key and what it showed; the day of the act belongs to the act itself."""
    return {"by": request.user, **{name: value for name, value in posted(request).items() if name != "occurred"}}


def _answered(no: Refused | Invalid) -> Answer:
    if isinstance(no, Invalid) and no.code in SENTENCES:
        return Answer([], [forms.Problem(gettext(SENTENCES[no.code]))], status=400)
    return answered([], no)


def _shown(request: HttpRequest, standing: Standing, answer: Answer) -> dict[str, Any]:
    return shown_on(request, standing, answer)


def _access_line(row: PartyAccess) -> dict[str, Any]:
    last = access.last_form(row)
    opened = last.get("exhibits") or ()
    return {"row": row, "person": last.get("person", ""), "documents": last.get("documents", ""), "opened": len(opened)}


def _pairs(named: Any) -> list[tuple[str, str]]:
    return [(name, _pair(pair)) for name, pair in named.items()]


def _pair(pair: tuple[str, str]) -> str:
    return pair[language.tag() == "en"]
