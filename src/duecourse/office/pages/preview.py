"""What will happen next, in words, on the page of a step: before anybody presses the button.

Responsible for wording `core.procedure.preview`. Every date comes from there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext, gettext_lazy

from duecourse.core.procedure import preview
from duecourse.edge import clock
from duecourse.ui import language

from .standing import cite, role_title

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from duecourse.core.procedure.definition import Json, Procedure, Step
    from duecourse.core.procedure.outcome import ClockEffect

    from .standing import Standing

ACTS: Final = {
    "start": gettext_lazy("begins"),
    "extend": gettext_lazy("is extended"),
    "resume": gettext_lazy("runs again"),
    "stop": gettext_lazy("is met"),
    "pause": gettext_lazy("is paused"),
}


@dataclass(frozen=True, slots=True)
class ClockNext:
    """What happens to a period, its last day when it runs, the article, and who answers for it."""

    title: str
    act: str
    last: dt.date | None
    on: str
    answers: str


@dataclass(frozen=True, slots=True)
class Next:
    """What follows from one answer, in words."""

    answer: str
    stage: str
    ended: bool
    clocks: tuple[ClockNext, ...]
    documents: tuple[str, ...]
    letters: tuple[str, ...]
    opens: tuple[str, ...]
    publish: str


def of(standing: Standing, step: Step, values: Mapping[str, Json] | None = None) -> list[Next]:
    """Return what each answer of a step would do today; empty when nothing follows but the entry."""
    if step.built_in:
        return []
    found = preview.preview(standing.book, standing.procedure, standing.state, step, clock.now(), values)
    lines = [_next(standing, step, branch) for branch in found]
    return [] if all(branch.empty for branch in found) else lines


def _next(standing: Standing, step: Step, branch: preview.Branch) -> Next:
    book, procedure = standing.book, standing.procedure
    choices = step.form[step.choose].choices if step.choose else {}
    published = {
        "publish": gettext("It is published on the register."),
        "withdraw": gettext("It is taken off the register."),
    }
    return Next(
        answer=language.pick(choices[branch.answer]) if branch.answer else "",
        stage=language.pick(procedure.stages[branch.to].title) if branch.to else "",
        ended=branch.ended,
        clocks=tuple(_clock(procedure, effect) for effect in branch.clocks),
        documents=tuple(language.pick(book.documents[name].title) for name in branch.documents),
        letters=tuple(language.pick(book.documents[name].title) for name in branch.letters),
        opens=tuple(language.pick(book.procedures[name][-1].title) for name in branch.opens),
        publish=published.get(branch.publish or "", ""),
    )


def _clock(procedure: Procedure, effect: ClockEffect) -> ClockNext:
    rule = procedure.clocks[effect.clock]
    return ClockNext(
        title=language.pick(rule.title),
        act=str(ACTS[effect.act]),
        last=effect.last,
        on=cite(rule.on),
        answers=role_title(rule.answers) if rule.answers else "",
    )
