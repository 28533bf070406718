"""What was answered so far, locked in a cookie: for who goes back with the browser's own button and then on again.

The form itself carries every answer; a page that the browser kept from before does not know the later ones. So each
page leaves them here, compressed and locked by the site's key, for two hours, for the one code they belong to. Too long
a text stays out (a header of a request has room for about 8 KB); it is still in the form. The server keeps nothing.
"""

from __future__ import annotations

import base64
import json
import time
import zlib
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings

from duecourse.core.errors import Invalid
from duecourse.public.reporting import ticket

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest, HttpResponse

COOKIE: Final = "duecourse_draft"
PURPOSE: Final = "draft"
PATH: Final = "/report/"
SECONDS: Final = 2 * 3600
PIECE: Final = 3_000
PIECES: Final = 2


def leave(response: HttpResponse, code: str, answers: Mapping[str, str]) -> None:
    """Leave the answers of this code in the browser; the longest stay out where they do not all fit."""
    held = {name: text for name, text in answers.items() if text}
    text = _locked(code, held)
    while len(text) > PIECE * PIECES and held:
        del held[max(held, key=lambda name: len(held[name]))]
        text = _locked(code, held)
    for piece in range(PIECES):
        part = text[piece * PIECE : (piece + 1) * PIECE]
        if part:
            secure = bool(settings.CSRF_COOKIE_SECURE)
            response.set_cookie(
                f"{COOKIE}{piece}", part, max_age=SECONDS, path=PATH, secure=secure, httponly=True, samesite="Strict"
            )
        else:
            response.delete_cookie(f"{COOKIE}{piece}", path=PATH, samesite="Strict")


def of(request: HttpRequest, code: str) -> dict[str, str]:
    """The answers left for this code; empty when there are none, they are of another code, or their time is over."""
    text = "".join(request.COOKIES.get(f"{COOKIE}{piece}", "") for piece in range(PIECES))
    try:
        held: Any = ticket.unlock(PURPOSE, text, now=time.time())
        opened = json.loads(zlib.decompress(base64.b64decode(held["answers"])))
    except (Invalid, ValueError, zlib.error):
        return {}
    return dict(opened) if held["code"] == code else {}


def forget(request: HttpRequest, response: HttpResponse) -> None:
    """Remove the cookie: the report is in, or the person leaves."""
    for piece in range(PIECES):
        if f"{COOKIE}{piece}" in request.COOKIES:
            response.delete_cookie(f"{COOKIE}{piece}", path=PATH, samesite="Strict")


def _locked(code: str, answers: Mapping[str, str]) -> str:
    packed = zlib.compress(json.dumps(answers, ensure_ascii=False).encode("utf-8", "replace"), 9)
    value = {"code": code, "answers": base64.b64encode(packed).decode("ascii")}
    return ticket.lock(PURPOSE, value, until=time.time() + SECONDS)  # type: ignore[arg-type]
