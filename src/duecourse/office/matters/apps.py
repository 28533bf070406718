"""The app `matters`. It registers its audit checks when Django is ready."""

from __future__ import annotations

from django.apps import AppConfig


class MattersConfig(AppConfig):
    """Django's name for the write path."""

    name = "duecourse.office.matters"
    label = "matters"

    def ready(self) -> None:
        """Make the audit checks known."""
        from duecourse.office.matters import checks

        checks.register_all()
