"""今日 Today: a calm summary of what waits for a person, and each list of it in pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from duecourse.office.diary import day, party_acts, queue
from duecourse.office.diary.agenda import Agenda
from duecourse.office.matters import rulebook
from duecourse.office.pages import access, lines
from duecourse.office.pages.matters import openings
from duecourse.office.pages.standing import today
from duecourse.ui import language

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duecourse.core.procedure.attempt import PersonFacts
    from duecourse.office.diary.agenda import Line
    from duecourse.office.diary.day import Found

FEW: Final = 6
"""Lines of each list on the page of the day; a page of its own shows the rest."""
PER_PAGE: Final = 15


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """Show the summary, the first lines of each list, the queue's length, and what this person may open."""
    person: PersonFacts = request.person  # type: ignore[attr-defined]
    on = today()
    lists = {name: day.found(name, person, on, most=FEW) for name in day.LISTS}
    agenda = Agenda(person, on, lists.values())
    shown = {
        "lists": {name: {"total": found.total, "lines": _lines(agenda, name, found)} for name, found in lists.items()},
        "overdue": lists["due"].overdue,
        "acts": party_acts.waiting(person),
        "queues": _queues(person),
        "unopened": lines.unopened() if "report" in access.seen_procedures(person) else 0,
        "openings": openings(person),
        "few": FEW,
        "today": on,
        "oversees": bool(person.roles & access.OVERSEES),
    }
    return render(request, "diary/today.html", shown)


@require_safe
def section(request: HttpRequest, name: str) -> HttpResponse:
    """Show one list of the day whole, in pages; `?whole=true` the clocks of the office for those who oversee it."""
    person: PersonFacts = request.person  # type: ignore[attr-defined]
    on, oversees = today(), bool(person.roles & access.OVERSEES)
    whole = name == "due" and oversees and request.GET.get("whole") == "true"
    number = page_number(request)
    found = day.found(name, person, on, most=PER_PAGE, skip=(number - 1) * PER_PAGE, whole=whole)
    if not found.items and number > 1:
        number, found = 1, day.found(name, person, on, most=PER_PAGE, whole=whole)
    shown = {
        "name": name,
        "lines": _lines(Agenda(person, on, [found]), name, found),
        "page": paged(found.total, PER_PAGE, number),
        "query": "whole=true&" if whole else "",
        "whole": whole,
        "oversees": oversees and name == "due",
        "template": f"diary/_{TEMPLATES[name]}.html",
    }
    return render(request, "diary/section.html", shown)


TEMPLATES: Final = {
    "opinions": "opinions", "mine": "mine", "owned": "mine", "others": "others", "held": "held", "due": "due",
}  # fmt: skip


def page_number(request: HttpRequest) -> int:
    """Return the page that was asked for; 1 for what is no number."""
    asked = request.GET.get("page", "")
    return max(1, int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 1  # noqa: PLR2004


def paged(total: int, per_page: int, number: int) -> Any:
    """Return the page object that `_pages.html` shows: the lines themselves were found by the database."""
    return Paginator(range(total), per_page).get_page(number)


def _lines(agenda: Agenda, name: str, found: Found) -> Sequence[Line]:
    if name in ("opinions", "mine", "owned"):
        return agenda.waiting(found, steps=name != "opinions")
    return {"others": agenda.others, "held": agenda.held, "due": agenda.due}[name](found)


def _queues(person: PersonFacts) -> list[tuple[str, str, int, int]]:
    """For each queue: procedure, its title, how many lie in it, how many of them are urgent."""
    book, on = rulebook.current(), today()
    return [
        (name, language.pick(book.procedure(name, on).title), count, urgent)
        for name, (count, urgent) in queue.waiting(person, on).items()
    ]
