"""What every form of a step brings with it and gets back: day, key, what was seen; problems, changes, status.

Responsible for the frame around a step's own fields. Not responsible for the fields (`forms.py`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext

from duecourse.core.errors import Invalid, Refused
from duecourse.core.procedure import engine
from duecourse.edge import ids
from duecourse.office.matters.actions import StalePage
from duecourse.ui import language

from . import forms, sentences
from .standing import names, today

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.http import HttpRequest

    from .standing import Standing


@dataclass
class Answer:
    """A form on its way to the page: its controls; after a "no" the problems, what changed, and the HTTP status.

    422: the law says no. 409: the page was no longer true. 400: the input cannot be read.
    """

    controls: list[forms.Control]
    problems: list[forms.Problem] = field(default_factory=list)
    changed: Sequence[Mapping[str, str | None]] = ()
    status: int = 200


def posted(request: HttpRequest) -> dict[str, Any]:
    """Return what every form brings: the day of the act, the page's key, and how much of the record it showed.

    Raises Invalid("date_malformed").
    """
    seen, occurred = request.POST.get("seen", ""), forms.date_spelled(request.POST.get("occurred", ""))
    return {
        "occurred": _day(occurred) if occurred else None,
        "key": request.POST.get("key") or None,
        "seen": int(seen) if seen.isascii() and seen.isdigit() else None,
    }


def answered(controls: list[forms.Control], no: Refused | Invalid) -> Answer:
    """Return the form with a lawful "no" or with what is wrong with the input."""
    if isinstance(no, Refused):
        beside, problems = forms.with_errors(controls, no.refusal)
        return Answer(beside, problems, status=422)
    changed = no.changed if isinstance(no, StalePage) else ()
    return Answer(controls, [forms.Problem(sentences.of(no))], changed, status=409 if changed else 400)


def shown_on(request: HttpRequest, standing: Standing, answer: Answer) -> dict[str, Any]:
    """Return what the page of a form on a matter shows."""
    known = names(item.get("actor") for item in answer.changed)
    changed = [
        {"title": _title(item), "who": known.get(str(item.get("actor")), gettext("the system"))}
        for item in answer.changed
    ]
    return answer_words(request, answer) | {"standing": standing, "seen": standing.entries, "changed": changed}


def _title(item: Mapping[str, str | None]) -> str:
    return gettext("A period ended") if item.get("step") == engine.LAPSE else str(item.get(language.tag()))


def answer_words(request: HttpRequest, answer: Answer) -> dict[str, Any]:
    """Return what the page of any form shows. The key is new each time: a refused attempt has used its own."""
    return {
        "controls": answer.controls,
        "problems": answer.problems,
        "key": str(ids.new_uuid()),
        "occurred": request.POST.get("occurred") or request.GET.get("occurred") or today().isoformat(),
        "typed_opinion": request.POST.get("opinion", ""),
        "here": "matters",
    }


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as wrong:
        raise Invalid("date_malformed", text=text) from wrong
