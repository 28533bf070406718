"""The account's own page: what I sign in with, where I am signed in, my roles, certificate, delegations, recusals.

Not here: adding and removing factors (`factors`), what others may change of the account (`office/pages/appointing`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from duecourse.edge import clock
from duecourse.office.matters import rulebook
from duecourse.office.matters.models import Matter, MatterPerson
from duecourse.office.pages.standing import label
from duecourse.office.people import actions, sittings
from duecourse.office.people.models import Appointment, Certificate, SignIn, Sitting
from duecourse.office.people.proving import Problem
from duecourse.ui import language

if TYPE_CHECKING:
    from datetime import date

    from duecourse.office.people.models import Account

WARNING: Final = timedelta(days=60)
"""How long before a certificate ends the page says so."""
SHOWN: Final = 12
MOST: Final = 50
STEPPED_ASIDE: Final = ("recused", "recusal-asked")


@dataclass(frozen=True, slots=True)
class Held:
    """A role on the page: its title, its days, in whose place, by which document, and whether it counts today."""

    title: str
    row: Appointment
    state: str


@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """Everything of one's own account on one page."""
    me: Account = request.user  # type: ignore[assignment]
    kinds = Authenticator.objects.filter(user=me)
    today = clock.today(settings.DUECOURSE_ZONE)
    shown = {
        "passkeys": [one.wrap() for one in kinds.filter(type="webauthn").order_by("created_at")],
        "totp": kinds.filter(type="totp").first(),
        "codes_left": _codes_left(me),
        "password": me.has_usable_password(),
        "passwords": settings.DUECOURSE_SIGN_IN == "password",
        "sittings": sittings.of(me),
        "session_key": request.session.session_key,
        "roles": held(Appointment.objects.filter(account=me), today),
        "given": held(Appointment.objects.filter(delegated_by=me).select_related("account"), today),
        "certificates": certificates(me, today),
        "sign_ins": SignIn.objects.filter(account=me).exclude(result="unlocked")[:SHOWN],
        "recusals": _recusals(me),
        "handled": _handled(me),
        "here": "account",
    }
    return render(request, "people/account.html", shown)


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Set a new password; every other session ends."""
    me: Account = request.user  # type: ignore[assignment]
    if settings.DUECOURSE_SIGN_IN != "password":
        raise Http404
    problems: list[Problem] = []
    if request.method == "POST":
        problems = set_password(me, request.POST.get("password", ""), request.POST.get("again", ""))
        if not problems:
            update_session_auth_hash(request, me)
            actions.end_sittings(me)
            messages.success(request, _("Your password is changed. You are signed out everywhere else."))
            return HttpResponseRedirect(reverse("account"))
    shown = {"problems": problems, "rules": password_validators_help_texts(), "here": "account"}
    return render(request, "people/password.html", shown, status=400 if problems else 200)


def set_password(me: Account, new: str, again: str) -> list[Problem]:
    """Change the password, or say what is wrong with the new one."""
    try:
        validate_password(new, me)
    except ValidationError as wrong:
        return [Problem("password", said) for said in wrong.messages]
    if new != again:
        return [Problem("again", _("The two passwords are not the same. Type the new one twice."))]
    me.set_password(new)
    me.save(update_fields=["password"])
    return []


@require_POST
def end_sitting(request: HttpRequest) -> HttpResponse:
    """End one of one's own sessions, or all but this one."""
    me: Account = request.user  # type: ignore[assignment]
    if "all" in request.POST:
        ended = actions.end_sittings(me, but=request.session.session_key)
        messages.success(request, _("Ended elsewhere: %(count)s.") % {"count": ended})
        return HttpResponseRedirect(reverse("account") + "#sittings")
    chosen = request.POST.get("sitting", "")
    row = Sitting.objects.filter(account=me, pk=int(chosen) if chosen.isascii() and chosen.isdigit() else 0).first()
    if row is not None:
        Session.objects.filter(session_key=row.session_key).delete()
        row.delete()
        messages.success(request, _("That session is ended."))
    return HttpResponseRedirect(reverse("account") + "#sittings")


def held(rows: object, today: date) -> list[Held]:
    """Roles with what they are today: `now`, `later`, `over`."""
    roles = rulebook.current().roles
    found = [
        Held(language.pick(roles[row.role].title) if row.role in roles else row.role, row, _state(row, today))
        for row in rows  # type: ignore[attr-defined]
    ]
    return sorted(found, key=lambda one: (["now", "later", "over"].index(one.state), one.row.from_on))


def certificates(me: Account, today: date) -> list[tuple[Certificate, str]]:
    """Certificates with what they are today: `now`, `ending` (within `WARNING`), `later`, `over`; newest first."""
    found = []
    for row in Certificate.objects.filter(account=me).order_by("-valid_until_on"):
        state = "over" if row.valid_until_on < today else "later" if row.valid_from_on > today else "now"
        if state == "now" and row.valid_until_on - today < WARNING:
            state = "ending"
        found.append((row, state))
    return found


def _state(row: Appointment, today: date) -> str:
    if (row.until_on and row.until_on < today) or (row.withdrawn_on and row.withdrawn_on <= today):
        return "over"
    return "later" if row.from_on > today else "now"


def _codes_left(me: Account) -> int | None:
    found = Authenticator.objects.filter(user=me, type="recovery_codes").first()
    return len(found.wrap().get_unused_codes()) if found else None


def _recusals(me: Account) -> list[tuple[str, Matter, str]]:
    rows = MatterPerson.objects.filter(account=me.pk, capacity__in=STEPPED_ASIDE)
    by_id = {row.matter: row.capacity for row in rows}
    return [(label(matter), matter, by_id[matter.pk]) for matter in Matter.objects.filter(pk__in=by_id)]


def _handled(me: Account) -> list[tuple[str, Matter]]:
    """Open matters in which the person holds a capacity and could ask to step aside."""
    mine = MatterPerson.objects.filter(account=me.pk).exclude(capacity__in=STEPPED_ASIDE)
    asked = MatterPerson.objects.filter(account=me.pk, capacity__in=STEPPED_ASIDE).values("matter")
    found = Matter.objects.filter(pk__in=mine.values("matter"), ended=False).exclude(pk__in=asked)[:MOST]
    return [(label(matter), matter) for matter in found]
