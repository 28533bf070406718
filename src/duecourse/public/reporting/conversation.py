"""Writing again: a message with files, or the wish to hear no more; and the thread of letters and messages.

Responsible for these two forms and for putting the thread in order. A message goes in by the same one call as a report.
What was typed survives a wrong file, a visit that ended meanwhile, another message sent in between, and a line that
broke. Not here: how a message is sealed (`messages`), the page around the thread (`follow_up`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import InterfaceError, OperationalError
from django.http import HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_http_methods

from duecourse.core.errors import Invalid
from duecourse.edge import ids
from duecourse.public.reporting import attachments, form, messages, visit
from duecourse.ui import language

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from django.http import HttpRequest, HttpResponse

    from duecourse.public.reporting.form import Problem
    from duecourse.public.reporting.messages import Message
    from duecourse.public.reporting.receipt import Letter, Sent
    from duecourse.public.reporting.visit import Visit


@dataclass(frozen=True, slots=True)
class Turn:
    """One thing said: a letter of the office, or a message of the reporter."""

    at: dt.datetime
    letter: Letter | None = None
    message: Message | None = None


def thread(held: Visit, sent: Sent) -> dict[str, Any]:
    """What the status page shows of a code: who said what on which day, and whether the contact was ended."""
    written = messages.sent(held.code)
    letters = messages.letters(held.code, written)
    turns = [Turn(one.created_at, letter=one) for one in letters] + [Turn(one.sent_at, message=one) for one in written]
    return {
        "turns": sorted(turns, key=lambda turn: turn.at),
        "letters": letters,
        "ended": any(one.withdrawal for one in written),
        "next_number": len(written) + 1,
        "limits": attachments.limits(),
        "waiting": sent.status.state == "waiting",
    }


@require_http_methods(["GET", "HEAD", "POST"])
def message(request: HttpRequest) -> HttpResponse:
    """Send a message to the office under the code of this visit."""
    if request.method != "POST":
        held = visit.of(request)
        return _page(request, _next(held.code), []) if held else redirect("follow-up")
    code = _code(request)
    uploads = attachments.of(request)
    text, problems = form.one_text(request.POST, "message", form.LONGEST["what_happened"])
    problems += [*uploads.problems, *([form.problem("upload_cut", attachments.FIELD)] if uploads.interrupted else [])]
    if code is None:
        return _page(request, 0, [form.problem("visit_over", "code"), *problems], status=403)
    if problems:
        return _page(request, _number(request, code), problems, status=422)
    return _sent(request, code, _number(request, code), text)


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest) -> HttpResponse:
    """Ask to hear no more; the page says first what that ends and what it does not."""
    held = visit.of(request)
    if held is None:
        return redirect("follow-up")
    if request.method != "POST":
        return _private(render(request, "public/withdraw.html", {}))
    content = {"kind": messages.WITHDRAWAL, "text": "", "language": language.tag()}
    written = messages.sent(held.code)
    try:
        if not any(one.withdrawal for one in written):
            messages.send(held.code, len(written) + 1, content, [])
    except (OperationalError, InterfaceError):
        return _private(render(request, "public/withdraw.html", {"problems": [form.problem("store")]}, status=503))
    return _back(held.code)


def _sent(request: HttpRequest, code: str, number: int, text: str) -> HttpResponse:
    uploads = attachments.of(request)
    content = {"kind": messages.MESSAGE, "text": text, "language": language.tag()}
    try:
        uploads.settle()
        if number <= messages.MOST and messages.send(code, number, content, uploads.files):
            return _back(code)
    except (OperationalError, InterfaceError, OSError):
        return _page(request, number, [form.problem("store")], status=503)
    if number > messages.MOST:
        return _page(request, number, [form.problem("messages_many", most=messages.MOST)], status=422)
    return _page(request, _next(code), [form.problem("message_between")], status=409)


def _code(request: HttpRequest) -> str | None:
    """The code of the visit; where that ended while the person wrote, the one typed into the form now."""
    held = visit.of(request)
    if held is not None:
        return held.code
    try:
        code = ids.read_code(request.POST.get("code", ""))
    except Invalid:
        return None
    return code if visit.known(code) else None


def _next(code: str) -> int:
    return len(messages.sent(code)) + 1


def _number(request: HttpRequest, code: str) -> int:
    posted = request.POST.get("number", "")
    known = posted.isascii() and posted.isdecimal() and 0 < int(posted[:6]) <= _next(code)
    return int(posted) if known else _next(code)


def _back(code: str) -> HttpResponse:
    response = HttpResponseRedirect(reverse("status") + "#last")
    response.status_code = 303
    visit.begin(response, code, fresh=False)
    return response


def _page(request: HttpRequest, number: int, problems: Sequence[Problem], *, status: int = 200) -> HttpResponse:
    kept = attachments.of(request).keep() if request.method == "POST" else []
    context = {
        "typed": request.POST.get("message", "").replace("\0", "\N{REPLACEMENT CHARACTER}"),
        "next_number": number,
        "problems": problems,
        "wrong": {found.field: found.sentence for found in reversed(problems) if found.field},
        "kept": kept,
        "limits": attachments.limits(),
        "ask_code": status == 403,  # noqa: PLR2004 - the visit is over
    }
    return _private(render(request, "public/message.html", context, status=status))


def _private(response: HttpResponse) -> HttpResponse:
    patch_cache_control(response, no_store=True, private=True)
    return response
