"""Proving again who one is, before something that must not be done at a desk left open.

`recently(minutes)` asks on GET before the form is shown, and on POST carries everything that was typed through the
proof page in the page itself, so nothing is lost and nothing is stored; a file is kept by the view's own `keep`. A
proof is the password, a passkey or a code; a fresh sign-in counts as one. Failures count towards the locks of `limits`.

Not here: signing in (`sign_in`); what needs a proof (the pages themselves).
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, Final

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth as passkeys
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from duecourse.office.people import arrival, limits

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from django.contrib.auth.base_user import AbstractBaseUser

    from duecourse.office.people.models import Account

    View = Callable[..., HttpResponse]
    Keep = Callable[[HttpRequest], Mapping[str, str]]

MINUTES: Final = 10
FIELDS: Final = ("proof", "proof_password", "proof_code", "proof_credential")
_MEANS: Final = {"password": "proof_password", "code": "proof_code", "passkey": "proof_credential"}


@dataclass(frozen=True, slots=True)
class Problem:
    """What was wrong with a proof; `field` is the control's id."""

    field: str
    sentence: str


def recently(minutes: int = MINUTES, *, keep: Keep | None = None) -> Callable[[View], View]:
    """Let a view be used only by who has proved who they are of late. `keep` gives what a file leaves in the page."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            problems: list[Problem] = []
            if "proof" in request.POST:
                problems = [] if is_fresh(request, minutes) else _proved(request)
                if not problems and request.POST["proof"] == "asked":
                    return HttpResponseRedirect(request.get_full_path())
            if not problems and is_fresh(request, minutes):
                _forget(request)
                return view(request, *args, **kwargs)
            return _ask(request, problems, keep)

        return guarded

    return guard


def is_fresh(request: HttpRequest, minutes: int = MINUTES) -> bool:
    """Whether the person at this session has proved who they are within the last minutes."""
    at = request.session.get(arrival.PROOF)
    return isinstance(at, int | float) and 0 <= time.time() - at < minutes * 60


def mark(request: HttpRequest) -> None:
    """The person has just proved who they are."""
    request.session[arrival.PROOF] = time.time()


def means(account: AbstractBaseUser) -> list[str]:
    """How this person can prove who they are: some of `passkey`, `code`, `password`, `office`."""
    kinds = set(Authenticator.objects.filter(user=account).values_list("type", flat=True))
    found = [("passkey", "webauthn" in kinds), ("code", "totp" in kinds),
             ("password", settings.DUECOURSE_SIGN_IN == "password" and account.has_usable_password()),
             ("office", bool(settings.DUECOURSE_OIDC_ISSUER))]  # fmt: skip
    return [name for name, may in found if may]


def code_fits(account: AbstractBaseUser, code: str, *, kinds: tuple[str, ...] = ("totp", "recovery_codes")) -> bool:
    """Whether a code is one of the person's now; using it up."""
    typed = "".join(code.split())
    factors = Authenticator.objects.filter(user=account, type__in=kinds).order_by("-type")
    for factor in factors:
        if factor.wrap().validate_code(typed):
            factor.record_usage()
            return True
    return False


def credential_of(text: str) -> dict[str, Any]:
    """What a browser answered. Raises ValidationError for what is no answer of a passkey."""
    try:
        found = json.loads(text[:20_000])
    except ValueError as wrong:
        raise ValidationError("incorrect_code") from wrong
    if not isinstance(found, dict):
        raise ValidationError("incorrect_code")
    return found


def passkey_fits(account: AbstractBaseUser, text: str) -> bool:
    """Whether the answer of a browser was made by one of the person's passkeys, for the challenge of this session."""
    try:
        answer = credential_of(text)
        passkeys.parse_authentication_response(answer)
        passkeys.complete_authentication(account, answer).record_usage()
    except (ValidationError, KeyError, TypeError, ValueError):
        return False
    return True


def options(account: AbstractBaseUser | None) -> str:
    """What a browser needs to ask for a passkey, as JSON for an attribute; its challenge is kept in the session."""
    return json.dumps(passkeys.begin_authentication(account), default=dict)


def _proved(request: HttpRequest) -> list[Problem]:
    account: Account = request.user  # type: ignore[assignment]
    given = next((name for name in _MEANS if request.POST.get(_MEANS[name])), "")
    if given not in means(account):
        return [Problem("", _("Prove who you are in one of the ways below."))]
    try:
        attempt = limits.begin(request, account.username, given)
    except limits.Locked as locked:
        return [Problem("", str(locked))]
    said = request.POST[_MEANS[given]]
    fits = {
        "password": lambda: account.check_password(said),
        "code": lambda: code_fits(account, said, kinds=("totp",)),
        "passkey": lambda: passkey_fits(account, said),
    }[given]
    if not fits():
        limits.wrong(attempt)
        return [Problem(_MEANS[given], _("This is not right. Check it and try again."))]
    limits.right([attempt.pk], account)
    mark(request)
    return []


def _forget(request: HttpRequest) -> None:
    """The view sees the post as it was typed."""
    if "proof" in request.POST:
        left = request.POST.copy()
        for name in FIELDS:
            left.pop(name, None)
        request.POST = left  # type: ignore[assignment]


def _ask(request: HttpRequest, problems: list[Problem], keep: Keep | None) -> HttpResponse:
    account: Account = request.user  # type: ignore[assignment]
    ways = means(account)
    carried = _carried(request, keep) if request.method == "POST" and request.POST.get("proof") != "asked" else []
    shown = {
        "problems": problems,
        "ways": ways,
        "options": options(account) if "passkey" in ways else "",
        "carried": carried,
        "went": "typed" if request.method == "POST" and request.POST.get("proof") != "asked" else "asked",
        "here": "",
    }
    return render(request, "people/prove.html", shown, status=403 if request.method == "POST" else 200)


def _carried(request: HttpRequest, keep: Keep | None) -> list[tuple[str, str]]:
    own = {*FIELDS, "csrfmiddlewaretoken"}
    typed = [(name, value) for name, values in request.POST.lists() if name not in own for value in values]
    kept = dict(keep(request)) if keep and request.FILES else {}
    return [pair for pair in typed if pair[0] not in kept] + list(kept.items())
