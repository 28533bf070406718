"""The chart of a matter's procedure with the present stage marked, and the same as a table for who cannot see it.

Responsible for marking the stage by a CSS class. The chart itself is drawn from the procedure (`core.procedure.chart`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

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

    svg: str
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
    return Chart("", stages)
