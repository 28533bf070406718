"""A party's visit: the code in a locked cookie for an hour after the last page, so that it stands in no address.

Responsible for beginning, reading and ending a visit. The cookie goes to the party's pages alone, not to scripts and
not with requests that another site starts. An hour, because a defence is not written in a quarter of one; whoever takes
longer types the code again on the same page, with everything still in it.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings

from duecourse.core.errors import Invalid
from duecourse.edge import sealing
from duecourse.public.reporting import ticket

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

COOKIE: Final = "duecourse_party"
PURPOSE: Final = "party-visit"
PATH: Final = "/party/"
SECONDS: Final = 3600


@dataclass(frozen=True, slots=True)
class Visit:
    """The code that this browser holds for now."""

    code: str

    @property
    def keys(self) -> sealing.ReporterKeys:
        """The keys of the code."""
        return sealing.party_keys(self.code)


def begin(response: HttpResponse, code: str) -> None:
    """Begin or go on with a visit."""
    text = ticket.lock(PURPOSE, {"code": code}, until=time.time() + SECONDS)
    secure = bool(settings.CSRF_COOKIE_SECURE)
    response.set_cookie(COOKIE, text, max_age=SECONDS, path=PATH, secure=secure, httponly=True, samesite="Strict")


def of(request: HttpRequest) -> Visit | None:
    """Return the visit of a request, or None when there is none or its time is over."""
    try:
        held: Any = ticket.unlock(PURPOSE, request.COOKIES.get(COOKIE), now=time.time())
    except Invalid:
        return None
    return Visit(held["code"])


def end(response: HttpResponse) -> None:
    """End the visit in this browser."""
    response.delete_cookie(COOKIE, path=PATH, samesite="Strict")
