"""An index of what is on hold, so that nobody's list reads all that is not."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("diary", "0002_turns"), ("matters", "0005_hold")]
    operations = [
        migrations.RunSQL(
            "CREATE INDEX matter_held ON matter (held_until) WHERE held_until IS NOT NULL AND NOT ended;",
            "DROP INDEX matter_held;",
        ),
    ]
