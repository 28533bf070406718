"""The pages of the ledger books: which there are, what a year holds, and a book as a file.

A file that leaves the system is an entry of the system stream: which book, which year and filter, how many rows, by
whom; and it takes a recent proof of who asks. Not responsible for rows and files (`ledgers`, `sheets`).
"""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from duecourse.core.ledger.entry import Field
from duecourse.edge import ids
from duecourse.office.books import ledgers, sheets
from duecourse.office.books.ledgers import Book, Choice
from duecourse.office.ledger import system
from duecourse.office.matters import rulebook
from duecourse.office.pages import access
from duecourse.office.pages.standing import today
from duecourse.office.people import proving
from duecourse.ui import language

if TYPE_CHECKING:
    from django.http import QueryDict

    from duecourse.core.procedure.attempt import PersonFacts

IN_MEMORY: Final = 4_000_000
PREVIEW: Final = 20
CASES: Final = "penalty-ordinary"


@require_safe
def books(request: HttpRequest) -> HttpResponse:
    """List the books, with how many rows the year has."""
    person = _person(request)
    years = ledgers.years() or [today().year]
    year = _year(request.GET.get("year", ""), years[0])
    shown = [
        {"book": book, "title": gettext(book.title), "count": ledgers.count(book, year)}
        for book in ledgers.BOOKS
        if _opens(book, person)
    ]
    return render(request, "books/books.html", {"books": shown, "years": years, "year": year, "here": "books"})


@require_safe
def book(request: HttpRequest, name: str) -> HttpResponse:
    """Show the first rows of a book, its filters, and the ways to take it out."""
    person, found = _person(request), _found(request, name)
    years = ledgers.years() or [today().year]
    choice = _chosen(request.GET, years[0])
    columns = ledgers.columns_for(found, person.roles)
    first = [row for row, _ in zip(ledgers.rows(found, choice, person), range(PREVIEW), strict=False)]
    ruled = rulebook.current().procedures[found.procedure][-1] if found.procedure else None
    shown = {
        "book": found,
        "title": gettext(found.title),
        "headings": [gettext(column.heading) for column in columns],
        "withheld": [gettext(column.heading) for column in found.columns if column not in columns],
        "rows": first,
        "count": ledgers.count(found, choice.year),
        "choice": choice,
        "years": years,
        "stages": [(stage.id, language.pick(stage.title)) for stage in ruled.stages.values()] if ruled else [],
        "heads": [(head.id, language.pick(head.title)) for head in rulebook.current().heads.values()] if ruled else [],
        "kinds": list(sheets.MEDIA),
        "here": "books",
    }
    return render(request, "books/book.html", shown)


@require_POST
@proving.recently()
def take_out(request: HttpRequest, name: str) -> HttpResponseBase:
    """Give the book as a file, and enter that it was given."""
    person, found = _person(request), _found(request, name)
    kind = request.POST.get("kind", "")
    if kind not in sheets.MEDIA:
        raise Http404
    choice = _chosen(request.POST, today().year)
    columns = ledgers.columns_for(found, person.roles)
    file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the answer closes it
    headings = [gettext(column.heading) for column in columns]
    count = sheets.write(kind, file, gettext(found.title), headings, ledgers.rows(found, choice, person))
    _enter(request, found, choice, kind, count)
    file.seek(0)
    answer = FileResponse(
        file, as_attachment=True, filename=f"{found.id}-{choice.year}.{kind}", content_type=sheets.MEDIA[kind]
    )
    answer["Cache-Control"] = "no-store"
    return answer


def _enter(request: HttpRequest, found: Book, choice: Choice, kind: str, count: int) -> None:
    outcome = {"book": found.id, "year": choice.year, "stage": choice.stage, "head": choice.head, "late": choice.late,
               "rows": count, "kind": kind}  # fmt: skip
    with transaction.atomic():
        system.record("book-taken-out", [Field("account", "office", str(request.user.pk), ids.salt())], outcome)


def _opens(book: Book, person: PersonFacts) -> bool:
    if book.id == "items":
        return True
    return (book.procedure or CASES) in access.seen_procedures(person)


def _found(request: HttpRequest, name: str) -> Book:
    found, person = ledgers.by_id(name), _person(request)
    if found is None:
        raise Http404
    if not _opens(found, person):
        procedures = rulebook.current().procedures
        raise access.NotYours(access.roles_of(procedures[found.procedure or CASES][-1]) | access.OVERSEES)
    return found


def _chosen(said: QueryDict, year: int) -> Choice:
    return Choice(
        _year(said.get("year", ""), year),
        said.get("stage", "")[:100],
        said.get("head", "")[:100],
        late=said.get("late") == "true",
    )


def _year(text: str, otherwise: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) == 4 else otherwise  # noqa: PLR2004 - a year


def _person(request: HttpRequest) -> PersonFacts:
    person: PersonFacts = request.person  # type: ignore[attr-defined]
    return person
