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

from duecourse.public.reporting.attachments import ALL_FILES, Uploads

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

LARGEST_BODY: Final = ALL_FILES + 5_000_000
FORMS: Final = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})
MULTIPART: Final = "multipart/form-data"
TAIL: Final = 256


class BodyMiddleware:
    """Answer 413, 415 or 400 where a body cannot be read; else pass on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Read a post whole before it is judged."""
        if request.method != "POST":
            return self.get_response(request)
        try:
            return self._read(request) or self.get_response(request)
        finally:
            uploads: Uploads | None = getattr(request, "uploads", None)
            if uploads is not None:
                uploads.discard()

    def _read(self, request: HttpRequest) -> HttpResponse | None:
        if request.content_type not in FORMS:
            return _refuse(request, "media", 415)
        if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST_BODY:
            return _refuse(request, "large", 413)
        tail = _Tail.under(request) if request.content_type == MULTIPART else None
        try:
            request.POST  # noqa: B018 - reading is what may fail
        except RequestDataTooBig:
            return _refuse(request, "large", 413)
        except (MultiPartParserError, BadRequest, SuspiciousOperation, UnreadablePostError):
            return _refuse(request, "broken", 400)
        if tail is not None and not tail.whole(request.content_params.get("boundary", "")):
            _interrupt(request)
        return None


class _Tail:
    """A request's stream that remembers its last bytes: a form that ends without its boundary was cut off."""

    def __init__(self, stream: object) -> None:
        self._stream = stream
        self._last = b""

    @classmethod
    def under(cls, request: HttpRequest) -> _Tail:
        """Put one under the request."""
        tail = cls(request._stream)  # type: ignore[attr-defined]  # noqa: SLF001 - Django offers no other place
        request._stream = tail  # type: ignore[attr-defined]  # noqa: SLF001 - the same
        return tail

    def read(self, *size: int) -> bytes:
        """Read as the stream does."""
        return self._seen(self._stream.read(*size))  # type: ignore[attr-defined]

    def readline(self, *size: int) -> bytes:
        """Read a line as the stream does."""
        return self._seen(self._stream.readline(*size))  # type: ignore[attr-defined]

    def _seen(self, read: bytes) -> bytes:
        if read:
            self._last = (self._last + read)[-TAIL:] if len(read) < TAIL else read[-TAIL:]
        return read

    def whole(self, boundary: str) -> bool:
        """Whether the closing boundary was the last thing read (RFC 2046 §5.1.1)."""
        return self._last.rstrip(b"\r\n").endswith(b"--" + boundary.encode("ascii", "replace") + b"--")


def _interrupt(request: HttpRequest) -> None:
    uploads: Uploads = getattr(request, "uploads", None) or Uploads()
    uploads.interrupted = True
    request.uploads = uploads  # type: ignore[attr-defined]


def _refuse(request: HttpRequest, why: str, status: int) -> HttpResponse:
    return render(request, "public/refused_body.html", {"why": why}, status=status)
