"""A small office whose heads lay things down."""

from __future__ import annotations

from datetime import date

import pytest
from django.conf import settings
from django.test import override_settings

from small_office import office  # noqa: F401 - the fixture is used by name


@pytest.fixture
def heads(office, tmp_path, database):  # noqa: F811
    """The office with an administrator and a second head, its rulebook on record, its public files apart."""
    from duecourse.config import installation
    from duecourse.office.matters import rulebook
    from duecourse.office.people.models import Account, Appointment

    for username, name, role in (("admin", "郑管", "administrator"), ("main", "冯主", "main-head")):
        account = Account(username=username, name=name, password="!")
        account.save(force_insert=True)
        Appointment.objects.create(account=account, role=role, from_on=date(2025, 1, 1))
        office.people[username] = account
    places = {"DUECOURSE_PUBLISHED": tmp_path / "published", "DUECOURSE_OBJECTS": tmp_path / "objects"}
    with override_settings(**places):
        assert tmp_path / "published" == settings.DUECOURSE_PUBLISHED
        installation.record_rulebook()
        yield office
    rulebook.look_again()
