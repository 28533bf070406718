"""The pages of the door: user name and password, passkey, second factor, the city's identity service, signing out.

One sentence for every wrong user name or password; whether a name exists shows in nothing. Where the office has set
`strong`, a password is not asked for and opens nothing.

Not here: locks (`limits`), what happens on arrival (`arrival`), the account's own page (`own`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.internal.decorators import login_stage_required
from allauth.account.internal.flows.login import perform_login, perform_password_login, record_authentication
from allauth.account.models import Login
from allauth.core.internal import ratelimit
from allauth.mfa.models import Authenticator
from allauth.mfa.stages import AuthenticateStage
from allauth.mfa.webauthn.internal import auth as passkeys
from django.conf import settings
from django.contrib.auth import authenticate, logout
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from duecourse.office.people import arrival, limits, proving
from duecourse.office.people.models import Sitting
from duecourse.office.people.proving import Problem

if TYPE_CHECKING:
    from duecourse.office.people.models import Account

CODE_MEANS = "code"


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """GET: the ways in. POST: user name and password."""
    wanted = wanted_page(request)
    if request.user.is_authenticated:
        return HttpResponseRedirect(wanted)
    problems: list[Problem] = []
    if request.method == "POST":
        answer = _with_password(request, wanted)
        if isinstance(answer, HttpResponse):
            return answer
        problems = answer
    return _page(request, problems, wanted)


@never_cache
@require_safe
def passkey_options(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - a view takes the request
    """What the browser's script asks before it asks for a passkey: a fresh challenge, kept in the session."""
    return JsonResponse(passkeys.begin_authentication(None), json_dumps_params={"default": dict})


@never_cache
@require_POST
def with_passkey(request: HttpRequest) -> HttpResponse:
    """Sign in whoever holds the passkey that answered this session's challenge."""
    wanted = wanted_page(request)
    if not ratelimit.consume(request, action="webauthn_login", app="allauth.mfa"):
        return _page(request, [Problem("", _("Too many attempts. Wait a minute and try again."))], wanted)
    try:
        answer = proving.credential_of(request.POST.get("credential", ""))
        passkeys.parse_authentication_response(answer)
        account: Account = passkeys.extract_user_from_response(answer)  # type: ignore[assignment]
        factor = passkeys.complete_authentication(account, answer)
    except (ValidationError, KeyError, TypeError, ValueError, AttributeError):
        account = None  # type: ignore[assignment]
    if account is None or not account.is_active:
        said = _("This passkey opens no account here. Try another, or sign in another way.")
        return _page(request, [Problem("", said)], wanted)
    factor.record_usage()
    record_authentication(request, account, "mfa", id=factor.pk, type=factor.type, passwordless=True)
    return perform_login(request, Login(user=account, redirect_url=wanted))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_stage_required(stage=AuthenticateStage.key, redirect_urlname="account_login")
def second_factor(request: HttpRequest) -> HttpResponse:
    """After a password, or the identity service: a code or a passkey, where the person has one."""
    stage = request._login_stage  # type: ignore[attr-defined]  # noqa: SLF001 - allauth's decorator puts it there
    account: Account = stage.login.user
    problems: list[Problem] = []
    if request.method == "POST":
        problems = _second(request, account)
        if not problems:
            return stage.exit()  # type: ignore[no-any-return]
    kinds = set(Authenticator.objects.filter(user=account).values_list("type", flat=True))
    shown = {
        "problems": problems,
        "options": proving.options(account) if "webauthn" in kinds else "",
        "codes": bool(kinds & {"totp", "recovery_codes"}),
        "here": "",
    }
    return render(request, "people/second_factor.html", shown, status=400 if problems else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def sign_out(request: HttpRequest) -> HttpResponse:
    """POST ends the session. GET (a bookmark, or who is signed out already) shows where one stands."""
    if request.method == "POST":
        Sitting.objects.filter(session_key=request.session.session_key or "").delete()
        logout(request)
    return HttpResponseRedirect(reverse("login") if not request.user.is_authenticated else reverse("account"))


def wanted_page(request: HttpRequest) -> str:
    """Where the person wanted to go, when that is a page of this site; else the first page."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if safe else settings.LOGIN_REDIRECT_URL


def _with_password(request: HttpRequest, wanted: str) -> HttpResponse | list[Problem]:
    username, password = request.POST.get("username", ""), request.POST.get("password", "")
    if settings.DUECOURSE_SIGN_IN != "password":
        return [
            Problem(
                "", _("This office does not use passwords. Sign in with a passkey or through the identity service.")
            )
        ]
    if "\0" in username + password or not username.strip() or not password:
        return _missing(username, password)
    try:
        attempt = limits.begin(request, username, "password")
    except limits.Locked as locked:
        return [Problem("", str(locked))]
    account = authenticate(request, username=username.strip(), password=password)
    if account is None:
        limits.wrong(attempt)
        return [Problem("username", _("The user name or the password is not right. Check both and try again."))]
    arrival.tried(request, attempt)
    return perform_password_login(
        request, {"username": account.get_username()}, Login(user=account, redirect_url=wanted)
    )


def _missing(username: str, password: str) -> list[Problem]:
    problems = [] if username.strip() else [Problem("username", _("Enter your user name."))]
    if not password:
        problems.append(Problem("password", _("Enter your password.")))
    return problems or [Problem("username", _("The user name or the password is not right. Check both and try again."))]


def _second(request: HttpRequest, account: Account) -> list[Problem]:
    code, credential = request.POST.get("code", ""), request.POST.get("credential", "")
    try:
        attempt = limits.begin(request, account.username, CODE_MEANS if code else "passkey")
    except limits.Locked as locked:
        return [Problem("", str(locked))]
    fits = proving.code_fits(account, code) if code else proving.passkey_fits(account, credential)
    if not fits:
        limits.wrong(attempt)
        said = _("This is not right. Check it and try again; a code is good for half a minute, and once.")
        return [Problem("code", said)]
    arrival.tried(request, attempt)
    record_authentication(request, account, "mfa", type="totp" if code else "webauthn")
    return []


def _page(request: HttpRequest, problems: list[Problem], wanted: str) -> HttpResponse:
    service = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
    shown: dict[str, Any] = {
        "problems": problems,
        "next": wanted,
        "username": request.POST.get("username", ""),
        "passwords": settings.DUECOURSE_SIGN_IN == "password",
        "service": service[0]["name"] if service else "",
        "local_only": request.get_host().partition(":")[0] == "127.0.0.1",
        "here": "",
    }
    return render(request, "people/login.html", shown, status=400 if problems else 200)
