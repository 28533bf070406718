"""Whether a role may be given to another for some days, and by whom it is held so.

In writing, with a first and a last day; not beyond the last day of the appointment that it rests on; not by who holds
the role by delegation; not a role whose duties the rulebook calls personal (case officer, legal reviewer, …).
A delegation counts only on days on which its giver holds the role: when that appointment ends, it ends too (`facts`).

Not here: writing it down (`actions.delegate`), acting on it (`core/procedure`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from django.db.models import Exists, OuterRef, Q

from duecourse.core.errors import Invalid
from duecourse.office.matters import rulebook
from duecourse.office.people.models import Account, Appointment

if TYPE_CHECKING:
    from datetime import date

_SHA256: Final = re.compile(r"[0-9a-f]{64}")


def delegable(role: str) -> bool:
    """Whether the rulebook lets this role be given to another for some days."""
    known = rulebook.current().roles
    return role in known and role != "system" and not known[role].personal


def check(from_: Account, to: Account, role: str, *, from_on: date, until_on: date, document_sha256: str) -> None:
    """Raise Invalid when the delegation cannot be: the code says why."""
    if from_.pk == to.pk:
        raise Invalid("delegation_to_oneself")
    if not (from_.is_active and to.is_active):
        raise Invalid("delegation_of_closed_account")
    if not delegable(role):
        raise Invalid("delegation_of_personal_duty", role=role)
    if until_on < from_on:
        raise Invalid("delegation_ends_before_it_begins")
    if not _SHA256.fullmatch(document_sha256):
        raise Invalid("delegation_without_document")
    held = Appointment.objects.filter(account=from_, role=role, from_on__lte=from_on, withdrawn_on=None)
    covering = held.filter(Q(until_on=None) | Q(until_on__gte=until_on))
    if covering.filter(delegated_by=None).exists():
        return
    if held.filter(delegated_by__isnull=False).exists():
        raise Invalid("delegation_of_delegated")
    raise Invalid("delegation_beyond_appointment", role=role)


def in_force(on: date) -> Q:
    """The appointments that count on a day; a delegation only while its giver's own appointment does."""
    days = (
        Q(from_on__lte=on) & (Q(until_on=None) | Q(until_on__gte=on)) & (Q(withdrawn_on=None) | Q(withdrawn_on__gt=on))
    )
    givers = Appointment.objects.filter(
        days, account=OuterRef("delegated_by"), role=OuterRef("role"), delegated_by=None
    )
    return days & (Q(delegated_by=None) | Exists(givers))
