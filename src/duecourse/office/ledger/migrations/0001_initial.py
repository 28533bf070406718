"""The tables of the log."""

import django.db.models.lookups
from django.db import migrations, models

from duecourse.office.ledger.models import Octets


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="RefusedEntry",
            fields=[
                ("entry_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("code", models.TextField()),
                ("found_at", models.DateTimeField()),
            ],
            options={
                "db_table": "refused_entry",
            },
        ),
        migrations.CreateModel(
            name="TimestampAttempt",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("size", models.BigIntegerField()),
                ("authority", models.TextField()),
                ("tried_at", models.DateTimeField()),
                ("error", models.TextField(blank=True)),
            ],
            options={
                "db_table": "timestamp_attempt",
            },
        ),
        migrations.CreateModel(
            name="Unnumbered",
            fields=[
                ("entry_id", models.BigIntegerField(primary_key=True, serialize=False)),
            ],
            options={
                "db_table": "unnumbered",
            },
        ),
        migrations.CreateModel(
            name="Checkpoint",
            fields=[
                ("size", models.BigIntegerField(primary_key=True, serialize=False)),
                ("root", models.BinaryField()),
                ("note", models.TextField()),
                ("signed_at", models.DateTimeField()),
                ("published_at", models.DateTimeField(null=True)),
                ("cosigned", models.TextField(null=True)),
                ("timestamp", models.BinaryField(null=True)),
            ],
            options={
                "db_table": "checkpoint",
                "indexes": [
                    models.Index(
                        condition=models.Q(("published_at__isnull", False)),
                        fields=["size"],
                        name="checkpoint_published",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=django.db.models.lookups.Exact(Octets("root"), 32),
                        name="checkpoint_root_long",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("cosigned__isnull", True), ("published_at__isnull", False), _connector="OR"
                        ),
                        name="checkpoint_cosigned_is_published",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("published_at__isnull", True),
                            ("published_at__gte", models.F("signed_at")),
                            _connector="OR",
                        ),
                        name="checkpoint_signed_first",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("commitment", models.BinaryField(unique=True)),
                ("stream", models.UUIDField()),
                ("kind", models.TextField()),
                ("index", models.IntegerField()),
                ("prev", models.BinaryField(null=True)),
                ("skeleton", models.BinaryField()),
                ("recorded_at", models.DateTimeField()),
                ("key", models.TextField(null=True)),
            ],
            options={
                "db_table": "entry",
                "constraints": [
                    models.UniqueConstraint(fields=("stream", "index"), name="entry_place_in_stream"),
                    models.UniqueConstraint(fields=("stream", "key"), name="entry_key_once"),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ("matter", "submission", "custody", "account", "system"))),
                        name="entry_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("index", 0), ("prev__isnull", True)),
                            models.Q(("index__gt", 0), ("prev__isnull", False)),
                            _connector="OR",
                        ),
                        name="entry_first_or_chained",
                    ),
                    models.CheckConstraint(
                        condition=django.db.models.lookups.Exact(Octets("commitment"), 32),
                        name="entry_commitment_long",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="EntryField",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "entry_id", "name", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("entry_id", models.BigIntegerField()),
                ("name", models.TextField()),
                ("reader_class", models.TextField(db_column="class")),
                ("salt", models.BinaryField(null=True)),
                ("value", models.BinaryField(null=True)),
                ("erased_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "entry_field",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("salt__isnull", True), ("value__isnull", True)),
                            models.Q(("salt__isnull", False), ("value__isnull", False)),
                            _connector="OR",
                        ),
                        name="entry_field_salt_with_value",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("erased_at__isnull", True), ("value__isnull", True), _connector="OR"),
                        name="entry_field_erased_is_empty",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Installation",
            fields=[
                ("singleton", models.BooleanField(default=True, primary_key=True, serialize=False)),
                ("origin", models.TextField()),
                ("system_stream", models.UUIDField()),
                ("zone", models.TextField()),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "db_table": "installation",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("singleton", True)), name="installation_is_one")
                ],
            },
        ),
        migrations.CreateModel(
            name="Position",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("leaf", models.BinaryField()),
                ("entry_id", models.BigIntegerField(null=True, unique=True)),
                ("kind", models.TextField()),
            ],
            options={
                "db_table": "position",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ("entry", "padding", "lost-in-restore"))),
                        name="position_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("entry_id__isnull", False), ("kind", "entry")),
                            models.Q(models.Q(("kind", "entry"), _negated=True), ("entry_id__isnull", True)),
                            _connector="OR",
                        ),
                        name="position_entry_has_entry",
                    ),
                    models.CheckConstraint(condition=models.Q(("number__gte", 0)), name="position_not_negative"),
                    models.CheckConstraint(
                        condition=django.db.models.lookups.Exact(Octets("leaf"), 32),
                        name="position_leaf_long",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Tile",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "level", "n", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("level", models.SmallIntegerField()),
                ("n", models.BigIntegerField()),
                ("hashes", models.BinaryField()),
            ],
            options={
                "db_table": "tile",
                "constraints": [
                    models.CheckConstraint(
                        condition=django.db.models.lookups.GreaterThan(Octets("hashes"), 0),
                        name="tile_not_empty",
                    )
                ],
            },
        ),
    ]
