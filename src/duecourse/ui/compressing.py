"""Pages sent compressed, where that tells nobody anything.

The length of a compressed answer can betray a secret in it when a stranger may both choose a part of the same answer
and watch its length (BREACH). So: nothing that a view marks `no-store` or `private` is compressed (there is the
reporter's code); the office's cookies are SameSite=Strict, so that another site's requests see no page of a person;
form tokens are masked anew in each answer; and Django pads each answer by a random length. Static files are compressed
beforehand (`ui/stylesheet.py`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.middleware.gzip import GZipMiddleware

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

TYPES = ("text/html", "image/svg+xml")


class PagesMiddleware(GZipMiddleware):
    """Compress pages and drawings; leave every other answer, and every private one, as it is."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Return the answer, compressed when it is a page that holds no one's secret."""
        said = response.headers.get("Cache-Control", "")
        if "no-store" in said or "private" in said or not response.headers.get("Content-Type", "").startswith(TYPES):
            return response
        return super().process_response(request, response)
