"""What is written down of people coming in: attempts to sign in, sittings at a desk, invitations.

Rows here are no entries of the record: they are kept `KEPT_DAYS` and then deleted. A typed user name is kept as a keyed
digest only, since people type passwords there; an address is the one that `ui.address` believes.

Not here: counting failures (`limits`), showing sittings (`sittings`), what an invitation leads to (`invitations`).
"""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.db import models
from django.db.models import F, Q

KEPT_DAYS: Final = 90


class SignIn(models.Model):
    """One attempt to come in (or to prove oneself again), and how it ended; or that an account was unlocked."""

    class Result(models.TextChoices):
        """`begun` counts as wrong until it is known to be right: two attempts at once cannot both slip through."""

        BEGUN = "begun"
        WRONG = "wrong"
        RIGHT = "right"
        UNLOCKED = "unlocked"

    at = models.DateTimeField()
    account = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="sign_ins")
    name_digest = models.CharField(max_length=64)
    address = models.CharField(max_length=45)
    means = models.CharField(max_length=16)
    result = models.CharField(max_length=16, choices=Result.choices)
    browser = models.CharField(max_length=60)

    class Meta:
        db_table = "sign_in"
        ordering = ["-at"]
        indexes = [
            models.Index(fields=["name_digest", "at"], name="sign_in_by_name"),
            models.Index(fields=["address", "at"], name="sign_in_by_address"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(result__in=["begun", "wrong", "right", "unlocked"]), name="sign_in_result_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.at} {self.means} {self.result}"


class Sitting(models.Model):
    """A session of a signed-in person: since when, seen last, in which kind of browser."""

    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="sittings")
    session_key = models.CharField(max_length=40, unique=True)
    began_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    means = models.CharField(max_length=16)
    browser = models.CharField(max_length=60)

    class Meta:
        db_table = "sitting"
        ordering = ["-seen_at"]
        constraints = [models.CheckConstraint(condition=Q(seen_at__gte=F("began_at")), name="sitting_is_seen_after")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.began_at}"


class Invitation(models.Model):
    """A code by which a person comes in once, to set what they will sign in with. Only its digest is kept."""

    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="invitations")
    code_sha256 = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "invitation"
        ordering = ["-made_at"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("made_at")), name="invitation_ends_after_it_was_made")
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.made_at}"
