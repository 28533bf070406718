"""What the keeper of accounts may do: make an account, invite, appoint, certify, end, unlock, reset, close.

One table: each act has its form and its action; every one needs the role `administrator` and a recent proof, and is an
entry in the account's stream. Nobody acts on their own account (`people.actions`).

Not here: the pages that only show (`accounts`), delegating, which is the person's own (`people.delegating`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods

from duecourse.core.errors import Invalid
from duecourse.edge import clock
from duecourse.office.matters import rulebook
from duecourse.office.people import actions, inputs, limits, sentences
from duecourse.office.people.actions import ADMINISTRATOR
from duecourse.office.people.inputs import Input
from duecourse.office.people.models import Account, Appointment, Certificate
from duecourse.office.people.proving import Problem, recently
from duecourse.ui import language

from .access import NotYours

if TYPE_CHECKING:
    from datetime import date

    Values = Mapping[str, Any]
    View = Callable[..., HttpResponse]

SHOWN_ONCE: Final = "codes_to_show"


def by_keepers(view: View) -> View:
    """Let only who keeps accounts use a view. Raises NotYours."""

    @wraps(view)
    def kept(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if ADMINISTRATOR not in request.person.roles:  # type: ignore[attr-defined]
            raise NotYours(frozenset({ADMINISTRATOR}))
        return view(request, *args, **kwargs)

    return kept


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that may be done to an account: its title, its form, when it is offered, and what it does."""

    title: Any
    fields: Callable[[Account], list[Input]]
    do: Callable[[HttpRequest, Account, Values], str | None]
    offered: Callable[[Account], bool] = lambda account: account.is_active
    warning: Any = ""


@require_http_methods(["GET", "HEAD", "POST"])
@by_keepers
@recently()
def create(request: HttpRequest) -> HttpResponse:
    """GET: user name and name. POST: make the account and its one-time code."""
    fields = [
        Input("username", gettext("User name"), hint=gettext("Letters, digits, hyphen and point; it never changes.")),
        Input("name", gettext("Name"), hint=gettext("As it stands on documents.")),
    ]
    problems: list[Problem] = []
    if request.method == "POST":
        values, problems = inputs.read(fields, request.POST.dict())
        made = None if problems else _made(request, values)
        if made is not None:
            return HttpResponseRedirect(reverse("account-of", args=[made.pk]))
        problems = problems or [
            Problem("username", gettext("This user name is taken, or cannot be one. Choose another."))
        ]
    return _form(request, gettext("Make an account"), fields, problems)


@require_http_methods(["GET", "HEAD", "POST"])
@by_keepers
@recently()
def act(request: HttpRequest, account: UUID, act: str) -> HttpResponse:
    """GET: the form of one act on an account. POST: do it."""
    found, chosen = Account.objects.filter(pk=account).first(), ACTS.get(act)
    if found is None or chosen is None or not chosen.offered(found):
        raise Http404
    fields, problems = chosen.fields(found), []
    if request.method == "POST":
        values, problems = inputs.read(fields, request.POST.dict())
        problems = problems or _done(request, chosen, found, values)
        if not problems:
            messages.success(request, gettext("Done and entered: %(what)s") % {"what": chosen.title})
            return HttpResponseRedirect(reverse("account-of", args=[found.pk]))
    return _form(request, str(chosen.title), fields, problems, account=found, warning=str(chosen.warning))


def ways(account: Account) -> list[tuple[str, str]]:
    """What may be done to this account now: (act, title)."""
    return [(name, str(one.title)) for name, one in ACTS.items() if one.offered(account)]


def _form(
    request: HttpRequest, title: str, fields: list[Input], problems: list[Problem],
    *, account: Account | None = None, warning: str = "",
) -> HttpResponse:  # fmt: skip
    shown = {
        "title": title,
        "fields": inputs.filled(fields, request.POST.dict()),
        "problems": problems,
        "account": account,
        "warning": warning,
        "here": "accounts",
    }
    return render(request, "office/account_act.html", shown, status=400 if problems else 200)


def _made(request: HttpRequest, values: Values) -> Account | None:
    username = str(values["username"])
    if not username.isascii() or not username.replace("-", "").replace(".", "").replace("_", "").isalnum():
        return None
    by: Account = request.user  # type: ignore[assignment]
    try:
        with transaction.atomic():
            account, _ = actions.create_account(username=username[:65], name=str(values["name"])[:100], by=by)
            code, _ = actions.invite(account, by=by)
    except (IntegrityError, ValueError):
        return None
    _show_once(request, account, code)
    return account


def _done(request: HttpRequest, chosen: Act, account: Account, values: Values) -> list[Problem]:
    try:
        with transaction.atomic():
            code = chosen.do(request, account, values)
    except Invalid as no:
        return [Problem(sentences.FIELD.get(no.code, ""), sentences.of(no))]
    except IntegrityError:
        return [Problem("", gettext("This stands already, or the last day lies before the first. Check the days."))]
    if code:
        _show_once(request, account, code)
    return []


def _show_once(request: HttpRequest, account: Account, code: str) -> None:
    request.session[SHOWN_ONCE] = {str(account.pk): code}


# -- the acts ---------------------------------------------------------------------------------------------------------


def _today() -> date:
    return clock.today(settings.DUECOURSE_ZONE)


def _role_fields(account: Account) -> list[Input]:
    del account
    roles = rulebook.current().roles
    options = tuple((name, language.pick(role.title)) for name, role in roles.items() if name != "system")
    return [
        Input("role", gettext("Role"), "choice", options=options),
        Input("from_on", gettext("First day"), "day", value=_today().isoformat()),
        Input("until_on", gettext("Last day"), "day", gettext("Empty: until further notice."), needed=False),
    ]


def _certificate_fields(account: Account) -> list[Input]:
    del account
    return [
        Input("number", gettext("Number of the certificate")),
        Input("valid_from_on", gettext("First day"), "day"),
        Input("valid_until_on", gettext("Last day"), "day"),
    ]


def _end_fields(account: Account) -> list[Input]:
    roles = rulebook.current().roles
    options = [
        (
            str(row.pk),
            f"{language.pick(roles[row.role].title) if row.role in roles else row.role} {date_format(row.from_on)}",
        )
        for row in _running(account)
    ]
    return [
        Input("appointment", gettext("Which"), "choice", options=tuple(options)),
        Input("reason", gettext("Why"), "text"),
    ]


def _last_day_fields(account: Account) -> list[Input]:
    options = [
        (str(row.pk), f"{row.number} {date_format(row.valid_from_on)} – {date_format(row.valid_until_on)}")
        for row in _valid(account)
    ]
    return [
        Input("certificate", gettext("Which"), "choice", options=tuple(options)),
        Input("until_on", gettext("Last day"), "day", value=_today().isoformat()),
    ]


def _reason_fields(account: Account) -> list[Input]:
    del account
    return [Input("reason", gettext("Why"), "text")]


def _no_fields(account: Account) -> list[Input]:
    del account
    return []


def _running(account: Account) -> list[Appointment]:
    rows = Appointment.objects.filter(account=account, withdrawn_on=None)
    return [row for row in rows if row.until_on is None or row.until_on >= _today()]


def _valid(account: Account) -> list[Certificate]:
    return list(Certificate.objects.filter(account=account, valid_until_on__gte=_today()))


def _appoint(request: HttpRequest, account: Account, values: Values) -> None:
    actions.appoint(
        account,
        values["role"],
        from_on=values["from_on"],
        until_on=values["until_on"],
        by=request.user,  # type: ignore[arg-type]
    )


def _certify(request: HttpRequest, account: Account, values: Values) -> None:
    actions.certify(
        account, values["number"][:64], valid_from_on=values["valid_from_on"], valid_until_on=values["valid_until_on"],
        by=request.user,  # type: ignore[arg-type]
    )  # fmt: skip


def _withdraw(request: HttpRequest, account: Account, values: Values) -> None:
    row = next(one for one in _running(account) if str(one.pk) == values["appointment"])
    if account.pk == request.user.pk:
        raise Invalid("own_account")
    actions.withdraw(row, on=_today(), reason=values["reason"], by=request.user)  # type: ignore[arg-type]


def _end_certificate(request: HttpRequest, account: Account, values: Values) -> None:
    row = next(one for one in _valid(account) if str(one.pk) == values["certificate"])
    actions.end_certificate(row, until_on=values["until_on"], by=request.user)  # type: ignore[arg-type]


def _invite(request: HttpRequest, account: Account, values: Values) -> str:
    del values
    return actions.invite(account, by=request.user)[0]  # type: ignore[arg-type]


def _unlock(request: HttpRequest, account: Account, values: Values) -> None:
    del values
    actions.unlock(account, by=request.user)  # type: ignore[arg-type]
    limits.unlock(request, account)


def _reset(request: HttpRequest, account: Account, values: Values) -> str:
    return actions.reset_factors(account, reason=values["reason"], by=request.user)[0]  # type: ignore[arg-type]


def _close(request: HttpRequest, account: Account, values: Values) -> None:
    del values
    actions.close_account(account, by=request.user)  # type: ignore[arg-type]


ACTS: Final[Mapping[str, Act]] = {
    "appoint": Act(gettext_lazy("Appoint to a role"), _role_fields, _appoint),
    "certify": Act(gettext_lazy("Enter a certificate"), _certificate_fields, _certify),
    "withdraw": Act(
        gettext_lazy("End a role from today on"), _end_fields, _withdraw, lambda account: bool(_running(account))
    ),
    "end-certificate": Act(
        gettext_lazy("Set the last day of a certificate"), _last_day_fields, _end_certificate,
        lambda account: bool(_valid(account)),
    ),
    "invite": Act(
        gettext_lazy("Give a new one-time code"), _no_fields, _invite,
        warning=gettext_lazy("Earlier codes end. What the person signs in with now stays."),
    ),
    "unlock": Act(
        gettext_lazy("Unlock after wrong attempts"), _no_fields, _unlock,
        lambda account: account.is_active and limits.locked_until(account) is not None,
    ),
    "reset": Act(
        gettext_lazy("Take away everything the person signs in with"), _reason_fields, _reset,
        warning=gettext_lazy(
            "Password, passkeys and codes end, and every session. The person comes in again with a one-time code, and "
            "is told at the next sign-in."
        ),
    ),
    "close": Act(
        gettext_lazy("Close the account"), _no_fields, _close,
        warning=gettext_lazy(
            "The person no longer signs in, holds no role, and what they delegated ends. What they did stays theirs. "
            "This is not undone: a person who comes back gets a new account."
        ),
    ),
}  # fmt: skip
