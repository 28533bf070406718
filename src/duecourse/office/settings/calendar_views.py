"""Pages of the calendar: which years are on file, and a year's announcement entered by two persons independently.

A person sees the own reading and, once there are two, where they differ; never the other's reading before the own one
is entered. Not responsible for what agreement brings about (`calendars`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from duecourse.core.errors import Invalid
from duecourse.office.matters import exhibits, rulebook
from duecourse.office.pages.forms import date_spelled
from duecourse.office.pages.standing import today
from duecourse.office.settings import access, calendars, sentences
from duecourse.office.settings.calendars import Line, Reading
from duecourse.office.settings.models import AGREED
from duecourse.office.settings.views import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.http import QueryDict

    from duecourse.core.procedure.attempt import PersonFacts
    from duecourse.office.settings.models import CalendarReading

AHEAD: Final = 2
LARGEST_FILE: Final = 20_000_000
_BETWEEN: Final = re.compile(r"[\s,，、;；]+")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the form: the festival, and what stands in its three controls."""

    number: int
    title: Mapping[str, str]
    first: str = ""
    last: str = ""
    make_up: str = ""


@require_safe
def years(request: HttpRequest) -> HttpResponse:
    """List the years on file and those that wait."""
    _may(request)
    known = rulebook.current().calendar.years
    span = range(min(known, default=today().year), today().year + AHEAD + 1)
    rows = [{"year": year, "on_file": known.get(year), "waiting": len(calendars.open_readings(year))} for year in span]
    return render(request, "settings/calendars.html", {"rows": rows[::-1], "here": "settings"})


@require_http_methods(["GET", "HEAD", "POST"])
def year_page(request: HttpRequest, year: int) -> HttpResponse:
    """Show one year, with the form for one's own reading of the announcement."""
    person = _may(request)
    if not today().year - AHEAD <= year <= today().year + AHEAD:
        raise Http404
    if request.method == "POST":
        try:
            return _posted(request, year)
        except Invalid as wrong:
            return _shown(request, year, person, [Problem("number", sentences.of(wrong))])
    return _shown(request, year, person)


def _posted(request: HttpRequest, year: int) -> HttpResponse:
    if request.POST.get("act") == "withdraw":
        calendars.withdraw(year, by=request.user)  # type: ignore[arg-type]
        messages.success(request, gettext("Your reading was taken back."))
        return redirect("calendar-year", year=year)
    kept = calendars.read(
        _read(request.POST, year),
        by=request.user,
        link=request.POST.get("link", "").strip(),
        file_object=_file(request),  # type: ignore[arg-type]
    )
    if kept.state == AGREED or calendars.CalendarReading.objects.filter(id=kept.id, state=AGREED).exists():
        messages.success(request, gettext("Two readings agree: this is the calendar of the year now."))
    else:
        messages.success(request, gettext("Your reading is recorded. A second person must enter the announcement."))
    return redirect("calendar-year", year=year)


def _shown(request: HttpRequest, year: int, person: PersonFacts, problems: Sequence[Problem] = ()) -> HttpResponse:
    waiting = calendars.open_readings(year)
    own = next((row for row in waiting if str(row.read_by) == person.account), None)
    others = [row for row in waiting if row is not own]
    on_file = calendars.on_file(year)
    shown = {
        "year": year,
        "source": known.source if (known := rulebook.current().calendar.years.get(year)) else "",
        "on_file": [{"day": day, "kind": kind} for day, kind in sorted(on_file.items())] if on_file else [],
        "own": own,
        "others": len(others),
        "differences": [one for other in others for one in _differences(own, other)],
        "rows": _rows(year, own, request.POST if request.method == "POST" else None),
        "typed": request.POST if request.method == "POST" else _typed(own),
        "problems": list(problems),
        "here": "settings",
    }
    return render(request, "settings/calendar.html", shown, status=422 if problems else 200)


def _differences(own: CalendarReading | None, other: CalendarReading) -> list[calendars.Difference]:
    if own is None:
        return []
    return calendars.differences(_of(own), _of(other))


def _of(row: CalendarReading) -> Reading:
    return Reading.from_json(row.year, row.content)


def _typed(own: CalendarReading | None) -> dict[str, str]:
    if own is None:
        return {}
    return {"number": own.content["number"], "announced_on": own.content["announced_on"], "link": own.link}


def _rows(year: int, own: CalendarReading | None, post: QueryDict | None) -> list[Row]:
    """The statutory holidays in the order of the year, with what was typed or what the own reading says."""
    holidays = [item for item in rulebook.base().calendar.rules.holidays if item.first(year)]
    holidays.sort(key=lambda item: item.first(year) or date.min)
    mine = {line.title["zh-Hans"]: line for line in _of(own).lines} if own else {}
    found = []
    for number, holiday in enumerate(holidays):
        line = mine.get(holiday.title["zh-Hans"])
        said = (
            (line.first.isoformat(), line.last.isoformat(), " ".join(map(str, line.make_up))) if line else ("", "", "")
        )
        if post is not None:
            said = (post.get(f"first-{number}", ""), post.get(f"last-{number}", ""), post.get(f"make-up-{number}", ""))
        found.append(Row(number, holiday.title, *said))
    return found


def _read(post: QueryDict, year: int) -> Reading:
    """The reading that was typed. Raises Invalid("day_malformed", "calendar_half")."""
    lines = tuple(line for row in _rows(year, None, post) if (line := _line(row)) is not None)
    announced = _day(post.get("announced_on", ""))
    return Reading(year, post.get("number", "").strip(), announced, lines)


def _line(row: Row) -> Line | None:
    if not (row.first.strip() or row.last.strip() or row.make_up.strip()):
        return None
    if not (row.first.strip() and row.last.strip()):
        raise Invalid("calendar_half", title=dict(row.title))
    made_up = tuple(_day(text) for text in _BETWEEN.split(row.make_up.strip()) if text)
    return Line(dict(row.title), _day(row.first), _day(row.last), made_up)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(date_spelled(text))
    except ValueError as wrong:
        raise Invalid("day_malformed", text=text[:40]) from wrong


def _file(request: HttpRequest) -> str | None:
    file = request.FILES.get("file")
    return exhibits.objects().put(file.read(LARGEST_FILE)) if file else None


def _may(request: HttpRequest) -> PersonFacts:
    person: PersonFacts = request.person  # type: ignore[attr-defined]
    access.require(person, access.READS_CALENDARS)
    return person
