"""Whether the body of a post came whole: what both sites ask before they read a form.

Responsible for the media types of forms and for noticing a body that was cut off. Not responsible for the pages that
say so, nor for how large a body may be: each site has its own.
"""

from __future__ import annotations

from typing import Any, Final

FORMS: Final = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})
MULTIPART: Final = "multipart/form-data"
TAIL: Final = 256


class Tail:
    """A stream that remembers its last bytes: a form that ends without its boundary was cut off."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self._last = b""

    @classmethod
    def under(cls, request: Any) -> Tail:
        """Put one under a request of Django's, before its body is read."""
        tail = cls(request._stream)  # noqa: SLF001 - Django offers no other place
        request._stream = tail  # noqa: SLF001 - the same
        return tail

    def read(self, *size: int) -> bytes:
        """Read as the stream does."""
        return self._seen(self._stream.read(*size))

    def readline(self, *size: int) -> bytes:
        """Read a line as the stream does."""
        return self._seen(self._stream.readline(*size))

    def _seen(self, read: bytes) -> bytes:
        if read:
            self._last = (self._last + read)[-TAIL:] if len(read) < TAIL else read[-TAIL:]
        return read

    def whole(self, boundary: str) -> bool:
        """Whether the closing boundary was the last thing read (RFC 2046 §5.1.1)."""
        return self._last.rstrip(b"\r\n").endswith(b"--" + boundary.encode("ascii", "replace") + b"--")
