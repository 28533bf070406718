"""The Django app `ledger`."""

from __future__ import annotations

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """Tables of the log, in the order of design §5."""

    name = "duecourse.office.ledger"
    label = "ledger"
    default_auto_field = "django.db.models.BigAutoField"
