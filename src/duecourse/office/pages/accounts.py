"""The accounts of the office: who works here, with which roles; an account's record; what may be done to it.

Everybody sees who holds which role. The record of an account is for who keeps accounts, who oversees the office, and
the person. What may be done to an account stands in `appointing`.
"""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from duecourse.edge import clock
from duecourse.office.people import history, limits, own
from duecourse.office.people.actions import ADMINISTRATOR
from duecourse.office.people.invitations import open_ones
from duecourse.office.people.models import Account, Appointment

from . import appointing, reading
from .access import OVERSEES, NotYours


@require_safe
def accounts(request: HttpRequest) -> HttpResponse:
    """List the accounts that hold a role today; for who keeps accounts, every account."""
    keeps = ADMINISTRATOR in request.person.roles  # type: ignore[attr-defined]
    everybody = Account.objects.order_by("-is_active", "username") if keeps else []
    shown = {"accounts": reading.accounts(), "everybody": everybody, "keeps": keeps, "here": "accounts"}
    return render(request, "office/accounts.html", shown)


@require_safe
def account(request: HttpRequest, account: UUID) -> HttpResponse:
    """One account: its roles, certificates, and everything entered of it."""
    person = request.person  # type: ignore[attr-defined]
    if not (person.roles & (OVERSEES | {ADMINISTRATOR}) or person.account == str(account)):
        raise NotYours(frozenset(OVERSEES | {ADMINISTRATOR}))
    found = Account.objects.filter(pk=account).first()
    if found is None:
        raise Http404
    today = clock.today(settings.DUECOURSE_ZONE)
    rows = Appointment.objects.filter(account=found).select_related("delegated_by")
    shown = {
        "account": found,
        "roles": own.held(rows, today),
        "certificates": own.certificates(found, today),
        "lines": history.of(found),
        "locked_until": limits.locked_until(found),
        "invited": open_ones().filter(account=found).first(),
        "ways": appointing.ways(found) if ADMINISTRATOR in person.roles and found.pk != request.user.pk else [],
        "code": request.session.pop(appointing.SHOWN_ONCE, {}).get(str(found.pk), ""),
        "invitation_page": f"{settings.OFFICE_URL}/invitation/",
        "here": "accounts",
    }
    return render(request, "office/account.html", shown)
