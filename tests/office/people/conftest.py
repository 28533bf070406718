"""The office's door: a keeper of accounts, an officer and a head, each with a password."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from doorstep import PASSWORD, Desk

MORNING = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
STAFF = {"keeper": "administrator", "officer": "case-officer", "boss": "office-head", "deputy": "deputy-head"}


@pytest.fixture
def clock(home):
    from town import HandMovedClock

    hand = HandMovedClock(home / "clock")
    hand.to(MORNING)
    yield hand
    hand.set(0)


@pytest.fixture
def people(database, clock):
    from django.conf import settings

    from duecourse.office.ledger import system
    from duecourse.office.people import actions

    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
    system.install()
    found = {}
    for name, role in STAFF.items():
        account, _ = actions.create_account(username=name, name=f"演{name}", password=PASSWORD)
        actions.appoint(account, role, from_on=date(2025, 1, 1))
        found[name] = account
    return found


@pytest.fixture
def desk(people):
    return Desk


@pytest.fixture
def at_desk(people):
    """A browser in which somebody has signed in."""

    def sit(username, **more):
        one = Desk(**more)
        assert one.signs_in(username).status_code == 302, one.words
        return one

    return sit


@pytest.fixture
def settings_of(django_ready):
    """Django's settings for a while."""
    from django.test import override_settings

    return override_settings
