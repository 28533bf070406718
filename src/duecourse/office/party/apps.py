"""The Django app `party`."""

from __future__ import annotations

from django.apps import AppConfig


class PartyConfig(AppConfig):
    """The office's side of the party's door."""

    name = "duecourse.office.party"
    label = "party"
    default_auto_field = "django.db.models.BigAutoField"
