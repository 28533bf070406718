"""Who works here: an account is a person for ever, a role is held from a day until a day, so is a certificate.

Rows of the last two are never deleted; an appointment ends by its last day, or counts no longer from the day on which
it was withdrawn. A delegation is an appointment too: it names the person in whose place the other acts, rests on a
written document, and counts only while that person holds the role. Every change is an entry in the account's stream
(`actions`), written in the same transaction. How people come in stands in `entrance`.

Not here: what follows from a role (rulebook/<name>/roles.yaml, `core/procedure`).
"""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q

from duecourse.edge.ids import new_uuid


class Accounts(BaseUserManager["Account"]):
    """Finds accounts for signing in. Creating one is `actions.create_account`."""

    def get_by_natural_key(self, username: str | None) -> Account:
        """The account of a user name, in any case of letters. Raises Account.DoesNotExist."""
        return self.get(username__iexact=username)


class Account(AbstractBaseUser):
    """A person of the office. Ids are random and stand in the ledger; names stand only here."""

    id = models.UUIDField(primary_key=True, default=new_uuid, editable=False)
    username = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=100)
    is_active = models.BooleanField(default=True)

    objects = Accounts()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        db_table = "account"
        ordering = ["username"]
        constraints = [
            models.UniqueConstraint(models.functions.Lower("username"), name="account_username_unique"),
            models.CheckConstraint(condition=~Q(username="") & ~Q(name=""), name="account_is_named"),
        ]

    def __str__(self) -> str:
        return self.name


class Appointment(models.Model):
    """An account holds a role from a day until a day (both included); without a last day until further notice.

    `delegated_by` and `document_sha256`: the role is another's, who gave it in writing for these days.
    """

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="appointments")
    role = models.CharField(max_length=64)
    from_on = models.DateField()
    until_on = models.DateField(null=True)
    withdrawn_on = models.DateField(null=True)
    delegated_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="delegations")
    document_sha256 = models.CharField(max_length=64, default="")

    class Meta:
        db_table = "appointment"
        ordering = ["account", "from_on", "role"]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "role", "from_on", "delegated_by"], nulls_distinct=False, name="appointment_once"
            ),
            models.CheckConstraint(
                condition=Q(until_on__isnull=True) | Q(until_on__gte=F("from_on")),
                name="appointment_ends_after_it_began",
            ),
            models.CheckConstraint(condition=~Q(role=""), name="appointment_names_a_role"),
            models.CheckConstraint(
                condition=Q(delegated_by__isnull=True, document_sha256="")
                | (Q(delegated_by__isnull=False, until_on__isnull=False) & ~Q(document_sha256="")),
                name="delegation_is_written_and_ends",
            ),
            models.CheckConstraint(
                condition=Q(delegated_by__isnull=True) | ~Q(delegated_by=F("account")),
                name="delegation_is_to_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.role} {self.from_on}"


class Certificate(models.Model):
    """An account's certificate for administrative law enforcement (执法证); its first and last day are included."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="certificates")
    number = models.CharField(max_length=64, unique=True)
    valid_from_on = models.DateField()
    valid_until_on = models.DateField()

    class Meta:
        db_table = "certificate"
        ordering = ["account", "valid_from_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until_on__gte=F("valid_from_on")), name="certificate_ends_after_it_began"
            ),
            models.CheckConstraint(condition=~Q(number=""), name="certificate_has_a_number"),
        ]

    def __str__(self) -> str:
        return self.number


from duecourse.office.people.entrance import Invitation, SignIn, Sitting  # noqa: E402 - they name Account

__all__ = ["Account", "Accounts", "Appointment", "Certificate", "Invitation", "SignIn", "Sitting"]
