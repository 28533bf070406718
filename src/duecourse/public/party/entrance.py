"""The party's door: a code opens the papers; a reporter's code leads to the reporter's pages, and the other way round.

A wrong code is answered after a fixed time with the same page, whatever was wrong with it and whichever door it was
tried at. Responsible for the door and for leaving. Not here: the pages behind it (`views`).
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_http_methods, require_POST

from duecourse.core.errors import Invalid
from duecourse.edge import ids, sealing
from duecourse.public.party import papers, visit
from duecourse.public.reporting import visit as reporters
from duecourse.public.reporting.slowing import ANSWER_AFTER, Slowing
from duecourse.ui import address

if TYPE_CHECKING:
    from django.http import HttpRequest

_slowing = Slowing()


@require_http_methods(["GET", "HEAD", "POST"])
def door(request: HttpRequest) -> HttpResponse:
    """Ask for a code; a right one opens the papers."""
    if request.method != "POST":
        if visit.of(request) is not None and "again" not in request.GET:
            return redirect("party-papers")
        return private(render(request, "public/party/door.html", {"wrong": "", "typed": ""}))
    began, source = time.monotonic(), address.of(request)
    if _slowing.must_wait(source, began):
        return private(render(request, "public/party/door.html", {"wrong": "wait", "typed": ""}, status=429))
    typed = request.POST.get("code", "")
    response = _opened(typed)
    if response is not None:
        return response
    _slowing.was_wrong(source, began)
    _slowing.hold_until(began + ANSWER_AFTER)
    context = {"wrong": "code", "typed": typed[:100].replace("\0", "")}
    return private(render(request, "public/party/door.html", context, status=404))


@require_POST
def leave(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - a view takes the request
    """Forget the code in this browser."""
    response = redirect("home")
    response.status_code = 303
    visit.end(response)
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


def opened(code: str) -> HttpResponse | None:
    """The way in for a code that was typed at another door, or None when it is no party's."""
    if papers.read(sealing.party_keys(code)) is None:
        return None
    response = redirect("party-papers")
    response.status_code = 303
    visit.begin(response, code)
    return response


def private(response: HttpResponse) -> HttpResponse:
    """Keep a page out of every cache."""
    patch_cache_control(response, no_store=True, private=True)
    return response


def recognised(typed: str) -> str | None:
    """The code that somebody typed, if it opens papers. Takes the same work for a malformed one."""
    code, well_formed = _read(typed)
    return code if papers.read(sealing.party_keys(code)) is not None and well_formed else None


def _opened(typed: str) -> HttpResponse | None:
    """Look at both doors, whatever is found at the first: a malformed code costs the same work as an unknown one."""
    code, well_formed = _read(typed)
    here, there = opened(code), reporters.known(code)
    if not well_formed or (here is None and not there):
        return None
    if here is not None:
        return here
    response = redirect("status")
    response.status_code = 303
    reporters.begin(response, code, fresh=False)
    return response


def _read(typed: str) -> tuple[str, bool]:
    try:
        return ids.read_code(typed), True
    except Invalid:
        return ids.code(), False
