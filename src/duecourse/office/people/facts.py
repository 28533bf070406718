"""What the rulebook needs to know of a person on a day: roles held, in whose place, whether a certificate was valid.

Not here: what follows from it (`core/procedure`), whether a role may be delegated (`delegations`).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from duecourse.core.procedure.attempt import PersonFacts
from duecourse.office.people import delegations
from duecourse.office.people.models import Account, Appointment, Certificate


def facts_of(account: Account, on: date) -> PersonFacts:
    """The facts of one person on the local day `on`. An account that was closed holds no role."""
    return facts_of_all([account.id], on)[account.id]


def facts_of_all(accounts: Iterable[UUID], on: date) -> dict[UUID, PersonFacts]:
    """The same for several, in two questions to the database; an unknown id has no role."""
    wanted = list(accounts)
    held: dict[UUID, dict[str, str]] = {account: {} for account in wanted}
    rows = roles_on(on).filter(account__in=wanted).values_list("account_id", "role", "delegated_by_id")
    for account, role, giver in rows:
        if giver is None or role not in held[account]:  # a role of one's own comes first
            held[account][role] = str(giver or "")
    valid = Certificate.objects.filter(account__in=wanted, valid_from_on__lte=on, valid_until_on__gte=on)
    certified = set(valid.values_list("account_id", flat=True))
    return {
        account: PersonFacts(
            account=str(account),
            roles=frozenset(roles),
            certified=account in certified,
            delegations={role: giver for role, giver in roles.items() if giver},
        )
        for account, roles in held.items()
    }


def roles_on(on: date):  # noqa: ANN201 - a queryset of Appointment
    """The appointments that are in force on a day, of accounts that are open."""
    return Appointment.objects.filter(delegations.in_force(on), account__is_active=True)
