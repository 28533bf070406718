"""The office as its people see it: a person a role, each with a browser that has no script, on a real database."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from lxml import html

sys.path.insert(0, str(Path(__file__).parent))

MORNING = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # Monday 2 March 2026, nine o'clock in the office
STAFF = {
    "intake": ("林收", "intake-officer"),
    "officer": ("王办", "case-officer"),
    "second": ("李办", "case-officer"),
    "head": ("赵科", "unit-head"),
    "reviewer": ("钱审", "legal-reviewer"),
    "deputy": ("冯副", "deputy-head"),
    "boss": ("孙主", "office-head"),
    "publisher": ("周公", "publisher"),
    "above": ("郑上", "superior-head"),
    "custodian": ("吴管", "custodian"),
}


@dataclass
class Form:
    """A form as a browser would send it: what stands in its controls, changed by what a person types."""

    action: str
    fields: dict[str, list[str]]
    files: tuple[str, ...] = ()

    def filled(self, typed):
        data = {name: values for name, values in self.fields.items() if values}
        for name, value in typed.items():
            assert name in self.fields or name in self.files, f"the form has no {name}: {sorted(self.fields)}"
            data[name] = value
        return data


@dataclass
class Page:
    status: int
    text: str
    headers: dict
    address: str
    tree: html.HtmlElement | None = field(repr=False, default=None)

    @property
    def words(self):
        """All that is read on the page, spaces folded."""
        return " ".join(self.tree.text_content().split())

    def form(self):
        found = self.tree.xpath("//main//form[@method='post']")
        assert found, "the page has no form"
        fields: dict[str, list[str]] = {}
        for control in found[0].xpath(".//input|.//textarea|.//select"):
            name, kind = control.get("name"), control.get("type")
            fields.setdefault(name, [])
            if control.tag == "select":
                fields[name] += [o.get("value") for o in control.xpath("./option[@selected]")]
            elif control.tag == "textarea":
                fields[name].append((control.text or "").removeprefix("\n"))
            elif kind in ("checkbox", "radio"):
                fields[name] += [control.get("value")] if control.get("checked") is not None else []
            elif kind != "file":
                fields[name].append(control.get("value") or "")
        files = tuple(control.get("name") for control in found[0].xpath(".//input[@type='file']"))
        return Form(self.address, fields, files)


class Browser:
    """One person at one desk."""

    def __init__(self, account=None, lang="zh-hans"):
        from django.test import Client

        self.account = account
        self.client = Client()
        self.lang = lang
        if account is not None:
            self.client.force_login(account)
        self.client.cookies["duecourse_language"] = lang

    def get(self, address):
        return self._page(self.client.get(address), address)

    def post(self, address, data=None):
        return self._page(self.client.post(address, data or {}), address)

    def send(self, address, **typed):
        """Open a form, fill it, send it."""
        page = self.get(address)
        assert page.status == 200, f"{address}: {page.status}"
        return self.post(address, page.form().filled(typed))

    def _page(self, answer, address):
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        is_page = answer.headers.get("Content-Type", "").startswith("text/html") and body
        text = body.decode() if is_page else ""
        tree = html.fromstring(body) if is_page else None
        page = Page(answer.status_code, text, dict(answer.headers), address, tree)
        page.body = body
        return page


@dataclass
class Town:
    people: dict

    def browser(self, name, lang="zh-hans"):
        return Browser(self.people[name], lang)

    def visitor(self):
        """Somebody who is not signed in."""
        return Browser()

    def report(self):
        """A report that came by phone, registered by the intake officer on her page; its address."""
        sent = self.browser("intake").send(
            "/open/report/", head="fraud", what_happened="有人冒充客服骗走三千元", harmed="self", channel="phone"
        )
        assert sent.status == 302, sent.words
        return sent.headers["Location"]


@pytest.fixture
def clock(home):
    from town import HandMovedClock

    hand = HandMovedClock(home / "clock")
    hand.to(MORNING)
    yield hand
    hand.set(0)


def make_keys(folder):
    from duecourse.edge.keys import KeyRing

    ring = KeyRing(folder)
    for purpose in ("intake", "recovery", "custodian"):
        if not ring.has(purpose):
            ring.create(purpose)


def staff():
    from duecourse.office.people.models import Account, Appointment, Certificate

    people = {}
    for username, (name, role) in STAFF.items():
        account = Account(username=username, name=name, password="!")
        account.save(force_insert=True)
        Appointment.objects.create(account=account, role=role, from_on=date(2025, 1, 1))
        if role == "case-officer":
            valid = {"valid_from_on": date(2025, 1, 1), "valid_until_on": date(2030, 1, 1)}
            Certificate.objects.create(account=account, number=f"证{username}", **valid)
        people[username] = account
    return people


@pytest.fixture
def town(database, clock):
    from django.conf import settings

    from duecourse.office.ledger import system

    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
    make_keys(settings.DUECOURSE_KEYS)
    system.install()
    return Town(staff())


@pytest.fixture
def road(town, clock):
    from office_road import Road

    return Road(town, clock)
