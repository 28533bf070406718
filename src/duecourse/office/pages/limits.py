"""What may be posted to the office at all: refuses, in the page's language, what no form of this site sends.

Responsible for size, media type and whole bodies, and for forms that cannot be checked; each refusal says what to do
and shows what was typed, so that nothing is lost. Not here: fields (`forms.py`), files (`files.py`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.http import UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render

from duecourse.edge.bodies import FORMS, MULTIPART, Tail
from duecourse.office.matters.exhibits import LARGEST

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

LARGEST_BODY: Final = LARGEST + 5_000_000
READABLE: Final = frozenset({"unchecked", "signed-out"})
NOT_TYPED: Final = frozenset({"csrfmiddlewaretoken", "key", "seen", "kept", "username", "password", "next"})


class BodyMiddleware:
    """Answer 413, 415 or 400 where a body cannot be read; else pass on, marking a body that was cut off."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Read a post whole before it is judged."""
        refused = _read(request) if request.method == "POST" else None
        return refused or self.get_response(request)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Answer 403 to a form that was not served to this browser, or before the person signed in again."""
    return _refuse(request, "unchecked", 403)


def signed_out(request: HttpRequest) -> HttpResponse:
    """Answer a post of somebody whose session has ended: with what was typed, when anything was."""
    return _refuse(request, "signed-out", 403) if _typed(request) else redirect_to_login(request.path)


def was_cut(request: HttpRequest) -> bool:
    """Whether the sending broke off: what came of its file is not the file."""
    return bool(getattr(request, "cut", False))


def _read(request: HttpRequest) -> HttpResponse | None:
    if request.content_type not in FORMS:
        return _refuse(request, "media", 415)
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST_BODY:
        return _refuse(request, "large", 413)
    tail = Tail.under(request) if request.content_type == MULTIPART else None
    try:
        request.POST  # noqa: B018 - reading is what may fail
    except RequestDataTooBig:
        return _refuse(request, "large", 413)
    except (MultiPartParserError, BadRequest, SuspiciousOperation, UnreadablePostError):
        return _refuse(request, "broken", 400)
    request.cut = tail is not None and not tail.whole((request.content_params or {}).get("boundary", ""))  # type: ignore[attr-defined]
    return None


def _refuse(request: HttpRequest, why: str, status: int) -> HttpResponse:
    typed = _typed(request) if why in READABLE else []
    shown = {"why": why, "typed": typed, "here": "", "back": request.path}
    return render(request, "office/refused_body.html", shown, status=status)


def _typed(request: HttpRequest) -> list[str]:
    return [said for name, text in request.POST.items() if name not in NOT_TYPED and (said := str(text).strip())]
