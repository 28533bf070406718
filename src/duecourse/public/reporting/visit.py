"""A reporter's visit: the code in a locked cookie for a quarter of an hour, so that it stands in no address.

Responsible for beginning, reading and ending a visit. The cookie goes to the pages of the report alone, not to scripts
and not with requests that another site starts.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings

from duecourse.core.errors import Invalid
from duecourse.edge import sealing
from duecourse.public import front
from duecourse.public.reporting import ticket

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

COOKIE: Final = "duecourse_visit"
PURPOSE: Final = "visit"
PATH: Final = "/report/"
SECONDS: Final = 900


@dataclass(frozen=True, slots=True)
class Visit:
    """The code; whether the report was sent just now; whether it had been sent before under the same code."""

    code: str
    fresh: bool
    again: bool

    @property
    def keys(self) -> sealing.ReporterKeys:
        """The keys of the code."""
        return sealing.reporter_keys(self.code)


def begin(response: HttpResponse, code: str, *, fresh: bool, again: bool = False) -> None:
    """Begin or go on with a visit."""
    text = ticket.lock(PURPOSE, {"code": code, "fresh": fresh, "again": again}, until=time.time() + SECONDS)
    secure = bool(settings.CSRF_COOKIE_SECURE)
    response.set_cookie(COOKIE, text, max_age=SECONDS, path=PATH, secure=secure, httponly=True, samesite="Strict")


def of(request: HttpRequest) -> Visit | None:
    """Return the visit of a request, or None when there is none or its time is over."""
    try:
        held: Any = ticket.unlock(PURPOSE, request.COOKIES.get(COOKIE), now=time.time())
    except Invalid:
        return None
    return Visit(held["code"], held["fresh"], held["again"])


def end(response: HttpResponse) -> None:
    """End the visit in this browser."""
    response.delete_cookie(COOKIE, path=PATH, samesite="Strict")


def known(code: str) -> bool:
    """Whether a report is stored under this code."""
    return front.status(sealing.reporter_keys(code).lookup_id) is not None
