"""Clocks that ended after their last day are found at once: Today asks for the reason."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """One index of few rows."""

    dependencies: ClassVar = [("matters", "0005_hold")]
    operations: ClassVar = [
        migrations.AddIndex(
            "matterclock",
            models.Index(
                name="matter_clock_ended_late", fields=("last_on",), condition=models.Q(state="stopped", missed=True)
            ),
        ),
    ]
