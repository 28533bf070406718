"""The settings pages as their people use them: seen by few, changed by fewer, never a crash, nothing typed is lost."""

from __future__ import annotations

import io
from datetime import date

import pytest
from lxml import html

SEEN = {
    "settings": "/settings/",
    "one": "/settings/report-first-answer/",
    "calendars": "/settings/calendar/",
    "calendar": "/settings/calendar/2027/",
    "import": "/settings/import/",
    "template": "/settings/import/template.xlsx",
}
MAY_SEE = {
    "admin": {"settings", "one", "calendars", "calendar"},
    "boss": set(SEEN),
    "main": set(SEEN),
    "head": {"settings", "one", "calendars", "calendar"},
    "reviewer": {"settings", "one", "calendars", "calendar"},
    "officer": set(),
    "intake": set(),
    "publisher": set(),
    "custodian": set(),
}


@pytest.fixture
def desk(heads):
    """A browser of one person of the office."""
    from django.test import Client

    def sit(who, lang="zh-hans"):
        client = Client(HTTP_HOST="localhost")
        client.force_login(getattr(heads, who), backend="django.contrib.auth.backends.ModelBackend")
        client.cookies["duecourse_language"] = lang
        return client

    return sit


def words(answer):
    return " ".join(html.fromstring(answer.content).text_content().split())


def test_who_sees_which_page_of_the_settings(desk):
    for who, pages in MAY_SEE.items():
        client = desk(who)
        for name, address in SEEN.items():
            assert client.get(address).status_code == (200 if name in pages else 403), (who, name)


def test_somebody_who_is_not_signed_in_is_sent_to_the_door():
    from django.test import Client

    assert Client(HTTP_HOST="localhost").get("/settings/").status_code == 302


def test_who_sees_a_value_and_may_not_change_it_is_refused(desk, heads):
    for who in ("head", "reviewer"):
        answer = desk(who).post("/settings/hotline/", {"value": "12345"})
        assert answer.status_code == 403, who
    assert (
        desk("boss")
        .post("/settings/court/confirm/", {"lawyer": "何", "confirmed_on": "2026-03-01", "note": "x"})
        .status_code
        == 403
    )


def test_a_threshold_goes_from_one_person_to_another_and_comes_into_force(desk):
    from duecourse.office.matters import rulebook

    first = desk("admin")
    answer = first.post(
        "/settings/discuss-threshold/", {"value": "３０,０００元", "from_on": "2026年3月2日", "reason": "从严"}
    )
    assert answer.status_code == 302
    page = first.get("/settings/discuss-threshold/")
    assert "撤回我的更改" in words(page)
    second = desk("boss")
    form = html.fromstring(second.get("/settings/discuss-threshold/").content).xpath(
        "//form[contains(@action,'changes')]"
    )[0]
    assert first.post(form.get("action"), {"decision": "agree"}).status_code == 422
    assert second.post(form.get("action"), {"decision": "agree"}).status_code == 302
    assert rulebook.current().settings["discuss-threshold"].value == 30000


def test_a_wrong_value_is_refused_in_words_with_the_article_and_stays_typed(desk):
    answer = desk("admin").post(
        "/settings/statement-period/", {"value": "3", "unit": "working_days", "reason": "尽快办结"}
    )
    assert answer.status_code == 422
    assert "《行政处罚法》第六十四条" in words(answer)
    assert "尽快办结" in answer.content.decode()
    english = desk("admin", "en").post(
        "/settings/statement-period/", {"value": "abc", "unit": "working_days", "reason": "x"}
    )
    assert english.status_code == 422


def test_the_news_at_the_top_counts_what_no_lawyer_has_confirmed(desk):
    from duecourse.office.settings import standing

    before = len(standing.unconfirmed(standing.all_of_them()))
    answer = desk("reviewer").post(
        "/settings/court/confirm/", {"lawyer": "何律师", "confirmed_on": "2026-03-01", "note": "依据"}
    )
    assert answer.status_code == 302
    assert f"还有{before - 1}项" in words(desk("reviewer").get("/settings/")).replace(" ", "")


def test_a_seal_is_an_image_and_stands_on_documents_instead_of_the_demo_seal(desk):
    from duecourse.office.documents import actions as documents

    answer = desk("admin").post("/settings/office-seal-object/", {"file": named(b"no image", "seal.png")})
    assert answer.status_code == 422
    assert desk("admin").post("/settings/office-seal-object/", {"file": named(png(), "seal.png")}).status_code == 302
    shown = desk("boss").get("/settings/seal.png")
    assert shown.content == png()
    assert documents.seal_image() == png()


@pytest.mark.parametrize("address", ["/settings/no-such-thing/", "/settings/calendar/1999/"])
def test_what_is_not_there_is_not_there(desk, address):
    assert desk("admin").get(address).status_code == 404


def test_two_persons_enter_next_years_calendar_and_differences_are_shown_day_by_day(desk, heads, clock):
    from duecourse.office.matters import rulebook

    first, second = desk("head"), desk("boss")
    assert first.post("/settings/calendar/2027/", calendar(last="2027-02-12")).status_code == 302
    assert "另一人已经录入" in words(second.get("/settings/calendar/2027/"))
    assert "2027-02-12" not in second.get("/settings/calendar/2027/").content.decode()
    assert second.post("/settings/calendar/2027/", calendar()).status_code == 302
    for who in (first, second):
        page = words(who.get("/settings/calendar/2027/"))
        assert "2027年2月12日" in page
        assert "赵科" not in page.split("两次录入不一致")[1]
    assert not rulebook.current().calendar.known(2027)
    assert first.post("/settings/calendar/2027/", calendar()).status_code == 302
    assert rulebook.current().calendar.known(2027)
    assert rulebook.current().calendar.day(date(2027, 2, 20)).works


def test_a_calendar_that_no_office_announces_is_refused_in_words(desk):
    for wrong in (
        {"make-up-1": "2027-02-03"},
        {"first-0": "二月"},
        {"first-1": "", "last-1": ""},
        {"number": ""},
        {"link": "javascript:1"},
    ):
        answer = desk("head").post("/settings/calendar/2027/", calendar() | wrong)
        assert answer.status_code == 422, wrong
        assert "国办发明电〔2026〕9号" in answer.content.decode() or "number" in wrong


def calendar(*, last="2027-02-11"):
    days = [("2027-01-01", "2027-01-03", ""), ("2027-02-05", last, "2027-02-20"), ("2027-04-03", "2027-04-05", ""),
            ("2027-05-01", "2027-05-05", "2027-05-08"), ("2027-06-09", "2027-06-09", ""),
            ("2027-09-15", "2027-09-17", ""), ("2027-10-01", "2027-10-07", "2027-09-26")]  # fmt: skip
    form = {"number": "国办发明电〔2026〕9号", "announced_on": "2026-11-05", "link": "", "act": "read"}
    for number, (first, until, made_up) in enumerate(days):
        form |= {f"first-{number}": first, f"last-{number}": until, f"make-up-{number}": made_up}
    return form


def named(content, name):
    file = io.BytesIO(content)
    file.name = name
    return file


def png():
    import struct
    import zlib

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\x00" + b"\xb3\x26\x1e" * 8 for _ in range(8))
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )
