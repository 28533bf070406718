"""The page on which running cases are brought along: take the template, try it, import it.

Not responsible for what a row becomes (`importing`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from duecourse.office.settings import access, importing, workbooks
from duecourse.office.settings.views import Problem

if TYPE_CHECKING:
    from duecourse.core.procedure.attempt import PersonFacts

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN: Final = 200


@require_http_methods(["GET", "HEAD", "POST"])
def import_page(request: HttpRequest) -> HttpResponse:
    """Show the three steps; after a post, what would happen or what did."""
    _may(request)
    report, problems, dry = None, [], request.POST.get("act") != "import"
    if request.method == "POST":
        file = request.FILES.get("file")
        if file is None:
            problems = [Problem("file", gettext("Choose the filled-in workbook."))]
        else:
            content = file.read(workbooks.LARGEST + 1)
            report = importing.run(content, by=request.user, dry=dry)  # type: ignore[arg-type]
    shown = {
        "report": report, "dry": dry, "problems": problems, "errors": report.errors[:SHOWN] if report else [],
        "more": max(0, len(report.errors) - SHOWN) if report else 0, "columns": workbooks.COLUMNS, "here": "settings",
    }  # fmt: skip
    failed = bool(problems or (report and report.errors))
    return render(request, "settings/import.html", shown, status=422 if failed else 200)


@require_safe
def template(request: HttpRequest) -> HttpResponse:
    """Give the workbook to fill in."""
    _may(request)
    answer = HttpResponse(importing.template(), content_type=XLSX)
    answer["Content-Disposition"] = 'attachment; filename="cases.xlsx"'
    return answer


def _may(request: HttpRequest) -> None:
    person: PersonFacts = request.person  # type: ignore[attr-defined]
    access.require(person, access.IMPORTS)
