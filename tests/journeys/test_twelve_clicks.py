"""How many clicks it takes a new officer to bring a report to the proposal to file a case. Typing and choosing with the
keyboard are no clicks; every link, button and box is one. Wide: it needs the whole road to the case in a browser."""

from __future__ import annotations

import re

import pytest
from desks import Desk
from people import Town

pytestmark = [pytest.mark.browser, pytest.mark.wide]
MOST = 12
PARTY = "示例城停车管理有限公司（虚构）"
TEXT = "演示：一个停车小程序的订单页面不需要登录就能打开"


class Counting:
    """An officer whose clicks are counted, by what was clicked."""

    def __init__(self, officer):
        self.officer, self.page, self.clicks = officer, officer.page, []

    def clicks_on(self, what, locator):
        self.clicks.append(what)
        locator.first.click()
        self.officer.looks()

    def link(self, what, href):
        self.clicks_on(what, self.page.locator(f"a[href{href}]"))

    def step(self, name, *, then="", **form):
        """Send the form of a step, opened from what was offered once the step before it was entered; with `then` by the
        button that goes on to that step's form."""
        if not self.page.url.endswith(f"/steps/{name}/"):
            self.clicks_on(f"open {name}", self.page.locator(f".dc-messages a[href$='/steps/{name}/']"))
        self.officer.fills(**form)
        self.clicks += [f"tick {label}" for value in form.values() if isinstance(value, list) for label in value]
        button = f"button[name=then][value={then}]" if then else "button[type=submit]:not([name])"
        self.clicks_on(f"send {name}", self.page.locator(f"main form[method=post] {button}"))
        assert self.page.locator(".govuk-notification-banner--success").count(), self.officer.words

    def takes(self, name):
        """Take a step that asks nothing, from the matter's own page."""
        self.clicks_on(name, self.page.locator(f".dc-messages form[action$='/steps/{name}/'] button"))

    def stands_at(self, procedure):
        """The matter that the step just taken opened is the page."""
        assert re.search(procedure, self.page.locator("h1").inner_text()), self.officer.words


def test_a_new_officer_files_a_case_from_a_report_in_twelve_clicks(sites, visit, tmp_path):
    clerk = Desk(sites.office).signed_in("intake-officer", sites.password)
    form = clerk.form("/open/report/")
    sent = clerk.send(form, head="network-and-data-security", what_happened=TEXT, harmed="other", channel="phone")
    assert sent.status_code == 302, sent.text
    clerk.client.close()
    officer = Counting(Town(sites, visit).officer("case-officer"))
    officer.link("queue", "='/queue/'")
    officer.clicks_on("take on", officer.page.locator("[data-claim]"))
    assert TEXT in officer.officer.words
    officer.step("accept", reason="属于职责范围", then="to-lead")
    officer.step("to-lead", lead_head="network-and-data-security", summary="订单可被遍历", operator=PARTY)
    officer.stands_at("线索")
    officer.takes("claim")
    record = tmp_path / "record.txt"
    record.write_text("演示：远程勘验记录", "utf-8")
    officer.step("verify", findings="远程勘验，情况属实", then="to-case", **{"file.with-step": str(record)})
    officer.step("to-case", case_head="network-and-data-security", party=PARTY, party_kind="organisation",
                 summary="未设访问控制", registered_on=_today(officer))  # fmt: skip
    officer.stands_at("处罚")
    officer.step("file", grounds="有初步证据", breach="security-duty", discovered_on=_today(officer),
                 handlers=["演示案件承办人乙"])  # fmt: skip
    assert officer.page.locator("#pending").count(), officer.officer.words
    assert len(officer.clicks) <= MOST, f"{len(officer.clicks)} clicks: {', '.join(officer.clicks)}"


def _today(officer):
    return officer.page.evaluate("new Date().toLocaleDateString('sv', {timeZone: 'Asia/Shanghai'})")
