"""The rows of what the office has laid down.

Proposals and changes of settings, a lawyer's confirmations, a year's calendar as each of two persons read it, the
rulebooks in force from a day on, cases brought along from before. Written by `actions`, `calendars`, `laying_down` and
`importing`, each with its entry; a rulebook's row is never changed. Not here: what may be changed and by whom.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from duecourse.edge.ids import new_uuid

OPEN, IN_FORCE, REFUSED, WITHDRAWN = "open", "in-force", "refused", "withdrawn"
AGREED, REPLACED = "agreed", "replaced"


class RulebookVersion(models.Model):
    """A rulebook that is in force from a day on; of several for one day the one written last holds.

    `name` is the rulebook it grew from, `base` that folder's digest, `bundle` the object with all files.
    """

    seq = models.BigAutoField(primary_key=True)
    name = models.TextField()
    base = models.TextField()
    from_on = models.DateField()
    digest = models.TextField()
    calendar = models.TextField()
    bundle = models.TextField()
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "rulebook_version"
        indexes = [
            models.Index(fields=["name", "-from_on", "-seq"], name="rulebook_version_in_force"),
            models.Index(fields=["digest"], name="rulebook_version_digest"),
        ]

    def __str__(self) -> str:
        return f"{self.from_on} {self.digest[:16]}"


class SettingChange(models.Model):
    """A new value of a setting from a day on. What weighs waits for a second person (`state` open)."""

    id = models.UUIDField(primary_key=True, default=new_uuid, editable=False)
    setting = models.TextField()
    value = models.JSONField()
    from_on = models.DateField()
    reason = models.TextField()
    state = models.TextField()
    proposed_by = models.UUIDField()
    proposed_at = models.DateTimeField()
    decided_by = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "setting_change"
        indexes = [models.Index(fields=["setting", "from_on"], name="setting_change_of")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[OPEN, IN_FORCE, REFUSED, WITHDRAWN]), name="setting_change_state"
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True, decided_at__isnull=True)
                | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="setting_change_who_with_when",
            ),
            models.UniqueConstraint(fields=["setting"], condition=Q(state="open"), name="setting_change_one_open"),
        ]

    def __str__(self) -> str:
        return f"{self.setting} {self.from_on} {self.state}"


class SettingConfirmation(models.Model):
    """A lawyer confirmed a setting: which value, on which text (`note`), who, on which day; entered by an account."""

    id = models.UUIDField(primary_key=True, default=new_uuid, editable=False)
    setting = models.TextField()
    value = models.JSONField()
    lawyer = models.TextField()
    confirmed_on = models.DateField()
    note = models.TextField()
    entered_by = models.UUIDField()
    entered_at = models.DateTimeField()

    class Meta:
        db_table = "setting_confirmation"
        indexes = [models.Index(fields=["setting", "-entered_at"], name="setting_confirmation_of")]

    def __str__(self) -> str:
        return f"{self.setting} {self.confirmed_on}"


class CalendarReading(models.Model):
    """A year's announcement as one person read it. Two that agree make the calendar of that year."""

    id = models.UUIDField(primary_key=True, default=new_uuid, editable=False)
    year = models.IntegerField()
    content = models.JSONField()
    link = models.TextField(blank=True, default="")
    file_object = models.TextField(null=True)  # noqa: DJ001 - no file, no digest
    state = models.TextField()
    read_by = models.UUIDField()
    read_at = models.DateTimeField()

    class Meta:
        db_table = "calendar_reading"
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[OPEN, AGREED, REPLACED, WITHDRAWN]), name="calendar_reading_state"
            ),
            models.UniqueConstraint(
                fields=["year", "read_by"], condition=Q(state="open"), name="calendar_reading_one_each"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.state}"


class ImportedCase(models.Model):
    """A case brought along: its number in the old books, the matter it became, the file it came in."""

    old_number = models.TextField(primary_key=True)
    matter = models.UUIDField(unique=True)
    file_sha256 = models.TextField()
    imported_by = models.UUIDField()
    imported_at = models.DateTimeField()

    class Meta:
        db_table = "imported_case"

    def __str__(self) -> str:
        return self.old_number
