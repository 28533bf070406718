"""The office's pages for the party of a matter, as an officer without scripts uses them."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from lxml import html


class Desk:
    def __init__(self, account, lang="zh-hans"):
        from django.test import Client

        self.client = Client(headers={"host": "localhost"})
        self.client.force_login(account)
        self.client.cookies["duecourse_language"] = lang

    def get(self, path):
        return self.client.get(path)

    def send(self, path, **typed):
        page = self.get(path)
        assert page.status_code == 200, (path, page.status_code)
        form = html.fromstring(page.content).xpath("//main//form[@method='post']")[0]
        return self.client.post(path, dict(form.form_values()) | typed)


def words(answer):
    return " ".join(html.fromstring(answer.content).xpath("//main")[0].text_content().split())


@pytest.fixture
def desk(case):
    return Desk(case.office.officer)


@pytest.fixture
def place(case):
    return f"/matters/{case.matter}/party/"


def chosen(**more):
    return {"person": "法定代表人", "exhibit-1": "open", "exhibit-2": "trade", "exhibit-3": "reporter"} | more


def test_the_slip_shows_the_code_once_with_the_way_to_the_door(case, desk, place, party):
    slip = desk.send(f"{place}give/", **chosen())
    assert slip.status_code == 200
    code = re.search(r"([0-9A-Z]{4}-){4}[0-9A-Z]", words(slip))[0]
    assert "送达附页" in words(slip)
    assert "<svg" in slip.content.decode()
    assert "no-store" in slip["Cache-Control"]
    assert party(code).papers()["documents"]
    assert code not in desk.get(place).content.decode()
    assert "法定代表人" in words(desk.get(place))


def test_an_exhibit_that_nobody_spoke_of_stops_the_page_and_keeps_what_was_chosen(desk, place):
    back = desk.send(f"{place}give/", **chosen(**{"exhibit-2": ""}))
    assert back.status_code == 400
    assert "请逐项选择证据是否开放" in words(back)
    tree = html.fromstring(back.content)
    assert tree.xpath("//select[@name='exhibit-3']/option[@selected]/@value") == ["reporter"]
    assert tree.xpath("//input[@name='person']/@value") == ["法定代表人"]


def test_a_lost_code_is_replaced_with_a_reason(case, desk, place, party):
    old = case.give()
    empty = desk.send(f"{place}{old.access.id}/replace/", reason=" ")
    assert empty.status_code == 400
    slip = desk.send(f"{place}{old.access.id}/replace/", reason="当面查验身份证")
    code = re.search(r"([0-9A-Z]{4}-){4}[0-9A-Z]", words(slip))[0]
    assert party(code).papers()
    assert party(old.code).letters() == []
    done = desk.send(f"{place}{_newest(case)}/end/", reason="案件终结")
    assert done.status_code == 302
    assert party(code).letters() == []


def _newest(case):
    from duecourse.office.party.models import PartyAccess

    return PartyAccess.objects.get(matter=case.matter, ended_at=None).id


def test_what_came_on_paper_is_entered_with_its_scan_and_answered(case, desk, place):
    case.serve()
    scan = SimpleUploadedFile("申辩.pdf", b"%PDF-1.4 startxref 0 %%EOF", "application/pdf")
    sent = desk.send(
        f"{place}acts/add/", kind="recusal", channel="paper", text="承办人与对方有亲属关系", file=scan,
        occurred="2026-03-02",
    )  # fmt: skip
    assert sent.status_code == 302, words(sent)
    page = desk.get(place)
    assert "承办人与对方有亲属关系" in words(page)
    link = html.fromstring(page.content).xpath("//main//a[contains(@href, '/steps/recuse/')]/@href")[0]
    form = html.fromstring(desk.get(link).content)
    assert form.xpath("//textarea[@name='reason']")[0].text.strip() == "承办人与对方有亲属关系"
    assert form.xpath("//input[@name='occurred']/@value") == ["2026-03-02"]
    answer = html.fromstring(page.content).xpath("//main//a[contains(@href, '/answer/')]/@href")[0]
    assert desk.send(answer, answer="granted", reason="理由成立").status_code == 302
    assert "已答复" in words(desk.get(place))
    assert "当事人" in words(desk.get(f"/matters/{case.matter}/"))


def test_what_the_system_entered_is_not_offered_to_the_officer_again(case, desk, place):
    case.serve()
    sent = desk.send(f"{place}acts/add/", kind="hearing", channel="oral", text="要求听证", occurred="2026-03-02")
    assert sent.status_code == 302
    page = desk.get(place)
    assert "系统已登记： 登记听证申请" in words(page)
    assert not html.fromstring(page.content).xpath("//main//a[contains(@href, '/steps/')]")


def test_a_form_without_content_comes_back_with_the_reason(case, desk, place):
    back = desk.send(f"{place}acts/add/", kind="statement", channel="oral", occurred="2026-03-02")
    assert back.status_code == 422
    assert "没有填写内容" in words(back)


def test_who_may_not_read_a_case_does_not_reach_its_party(case, place):
    assert Desk(case.office.custodian).get(place).status_code == 403
    assert Desk(case.office.custodian).get(f"{place}give/").status_code == 403


def test_what_the_party_sent_stands_on_the_day_of_its_handler_until_it_is_answered(case, desk, place):
    sent = desk.send(
        f"{place}acts/add/", kind="statement", channel="oral", text="处罚过重", details="当面陈述，制作笔录"
    )
    assert sent.status_code == 302, words(sent)
    assert "当事人等待答复" not in words(Desk(case.office.boss).get("/"))
    (link,) = html.fromstring(desk.get("/").content).xpath(
        "//table[@aria-labelledby='acts']//a[contains(@href, '/answer/')]/@href"
    )
    assert desk.send(link, answer="noted", reason="已收悉").status_code == 302
    assert "当事人等待答复" not in words(desk.get("/"))


def test_a_report_has_no_partys_pages(case, desk):
    report = case.office.report()
    assert Desk(case.office.boss).get(f"/matters/{report.stream}/party/").status_code in (403, 404)
