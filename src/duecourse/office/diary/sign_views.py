"""待签 To sign: one page for each item that waits for this person's opinion, readable on the screen and on A4."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from duecourse.office.diary import day, sheets
from duecourse.office.diary.views import page_number, paged
from duecourse.office.pages import access
from duecourse.office.pages.standing import today

if TYPE_CHECKING:
    from uuid import UUID

    from duecourse.core.procedure.attempt import PersonFacts

PER_PAGE: Final = 5


@require_safe
def sign(request: HttpRequest) -> HttpResponse:
    """Show what waits for this person's signature, the nearest period first, each as a sheet of its own."""
    person: PersonFacts = request.person  # type: ignore[attr-defined]
    number, on = page_number(request), today()
    found = day.found("opinions", person, on, most=PER_PAGE, skip=(number - 1) * PER_PAGE)
    if not found.items and number > 1:
        number, found = 1, day.found("opinions", person, on, most=PER_PAGE)
    shown = {
        "sheets": sheets.sheets(found.items, person, on),
        "page": paged(found.total, PER_PAGE, number),
        "query": "",
    }
    return render(request, "diary/sign.html", shown)


@require_safe
def sheet(request: HttpRequest, matter: UUID, step: str) -> HttpResponse:
    """Show one sheet, to whoever may see the matter. Raises Http404 when no such proposal waits."""
    person: PersonFacts = request.person  # type: ignore[attr-defined]
    if access.matter_for(person, matter) is None:
        raise Http404
    found = sheets.sheets([(matter, step)], person, today())
    if not found:
        raise Http404
    return render(request, "diary/sheet.html", {"sheet": found[0]})
