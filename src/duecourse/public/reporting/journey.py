"""The way through the questions: which page comes next, what a page asks, what it must hold before one goes on.

One question a page. Responsible for the order of the pages and for nothing else: it holds no state. What was answered
travels in the form (`views`) and, locked, in a cookie for who goes back with the browser (`draft`).

    money → [calls] → kind → [elsewhere | first] → whom → story → place → files → contact → check

Pages in brackets ask nothing and come only to whom they concern. Not here: rules about fields (`form`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from duecourse.public.reporting import door, form

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from django.utils.functional import _StrPromise

    from duecourse.public.reporting.form import Problem

QUESTIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "money": ("urgent",),
    "kind": ("head",),
    "whom": ("harmed",),
    "story": ("what_happened",),
    "place": ("address", "happened_on"),
    "files": ("attachments",),
    "contact": ("contact",),
}
"""Each question's page, and the fields it asks for, in order."""
REQUIRED: Final = ("urgent", "head", "harmed", "what_happened")
CHECK: Final = "check"
CALLS: Final = "calls"
FIRST: Final = "first"
ELSEWHERE: Final = "elsewhere"
MEND: Final = "mend"
PAGES: Final = (*QUESTIONS, CHECK, CALLS, FIRST, ELSEWHERE, MEND)
START: Final = "money"

TITLES: Final[Mapping[str, _StrPromise]] = {
    "money": _("Is money moving now?"),
    "kind": _("What kind of harm is it?"),
    "whom": _("Did this happen to you?"),
    "story": _("What happened?"),
    "place": _("Where and when did it happen?"),
    "files": _("Do you have pictures, chats or recordings?"),
    "contact": _("How can we reach you?"),
    CHECK: _("Check your answers"),
    CALLS: _("Call now, before you write on"),
    FIRST: _("Before you go on"),
    ELSEWHERE: _("Who can help with this"),
    MEND: _("Put this right"),
}


def number(page: str) -> int:
    """Which question a page asks, counted from 1; 0 for a page that asks none."""
    return list(QUESTIONS).index(page) + 1 if page in QUESTIONS else 0


def asks(page: str, problems: Iterable[Problem]) -> Sequence[str]:
    """The questions that stand on a page: its own; where a whole report came back, those with problems."""
    if page != MEND:
        return [page] if page in QUESTIONS else []
    wrong = {found.field for found in problems}
    return [name for name, fields in QUESTIONS.items() if wrong & set(fields)]


def after(page: str, answers: Mapping[str, str], *, returning: bool) -> str:
    """The page after this one. `returning`: it was opened from the check page to change an answer."""
    if page == "money" and answers.get("urgent") == "yes":
        return CALLS
    if page == "kind" and answers.get("head") == form.ELSEWHERE:
        return ELSEWHERE
    if page == "kind" and first_of(answers) is not None:
        return FIRST
    if returning or page in {"contact", CHECK, MEND}:
        return CHECK
    if page in {CALLS, FIRST, ELSEWHERE}:
        return {CALLS: "kind", FIRST: "whom", ELSEWHERE: "kind"}[page]
    return _neighbour(page, +1)


def before(page: str, *, returning: bool) -> str:
    """The page before this one."""
    if page in {CALLS, FIRST, ELSEWHERE}:
        return {CALLS: "money", FIRST: "kind", ELSEWHERE: "kind"}[page]
    if returning:
        return CHECK
    return "contact" if page in {CHECK, MEND} else _neighbour(page, -1)


def first_of(answers: Mapping[str, str]) -> door.Words | None:
    """What must be said first of the kind of harm chosen, or None."""
    kind = door.current().kinds.get(answers.get("head", ""))
    return kind.first if kind else None


def wrong_on(page: str, problems: Iterable[Problem]) -> list[Problem]:
    """Those problems that belong to a page's own fields, or to the form as a whole."""
    fields = {"", *QUESTIONS.get(page, ())}
    return [found for found in problems if found.field in fields and found.code != "head_elsewhere"]


def _neighbour(page: str, step: int) -> str:
    names = list(QUESTIONS)
    return names[max(0, min(len(names) - 1, names.index(page) + step))]
