"""The tables of the log, as Django sees them.

Responsible for their columns and constraints. What no constraint can say (an entry never changes, a tile only grows, a
field is only opened or erased) stands in triggers in `migrations/0002_rules.py`; who may do what, in `0003_grants.py`.
Rows are written by `store`, `sequencer`, `publication` and `timestamp` alone. There are no foreign keys on purpose: a
number must outlive the entry that somebody removed, or the removal could not be named.

Not here: any reading or writing.
"""

# ruff: noqa: DJ008 - rows are never shown by str()

from __future__ import annotations

from django.db import models
from django.db.models import F, Func, Q
from django.db.models.lookups import Exact, GreaterThan

HASH_BYTES = 32
ENTRY_KINDS = ("matter", "submission", "custody", "account", "system")
POSITION_KINDS = ("entry", "padding", "lost-in-restore")


class Octets(Func):
    """octet_length(column)."""

    function = "octet_length"
    output_field = models.IntegerField()


def _hash_long(column: str, name: str) -> models.CheckConstraint:
    return models.CheckConstraint(condition=Exact(Octets(column), HASH_BYTES), name=name)


class Installation(models.Model):
    """One row: which log this is. The origin never changes; the system stream is where the office speaks of itself."""

    singleton = models.BooleanField(primary_key=True, default=True)
    origin = models.TextField()
    system_stream = models.UUIDField()
    zone = models.TextField()
    created_at = models.DateTimeField()

    class Meta:
        db_table = "installation"
        constraints = [models.CheckConstraint(condition=Q(singleton=True), name="installation_is_one")]


class Entry(models.Model):
    """One step of one stream, written once. `skeleton` is the canonical JSON; the commitment is its digest."""

    id = models.BigAutoField(primary_key=True)
    commitment = models.BinaryField(unique=True)
    stream = models.UUIDField()
    kind = models.TextField()
    index = models.IntegerField()
    prev = models.BinaryField(null=True)
    skeleton = models.BinaryField()
    recorded_at = models.DateTimeField()
    key = models.TextField(null=True)  # noqa: DJ001 - an entry that no post asked for has no key

    class Meta:
        db_table = "entry"
        constraints = [
            models.UniqueConstraint(fields=["stream", "index"], name="entry_place_in_stream"),
            models.UniqueConstraint(fields=["stream", "key"], name="entry_key_once"),
            models.CheckConstraint(condition=Q(kind__in=ENTRY_KINDS), name="entry_kind_known"),
            models.CheckConstraint(
                condition=Q(index=0, prev__isnull=True) | Q(index__gt=0, prev__isnull=False),
                name="entry_first_or_chained",
            ),
            _hash_long("commitment", "entry_commitment_long"),
        ]


class EntryField(models.Model):
    """The payload of one field: held (value and salt), still sealed (neither), or erased (neither, and when)."""

    pk = models.CompositePrimaryKey("entry_id", "name")
    entry_id = models.BigIntegerField()
    name = models.TextField()
    reader_class = models.TextField(db_column="class")
    salt = models.BinaryField(null=True)
    value = models.BinaryField(null=True)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "entry_field"
        constraints = [
            models.CheckConstraint(
                condition=Q(salt__isnull=True, value__isnull=True) | Q(salt__isnull=False, value__isnull=False),
                name="entry_field_salt_with_value",
            ),
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True) | Q(value__isnull=True), name="entry_field_erased_is_empty"
            ),
        ]


class Position(models.Model):
    """One leaf of the log: its number, the 32 bytes that stand there, and the entry they belong to, if any."""

    number = models.BigIntegerField(primary_key=True)
    leaf = models.BinaryField()
    entry_id = models.BigIntegerField(null=True, unique=True)
    kind = models.TextField()

    class Meta:
        db_table = "position"
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=POSITION_KINDS), name="position_kind_known"),
            models.CheckConstraint(
                condition=Q(kind="entry", entry_id__isnull=False) | (~Q(kind="entry") & Q(entry_id__isnull=True)),
                name="position_entry_has_entry",
            ),
            models.CheckConstraint(condition=Q(number__gte=0), name="position_not_negative"),
            _hash_long("leaf", "position_leaf_long"),
        ]


class Unnumbered(models.Model):
    """The queue: entries that have no number yet. Filled by a trigger, emptied by the sequencer."""

    entry_id = models.BigIntegerField(primary_key=True)

    class Meta:
        db_table = "unnumbered"


class RefusedEntry(models.Model):
    """An entry the sequencer would not number, and why. It stays here; the audit names it too."""

    entry_id = models.BigIntegerField(primary_key=True)
    code = models.TextField()
    found_at = models.DateTimeField()

    class Meta:
        db_table = "refused_entry"


class Tile(models.Model):
    """Up to 256 hashes of one level of the tree. The row at the right edge grows; no row ever changes."""

    pk = models.CompositePrimaryKey("level", "n")
    level = models.SmallIntegerField()
    n = models.BigIntegerField()
    hashes = models.BinaryField()

    class Meta:
        db_table = "tile"
        constraints = [models.CheckConstraint(condition=GreaterThan(Octets("hashes"), 0), name="tile_not_empty")]


class Checkpoint(models.Model):
    """A signed statement of size and root. Published ones say when, with which cosignatures, and carry a time-stamp."""

    size = models.BigIntegerField(primary_key=True)
    root = models.BinaryField()
    note = models.TextField()
    signed_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    cosigned = models.TextField(null=True)  # noqa: DJ001 - not published, not cosigned
    timestamp = models.BinaryField(null=True)

    class Meta:
        db_table = "checkpoint"
        indexes = [
            models.Index(fields=["size"], name="checkpoint_published", condition=Q(published_at__isnull=False)),
        ]
        constraints = [
            _hash_long("root", "checkpoint_root_long"),
            models.CheckConstraint(
                condition=Q(cosigned__isnull=True) | Q(published_at__isnull=False),
                name="checkpoint_cosigned_is_published",
            ),
            models.CheckConstraint(
                condition=Q(published_at__isnull=True) | Q(published_at__gte=F("signed_at")),
                name="checkpoint_signed_first",
            ),
        ]


class TimestampAttempt(models.Model):
    """One request for a time-stamp of a checkpoint, and how it ended: an empty `error` is a token received."""

    id = models.BigAutoField(primary_key=True)
    size = models.BigIntegerField()
    authority = models.TextField()
    tried_at = models.DateTimeField()
    error = models.TextField(blank=True)

    class Meta:
        db_table = "timestamp_attempt"
