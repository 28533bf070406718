"""The front page, what the office is and is not, what happens to what people send, and whether the site is up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from duecourse.public import office
from duecourse.public.reporting import door
from duecourse.public.rulebook import current as rulebook
from duecourse.ui import language

if TYPE_CHECKING:
    from django.http import HttpRequest


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show where to go."""
    return render(request, "public/home.html")


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """Show the heads this office may act on, and what it refuses to be."""
    return render(request, "public/about.html", {"heads": rulebook().heads, "outside": door.current().elsewhere})


@require_safe
def data(request: HttpRequest) -> HttpResponse:
    """Say what is kept of a report, who can open it, and what the server sees: ten sentences."""
    return render(request, "public/data.html", {"sentences": door.current().data})


@require_safe
def children(request: HttpRequest) -> HttpResponse:
    """A plain page for who is under 18."""
    return render(request, "public/children.html", {"sentences": door.current().children})


@require_safe
def elsewhere(request: HttpRequest) -> HttpResponse:
    """Who can help with what is outside the remit."""
    return render(request, "public/elsewhere.html", {"outside": door.current().elsewhere})


@require_safe
def contact(request: HttpRequest) -> HttpResponse:
    """Every way to reach the office, whom to call first, where to object, who else can help."""
    said, here = door.current(), office.profile()
    context = {
        "office": here, "address": language.pick(here.address), "calls": said.calls, "outside": said.elsewhere,
    }  # fmt: skip
    return render(request, "public/contact.html", context)


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """Say what was done so that everybody can use the site, what is missing, and whom to tell."""
    return render(request, "public/accessibility.html")


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - a view takes the request
    """Answer that this process serves; it asks nothing else."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")
