"""The chart of a matter's procedure with the present stage marked, and the same as a table for who cannot see it.

Responsible for marking the stage by a CSS class, and for keeping each drawing in the data folder, since drawing one
takes a second or two. The chart itself is drawn from the procedure (`core.procedure.chart`).
"""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

from duecourse.core.procedure import chart
from duecourse.ui import language

from .standing import role_title

if TYPE_CHECKING:
    from .standing import Standing


@dataclass(frozen=True, slots=True)
class StageLine:
    """A stage of the procedure: its title, whose turn it is there, whether the matter was and is there."""

    title: str
    owner: str
    here: bool
    entered_on: str
    end: bool


@dataclass(frozen=True, slots=True)
class Chart:
    """The drawing (SVG, safe: made by ourselves from the rulebook) and the stages beside it."""

    svg: SafeString
    stages: tuple[StageLine, ...]


def of(standing: Standing) -> Chart:
    """Return the chart of the matter's procedure."""
    entered = {item.entered: item.on.isoformat() for item in standing.state.history if item.entered}
    stages = tuple(
        StageLine(
            title=language.pick(stage.title),
            owner=role_title(stage.owner) if stage.owner else "",
            here=stage.id == standing.state.stage,
            entered_on=entered.get(stage.id, ""),
            end=stage.end,
        )
        for stage in standing.procedure.stages.values()
    )
    drawn = _drawn(standing, language.tag())
    here = f'id="stage-{standing.state.stage}"'
    marked = drawn.replace(f'class="node" {here}', f'class="node {HERE}" {here}', 1)
    return Chart(mark_safe(marked), stages)  # noqa: S308 - our own drawing; every label in it is escaped


HERE: Final = "chart__here"


def _drawn(standing: Standing, lang: str) -> str:
    """Return the drawing from this process, the data folder, or the pencil, in that order."""
    procedure, digest = standing.procedure, standing.book.digest
    place = Path(settings.DUECOURSE_HOME) / "charts" / f"{digest[:16]}-{procedure.id}-{procedure.version}-{lang}.svg"
    if not place.is_file():
        _keep(place, chart.svg(procedure, lang, digest))
    return _read(place)


@cache
def _read(place: Path) -> str:
    return place.read_text("utf-8")


def _keep(place: Path, drawn: str) -> None:
    """Put the whole file in place at once: another worker may be reading."""
    place.parent.mkdir(parents=True, exist_ok=True)
    handle, waiting = tempfile.mkstemp(dir=place.parent)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(drawn)
    Path(waiting).replace(place)
