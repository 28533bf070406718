"""After the report: the receipt, the way back with the code, the receipt as a file, and leaving.

Responsible for the pages that a code opens, but for writing again (`conversation`). A wrong code is answered after a
fixed time with the same page, whatever was wrong with it. Not here: what the database returned and how it is opened
(`receipt`), the cookie (`visit`).
"""

from __future__ import annotations

import io
import threading
import time
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import segno
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from duecourse.core.errors import Invalid
from duecourse.edge import ids, sealing
from duecourse.public.party import entrance as party
from duecourse.public.reporting import conversation, door, draft, expecting, visit
from duecourse.public.reporting import receipt as receipts
from duecourse.public.reporting.slowing import ANSWER_AFTER, Slowing
from duecourse.public.rulebook import current as rulebook
from duecourse.ui import address

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest

    from duecourse.public.reporting.receipt import Sent
    from duecourse.public.reporting.visit import Visit

PROOF_SECONDS: Final = 3.0
ASK_EVERY: Final = 0.2
MOST_WAITING: Final = 2
FILE_NAME: Final = "duecourse-receipt.json"

_slowing = Slowing()
_waiting = threading.BoundedSemaphore(MOST_WAITING)


@require_safe
def receipt(request: HttpRequest) -> HttpResponse:
    """Show the code and the receipt, waiting up to three seconds for the proof."""
    held = visit.of(request)
    if held is None:
        return redirect("follow-up")
    return _shown(request, "public/receipt.html", held, _with_proof(held) if held.fresh else receipts.find(held.keys))


@require_safe
def status(request: HttpRequest) -> HttpResponse:
    """Show where the report stands, what was written, and the letters."""
    held = visit.of(request)
    if held is None:
        return redirect("follow-up")
    sent = receipts.find(held.keys)
    more = conversation.thread(held, sent) if sent else {}
    return _shown(request, "public/status.html", held, sent, more=more)


@require_http_methods(["GET", "HEAD", "POST"])
def follow_up(request: HttpRequest) -> HttpResponse:
    """Ask for a code; a right one opens the status page."""
    if request.method != "POST":
        return _private(render(request, "public/follow_up.html", {"wrong": "", "typed": ""}))
    began, source = time.monotonic(), address.of(request)
    if _slowing.must_wait(source, began):
        return _private(render(request, "public/follow_up.html", {"wrong": "wait", "typed": ""}, status=429))
    code, found = _look(request.POST.get("code", ""))
    if found:
        response = redirect("status")
        response.status_code = 303
        visit.begin(response, code, fresh=False)
        return response
    if (theirs := party.opened(code)) is not None:  # a party's code: its own door
        return theirs
    _slowing.was_wrong(source, began)
    _slowing.hold_until(began + ANSWER_AFTER)
    context = {"wrong": "code", "typed": request.POST.get("code", "")[:100].replace("\0", "")}
    return _private(render(request, "public/follow_up.html", context, status=404))


@require_POST
def receipt_file(request: HttpRequest) -> HttpResponse:
    """Give the receipt as a file; with the contact details only when the box is ticked."""
    held = visit.of(request)
    if held is None:
        return redirect("follow-up")
    sent = receipts.find(held.keys)
    if sent is None or sent.proof is None:
        return _shown(request, "public/receipt.html", held, sent, status=409)
    content = sent.receipt(with_identity=request.POST.get("with_identity") == "yes")
    response = HttpResponse(content, content_type="application/json; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{FILE_NAME}"'
    return _private(response)


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Forget the code in this browser."""
    response = redirect("home")
    response.status_code = 303
    visit.end(response)
    draft.forget(request, response)
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


@require_safe
def code_picture(request: HttpRequest) -> HttpResponse:
    """The code as a QR picture: its text and no address, so that reading it opens nothing and sends nothing."""
    held = visit.of(request)
    if held is None:
        return HttpResponse(status=404)
    return _private(_picture(held.code))


@require_safe
def address_picture(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - a view takes the request
    """The address of the follow-up page as a QR picture, without any code."""
    return _picture(settings.PUBLIC_URL + reverse("follow-up"))


@require_safe
def lost_code(request: HttpRequest) -> HttpResponse:
    """Say that nobody can restore a code, and what can be done."""
    return render(request, "public/lost_code.html")


def _picture(text: str) -> HttpResponse:
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="svg", scale=4, border=4, nl=False)
    return HttpResponse(out.getvalue(), content_type="image/svg+xml")


def _look(typed: str) -> tuple[str, bool]:
    """Look for a code. A malformed one costs the same work as an unknown one."""
    try:
        code, well_formed = ids.read_code(typed), True
    except Invalid:
        code, well_formed = ids.code(), False
    return code, visit.known(code) and well_formed


def _with_proof(held: Visit) -> Sent | None:
    keys: sealing.ReporterKeys = held.keys
    sent = receipts.find(keys)
    if not _waiting.acquire(blocking=False):
        return sent
    try:
        until = time.monotonic() + PROOF_SECONDS
        while sent is not None and sent.proof is None and time.monotonic() < until:
            time.sleep(ASK_EVERY)
            sent = receipts.find(keys)
    finally:
        _waiting.release()
    return sent


def _shown(
    request: HttpRequest,
    template: str,
    held: Visit,
    sent: Sent | None,
    *,
    status: int = 200,
    more: Mapping[str, object] = MappingProxyType({}),
) -> HttpResponse:
    context = {
        "visit": held,
        "sent": sent,
        "head": rulebook().heads.get(sent.content["head"]) if sent else None,
        "expecting": expecting.of(sent) if sent else None,
        "remedy": door.current().remedies.get(sent.content["harmed"]) if sent else None,
        "calls": door.current().calls,
        "follow_up_address": settings.PUBLIC_URL + reverse("follow-up"),
        **more,
    }
    return _private(render(request, template, context, status=status))


def _private(response: HttpResponse) -> HttpResponse:
    patch_cache_control(response, no_store=True, private=True)
    return response
