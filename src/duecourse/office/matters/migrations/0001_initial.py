"""The tables of matters, as models.py describes them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Exhibit",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("matter", models.UUIDField(db_index=True)),
                ("entry", models.IntegerField(help_text="Index of the entry that brought it in.")),
                ("sha256", models.TextField()),
                ("title", models.TextField(blank=True, default="")),
                ("kind", models.TextField(blank=True, default="")),
                ("media_type", models.TextField(blank=True, default="")),
                ("size", models.BigIntegerField(null=True)),
                ("obtained", models.TextField(blank=True, default="")),
            ],
            options={
                "db_table": "exhibit",
            },
        ),
        migrations.CreateModel(
            name="MatterLink",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "matter", "kind", "stream", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("matter", models.UUIDField()),
                ("kind", models.TextField()),
                ("stream", models.UUIDField(db_index=True)),
            ],
            options={
                "db_table": "matter_link",
            },
        ),
        migrations.CreateModel(
            name="MatterPerson",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "matter", "account", "capacity", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("matter", models.UUIDField()),
                ("account", models.UUIDField(db_index=True)),
                ("capacity", models.TextField()),
            ],
            options={
                "db_table": "matter_person",
            },
        ),
        migrations.CreateModel(
            name="NumberCounter",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "series", "year", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("series", models.TextField()),
                ("year", models.IntegerField()),
                ("next", models.IntegerField()),
            ],
            options={
                "db_table": "number_counter",
            },
        ),
        migrations.CreateModel(
            name="RefusedAttempt",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "matter", "entry", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("matter", models.UUIDField()),
                ("entry", models.IntegerField()),
                ("account", models.UUIDField()),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "db_table": "refused_attempt",
            },
        ),
        migrations.CreateModel(
            name="Matter",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("procedure", models.TextField()),
                (
                    "version",
                    models.DateField(
                        help_text="First day of the procedure's version by which the last step was judged."
                    ),
                ),
                ("title", models.TextField(blank=True, default="")),
                ("series", models.TextField(null=True)),
                ("year", models.IntegerField(null=True)),
                ("number", models.IntegerField(null=True)),
                ("voided", models.BooleanField(default=False)),
                ("stage", models.TextField(null=True)),
                ("ended", models.BooleanField(default=False)),
                ("state", models.JSONField(help_text="core.procedure MatterState, canonical.")),
                ("entries", models.IntegerField()),
                ("head", models.BinaryField()),
                ("opened_on", models.DateField()),
                ("updated_at", models.DateTimeField()),
                ("open_key", models.TextField(null=True, unique=True)),
            ],
            options={
                "db_table": "matter",
                "indexes": [
                    models.Index(
                        condition=models.Q(("ended", False)), fields=["procedure", "stage"], name="matter_open_by_stage"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("number__isnull", True), ("series__isnull", True), ("year__isnull", True)),
                            models.Q(("number__isnull", False), ("series__isnull", False), ("year__isnull", False)),
                            _connector="OR",
                        ),
                        name="matter_number_whole",
                    ),
                    models.CheckConstraint(condition=models.Q(("entries__gt", 0)), name="matter_has_entries"),
                    models.UniqueConstraint(fields=("series", "year", "number"), name="matter_number_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="MatterClock",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "matter", "clock", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("matter", models.UUIDField()),
                ("clock", models.TextField()),
                ("state", models.TextField(help_text="running, paused, stopped or lapsed.")),
                ("started_on", models.DateField()),
                ("last_on", models.DateField()),
                ("earliest_on", models.DateField()),
                ("latest_on", models.DateField()),
                ("provisional", models.BooleanField()),
                ("alarm_on", models.DateField()),
                (
                    "missed",
                    models.BooleanField(help_text="It went past its last day, and something happened to it then."),
                ),
                ("ended_on", models.DateField(null=True)),
            ],
            options={
                "db_table": "matter_clock",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "running")), fields=["last_on"], name="matter_clock_running"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("earliest_on__lte", models.F("latest_on"))), name="matter_clock_span"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_on__isnull", True), ("state__in", ("running", "paused"))),
                            models.Q(("ended_on__isnull", False), ("state__in", ("stopped", "lapsed"))),
                            _connector="OR",
                        ),
                        name="matter_clock_end_dated",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RegisterItem",
            fields=[
                ("matter", models.UUIDField(help_text="The publication matter.", primary_key=True, serialize=False)),
                ("of", models.UUIDField(help_text="The matter whose decision is published.")),
                ("number", models.TextField(blank=True, default="")),
                ("decided_on", models.DateField(null=True)),
                ("fields", models.JSONField(help_text="name: {value, salt, entry}; only fields of class public.")),
                ("entries", models.JSONField(help_text="[{stream, index}]: the entries a reader checks.")),
                ("document", models.UUIDField(null=True)),
                ("document_sha256", models.TextField(null=True)),
                ("published_on", models.DateField()),
                ("withdrawn_on", models.DateField(null=True)),
                ("withdrawn_reason", models.TextField(null=True)),
            ],
            options={
                "db_table": "register_item",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("withdrawn_on__isnull", True), ("withdrawn_reason__isnull", True)),
                            models.Q(("withdrawn_on__isnull", False), ("withdrawn_reason__isnull", False)),
                            _connector="OR",
                        ),
                        name="register_item_withdrawn_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("document__isnull", True), ("document_sha256__isnull", True)),
                            models.Q(("document__isnull", False), ("document_sha256__isnull", False)),
                            _connector="OR",
                        ),
                        name="register_item_document_whole",
                    ),
                ],
            },
        ),
    ]
