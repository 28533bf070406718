"""Everything that changes an account, its roles, certificates and factors.

Each change is one entry in the account's stream, in the same transaction as the rows; `by` is who did it (None: the
machine, at its command line). Nobody appoints, certifies or closes themself.

Not here: steps of matters (`office/matters`), whose turn it is (`delegations`), changing a password (it is the person's
own and no entry).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction

from duecourse.core.errors import Invalid
from duecourse.core.ledger.entry import Field, Occurred
from duecourse.edge import clock, ids
from duecourse.office.ledger import store
from duecourse.office.people import delegations, invitations
from duecourse.office.people.models import Account, Appointment, Certificate, Sitting

SYSTEM_ROLE: Final = "system"
ADMINISTRATOR: Final = "administrator"
OWN: Final = "none"
"""The role of an entry about what a person did with their own account."""


@transaction.atomic
def create_account(
    *, username: str, name: str, password: str | None = None, by: Account | None = None
) -> tuple[Account, store.StoredEntry]:
    """A new person of the office, without any role. Raises IntegrityError when the user name is taken."""
    account = Account(username=username, name=name)
    account.set_password(password)
    account.save(force_insert=True)
    said = {"username": username, "name": name}
    return account, _enter(account, "account-created", said, by=by, head=store.EMPTY)


@transaction.atomic
def invite(account: Account, *, by: Account | None = None) -> tuple[str, store.StoredEntry]:
    """A code by which the person comes in once; earlier codes end. It is shown once and kept as a digest only."""
    code = invitations.make(account)
    return code, _enter(account, "invited", {}, by=by)


@transaction.atomic
def appoint(
    account: Account, role: str, *, from_on: date, until_on: date | None = None, by: Account | None = None
) -> tuple[Appointment, store.StoredEntry]:
    """The person holds `role` from a day on. Raises IntegrityError for the same appointment twice."""
    _not_oneself(account, by)
    appointment = Appointment.objects.create(account=account, role=role, from_on=from_on, until_on=until_on)
    said = {"role": role, "from": from_on.isoformat(), "until": until_on.isoformat() if until_on else ""}
    return appointment, _enter(account, "appointed", said, by=by)


@transaction.atomic
def certify(
    account: Account, number: str, *, valid_from_on: date, valid_until_on: date, by: Account | None = None
) -> tuple[Certificate, store.StoredEntry]:
    """The person holds a law-enforcement certificate. Raises IntegrityError when its number stands already."""
    _not_oneself(account, by)
    certificate = Certificate.objects.create(
        account=account, number=number, valid_from_on=valid_from_on, valid_until_on=valid_until_on
    )
    said = {"certificate": number, "from": valid_from_on.isoformat(), "until": valid_until_on.isoformat()}
    return certificate, _enter(account, "certified", said, by=by)


@transaction.atomic
def delegate(  # noqa: PLR0917 - what a written delegation says
    from_: Account, to: Account, role: str, from_on: date, until_on: date, document_sha256: str, reason: str,
    *, by: Account | None = None,
) -> tuple[Appointment, store.StoredEntry]:  # fmt: skip
    """`to` acts in the role of `from_` on these days, by a written document. Raises Invalid as `delegations.check`."""
    delegations.check(from_, to, role, from_on=from_on, until_on=until_on, document_sha256=document_sha256)
    if not reason.strip():
        raise Invalid("delegation_without_reason")
    appointment = Appointment.objects.create(
        account=to, role=role, from_on=from_on, until_on=until_on, delegated_by=from_, document_sha256=document_sha256
    )
    said = {"role": role, "from": from_on.isoformat(), "until": until_on.isoformat(), "delegated_by": str(from_.id),
            "document": document_sha256, "reason": reason.strip()}  # fmt: skip
    return appointment, _enter(to, "delegated", said, by=by or from_)


@transaction.atomic
def end_appointment(appointment: Appointment, *, until_on: date, by: Account | None = None) -> store.StoredEntry:
    """The last day of a role. Raises IntegrityError when it lies before the first."""
    appointment.until_on = until_on
    appointment.save(update_fields=["until_on"])
    said = {"role": appointment.role, "until": until_on.isoformat()}
    return _enter(appointment.account, "appointment-ended", said, by=by)


@transaction.atomic
def withdraw(appointment: Appointment, *, on: date, reason: str, by: Account | None = None) -> store.StoredEntry:
    """A role, or a delegation, counts no longer from `on`. Raises Invalid("withdrawn_before") when it is already."""
    if appointment.withdrawn_on is not None and appointment.withdrawn_on <= on:
        raise Invalid("withdrawn_before")
    appointment.withdrawn_on = on
    appointment.save(update_fields=["withdrawn_on"])
    said = {"role": appointment.role, "on": on.isoformat(), "reason": reason.strip()}
    return _enter(appointment.account, "appointment-withdrawn", said, by=by)


@transaction.atomic
def end_certificate(certificate: Certificate, *, until_on: date, by: Account | None = None) -> store.StoredEntry:
    """The last day of a certificate. Raises IntegrityError when it lies before the first."""
    certificate.valid_until_on = until_on
    certificate.save(update_fields=["valid_until_on"])
    said = {"certificate": certificate.number, "until": until_on.isoformat()}
    return _enter(certificate.account, "certificate-ended", said, by=by)


@transaction.atomic
def close_account(account: Account, *, by: Account | None = None) -> store.StoredEntry:
    """The person no longer signs in and holds no role; what they did stays theirs. What they delegated ends."""
    _not_oneself(account, by)
    account.is_active = False
    account.set_unusable_password()
    account.save(update_fields=["is_active", "password"])
    Appointment.objects.filter(account=account, withdrawn_on=None).update(withdrawn_on=_today())
    _forget_factors(account)
    return _enter(account, "account-closed", {}, by=by)


@transaction.atomic
def reset_factors(account: Account, *, reason: str, by: Account | None = None) -> tuple[str, store.StoredEntry]:
    """Take away every means of signing in and end every sitting; returns a code that lets the person in once.

    The person is told at the next sign-in. Raises Invalid("own_account").
    """
    _not_oneself(account, by)
    account.set_unusable_password()
    account.save(update_fields=["password"])
    _forget_factors(account)
    code = invitations.make(account)
    return code, _enter(account, "factors-reset", {"reason": reason.strip()}, by=by)


@transaction.atomic
def unlock(account: Account, *, by: Account | None = None) -> store.StoredEntry:
    """Passwords and codes of the account are looked at again (the caller forgets the failures: `limits.unlock`)."""
    _not_oneself(account, by)
    return _enter(account, "account-unlocked", {}, by=by)


@transaction.atomic
def note(account: Account, step: str, said: Mapping[str, str]) -> store.StoredEntry:
    """Enter what a person did with their own account: a factor added or taken away, an invitation used."""
    assert step in {"factor-added", "factor-removed", "invitation-used", "codes-renewed"}, step
    return _enter(account, step, said, by=account)


def end_sittings(account: Account, *, but: str | None = None) -> int:
    """Sign the person out everywhere, but for the session `but`; returns how many sessions ended."""
    ended = Sitting.objects.filter(account=account).exclude(session_key=but or "")
    keys = list(ended.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    ended.delete()
    return len(keys)


def _forget_factors(account: Account) -> None:
    Authenticator.objects.filter(user=account).delete()
    invitations.end(account)
    end_sittings(account)


def _today() -> date:
    return clock.today(settings.DUECOURSE_ZONE)


def _not_oneself(account: Account, by: Account | None) -> None:
    if by is not None and by.pk == account.pk:
        raise Invalid("own_account")


def _enter(
    account: Account, step: str, said: Mapping[str, str], *, by: Account | None = None, head: store.Head | None = None
) -> store.StoredEntry:
    recorded = clock.now()
    zone, today = settings.DUECOURSE_ZONE, _today()
    role = SYSTEM_ROLE if by is None else OWN if by.pk == account.pk else ADMINISTRATOR
    return store.append(
        stream=account.id,
        kind="account",
        procedure=None,
        step=step,
        role="delegator" if step == "delegated" and by is not None and said["delegated_by"] == str(by.pk) else role,
        occurred=Occurred(today.isoformat(), None, zone),
        recorded=recorded,
        digests={},
        exhibits=[],
        links=[],
        outcome={"actor": str(by.pk)} if by else {},
        fields=[Field(name, "office", value, ids.salt()) for name, value in said.items()],
        key=None,
        head=head,
    )
