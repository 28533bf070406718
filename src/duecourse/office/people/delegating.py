"""The page on which a person gives one of their roles to another for some days, and takes it back.

Not here: whether it may be (`delegations`), writing it down (`actions`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from duecourse.core.errors import Invalid
from duecourse.edge import clock
from duecourse.office.matters import rulebook
from duecourse.office.pages import files
from duecourse.office.people import actions, delegations, inputs, sentences
from duecourse.office.people.inputs import Input
from duecourse.office.people.models import Account, Appointment
from duecourse.office.people.proving import Problem, recently
from duecourse.ui import language

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date


@require_http_methods(["GET", "HEAD", "POST"])
@recently(keep=files.kept_fields)
def delegate(request: HttpRequest) -> HttpResponse:
    """GET: the form. POST: delegate."""
    me: Account = request.user  # type: ignore[assignment]
    fields = _fields(me)
    problems: list[Problem] = []
    kept: files.Kept | None = None
    if request.method == "POST":
        values, problems = inputs.read(fields, request.POST.dict())
        try:
            kept = files.receive(request)
        except Invalid as missing:
            problems.append(Problem("file", sentences.of(missing)))
        if not problems and kept:
            problems = _delegated(me, values, kept.sha256)
        if not problems:
            messages.success(request, _("Delegated and entered. You can withdraw it at any time."))
            return HttpResponseRedirect(reverse("account") + "#delegations")
    shown = {
        "problems": problems,
        "fields": inputs.filled(fields, request.POST.dict()),
        "roles": bool(fields[0].options),
        "kept": kept,
        "here": "account",
    }
    return render(request, "people/delegate.html", shown, status=400 if problems else 200)


@require_POST
@recently()
def withdraw(request: HttpRequest, appointment: int) -> HttpResponse:
    """Take back a role that one has given, from today on."""
    me: Account = request.user  # type: ignore[assignment]
    found = Appointment.objects.filter(pk=appointment, delegated_by=me).first()
    if found is None:
        raise Http404
    try:
        actions.withdraw(found, on=clock.today(settings.DUECOURSE_ZONE), reason="", by=me)
    except Invalid as no:
        messages.error(request, sentences.of(no))
    else:
        messages.success(request, _("Withdrawn from today on, and entered."))
    return HttpResponseRedirect(reverse("account") + "#delegations")


def _delegated(me: Account, values: Mapping[str, str | date | None], document: str) -> list[Problem]:
    to = Account.objects.get(pk=UUID(str(values["to"])))
    try:
        actions.delegate(
            me,
            to,
            str(values["role"]),
            values["from_on"],
            values["until_on"],
            document,
            str(values["reason"]),
            by=me,  # type: ignore[arg-type]
        )
    except Invalid as no:
        return [Problem(sentences.FIELD.get(no.code, ""), sentences.of(no))]
    except IntegrityError:
        return [Problem("from_on", _("This role is delegated to this person from that day already."))]
    return []


def _fields(me: Account) -> list[Input]:
    today = clock.today(settings.DUECOURSE_ZONE)
    roles = rulebook.current().roles
    mine = Appointment.objects.filter(delegations.in_force(today), account=me, delegated_by=None)
    held = [role for role in dict.fromkeys(mine.values_list("role", flat=True)) if delegations.delegable(role)]
    others = Account.objects.filter(is_active=True).exclude(pk=me.pk)
    return [
        Input(
            "role", _("Which role"), "choice", options=tuple((role, language.pick(roles[role].title)) for role in held)
        ),
        Input("to", _("To whom"), "choice", options=tuple((str(one.pk), one.name) for one in others)),
        Input("from_on", _("First day"), "day", value=today.isoformat()),
        Input("until_on", _("Last day"), "day"),
        Input("reason", _("Why"), "text", _("For example: on leave.")),
        Input("file", _("The signed document"), "file", _("A scan or photograph; its digest is entered.")),
    ]
