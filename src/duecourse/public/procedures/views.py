"""The procedures, shown from the rulebook: chart, steps with their articles, periods.

The pages cannot drift from what the office does, since the engine runs the same files.

Not here: drawing a chart (`core.procedure.chart`), the meaning of steps (`core.procedure.engine`).
"""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from duecourse.core.procedure import chart as charts
from duecourse.edge import clock
from duecourse.public.rulebook import current as rulebook
from duecourse.ui import language

if TYPE_CHECKING:
    from django.http import HttpRequest

    from duecourse.core.procedure.definition import ClockRule, Procedure


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List the procedures in force today."""
    today = _today()
    listed = [rulebook().procedure(name, today) for name in rulebook().procedures]
    return render(request, "public/procedures.html", {"procedures": listed, "digest": rulebook().digest})


@require_safe
def procedure(request: HttpRequest, procedure: str) -> HttpResponse:
    """Show one procedure: its chart and, beside it, the same as tables."""
    found = _find(procedure)
    context = {
        "procedure": found,
        "steps": charts.table(found, language.tag(), rulebook()),
        "clocks": [_clock(one) for one in found.clocks.values()],
        "digest": rulebook().digest,
        "size": _size(_drawn(found.id, found.version, language.tag())),
    }
    return render(request, "public/procedure.html", context)


@require_safe
def chart(request: HttpRequest, procedure: str) -> HttpResponse:  # noqa: ARG001 - a view takes the request
    """Give the chart as SVG, in the language of the page."""
    found = _find(procedure)
    return HttpResponse(_drawn(found.id, found.version, language.tag()), content_type="image/svg+xml")


@lru_cache(maxsize=64)
def _drawn(name: str, version: str, tag: str) -> str:
    """Draw a version of a procedure once in a process."""
    found = next(one for one in rulebook().procedures[name] if one.version == version)
    return charts.svg(found, tag, rulebook().digest)


def _size(drawing: str) -> tuple[str, str] | None:
    """Return width and height of a drawing as it names them, so that a page keeps its place free."""
    box = re.search(r'viewBox="[\d.]+ [\d.]+ (\d+)[\d.]* (\d+)', drawing)
    return (box[1], box[2]) if box else None


def _find(name: str) -> Procedure:
    try:
        return rulebook().procedure(name, _today())
    except KeyError:
        raise Http404 from None


def _today() -> dt.date:
    return clock.today(rulebook().zone)


def _clock(one: ClockRule) -> dict[str, Any]:
    return {"title": one.title, "length": _length(one), "on": [_citation(on) for on in one.on], "setting": one.setting}


def _citation(text: str) -> dict[str, str]:
    """An article as a person reads it."""
    return rulebook().law.words(text)


def _length(one: ClockRule) -> dict[str, str]:
    return one.length.words()
