"""The report, one question a page; the last page hands it in by one call and is answered by a redirect to the receipt.

A post that names a way to `go` turns the page: it carries every answer there and back, and nothing is stored. A post
that names none hands in what it carries (so a form made by another program, with all answers at once, is taken too).
Whatever goes wrong, the page comes back with everything typed in it, the files already sent still there, and sentences
that say what to do. The code never stands in an address.
Not here: the order of the pages (`journey`), the rules about fields (`form`), files (`attachments`), stamps (`stamp`).
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from django.db import InterfaceError, OperationalError
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_http_methods

from duecourse.core.errors import Invalid
from duecourse.core.remit import Duty
from duecourse.edge import ids
from duecourse.public.reporting import attachments, door, draft, form, journey, stamp, submission, visit
from duecourse.public.rulebook import current as rulebook
from duecourse.ui import language

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.http import HttpRequest, HttpResponse

    from duecourse.public.reporting.attachments import Attachment
    from duecourse.public.reporting.form import Problem

PATH: Final = "/report/"
RECEIPT: Final = "/report/receipt/"
GO: Final = "go"
DUTIES: Final = frozenset(duty.value for duty in Duty)
NAMES: Final = tuple(name for fields in journey.QUESTIONS.values() for name in fields if name != attachments.FIELD)


class SeeOther(HttpResponseRedirect):
    """303: the answer to a post is another page (RFC 9110 §15.4.4)."""

    status_code = 303


@dataclass(frozen=True, slots=True)
class Leaf:
    """One page as it is to be shown. `returning`: it was opened from the check page."""

    page: str
    code: str
    answers: Mapping[str, str] = field(default_factory=dict)
    problems: Sequence[Problem] = ()
    returning: bool = False
    status: int = 200


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """Show the first question, turn a page, or take the report in."""
    if request.method != "POST":
        return _page(request, Leaf(journey.START, ids.code()))
    return _turn(request) if GO in request.POST else _take(request)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Answer a form whose cookie did not come back, keeping what was typed."""
    if request.path == PATH:
        code, _ = _code(request)
        page = _posted_page(request) if GO in request.POST else journey.CHECK
        problems = [form.problem("cookies")]
        return _page(request, Leaf(page, code, form.shown(request.POST), problems, status=403))
    return render(request, "public/refused_body.html", {"why": "cookies"}, status=403)


# Turning a page.


def _turn(request: HttpRequest) -> HttpResponse:
    """Go on, back, or to the answer that is to be changed; on only when this page's own answers can be read."""
    code, stamped = _code(request)
    page, go = _posted_page(request), request.POST[GO]
    answers = {**draft.of(request, code), **_answered(request.POST)}
    returning = request.POST.get("returning") == "1"
    problems = [found for found in stamped if found.code != "form_expired"]  # turning a page stamps it anew
    leaf = Leaf(page, code, answers, problems, returning)
    if go == "language" or problems:
        return _page(request, leaf)
    if go.startswith(attachments.DROP):
        attachments.of(request).drop(go.removeprefix(attachments.DROP))
        return _page(request, leaf)
    if go == "back":
        return _page(request, Leaf(journey.before(page, returning=returning), code, answers))
    if go.startswith("to-") and go.removeprefix("to-") in journey.QUESTIONS:
        return _page(request, Leaf(go.removeprefix("to-"), code, answers, returning=True))
    return _on(request, leaf)


def _on(request: HttpRequest, leaf: Leaf) -> HttpResponse:
    _, found = form.read(leaf.answers, rulebook().heads.keys())
    problems = journey.wrong_on(leaf.page, found)
    if leaf.page == "files":
        problems += _of_files(request)
    if problems:
        return _page(request, Leaf(leaf.page, leaf.code, leaf.answers, problems, leaf.returning, 422))
    onward = journey.after(leaf.page, leaf.answers, returning=leaf.returning)
    still = leaf.returning and onward in {journey.CALLS, journey.FIRST, journey.ELSEWHERE}
    if onward == "kind" and leaf.page == journey.ELSEWHERE:  # the kind chosen there leads out of this office
        return _page(request, Leaf(onward, leaf.code, {**leaf.answers, "head": ""}, returning=leaf.returning))
    return _page(request, Leaf(onward, leaf.code, leaf.answers, returning=still))


def _posted_page(request: HttpRequest) -> str:
    page = request.POST.get("page", "")
    return page if page in journey.PAGES and page != journey.MEND else journey.START


def _answered(posted: Mapping[str, str]) -> dict[str, str]:
    """The answers that a post carries; a field that is not there was not asked, an empty one was emptied."""
    return {name: text for name, text in form.shown(posted).items() if name in posted}


# Handing in.


def _take(request: HttpRequest) -> HttpResponse:
    """Take a report in. Where its code's report is in already, that one's receipt is the answer, whatever came now."""
    code, problems = _code(request)
    uploads = attachments.of(request)
    read, more = form.read(request.POST, rulebook().heads.keys())
    problems += more + _of_files(request)
    fresh = False
    try:
        if not problems:
            uploads.settle()
            fresh = submission.hand_in(read, uploads.files, code=code, language=language.tag())
        elif not visit.known(code):
            return _again(request, code, problems, status=422)
    except (OperationalError, InterfaceError, OSError):
        return _again(request, code, [form.problem("store")], status=503)
    response = SeeOther(RECEIPT)
    visit.begin(response, code, fresh=fresh, again=not fresh)
    draft.forget(request, response)
    return response


def _again(request: HttpRequest, code: str, problems: list[Problem], *, status: int) -> HttpResponse:
    """The report comes back: the questions with something to put right on one page, or the answers to look over."""
    page = journey.MEND if journey.asks(journey.MEND, problems) else journey.CHECK
    return _page(request, Leaf(page, code, form.shown(request.POST), problems, status=status))


def _of_files(request: HttpRequest) -> list[Problem]:
    uploads = attachments.of(request)
    cut = [form.problem("upload_cut", attachments.FIELD)] if uploads.interrupted else []
    return [*uploads.problems, *cut]


def _code(request: HttpRequest) -> tuple[str, list[Problem]]:
    """Return the code of a posted form with what its stamp says; a fresh one when it is not ours."""
    posted = request.POST.get("code", "")
    try:
        code = ids.read_code(posted)
        verdict = stamp.judge(code, request.POST.get("stamp", ""), time.time())
    except Invalid:
        verdict = stamp.Verdict.FOREIGN
    if verdict is stamp.Verdict.FOREIGN:
        return ids.code(), [form.problem("form_foreign")]
    if verdict is stamp.Verdict.EXPIRED:
        return code, [form.problem("form_expired", hours=stamp.HOURS)]
    return code, []


# Showing.


def _page(request: HttpRequest, leaf: Leaf) -> HttpResponse:
    kept = _keep(request)
    answers = form.shown(leaf.answers)
    asked = journey.asks(leaf.page, leaf.problems)
    shown_fields = {name for question in asked for name in journey.QUESTIONS[question]}
    context: dict[str, Any] = {
        "page": leaf.page,
        "title": journey.TITLES[leaf.page],
        "titles": {name.replace("-", "_"): title for name, title in journey.TITLES.items()},
        "number": journey.number(leaf.page),
        "of": len(journey.QUESTIONS),
        "asked": asked,
        "first_page": request.method != "POST" or leaf.page == journey.START,
        "returning": leaf.returning,
        "code": leaf.code,
        "stamp": stamp.make(leaf.code, time.time()),
        "typed": answers,
        "carried": [(name, text) for name, text in answers.items() if text and name not in shown_fields],
        "problems": leaf.problems,
        "wrong": {found.field: found.sentence for found in reversed(leaf.problems) if found.field},
        "kept": kept,
        "limits": attachments.limits(),
        "most": form.LONGEST,
        "longest": form.LONGEST,
        "posted": request.method == "POST",
        **_told(leaf, answers, asked),
    }
    response = render(request, "public/journey.html", context, status=leaf.status)
    # A first page is a new report: never from a store. Later pages may be kept by the browser for its way back.
    kept_by_browser = {"no_cache": True} if request.method == "POST" else {"no_store": True}
    patch_cache_control(response, private=True, **kept_by_browser)
    if request.method == "POST":
        draft.leave(response, leaf.code, answers)
    return response


def _told(leaf: Leaf, answers: Mapping[str, str], asked: Sequence[str]) -> dict[str, Any]:
    """What a page tells of the office's door: read only where the page shows it."""
    heads = rulebook().heads
    told: dict[str, Any] = {"elsewhere": form.ELSEWHERE, "remedy": None}
    outside = any(found.code == "head_elsewhere" for found in leaf.problems)
    if "kind" in asked:
        kinds = door.current().kinds
        cards = [(id_, head, kinds.get(id_)) for id_, head in heads.items()]
        told["duties"] = [card for card in cards if card[0] in DUTIES]
        told["harms"] = [card for card in cards if card[0] not in DUTIES]
    if leaf.page == journey.ELSEWHERE or outside:
        told |= {"outside": door.current().elsewhere}
    if leaf.page == journey.CALLS or "money" in asked:
        told["calls"] = door.current().calls
    if leaf.page == journey.FIRST:
        told["first"] = journey.first_of(answers)
    if leaf.page == journey.CHECK:
        told |= {"head": heads.get(answers["head"]), "remedy": door.current().remedies.get(answers["harmed"])}
    return told


def _keep(request: HttpRequest) -> list[Attachment]:
    return attachments.of(request).keep() if request.method == "POST" else []
