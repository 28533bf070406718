"""The report form: shown with a fresh code, read, sealed and stored, and answered by a redirect to the receipt.

One post is one call of `submission.hand_in`. Whatever goes wrong, the form comes back with everything typed in it, the
files already sent still there, and sentences that say what to do. The code never stands in an address.
Not here: the rules about fields (`form`), files (`attachments`) and stamps (`stamp`).
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

from django.db import InterfaceError, OperationalError
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_http_methods

from duecourse.core.errors import Invalid
from duecourse.edge import ids
from duecourse.public.reporting import attachments, form, stamp, submission, visit
from duecourse.public.rulebook import current as rulebook
from duecourse.ui import language

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest, HttpResponse

    from duecourse.public.reporting.attachments import Uploads
    from duecourse.public.reporting.form import Problem

PATH: Final = "/report/"
RECEIPT: Final = "/report/receipt/"


class SeeOther(HttpResponseRedirect):
    """303: the answer to a post is another page (RFC 9110 §15.4.4)."""

    status_code = 303


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """Show the form, or take it in."""
    if request.method != "POST":
        return _page(request, ids.code(), {}, [], status=200)
    if "switch" in request.POST:  # another language, asked for in the middle of writing
        code, _ = _code(request)
        return _page(request, code, request.POST, [], status=200)
    return _take(request)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Answer a form whose cookie did not come back, keeping what was typed."""
    if request.path == PATH:
        code, _ = _code(request)
        return _page(request, code, request.POST, [form.problem("cookies")], status=403)
    return render(request, "public/refused_body.html", {"why": "cookies"}, status=403)


def _take(request: HttpRequest) -> HttpResponse:
    """Take a form in. Where its code's report is in already, that one's receipt is the answer, whatever came now."""
    code, problems = _code(request)
    uploads = attachments.of(request)
    read, more = form.read(request.POST, rulebook().heads.keys())
    problems += more + uploads.problems
    if uploads.interrupted:
        problems.append(form.problem("upload_cut", attachments.FIELD))
    fresh = False
    try:
        if not problems:
            uploads.settle()
            fresh = submission.hand_in(read, uploads.files, code=code, language=language.tag())
        elif not visit.known(code):
            return _page(request, code, request.POST, problems, status=422)
    except (OperationalError, InterfaceError, OSError):
        return _page(request, code, request.POST, [form.problem("store")], status=503)
    response = SeeOther(RECEIPT)
    visit.begin(response, code, fresh=fresh, again=not fresh)
    return response


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


def _page(request: HttpRequest, code: str, typed: Any, problems: Sequence[Problem], *, status: int) -> HttpResponse:
    kept = _keep(request)
    context = {
        "code": code,
        "stamp": stamp.make(code, time.time()),
        "heads": rulebook().heads,
        "typed": form.shown(typed),
        "problems": problems,
        "wrong": {found.field: found.sentence for found in reversed(problems) if found.field},
        "elsewhere": form.ELSEWHERE,
        "show_elsewhere": any(found.code == "head_elsewhere" for found in problems),
        "kept": kept.files if kept else [],
        "limits": attachments.limits(),
        "longest": form.LONGEST,
    }
    response = render(request, "public/report.html", context, status=status)
    patch_cache_control(response, no_store=True, private=True)
    return response


def _keep(request: HttpRequest) -> Uploads | None:
    if request.method != "POST":
        return None
    uploads = attachments.of(request)
    uploads.keep()
    return uploads
