"""Reports as they come in: those that are open, oldest first, and how many still wait to be opened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from duecourse.office.matters import rulebook
from duecourse.office.matters.models import Matter

from . import access, lines

if TYPE_CHECKING:
    from duecourse.core.procedure.attempt import PersonFacts

PER_PAGE: Final = 50
REPORT: Final = "report"


@require_safe
def reports(request: HttpRequest) -> HttpResponse:
    """List the open reports, the oldest first. Raises NotYours for a person without a role in handling reports."""
    person: PersonFacts = request.person  # type: ignore[attr-defined]
    if REPORT not in access.seen_procedures(person):
        raise access.NotYours(access.roles_of(rulebook.current().procedures[REPORT][-1]))
    found = Matter.objects.filter(procedure=REPORT, ended=False).order_by("opened_on", "number")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    shown = {
        "lines": [lines.line(row) for row in page.object_list],
        "page": page,
        "unopened": lines.unopened(),
        "here": "reports",
    }
    return render(request, "office/reports.html", shown)
