"""How people come in, and roles given to another in writing."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0002_grants"),
    ]

    operations = [
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code_sha256", models.CharField(max_length=64, unique=True)),
                ("made_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "invitation",
                "ordering": ["-made_at"],
            },
        ),
        migrations.CreateModel(
            name="SignIn",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("name_digest", models.CharField(max_length=64)),
                ("address", models.CharField(max_length=45)),
                ("means", models.CharField(max_length=16)),
                (
                    "result",
                    models.CharField(
                        choices=[("begun", "Begun"), ("wrong", "Wrong"), ("right", "Right"), ("unlocked", "Unlocked")],
                        max_length=16,
                    ),
                ),
                ("browser", models.CharField(max_length=60)),
            ],
            options={
                "db_table": "sign_in",
                "ordering": ["-at"],
            },
        ),
        migrations.CreateModel(
            name="Sitting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("session_key", models.CharField(max_length=40, unique=True)),
                ("began_at", models.DateTimeField()),
                ("seen_at", models.DateTimeField()),
                ("means", models.CharField(max_length=16)),
                ("browser", models.CharField(max_length=60)),
            ],
            options={
                "db_table": "sitting",
                "ordering": ["-seen_at"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="appointment",
            name="appointment_once",
        ),
        migrations.AddField(
            model_name="appointment",
            name="delegated_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="delegations",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="appointment",
            name="document_sha256",
            field=models.CharField(default="", max_length=64),
        ),
        migrations.AddField(
            model_name="appointment",
            name="withdrawn_on",
            field=models.DateField(null=True),
        ),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=models.UniqueConstraint(
                fields=("account", "role", "from_on", "delegated_by"), name="appointment_once", nulls_distinct=False
            ),
        ),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("delegated_by__isnull", True), ("document_sha256", "")),
                    models.Q(
                        ("delegated_by__isnull", False),
                        ("until_on__isnull", False),
                        models.Q(("document_sha256", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="delegation_is_written_and_ends",
            ),
        ),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("delegated_by__isnull", True),
                    models.Q(("delegated_by", models.F("account")), _negated=True),
                    _connector="OR",
                ),
                name="delegation_is_to_another",
            ),
        ),
        migrations.AddField(
            model_name="invitation",
            name="account",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="invitations", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="signin",
            name="account",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="sign_ins",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="sitting",
            name="account",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="sittings", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_at__gt", models.F("made_at"))), name="invitation_ends_after_it_was_made"
            ),
        ),
        migrations.AddIndex(
            model_name="signin",
            index=models.Index(fields=["name_digest", "at"], name="sign_in_by_name"),
        ),
        migrations.AddIndex(
            model_name="signin",
            index=models.Index(fields=["address", "at"], name="sign_in_by_address"),
        ),
        migrations.AddConstraint(
            model_name="signin",
            constraint=models.CheckConstraint(
                condition=models.Q(("result__in", ["begun", "wrong", "right", "unlocked"])),
                name="sign_in_result_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="sitting",
            constraint=models.CheckConstraint(
                condition=models.Q(("seen_at__gte", models.F("began_at"))), name="sitting_is_seen_after"
            ),
        ),
    ]
