"""The tables of what comes in by the front door, and of the letters that go back.

Responsible for columns and constraints. Rows of `submission` and `attachment` are written by the function
`front.submit` alone (`migrations/0002_front.py`), which also writes the entry; the office only moves a submission on
(waiting → opened | aside). A row holds nothing that the front door could read again: `sealed` is locked to the intake
and recovery keys, `identity` to the custodian and recovery keys, `copy` and each letter to the reporter's own key.

There are no foreign keys into the ledger, as everywhere: a row must be nameable after the other was removed.
Not here: opening (the office), the form (the front door), what the sealed bytes hold (docs/formats/submission.md).
"""

from __future__ import annotations

from django.db import models
from django.db.models import Func, Q
from django.db.models.lookups import Exact

HASH_BYTES = 32


class Octets(Func):
    """octet_length(column)."""

    function = "octet_length"
    output_field = models.IntegerField()


def _hash_long(column: str, name: str) -> models.CheckConstraint:
    return models.CheckConstraint(condition=Exact(Octets(column), HASH_BYTES), name=name)


class Submission(models.Model):
    """One report as it was sent in (来件). `stream` is its ledger stream; `lookup_id` is derived from the code."""

    stream = models.UUIDField(primary_key=True)
    entry_id = models.BigIntegerField(unique=True)
    lookup_id = models.BinaryField(unique=True)
    letters_key = models.BinaryField(help_text="X25519 public key of the reporter, derived from the code.")
    sealed = models.BinaryField()
    copy = models.BinaryField()
    identity = models.BinaryField(null=True, help_text="Contact details, if any were given.")
    received_at = models.DateTimeField()
    state = models.TextField(default="waiting")
    matter = models.UUIDField(null=True, db_index=True)
    aside_reason = models.TextField(null=True)  # noqa: DJ001 - pairs with the state

    class Meta:
        db_table = "submission"
        constraints = [
            _hash_long("lookup_id", "submission_lookup_long"),
            _hash_long("letters_key", "submission_letters_key_long"),
            models.CheckConstraint(
                condition=Q(state="waiting", matter__isnull=True, aside_reason__isnull=True)
                | Q(state="opened", matter__isnull=False, aside_reason__isnull=True)
                | Q(state="aside", aside_reason__isnull=False),
                name="submission_state_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["received_at", "stream"], name="submission_waiting", condition=Q(state="waiting"))
        ]

    def __str__(self) -> str:
        return f"{self.stream} ({self.state})"


class Attachment(models.Model):
    """One sealed file of a submission: `object` is the SHA-256 of the sealed bytes, `size` their length.

    The file's own name, size and digest stand in the sealed content.
    """

    pk = models.CompositePrimaryKey("submission", "place")
    submission = models.UUIDField()
    place = models.SmallIntegerField()
    object = models.TextField()
    size = models.BigIntegerField()

    class Meta:
        db_table = "attachment"
        constraints = [
            models.CheckConstraint(condition=Q(object__regex=r"^[0-9a-f]{64}$"), name="attachment_object_is_digest"),
            models.CheckConstraint(condition=Q(size__gt=0, place__gte=0), name="attachment_not_empty"),
        ]

    def __str__(self) -> str:
        return f"{self.submission} {self.place}"


class Letter(models.Model):
    """A letter to a reporter (告知), sealed to the key derived from the code; found by the lookup id alone."""

    id = models.UUIDField(primary_key=True)
    submission = models.UUIDField(db_index=True)
    lookup_id = models.BinaryField()
    matter = models.UUIDField(null=True)
    letter = models.TextField(help_text="Which letter of the rulebook: acceptance, answer …")
    sealed = models.BinaryField()
    created_at = models.DateTimeField()

    class Meta:
        db_table = "letter"
        constraints = [_hash_long("lookup_id", "letter_lookup_long")]
        indexes = [models.Index(fields=["lookup_id", "created_at"], name="letter_for_reporter")]

    def __str__(self) -> str:
        return f"{self.letter} {self.id}"


class Agency(models.Model):
    """An agency that may hand reports over by machine: the SHA-256 of its token, never the token."""

    id = models.UUIDField(primary_key=True)
    name = models.TextField(unique=True)
    token_hash = models.BinaryField(unique=True)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "agency"
        constraints = [_hash_long("token_hash", "agency_token_hash_long")]

    def __str__(self) -> str:
        return self.name
