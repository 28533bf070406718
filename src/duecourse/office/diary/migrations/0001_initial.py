"""Who has which matter open. The office role notes and forgets it."""

from django.db import migrations, models

GRANT = "GRANT SELECT, INSERT, UPDATE, DELETE ON presence TO duecourse_office;"
REVOKE = "REVOKE ALL ON presence FROM duecourse_office;"


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="Presence",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "matter", "account", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("matter", models.UUIDField()),
                ("account", models.UUIDField()),
                ("seen_at", models.DateTimeField(db_index=True)),
            ],
            options={"db_table": "presence"},
        ),
        migrations.RunSQL(GRANT, REVOKE),
    ]
