"""Everything that changes an account, its roles or its certificates.

Each change is one entry in the account's stream, in the same transaction as the rows.

Not here: steps of matters (`office/matters`), changing a password (it is the person's own and no entry).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.conf import settings
from django.db import transaction

from duecourse.core.ledger.entry import Field, Occurred
from duecourse.edge import clock, ids
from duecourse.office.ledger import store
from duecourse.office.people.models import Account, Appointment, Certificate

SYSTEM_ROLE = "system"


@transaction.atomic
def create_account(*, username: str, name: str, password: str) -> tuple[Account, store.StoredEntry]:
    """A new person of the office, without any role. Raises IntegrityError when the user name is taken."""
    account = Account(username=username, name=name)
    account.set_password(password)
    account.save(force_insert=True)
    return account, _enter(account, "account-created", {"username": username, "name": name}, head=store.EMPTY)


@transaction.atomic
def appoint(
    account: Account, role: str, *, from_on: date, until_on: date | None = None
) -> tuple[Appointment, store.StoredEntry]:
    """The person holds `role` from a day on. Raises IntegrityError for the same appointment twice."""
    appointment = Appointment.objects.create(account=account, role=role, from_on=from_on, until_on=until_on)
    said = {"role": role, "from": from_on.isoformat(), "until": until_on.isoformat() if until_on else ""}
    return appointment, _enter(account, "appointed", said)


@transaction.atomic
def certify(
    account: Account, number: str, *, valid_from_on: date, valid_until_on: date
) -> tuple[Certificate, store.StoredEntry]:
    """The person holds a law-enforcement certificate. Raises IntegrityError when its number stands already."""
    certificate = Certificate.objects.create(
        account=account, number=number, valid_from_on=valid_from_on, valid_until_on=valid_until_on
    )
    said = {"certificate": number, "from": valid_from_on.isoformat(), "until": valid_until_on.isoformat()}
    return certificate, _enter(account, "certified", said)


@transaction.atomic
def end_appointment(appointment: Appointment, *, until_on: date) -> store.StoredEntry:
    """The last day of a role. Raises IntegrityError when it lies before the first."""
    appointment.until_on = until_on
    appointment.save(update_fields=["until_on"])
    return _enter(appointment.account, "appointment-ended", {"role": appointment.role, "until": until_on.isoformat()})


@transaction.atomic
def close_account(account: Account) -> store.StoredEntry:
    """The person no longer signs in and holds no role; what they did stays theirs."""
    account.is_active = False
    account.save(update_fields=["is_active"])
    return _enter(account, "account-closed", {})


def _enter(
    account: Account, step: str, said: Mapping[str, str], *, head: store.Head | None = None
) -> store.StoredEntry:
    recorded = clock.now()
    zone = settings.DUECOURSE_ZONE
    return store.append(
        stream=account.id,
        kind="account",
        procedure=None,
        step=step,
        role=SYSTEM_ROLE,
        occurred=Occurred(clock.today(zone).isoformat(), None, zone),
        recorded=recorded,
        digests={},
        exhibits=[],
        links=[],
        outcome={},
        fields=[Field(name, "office", value, ids.salt()) for name, value in said.items()],
        key=None,
        head=head,
    )
