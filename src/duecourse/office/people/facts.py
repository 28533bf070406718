"""What the rulebook needs to know of a person on a day: the roles held, and whether a certificate was valid.

Not here: what follows from it (`core/procedure`).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import Q

from duecourse.core.procedure.attempt import PersonFacts
from duecourse.office.people.models import Account, Appointment, Certificate


def facts_of(account: Account, on: date) -> PersonFacts:
    """The facts of one person on the local day `on`. An account that was closed holds no role."""
    return facts_of_all([account.id], on)[account.id]


def facts_of_all(accounts: Iterable[UUID], on: date) -> dict[UUID, PersonFacts]:
    """The same for several, in two questions to the database; an unknown id has no role."""
    wanted = list(accounts)
    held: dict[UUID, set[str]] = {account: set() for account in wanted}
    for account, role in roles_on(on).filter(account__in=wanted).values_list("account_id", "role"):
        held[account].add(role)
    valid = Certificate.objects.filter(account__in=wanted, valid_from_on__lte=on, valid_until_on__gte=on)
    certified = set(valid.values_list("account_id", flat=True))
    return {
        account: PersonFacts(account=str(account), roles=frozenset(held[account]), certified=account in certified)
        for account in wanted
    }


def roles_on(on: date):  # noqa: ANN201 - a queryset of Appointment
    """The appointments that are in force on a day, of accounts that are open."""
    in_force = Q(from_on__lte=on) & (Q(until_on__isnull=True) | Q(until_on__gte=on))
    return Appointment.objects.filter(in_force, account__is_active=True)
