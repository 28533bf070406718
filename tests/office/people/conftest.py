"""The office's door: a keeper of accounts, an officer and a head, each with a password, and browsers without scripts."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from lxml import html

sys.path.insert(0, str(Path(__file__).parent))

MORNING = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
PASSWORD = "correct horse battery"
STAFF = {"keeper": "administrator", "officer": "case-officer", "boss": "office-head", "deputy": "deputy-head"}


class Desk:
    """One browser: what it shows last is `page`."""

    def __init__(self, address="192.0.2.7", lang="en"):
        from django.test import Client

        agent = "Mozilla/5.0 (X11; Linux x86_64) Chrome/156.0 Safari/537.36"
        self.client = Client(REMOTE_ADDR=address, HTTP_USER_AGENT=agent)
        self.client.cookies["duecourse_language"] = lang
        self.answer = None

    def get(self, path):
        return self._came(self.client.get(path))

    def post(self, path, **typed):
        return self._came(self.client.post(path, typed))

    def signs_in(self, username, password=PASSWORD, **more):
        return self.post("/login/", username=username, password=password, **more)

    def typed_on(self):
        """The values of the fields of the page's first form that are filled."""
        form = self.tree.xpath("//main//form")[0]
        return {one.get("name"): one.get("value") for one in form.xpath(".//input[@name]") if one.get("value")}

    @property
    def words(self):
        return " ".join(self.tree.xpath("//body")[0].text_content().split())

    def _came(self, answer):
        self.answer = answer
        page = answer.headers.get("Content-Type", "").startswith("text/html") and answer.content
        self.tree = html.fromstring(answer.content) if page else None
        return answer


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

    settings.ALLOWED_HOSTS = ["testserver"]
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
