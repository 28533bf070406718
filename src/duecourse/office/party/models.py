"""The tables of the party's door: who was given access to a matter's papers, and what came back.

Responsible for columns and constraints. An access keeps the lookup id and the public key that follow from its code, and
never the code; the papers themselves lie sealed in `letter` and below the published folder. Both tables are an index of
entries in the matter's stream (`party-access`, `party-act`), which are the truth.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.lookups import Exact

from duecourse.office.reports.models import HASH_BYTES, Octets


class PartyAccess(models.Model):
    """One code given to a party. `document`: the document with which it was handed over."""

    id = models.UUIDField(primary_key=True)
    matter = models.UUIDField(db_index=True)
    document = models.UUIDField()
    lookup_id = models.BinaryField(unique=True)
    public_key = models.BinaryField()
    entry = models.IntegerField(help_text="Index of the entry that gave it.")
    given_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    replaced_by = models.UUIDField(null=True)

    class Meta:
        """Table and constraints."""

        db_table = "party_access"
        constraints = (
            models.CheckConstraint(
                name="party_access_lookup_long",
                condition=Exact(Octets("lookup_id"), HASH_BYTES),
            ),
            models.CheckConstraint(
                name="party_access_replaced_ended", condition=Q(replaced_by__isnull=True) | Q(ended_at__isnull=False)
            ),
        )

    def __str__(self) -> str:
        return f"{self.matter} ({'ended' if self.ended_at else 'open'})"


class PartyAct(models.Model):
    """Something the party did. `submission`: as it came through the door, None on paper; `answered`: by which entry."""

    pk = models.CompositePrimaryKey("matter", "entry")
    matter = models.UUIDField()
    entry = models.IntegerField()
    access = models.UUIDField(null=True)
    submission = models.UUIDField(null=True, unique=True)
    kind = models.TextField()
    arrived_on = models.DateField()
    last_on = models.DateField(null=True)
    late = models.BooleanField()
    answered = models.IntegerField(null=True)

    class Meta:
        """Table and index."""

        db_table = "party_act"
        indexes = (models.Index(name="party_act_waiting", fields=("arrived_on",), condition=Q(answered__isnull=True)),)

    def __str__(self) -> str:
        return f"{self.kind} of {self.arrived_on}"
