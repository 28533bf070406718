"""The pages of proof: checkpoint and tiles as C2SP tlog-tiles has them, the log's key, the verifier, the heads.

Responsible for serving bytes that anybody can check, and for saying how. The log's address is `…/proofs/`: a witness or
a monitor reads `…/proofs/checkpoint` and `…/proofs/tile/…`. Not here: signing and exporting (the office).
"""

from __future__ import annotations

import hashlib
import importlib.resources
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from duecourse.core.errors import Invalid
from duecourse.core.ledger import canonical
from duecourse.core.ledger import checkpoint as checkpoints
from duecourse.edge.keys import KeyRing
from duecourse.public.proofs import published
from duecourse.public.rulebook import current as rulebook

if TYPE_CHECKING:
    from django.http import HttpRequest

CATALOGUE: Final = "duecourse/heads/v1"
PLAIN: Final = "text/plain; charset=utf-8"


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Say how to verify, and give everything that is needed for it."""
    context = {
        "vkey": _vkey(),
        "checkpoint": _checkpoint(),
        "verifier_digest": hashlib.sha256(_verifier()).hexdigest() if _verifier() else "",
        "heads_digest": hashlib.sha256(_heads()).hexdigest(),
        "rulebook_digest": rulebook().digest,
        "log": settings.PUBLIC_URL + "/proofs/",
    }
    return render(request, "public/proofs.html", context)


@require_safe
def checkpoint(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - a view takes the request
    """Give the published checkpoint."""
    try:
        response = HttpResponse(published.checkpoint(), content_type=PLAIN)
    except FileNotFoundError:
        raise Http404 from None
    response.headers["Cache-Control"] = "no-cache"
    return response


@require_safe
def tile(request: HttpRequest, tile: str) -> HttpResponse:  # noqa: ARG001 - a view takes the request
    """Give a tile. A tile never changes, so anybody may keep it."""
    try:
        response = HttpResponse(published.tile(tile), content_type="application/octet-stream")
    except (FileNotFoundError, Invalid):
        raise Http404 from None
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


@require_safe
def vkey(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - a view takes the request
    """Give the log's verifier key. Compare it with the one printed elsewhere before you trust it."""
    if not _vkey():
        raise Http404
    return HttpResponse(_vkey() + "\n", content_type=PLAIN)


@require_safe
def verifier(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - a view takes the request
    """Give the verifier as one file, for a machine without network."""
    if not _verifier():
        raise Http404
    response = HttpResponse(_verifier(), content_type="text/html; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="verify.html"'
    return response


@require_safe
def heads(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - a view takes the request
    """Give the catalogue of heads whose digest stands in the record."""
    return HttpResponse(_heads(), content_type="application/json; charset=utf-8")


@cache
def _heads() -> bytes:
    book = rulebook()
    listed = [
        {"id": head.id, "title": dict(head.title), "on": [str(on) for on in head.on]} for head in book.heads.values()
    ]
    return canonical.spell({"v": CATALOGUE, "heads": listed})  # type: ignore[arg-type]


@cache
def _verifier() -> bytes:
    place = importlib.resources.files("duecourse.verify").joinpath("verify.html")
    return place.read_bytes() if place.is_file() else b""


def _vkey() -> str:
    try:
        return KeyRing(Path(settings.DUECOURSE_KEYS)).vkey("log")
    except Invalid:
        return ""


def _checkpoint() -> dict[str, object] | None:
    try:
        text = published.checkpoint()
        head, signed = checkpoints.read(text)
    except (FileNotFoundError, Invalid):
        return None
    return {"size": head.size, "root": head.root.hex(), "text": text, "signatures": len(signed.signatures)}
