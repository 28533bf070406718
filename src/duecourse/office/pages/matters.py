"""The list of matters, and the page of one matter, generated from its procedure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from duecourse.office.diary import presence
from duecourse.office.ledger import store
from duecourse.office.matters import rulebook
from duecourse.office.matters.models import Exhibit, Matter
from duecourse.ui import language

from . import access, chart, lines, pending, reading, record_lines, rounds
from .standing import Standing, today

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duecourse.core.procedure.attempt import PersonFacts
    from duecourse.core.procedure.definition import Procedure
    from duecourse.office.ledger.store import StoredEntry

PER_PAGE: Final = 50


@require_safe
def matters(request: HttpRequest) -> HttpResponse:
    """List the matters that this person may see, by procedure and stage."""
    person: PersonFacts = request.person  # type: ignore[attr-defined]
    procedure, stage = request.GET.get("procedure", ""), request.GET.get("stage", "")
    ended = request.GET.get("ended") == "true"
    found = lines.matters(person, procedure=procedure, stage=stage, ended=ended)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    shown = {
        "lines": [lines.line(row) for row in page.object_list],
        "page": page,
        "query": _query(request),
        "chosen": {"procedure": procedure, "stage": stage, "ended": ended},
        "procedures": [(p.id, language.pick(p.title)) for p in _seen(person)],
        "stages": _stages(person, procedure),
        "here": "matters",
    }
    return render(request, "office/matters.html", shown)


@require_safe
def matter(request: HttpRequest, matter: UUID) -> HttpResponse:
    """Show one matter whole: chart, steps, approvals, clocks, exhibits, documents, people, links, record."""
    person: PersonFacts = request.person  # type: ignore[attr-defined]
    standing = find(person, matter)
    presence.note(request.user, matter)  # type: ignore[arg-type]
    shown = {"standing": standing, "chart": chart.of(standing), "here": "matters"}
    shown |= _now(standing, person) | _beside(standing, person) | _told(standing, person, store.read(matter))
    return render(request, "office/matter.html", shown)


def _now(standing: Standing, person: PersonFacts) -> dict[str, Any]:
    """Return what may be done here now, what may not, and the day that comes first."""
    offers = reading.offers(standing, person)
    periods = reading.clocks(standing)
    return {
        "possible": [line for line in offers if not line.sentences and not line.phase and not line.built_in],
        "impossible": [line for line in offers if line.sentences and not line.phase and not line.built_in],
        "always": [line for line in offers if line.built_in and line.step in ON_PAGE],
        "may": {line.step for line in offers if not line.sentences},
        "clocks": periods,
        "next_clock": next((line for line in periods if line.held.status == "running"), None),
        "held": standing.state.held_until if standing.state.held_on(today()) else None,
    }


def _beside(standing: Standing, person: PersonFacts) -> dict[str, Any]:
    """Return what stands beside the record: evidence, documents, people, links, who else is looking."""
    matter = standing.row.id
    people = reading.people(standing)
    return {
        "exhibits": Exhibit.objects.filter(matter=matter).order_by("entry"),
        "may_read_case": access.sees_class(person, "case"),
        "documents": reading.documents(standing),
        "people": people,
        "handlers": [line.name for line in people if line.id == "handler"],
        "links": reading.links(matter, person),
        "others": presence.others(matter, person),
    }


def _told(standing: Standing, person: PersonFacts, entries: Sequence[StoredEntry]) -> dict[str, Any]:
    """Return what the record says: what was reported, proposals, reviews, every entry."""
    record = record_lines.record(standing, person, entries)
    return {
        "said": record_lines.reported(standing, record),
        "pending": pending.pending(standing, person, entries),
        "waiting_again": [
            (step.id, language.pick(step.title), back)
            for step, back in pending.waiting_again(standing, person, entries)
        ],
        "rounds": rounds.of(standing, person, entries),
        "record": record,
    }


ON_PAGE: Final = frozenset({
    "assign", "recuse", "decide-recusal", "late-reason", "correct", "hold", "resume", "release", "void-number",
})  # fmt: skip
"""Built-in steps with a form of the ordinary kind; evidence, seal and scan have places of their own on the page."""


def _query(request: HttpRequest) -> str:
    """Return the filter of the list as a query string that a page number can follow."""
    kept = request.GET.copy()
    kept.pop("page", None)
    return f"{kept.urlencode()}&" if kept else ""


def find(person: PersonFacts, matter: UUID) -> Standing:
    """Return the matter as a page needs it. Raises Http404, or NotYours when the person may not see it."""
    row: Matter | None = access.matter_for(person, matter)
    if row is None:
        raise Http404
    return Standing.of(row)


def openings(person: PersonFacts) -> list[tuple[str, str]]:
    """Return the procedures that this person may open by hand, with the title of the opening step."""
    found = []
    for name in access.seen_procedures(person):
        procedure = rulebook.current().procedure(name, today())
        step = next((item for item in procedure.steps.values() if item.opens_matter), None)
        if step is not None and person.roles & set((step.approval or (step.by,))[0]):
            found.append((name, language.pick(step.title)))
    return found


def _seen(person: PersonFacts) -> list[Procedure]:
    return [rulebook.current().procedure(name, today()) for name in access.seen_procedures(person)]


def _stages(person: PersonFacts, procedure: str) -> list[tuple[str, str]]:
    if procedure not in access.seen_procedures(person):
        return []
    stages = rulebook.current().procedure(procedure, today()).stages.values()
    return [(stage.id, language.pick(stage.title)) for stage in stages]
