"""The Django app `reports`."""

from __future__ import annotations

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """What comes in by the front door: submissions, their attachments, and the letters that go back."""

    name = "duecourse.office.reports"
    label = "reports"
    default_auto_field = "django.db.models.BigAutoField"
