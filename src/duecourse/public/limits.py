"""What may be posted at all: refuses, in the page's language, what no form of this site sends.

Responsible for size, media type and whole bodies, before anything else looks at a request; and for removing attachments
that no view took over. Each refusal is a page that says what to do. Not here: rules about fields (`reporting.form`) and
single attachments (`reporting.attachments`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.http import UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render

from duecourse.edge.bodies import FORMS, MULTIPART, Tail
from duecourse.public.reporting.attachments import ALL_FILES, LONGEST_PART, Uploads

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

LARGEST_BODY: Final = ALL_FILES + 5_000_000
LARGEST_PART: Final = LONGEST_PART + 1_000_000
PARTS: Final = "/report/part/"


class BodyMiddleware:
    """Answer 413, 415 or 400 where a body cannot be read; else pass on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Read a post whole before it is judged."""
        if request.method != "POST":
            return self.get_response(request)
        try:
            return _storable(self._read(request) or self.get_response(request))
        finally:
            uploads: Uploads | None = getattr(request, "uploads", None)
            if uploads is not None:
                uploads.discard()

    def _read(self, request: HttpRequest) -> HttpResponse | None:
        if request.content_type not in FORMS:
            return _refuse(request, "media", 415)
        most = LARGEST_PART if request.path == PARTS else LARGEST_BODY
        if int(request.META.get("CONTENT_LENGTH") or 0) > most:
            return _refuse(request, "large", 413)
        tail = Tail.under(request) if request.content_type == MULTIPART else None
        try:
            request.POST  # noqa: B018 - reading is what may fail
        except RequestDataTooBig:
            return _refuse(request, "large", 413)
        except (MultiPartParserError, BadRequest, SuspiciousOperation, UnreadablePostError):
            return _refuse(request, "broken", 400)
        if tail is not None and not tail.whole(request.content_params.get("boundary", "")):
            _interrupt(request)
        return None


def _storable(response: HttpResponse) -> HttpResponse:
    """A page that the browser may keep for its own way back must not vary with a cookie that the next page changes.

    Django adds `Vary: Cookie` wherever a form stands; on a private page it says nothing that `private` does not.
    """
    if "no-cache" in response.headers.get("Cache-Control", ""):
        del response.headers["Vary"]
    return response


def _interrupt(request: HttpRequest) -> None:
    uploads: Uploads = getattr(request, "uploads", None) or Uploads()
    uploads.interrupted = True
    request.uploads = uploads  # type: ignore[attr-defined]


def _refuse(request: HttpRequest, why: str, status: int) -> HttpResponse:
    return render(request, "public/refused_body.html", {"why": why}, status=status)
