"""The procedures, shown from the rulebook: chart, steps with their articles, periods, worked examples.

The pages cannot drift from what the office does, since the engine runs the same files.

Not here: drawing a chart (`core.procedure.chart`), the meaning of steps (`core.procedure.engine`).
"""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.feedgenerator import Rss201rev2Feed
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from duecourse.core.errors import Invalid
from duecourse.core.procedure import chart as charts
from duecourse.core.procedure import examples
from duecourse.core.reading import LANGUAGES
from duecourse.edge import clock
from duecourse.public import office
from duecourse.public.rulebook import current as rulebook
from duecourse.ui import language

if TYPE_CHECKING:
    from pathlib import Path

    from django.http import HttpRequest

    from duecourse.core.procedure.definition import ClockRule, Procedure, Rulebook
    from duecourse.core.procedure.examples import Example

VERSION: Final = "duecourse/procedure/v1"


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
        "articles": [_article(one) for one in cited(found)],
        "examples": _answered(office.rulebook_in_force(), found.id),
        "digest": rulebook().digest,
        "size": _size(_drawn(found.id, found.version, language.tag())),
    }
    return render(request, "public/procedure.html", context)


@require_safe
def as_json(request: HttpRequest, procedure: str) -> JsonResponse:  # noqa: ARG001 - a view takes the request
    """Give the same as data: stages, steps, who, articles, periods, the digest (docs/formats/open-data.md)."""
    found = _find(procedure)
    said = {
        "v": VERSION, "id": found.id, "title": found.title, "in_force_since": found.version,
        "rulebook": rulebook().digest,
        "stages": [{"id": one.id, "title": one.title, "ends": one.end} for one in found.stages.values()],
        "steps": [
            {"id": one.id, "title": one.title, "from": sorted(one.from_), "by": sorted(one.by),
             "approval": [list(chain) for chain in one.approval], "on": list(one.on)}
            for one in found.steps.values()
        ],
        "clocks": [
            {"id": name, "title": one.title, "length": one.length.words(), "on": list(one.on)}
            for name, one in found.clocks.items()
        ],
    }  # fmt: skip
    return JsonResponse(said, json_dumps_params={"ensure_ascii": False, "indent": 1})


@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """RSS 2.0: each version of each procedure is an item, dated by its first day."""
    made = Rss201rev2Feed(
        title=gettext("How the office works"), link=f"{settings.PUBLIC_URL}{reverse('procedures')}",
        description=gettext("Every version of every procedure, from its first day."), language=language.tag(),
        feed_url=f"{settings.PUBLIC_URL}{request.path}",
    )  # fmt: skip
    versions = [one for found in rulebook().procedures.values() for one in found]
    for one in sorted(versions, key=lambda one: (one.from_, one.id), reverse=True):
        link = f"{settings.PUBLIC_URL}{reverse('procedure', args=[one.id])}"
        made.add_item(
            title=language.pick(one.title), link=link, unique_id=f"{link}#{one.version}",
            description=gettext("in force since %(on)s") % {"on": one.version},
            pubdate=dt.datetime.combine(one.from_, dt.time(), tzinfo=dt.UTC),
        )  # fmt: skip
    return HttpResponse(made.writeString("utf-8"), content_type="application/rss+xml; charset=utf-8")


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


def cited(procedure: Procedure) -> list[str]:
    """Every article that a procedure rests on, in the order of its first use."""
    steps = [on for step in procedure.steps.values() for on in step.on]
    clocks = [on for one in procedure.clocks.values() for on in one.on]
    return list(dict.fromkeys([*procedure.on, *steps, *clocks]))


def _article(citation: str) -> dict[str, Any]:
    """An article's name, and what it says in the office's own words; whole instruments have no gist."""
    law = rulebook().law
    try:
        gist = law.resolve(citation, _today()).gist
    except Invalid:
        gist = law.instrument(citation).title
    return {"name": law.words(citation), "gist": gist}


@lru_cache(maxsize=64)
def _answered(folder: Path, procedure: str) -> tuple[dict[str, Any], ...]:
    """Every worked example of a procedure, played once in a process against the engine that the office runs."""
    book = rulebook()
    return tuple(_example(one, book) for one in examples.read(folder) if one.procedure == procedure)


def _example(one: Example, book: Rulebook) -> dict[str, Any]:
    """An example as a person reads it: the question, and what the rulebook answers."""
    answer, ruled = examples.play(book, one), book.procedure(one.procedure, one.tries.on)
    step, stage = book.step(ruled, one.tries.step), ruled.stages.get(answer.state.stage or "")
    refusal = answer.refusal
    return {
        "says": one.says, "on": one.tries.on, "step": step.title if step else one.tries.step,
        "refused": {tag: refusal.words(tag) for tag in LANGUAGES} if refusal else None,
        "stage": stage.title if stage else None,
        "clocks": [
            (ruled.clocks[name].title, answer.state.clocks[name].last)
            for name in one.expect.get("clocks", {}) if name in ruled.clocks and name in answer.state.clocks
        ],
    }  # fmt: skip


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
