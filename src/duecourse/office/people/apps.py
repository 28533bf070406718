"""The Django app `people`."""

from __future__ import annotations

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Accounts, appointments, certificates."""

    name = "duecourse.office.people"
    label = "people"
