"""The tables of matters. Every one is a projection: a function of the outcomes that stand in the ledger.

Responsible for the shape of the rows and for the constraints that must hold whoever writes. Not responsible for
writing them: `tables.py` does that, called by `actions.py` alone. There are no foreign keys into other apps, since a
row must outlive what it names, and the audit (`checks.py`) compares every row with the entries it comes from.
Datetimes end in `_at`, legal dates (in the rulebook's zone) in `_on`.
"""

# ruff: noqa: DJ008 - rows are shown by reading.py, never by str(); Meta is Django's word
from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class Matter(models.Model):
    """A matter (事项) as its entries left it; `id` is also the id of its ledger stream."""

    id = models.UUIDField(primary_key=True)
    procedure = models.TextField()
    version = models.DateField(help_text="First day of the procedure's version by which the last step was judged.")
    title = models.TextField(blank=True, default="")
    series = models.TextField(null=True)  # noqa: DJ001 - no number, no series
    year = models.IntegerField(null=True)
    number = models.IntegerField(null=True)
    voided = models.BooleanField(default=False)
    held_until = models.DateField(null=True, help_text="The day on which it is taken up again.")
    stage = models.TextField(null=True)  # noqa: DJ001 - a matter whose opening is still proposed has no stage
    ended = models.BooleanField(default=False)
    state = models.JSONField(help_text="core.procedure MatterState, canonical.")
    entries = models.IntegerField()
    head = models.BinaryField()
    opened_on = models.DateField()
    updated_at = models.DateTimeField()
    open_key = models.TextField(null=True, unique=True)  # noqa: DJ001 - opened by the system: no key

    class Meta:
        db_table = "matter"
        constraints = (
            models.CheckConstraint(
                name="matter_number_whole",
                condition=Q(series__isnull=True, year__isnull=True, number__isnull=True)
                | Q(series__isnull=False, year__isnull=False, number__isnull=False),
            ),
            models.CheckConstraint(name="matter_has_entries", condition=Q(entries__gt=0)),
            models.UniqueConstraint(name="matter_number_once", fields=("series", "year", "number")),
        )
        indexes = (models.Index(name="matter_open_by_stage", fields=("procedure", "stage"), condition=Q(ended=False)),)


class MatterClock(models.Model):
    """One period of one matter: when it started, when it ends, when the alarm rings."""

    pk = models.CompositePrimaryKey("matter", "clock")
    matter = models.UUIDField()
    clock = models.TextField()
    state = models.TextField(help_text="running, paused, stopped or lapsed.")
    started_on = models.DateField()
    last_on = models.DateField()
    earliest_on = models.DateField()
    latest_on = models.DateField()
    provisional = models.BooleanField()
    alarm_on = models.DateField()
    missed = models.BooleanField(help_text="It went past its last day, and something happened to it then.")
    ended_on = models.DateField(null=True)

    class Meta:
        db_table = "matter_clock"
        constraints = (
            models.CheckConstraint(name="matter_clock_span", condition=Q(earliest_on__lte=F("latest_on"))),
            models.CheckConstraint(
                name="matter_clock_end_dated",
                condition=Q(state__in=("running", "paused"), ended_on__isnull=True)
                | Q(state__in=("stopped", "lapsed"), ended_on__isnull=False),
            ),
        )
        indexes = (
            models.Index(name="matter_clock_running", fields=("last_on",), condition=Q(state="running")),
            models.Index(
                name="matter_clock_ended_late", fields=("last_on",), condition=Q(state="stopped", missed=True)
            ),
        )


class MatterPerson(models.Model):
    """Who stands in a matter, and as what (a capacity of the procedure, or `recused`)."""

    pk = models.CompositePrimaryKey("matter", "account", "capacity")
    matter = models.UUIDField()
    account = models.UUIDField(db_index=True)
    capacity = models.TextField()

    class Meta:
        db_table = "matter_person"


class MatterLink(models.Model):
    """A matter's link to another stream: what it came from, what it led to, the submission it rests on."""

    pk = models.CompositePrimaryKey("matter", "kind", "stream")
    matter = models.UUIDField()
    kind = models.TextField()
    stream = models.UUIDField(db_index=True)

    class Meta:
        db_table = "matter_link"


class NumberCounter(models.Model):
    """The next file number of a series in a year; taken inside the step that uses it, so there is no gap."""

    pk = models.CompositePrimaryKey("series", "year")
    series = models.TextField()
    year = models.IntegerField()
    next = models.IntegerField()

    class Meta:
        db_table = "number_counter"


class Exhibit(models.Model):
    """One exhibit (证据) of a matter; the bytes are in the object store under `sha256`, as received."""

    id = models.UUIDField(primary_key=True)
    matter = models.UUIDField(db_index=True)
    entry = models.IntegerField(help_text="Index of the entry that brought it in.")
    sha256 = models.TextField()
    title = models.TextField(blank=True, default="")
    kind = models.TextField(blank=True, default="")
    media_type = models.TextField(blank=True, default="")
    size = models.BigIntegerField(null=True)
    obtained = models.TextField(blank=True, default="")

    class Meta:
        db_table = "exhibit"


class RefusedAttempt(models.Model):
    """One refused attempt that is on file; counted to cap how many a person can put on a file in an hour."""

    pk = models.CompositePrimaryKey("matter", "entry")
    matter = models.UUIDField()
    entry = models.IntegerField()
    account = models.UUIDField()
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "refused_attempt"


class RegisterItem(models.Model):
    """One published decision: public fields only, and what a reader needs to verify it."""

    matter = models.UUIDField(primary_key=True, help_text="The publication matter.")
    of = models.UUIDField(help_text="The matter whose decision is published.")
    number = models.TextField(blank=True, default="")
    decided_on = models.DateField(null=True)
    fields = models.JSONField(help_text="name: {value, salt, entry}; only fields of class public.")
    entries = models.JSONField(help_text="[{stream, index}]: the entries a reader checks.")
    document = models.UUIDField(null=True)
    document_sha256 = models.TextField(null=True)  # noqa: DJ001 - no document, no digest
    published_on = models.DateField()
    withdrawn_on = models.DateField(null=True)
    withdrawn_reason = models.TextField(null=True)  # noqa: DJ001 - pairs with the date

    class Meta:
        db_table = "register_item"
        constraints = (
            models.CheckConstraint(
                name="register_item_withdrawn_whole",
                condition=Q(withdrawn_on__isnull=True, withdrawn_reason__isnull=True)
                | Q(withdrawn_on__isnull=False, withdrawn_reason__isnull=False),
            ),
            models.CheckConstraint(
                name="register_item_document_whole",
                condition=Q(document__isnull=True, document_sha256__isnull=True)
                | Q(document__isnull=False, document_sha256__isnull=False),
            ),
        )
