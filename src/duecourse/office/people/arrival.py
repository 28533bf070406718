"""Coming through the door: what is written down, what the person is told, and whom an identity service names.

Not here: the pages (`sign_in`), failures (`limits`), what was changed of an account (`actions`).
"""

from __future__ import annotations

import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from allauth.account.internal.flows.login import get_authentication_records
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from duecourse.edge import clock
from duecourse.office.people import browsers, history, limits
from duecourse.office.people.entrance import KEPT_DAYS
from duecourse.office.people.models import Account, SignIn
from duecourse.ui import address

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest, HttpResponse

ATTEMPTS: Final = "sign_ins"
PROOF: Final = "proved_at"
OWN_SERVICE: Final = "office"


class Unknown(Exception):  # noqa: N818 - a person, not a fault
    """The identity service knows the person; this office does not, or not as one who may come in."""

    def page(self, request: HttpRequest) -> HttpResponse:
        """Back to the sign-in page, with what to do."""
        said = _(
            "The identity service knows you, but no open account of this office has that name. Nobody can make an "
            "account for themself: ask whoever keeps the office's accounts."
        )
        return _back(request, said)


class Proved(Exception):  # noqa: N818 - an answer
    """A signed-in person has proved themself again."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.address = address

    def page(self) -> HttpResponse:
        """On to where they wanted to go."""
        return HttpResponseRedirect(self.address)


def tried(request: HttpRequest, attempt: SignIn) -> None:
    """Remember in the session an attempt that was right so far; `arrived` settles it."""
    request.session[ATTEMPTS] = [*request.session.get(ATTEMPTS, []), attempt.pk]


def arrived(request: HttpRequest, account: Account) -> None:
    """The person is in: settle the attempts, say what was changed of the account since the last time, tidy up."""
    last = SignIn.objects.filter(account=account, result=SignIn.Result.RIGHT).values_list("at", flat=True).first()
    attempts = request.session.pop(ATTEMPTS, [])
    if attempts:
        limits.right(attempts, account)
    else:
        SignIn.objects.create(
            at=clock.now(), account=account, name_digest=limits.name_digest(account.username),
            address=address.of(request), means=means_of(request, account), result=SignIn.Result.RIGHT,
            browser=browsers.kind_of(request),
        )  # fmt: skip
    for line in history.since(account, last) if last else ():
        messages.info(request, line)
    SignIn.objects.filter(at__lt=clock.now() - timedelta(days=KEPT_DAYS)).delete()


def means_of(request: HttpRequest, account: Account) -> str:
    """By what the person came in: `passkey`, `office` (the identity service), `code`, `password` or `invitation`."""
    means = ""
    for record in get_authentication_records(request, account):
        kind = str(record.get("method"))
        if kind == "mfa":
            kind = "passkey" if record.get("type") == "webauthn" else "code"
        means = {"socialaccount": OWN_SERVICE}.get(kind, kind)
    return means


def recognise(request: HttpRequest, found: Any) -> None:
    """Give the identity service's person their account. Raises Unknown, or Proved for who was signed in already."""
    account = _named(found.account.extra_data)
    if account is None:
        raise Unknown
    if found.state.get("process") == "redirect":
        if not request.user.is_authenticated or request.user.pk != account.pk:
            raise Unknown
        request.session[PROOF] = time.time()
        raise Proved(_safe(request, found.get_redirect_url(request)))
    found.user = account


def not_answered(request: HttpRequest) -> HttpResponse:
    """The identity service said no, or could not be asked."""
    return _back(request, _("The identity service did not confirm who you are. Try again, or sign in another way."))


def _named(data: Mapping[str, Any]) -> Account | None:
    """The open account whose user name the configured claim says; both parts of the answer must speak of one person."""
    token, user = data.get("id_token") or {}, data.get("userinfo") or {}
    if token and user and token.get("sub") != user.get("sub"):
        return None
    name = token.get(settings.DUECOURSE_OIDC_CLAIM) or user.get(settings.DUECOURSE_OIDC_CLAIM)
    if not isinstance(name, str) or not name.strip():
        return None
    return Account.objects.filter(username__iexact=name.strip(), is_active=True).first()


def _back(request: HttpRequest, said: str) -> HttpResponse:
    messages.error(request, said)
    return HttpResponseRedirect(reverse("account" if request.user.is_authenticated else "login"))


def _safe(request: HttpRequest, wanted: str | None) -> str:
    if wanted and url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}):
        return wanted
    return reverse("account")
