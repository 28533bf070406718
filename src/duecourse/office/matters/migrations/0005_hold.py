"""The day until which a matter is put aside: `null` while nobody put it aside."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """One column; the office role writes the whole table already."""

    dependencies: ClassVar = [("matters", "0004_erasure")]
    operations: ClassVar = [
        migrations.AddField(
            "matter",
            "held_until",
            models.DateField(null=True, help_text="The day on which it is taken up again."),
        ),
    ]
