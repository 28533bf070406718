"""The page of figures: what came in, under which heads, where matters stand, whether periods were kept.

Responsible for reading `published/figures.json`, for bars with a table beside each, and for the same as JSON and CSV.
A number under the published threshold is shown as such and drawn as nothing. Not here: what is counted and how
(`office.figures.counting`).
"""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from duecourse.public.register.open_data import cell
from duecourse.public.rulebook import current as rulebook
from duecourse.ui import language
from duecourse.ui.templatetags.duecourse import MONTHS as MONTH_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from django.http import HttpRequest

FILE: Final = "figures.json"
MONTHS: Final = 12
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Figure:
    """One drawing: its title, what it counts by, the rows that may be shown, and the labels of those that may not."""

    title: str
    by: str
    rows: list[tuple[str, int]]
    few: list[str]


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Show the figures; before any are published, say so."""
    found = _found()
    if found is None:
        return render(request, "public/figures.html", {"found": None})
    context = {
        "found": found,
        "figures": [
            Figure(gettext("Reports received, by month"), gettext("Month"), *_parts(_months(found, "report"))),
            Figure(gettext("Reports of this year, by head"), gettext("Head"), *_parts(_heads(found["heads"]))),
            Figure(gettext("Cases filed, by month"), gettext("Month"), *_parts(_months(found, "penalty-ordinary"))),
        ],
        "stages": [Figure(title, gettext("Stage"), *_parts(rows)) for title, rows in _stages(found["stages"])],
        "periods": [{"title": _clock(row), **row} for row in found["periods"]],
        "register": found["register"],
    }
    return render(request, "public/figures.html", context)


@require_safe
def as_json(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - a view takes the request
    """The published file itself (docs/formats/open-data.md)."""
    found = _found()
    if found is None:
        raise Http404
    return _file(json.dumps(found, ensure_ascii=False, indent=1) + "\n", "figures.json", "application/json")


@require_safe
def as_csv(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - a view takes the request
    """One line a number: list, what it counts by, what it counts, the number; "<5" under the threshold."""
    found = _found()
    if found is None:
        raise Http404
    written = io.StringIO()
    line = csv.writer(written)
    line.writerow(["list", "by", "counted", "number", "as_of"])
    for name, rows in found.items():
        for row in rows if isinstance(rows, list) else ():
            by, counted = _parted(row)
            for what, number in counted.items():
                line.writerow([name, cell(" / ".join(map(str, by))), what, _plain(number, found), found["as_of"]])
    return _file("\ufeff" + written.getvalue(), "figures.csv", "text/csv")


def _found() -> dict[str, Any] | None:
    place = Path(settings.DUECOURSE_PUBLISHED) / FILE
    return json.loads(place.read_text("utf-8")) if place.is_file() else None


def _parted(row: Row) -> tuple[list[Any], Row]:
    counted = {"opened", "reports", "matters", "kept", "overrun", "published", "withdrawn"}
    return [value for name, value in row.items() if name not in counted], {
        name: value for name, value in row.items() if name in counted
    }


def _plain(number: int | None, found: Mapping[str, Any]) -> str:
    return f"<{found['fewest']}" if number is None else str(number)


def _months(found: Mapping[str, Any], procedure: str) -> list[tuple[str, int | None]]:
    """The last twelve months in which matters of a procedure were opened."""
    rows = [(row["month"], row["opened"]) for row in found["opened"] if row["procedure"] == procedure]
    return [(_month(month), number) for month, number in rows[-MONTHS:]]


def _month(text: str) -> str:
    """2026年9月, or September 2026."""
    year, month = (int(part) for part in text.split("-"))
    return f"{MONTH_NAMES[month - 1]} {year}" if language.tag() == "en" else f"{year}年{month}月"


def _heads(rows: Sequence[Row]) -> list[tuple[str, int | None]]:
    """The latest year's reports by head, the most first."""
    latest = max((row["year"] for row in rows), default=0)
    named = [(_head(row["head"]), row["reports"]) for row in rows if row["year"] == latest]
    return sorted(named, key=lambda one: -(one[1] or 0))


def _stages(rows: Iterable[Row]) -> list[tuple[str, list[tuple[str, int | None]]]]:
    found: dict[str, list[tuple[str, int | None]]] = {}
    for row in rows:
        procedure = rulebook().procedures.get(row["procedure"])
        stage = procedure[-1].stages.get(row["stage"]) if procedure else None
        title = language.pick(procedure[-1].title) if procedure else row["procedure"]
        found.setdefault(title, []).append((language.pick(stage.title) if stage else row["stage"], row["matters"]))
    return list(found.items())


def _head(name: str) -> str:
    head = rulebook().heads.get(name)
    return language.pick(head.title) if head else name


def _clock(row: Row) -> str:
    procedure = rulebook().procedures.get(row["procedure"])
    rule = procedure[-1].clocks.get(row["clock"]) if procedure else None
    return language.pick(rule.title) if rule else row["clock"]


def _parts(rows: Iterable[tuple[str, int | None]]) -> tuple[list[tuple[str, int]], list[str]]:
    """Rows that may be shown, and the labels of those under the threshold."""
    told = list(rows)
    return [(label, number) for label, number in told if number is not None], [
        label for label, number in told if number is None
    ]


def _file(text: str, name: str, kind: str) -> HttpResponse:
    response = HttpResponse(text, content_type=f"{kind}; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
