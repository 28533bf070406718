"""What a person signs in with, beside a password: passkeys, codes from a device, recovery codes.

Each page here asks for a recent proof first (`proving.recently`), and each change is an entry of the account. Recovery
codes are made with the first factor and shown; whoever removes the last factor loses them.

Not here: signing in with them (`sign_in`), taking them away from somebody else (`actions.reset_factors`).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.webauthn.internal import auth as passkeys
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from duecourse.office.people import actions
from duecourse.office.people.proving import Problem, credential_of, recently

if TYPE_CHECKING:
    from duecourse.office.people.models import Account

SEED: Final = "totp_seed"
LONGEST_NAME: Final = 40


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@recently()
def add_passkey(request: HttpRequest) -> HttpResponse:
    """GET: name the passkey; the browser makes it. POST: keep it."""
    me: Account = request.user  # type: ignore[assignment]
    problems: list[Problem] = []
    if request.method == "POST":
        if keep_passkey(me, request.POST.get("credential", ""), request.POST.get("label", "")):
            messages.success(request, _("The passkey is kept. You can sign in with it from now on."))
            return _then_codes(me)
        problems = [Problem("", _("Your browser made no passkey, or it came too late. Try again."))]
    shown = {
        "problems": problems,
        "options": creation_options(me),
        "label": request.POST.get("label", ""),
        "here": "account",
    }
    return render(request, "people/passkey.html", shown, status=400 if problems else 200)


@require_POST
@recently()
def remove(request: HttpRequest, factor: int) -> HttpResponse:
    """Remove one passkey, or the codes from a device; with the last of them go the recovery codes."""
    me: Account = request.user  # type: ignore[assignment]
    found = Authenticator.objects.filter(user=me, pk=factor).exclude(type="recovery_codes").first()
    if found is None:
        raise Http404
    kind, label = ("passkey", found.wrap().name) if found.type == "webauthn" else ("totp", "")
    with transaction.atomic():
        found.delete()
        if not Authenticator.objects.filter(user=me).exclude(type="recovery_codes").exists():
            Authenticator.objects.filter(user=me).delete()
        actions.note(me, "factor-removed", {"kind": kind, "label": label})
    messages.success(request, _("Removed. It opens nothing here any more."))
    return HttpResponseRedirect(reverse("account"))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@recently()
def add_totp(request: HttpRequest) -> HttpResponse:
    """GET: a seed to scan or to type into a device. POST: the first code, which proves that it was."""
    me: Account = request.user  # type: ignore[assignment]
    if Authenticator.objects.filter(user=me, type="totp").exists():
        return HttpResponseRedirect(reverse("account"))
    seed = _seed(request)
    problems: list[Problem] = []
    if request.method == "POST":
        if totp.validate_totp_code(seed, "".join(request.POST.get("code", "").split())):
            with transaction.atomic():
                totp.TOTP.activate(me, seed)
                actions.note(me, "factor-added", {"kind": "totp", "label": ""})
            request.session.pop(SEED, None)
            messages.success(request, _("From now on you are asked for a code when you sign in with a password."))
            return _then_codes(me)
        problems = [Problem("code", _("This code does not fit. Check the clock of your device and try the next code."))]
    adapter = get_adapter()
    url = adapter.build_totp_url(me, seed)
    picture = adapter.build_totp_svg(url).partition("?>")[2]
    spelled = " ".join(seed[at : at + 4] for at in range(0, len(seed), 4))
    shown = {"problems": problems, "seed": spelled, "picture": mark_safe(picture), "here": "account"}  # noqa: S308 - drawn here
    return render(request, "people/totp.html", shown, status=400 if problems else 200)


@never_cache
@require_safe
@recently()
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """The recovery codes that are left."""
    found = Authenticator.objects.filter(user=request.user, type="recovery_codes").first()
    if found is None:
        raise Http404
    return render(request, "people/codes.html", {"codes": found.wrap().get_unused_codes(), "here": "account"})


@require_POST
@recently()
def renew_codes(request: HttpRequest) -> HttpResponse:
    """Ten new recovery codes; the old ones open nothing any more."""
    me: Account = request.user  # type: ignore[assignment]
    if not Authenticator.objects.filter(user=me).exclude(type="recovery_codes").exists():
        raise Http404
    with transaction.atomic():
        Authenticator.objects.filter(user=me, type="recovery_codes").delete()
        RecoveryCodes.activate(me)
        actions.note(me, "codes-renewed", {})
    messages.success(request, _("These are new. The old codes open nothing any more."))
    return HttpResponseRedirect(reverse("account-codes"))


def creation_options(me: Account) -> str:
    """What a browser needs to make a passkey for this person, as JSON for an attribute."""
    return json.dumps(passkeys.begin_registration(me, passwordless=True), default=dict)


def keep_passkey(me: Account, text: str, label: str) -> bool:
    """Keep the passkey that a browser has made for this session's challenge; False when it has not."""
    try:
        credential = credential_of(text)
        passkeys.parse_registration_response(credential)
        made = passkeys.complete_registration(credential)
    except (ValidationError, KeyError, TypeError, ValueError):
        return False
    if not made.is_user_verified():
        return False
    name = " ".join(label.split())[:LONGEST_NAME] or _("Passkey")
    with transaction.atomic():
        passkeys.WebAuthn.add(me, name, credential)
        actions.note(me, "factor-added", {"kind": "passkey", "label": name})
    return True


def _then_codes(me: Account) -> HttpResponse:
    if Authenticator.objects.filter(user=me, type="recovery_codes").exists():
        return HttpResponseRedirect(reverse("account"))
    RecoveryCodes.activate(me)
    return HttpResponseRedirect(reverse("account-codes"))


def _seed(request: HttpRequest) -> str:
    """The seed that is being set up: in the session, encrypted as it will be in the database."""
    adapter = get_adapter()
    held = request.session.get(SEED)
    if held:
        return adapter.decrypt(held)
    seed = totp.generate_totp_secret()
    request.session[SEED] = adapter.encrypt(seed)
    return seed
