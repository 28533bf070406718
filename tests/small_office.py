"""A small office: one person a role, an installation with its keys, and the clock at a working day's morning."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import count
from uuid import UUID

import pytest

MORNING = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # Monday 2 March 2026, nine o'clock in the office
STAFF = {
    "intake": ("林收", ["intake-officer"]),
    "officer": ("王办", ["case-officer"]),
    "second": ("李办", ["case-officer"]),
    "head": ("赵科", ["unit-head"]),
    "reviewer": ("钱审", ["legal-reviewer"]),
    "boss": ("孙主", ["office-head"]),
    "publisher": ("周公", ["publisher"]),
    "custodian": ("吴管", ["custodian"]),
}


@dataclass
class Office:
    """The people of the office by their short names, and fresh keys for pages."""

    people: dict

    def __getattr__(self, name):
        try:
            return self.people[name]
        except KeyError:
            raise AttributeError(name) from None

    _keys = count()

    def key(self):
        return f"page-{next(self._keys)}"

    def report(self, *, by=None, form=None, links=(), key=None, occurred=None, **more):
        """A report that came by phone, registered by the intake officer."""
        from duecourse.office.matters.actions import open_matter

        form = {"head": "fraud", "what_happened": "有人冒充客服骗走三千元", "harmed": "self", "channel": "phone"} | (
            form or {}
        )
        return open_matter(
            "report", by=by or self.intake, occurred=occurred, form=form, links=links, key=key or self.key(), **more
        )

    def step(self, matter, step, by, form=None, **more):
        from duecourse.office.matters.actions import take_step

        stream = matter if isinstance(matter, UUID) else matter.stream
        more.setdefault("key", self.key())
        return take_step(stream, step, by=by, form=form or {}, **more)


def _staff():
    from duecourse.office.people.models import Account, Appointment, Certificate

    people = {}
    for username, (name, roles) in STAFF.items():
        account = Account(username=username, name=name, password="!")
        account.save(force_insert=True)
        for role in roles:
            Appointment.objects.create(account=account, role=role, from_on=date(2025, 1, 1))
        if "case-officer" in roles:
            Certificate.objects.create(
                account=account, number=f"证{username}", valid_from_on=date(2025, 1, 1), valid_until_on=date(2030, 1, 1)
            )
        people[username] = account
    return people


def make_keys(folder):
    from duecourse.edge.keys import KeyRing

    ring = KeyRing(folder)
    for purpose in ("intake", "recovery", "custodian"):
        if not ring.has(purpose):
            ring.create(purpose)


@pytest.fixture
def office(database, clock):
    from django.conf import settings

    from duecourse.office.ledger import system

    clock.to(MORNING)
    make_keys(settings.DUECOURSE_KEYS)
    system.install()
    return Office(_staff())
