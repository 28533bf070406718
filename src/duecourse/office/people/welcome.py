"""The first way in: a person with a one-time code sets a passkey or a password, and is signed in.

Codes have 80 random bits; wrong ones count for the address like wrong passwords. The invitation is spent when a means
of signing in is set, not when it is looked at.

Not here: making invitations (`invitations`, `actions.invite`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.conf import settings
from django.contrib.auth.password_validation import password_validators_help_texts
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from duecourse.core.errors import Invalid
from duecourse.office.people import actions, factors, invitations, limits, own
from duecourse.office.people.models import Invitation
from duecourse.office.people.proving import Problem

if TYPE_CHECKING:
    from duecourse.office.people.models import Account

INVITED: Final = "invited"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest) -> HttpResponse:
    """GET: where the code is typed. POST: the code."""
    if request.user.is_authenticated:
        return HttpResponseRedirect(reverse("account"))
    problems: list[Problem] = []
    if request.method == "POST":
        try:
            attempt = limits.begin(request, "", "invitation")
        except limits.Locked as locked:
            problems = [Problem("", str(locked))]
        else:
            found = _found(request.POST.get("code", ""))
            if found is not None:
                attempt.delete()
                request.session[INVITED] = found.pk
                return HttpResponseRedirect(reverse("welcome"))
            limits.wrong(attempt)
            said = _("This code opens nothing: it is mistyped, used, or older than seven days. Ask for a new one.")
            problems = [Problem("code", said)]
    return render(
        request, "people/invitation.html", {"problems": problems, "here": ""}, status=400 if problems else 200
    )


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def welcome(request: HttpRequest) -> HttpResponse:
    """GET: choose what to sign in with. POST: set it, spend the invitation, sign in."""
    found = invitations.open_ones().filter(pk=request.session.get(INVITED, 0), account__is_active=True).first()
    if found is None:
        return HttpResponseRedirect(reverse("invitation"))
    account: Account = found.account
    passwords = settings.DUECOURSE_SIGN_IN == "password"
    problems: list[Problem] = []
    if request.method == "POST":
        problems = _set(request, found, passwords=passwords)
        if not problems:
            return _enter(request, account)
    shown = {
        "problems": problems,
        "account": account,
        "options": factors.creation_options(account),
        "passwords": passwords,
        "rules": password_validators_help_texts(),
        "here": "",
    }
    return render(request, "people/welcome.html", shown, status=400 if problems else 200)


def _found(typed: str) -> Invitation | None:
    try:
        return invitations.find(typed)
    except Invalid:
        return None


def _set(request: HttpRequest, found: Invitation, *, passwords: bool) -> list[Problem]:
    with transaction.atomic():
        problems = _spent(request, found, passwords=passwords)
        transaction.set_rollback(bool(problems))
    return problems


def _spent(request: HttpRequest, found: Invitation, *, passwords: bool) -> list[Problem]:
    account: Account = found.account
    credential = request.POST.get("credential", "")
    if not credential and not passwords:
        return [Problem("", _("Make a passkey: this office does not use passwords."))]
    if not invitations.use(found):
        return [Problem("", _("This code was used a moment ago. Ask for a new one."))]
    if not credential:
        problems = own.set_password(account, request.POST.get("password", ""), request.POST.get("again", ""))
        if problems:
            return problems
    elif not factors.keep_passkey(account, credential, request.POST.get("label", "")):
        return [Problem("", _("Your browser made no passkey, or it came too late. Try again."))]
    actions.note(account, "invitation-used", {"kind": "passkey" if credential else "password"})
    return []


def _enter(request: HttpRequest, account: Account) -> HttpResponse:
    request.session.pop(INVITED, None)
    made = bool(request.POST.get("credential"))
    extra = {"type": "webauthn", "passwordless": True} if made else {}
    record_authentication(request, account, "mfa" if made else "invitation", **extra)
    return perform_login(request, Login(user=account, redirect_url=reverse("account")))
