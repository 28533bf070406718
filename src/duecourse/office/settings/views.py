"""The settings page: every value with its citation, what no lawyer has confirmed, what waits for a second person.

Responsible for the pages and the forms on them. Not responsible for what a change does (`actions`), nor for calendars
(`calendar_views`) and cases brought along (`import_views`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from duecourse.core.errors import Invalid
from duecourse.core.procedure.setting_values import NOTHING
from duecourse.office.matters import exhibits, media, rulebook
from duecourse.office.pages.forms import date_spelled, number_spelled
from duecourse.office.pages.standing import names, today
from duecourse.office.settings import access, actions, sentences, standing

if TYPE_CHECKING:
    from duecourse.core.procedure.attempt import PersonFacts
    from duecourse.office.settings.standing import Standing

SEAL: Final = "office-seal-object"
LARGEST_SEAL: Final = 1_000_000
GROUPS: Final = (
    ("office", gettext_noop("The office"), ("office-", "hotline")),
    ("reports", gettext_noop("Reports"), ("report-", "attachment", "letters-", "recording")),
    ("remedies", gettext_noop("Remedies and payment"), ("reconsideration", "court", "fine-")),
    ("publication", gettext_noop("Publication"), ("publication-",)),
    ("cases", gettext_noop("Cases"), ("",)),
)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with a form; `field` is the control's id."""

    field: str
    sentence: str


@require_safe
def settings_page(request: HttpRequest) -> HttpResponse:
    """Show every setting, first what is not confirmed and what waits."""
    person = _person(request)
    access.require(person, access.SEES)
    found = standing.all_of_them()
    groups: dict[str, list[Standing]] = {name: [] for name, _, _ in GROUPS}
    for one in found:
        groups[_group(one.setting.id)].append(one)
    shown = {
        "groups": [
            {"id": name, "title": gettext(title), "rows": groups[name]} for name, title, _ in GROUPS if groups[name]
        ],
        "unconfirmed": standing.unconfirmed(found),
        "waiting": [one for one in found if one.waiting],
        "coming": [one for one in found if one.coming],
        "unannounced": [
            year for year in (today().year, today().year + 1) if not rulebook.current().calendar.known(year)
        ],
        "reads_calendars": bool(person.roles & access.READS_CALENDARS),
        "imports": bool(person.roles & access.IMPORTS),
        "digest": rulebook.current().digest,
        "here": "settings",
    }
    return render(request, "settings/settings.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
def setting(request: HttpRequest, name: str) -> HttpResponse:
    """Show one setting, with the form to change it."""
    person = _person(request)
    access.require(person, access.SEES)
    if _found(name) and request.method == "POST":
        access.require(person, access.CHANGES)
        return _tried(request, name, lambda: _change(request, name), field="value")
    return _shown(request, name)


@require_POST
def decide(request: HttpRequest, name: str, change: UUID) -> HttpResponse:
    """Agree to a change, refuse it, or withdraw one's own."""
    access.require(_person(request), access.CHANGES)
    agree = request.POST.get("decision") == "agree"
    return _tried(request, name, lambda: _decide(request, change, agree=agree), field="decision")


@require_POST
def confirm(request: HttpRequest, name: str) -> HttpResponse:
    """Note that a lawyer confirmed the value in force."""
    access.require(_person(request), access.CONFIRMS)
    return _tried(request, name, lambda: _confirm(request, name), field="lawyer")


@require_safe
def seal(request: HttpRequest) -> HttpResponse:
    """Give the image of the seal that is in force."""
    access.require(_person(request), access.SEES)
    digest = rulebook.current().settings[SEAL].value if SEAL in rulebook.current().settings else NOTHING
    if digest == NOTHING:
        raise Http404
    return HttpResponse(exhibits.objects().get(str(digest)), content_type="image/png")


def _change(request: HttpRequest, name: str) -> str:
    text, from_on = request.POST.get("value", ""), date_spelled(request.POST.get("from_on", ""))
    if name == SEAL:
        text = _seal_kept(request)
    elif standing.one(name) and _found(name).kind == "number":
        text = number_spelled(text)
    elif _found(name).kind == "period":
        text = _period(request)
    change = actions.propose(
        name, text, by=request.user, from_on=_day(from_on) if from_on else None,  # type: ignore[arg-type]
        reason=request.POST.get("reason", "").strip(),
    )  # fmt: skip
    if change.state == "open":
        return gettext("The change waits for a second person.")
    return gettext("The change is recorded.")


def _decide(request: HttpRequest, change: UUID, *, agree: bool) -> str:
    actions.decide(change, by=request.user, agree=agree, reason=request.POST.get("reason", ""))  # type: ignore[arg-type]
    return gettext("The change is recorded.") if agree else gettext("The change was not made.")


def _confirm(request: HttpRequest, name: str) -> str:
    said = request.POST
    day = _day(date_spelled(said.get("confirmed_on", "")))
    actions.confirm(name, by=request.user, lawyer=said.get("lawyer", ""), on=day, note=said.get("note", ""))  # type: ignore[arg-type]
    return gettext("The confirmation is recorded.")


def _tried(request: HttpRequest, name: str, act: Callable[[], str], *, field: str) -> HttpResponse:
    """Do it and go back to the setting; or show what is wrong, with what was typed."""
    try:
        said = act()
    except Invalid as wrong:
        return _shown(request, name, [Problem(field, sentences.of(wrong))], wrong_in=field)
    messages.success(request, said)
    return redirect("setting", name=name)


def _shown(request: HttpRequest, name: str, problems: list[Problem] | None = None, wrong_in: str = "") -> HttpResponse:
    found, person = _found(name), _person(request)
    number, _, unit = str(found.setting.value).partition(" ")
    shown = {
        "one": found,
        "history": (history := standing.history(name)),
        "names": _by_id(
            {str(row.proposed_by) for row in history} | {str(row.decided_by) for row in history if row.decided_by}
        ),
        "may_change": bool(person.roles & access.CHANGES) and found.changeable and not found.waiting,
        "may_decide": bool(person.roles & access.CHANGES),
        "may_confirm": bool(person.roles & access.CONFIRMS) and found.setting.confirm,
        "own": bool(found.waiting and str(found.waiting.proposed_by) == person.account),
        "period": {"number": number, "unit": unit if unit.endswith("s") else f"{unit}s"},
        "units": ("working_days", "days", "months", "years"),
        "is_seal": name == SEAL,
        "has_seal": name == SEAL and found.setting.value != NOTHING,
        "today": today().isoformat(),
        "problems": problems or [],
        "wrong_in": wrong_in,
        "typed": request.POST,
        "here": "settings",
    }
    return render(request, "settings/setting.html", shown, status=422 if problems else 200)


def _by_id(accounts: set[str]) -> dict[UUID, str]:
    return {UUID(account): name for account, name in names(accounts).items()}


def _period(request: HttpRequest) -> str:
    """The period in its one spelling, from the two controls; whatever was typed otherwise stays for the refusal."""
    number, unit = number_spelled(request.POST.get("value", "")), request.POST.get("unit", "")
    return f"{number} {unit.removesuffix('s') if number == '1' else unit}"


def _seal_kept(request: HttpRequest) -> str:
    file = request.FILES.get("file")
    if file is None:
        raise Invalid("seal_missing")
    content = file.read(LARGEST_SEAL + 1)
    if len(content) > LARGEST_SEAL or media.recognise(content) != "image/png" or b"IEND" not in content[-64:]:
        raise Invalid("seal_no_image")
    return exhibits.objects().put(content)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as wrong:
        raise Invalid("day_malformed", text=text[:40]) from wrong


def _found(name: str) -> Standing:
    found = standing.one(name)
    if found is None:
        raise Http404
    return found


def _group(name: str) -> str:
    return next(group for group, _, prefixes in GROUPS if name.startswith(prefixes))


def _person(request: HttpRequest) -> PersonFacts:
    person: PersonFacts = request.person  # type: ignore[attr-defined]
    return person
