"""The page of a matter and of its steps: what follows, what came back and why, rounds of review, files brought in."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from office_road import Road

MEETS = dict.fromkeys(
    ("competence", "facts", "evidence", "law", "discretion", "procedure", "document", "crime"), "meets"
)  # fmt: skip


@pytest.fixture
def road(town, clock):
    return Road(town, clock)


def claimed(road):
    address = road.town.report()
    road.take("officer", address, "claim")
    return address


def test_the_page_says_what_a_step_will_do_before_it_is_taken(road):
    address = claimed(road)
    page = road.town.browser("officer").get(f"{address}steps/accept/")
    follows = page.tree.xpath("//section[@aria-labelledby='next']")[0].text_content()
    assert "首次答复 办结" in follows
    assert "举报受理告知书" in follows
    assert "受理告知" in follows


def test_what_the_reporter_wrote_stands_open_for_who_may_read_it_and_for_nobody_else(road):
    address = claimed(road)
    said = road.town.browser("officer").get(address).tree.xpath("//div[@aria-labelledby='said']")
    assert "有人冒充客服骗走三千元" in said[0].text_content()
    assert not road.town.browser("publisher").get(address).tree.xpath("//div[@aria-labelledby='said']")


def test_a_step_that_asks_nothing_is_taken_on_the_matters_page_and_only_once(road):
    address = road.town.report()
    officer = road.town.browser("officer")
    page = officer.get(address)
    (form,) = page.tree.xpath("//main//form[contains(@action, '/steps/claim/')]")
    assert set(form.fields) >= {"key", "seen"}
    sent = [officer.post(form.get("action"), dict(form.form_values())) for _ in range(2)]
    assert [(one.status, one.headers["Location"]) for one in sent] == [(302, address)] * 2
    page = officer.get(address)
    assert len(page.tree.xpath("//li[starts-with(@id, 'entry-')]")) == 2
    assert page.tree.xpath("//div[@class='dc-messages']//a[contains(@href, '/steps/accept/')]")
    stale = road.town.browser("second").post(form.get("action"), dict(form.form_values()) | {"key": "another"})
    assert stale.status == 409


def test_a_step_goes_on_to_the_next_or_to_the_matter_that_it_opens(road):
    address = claimed(road)
    officer = road.town.browser("officer")
    page = officer.get(f"{address}steps/accept/")
    assert page.tree.xpath("//button[@name='then']/@value") == ["to-lead", "answer"]
    sent = officer.post(page.address, page.form().filled({"reason": "属于受理范围"}) | {"then": "to-lead"})
    assert sent.headers["Location"] == f"{address}steps/to-lead/"
    sent = officer.send(sent.headers["Location"], lead_head="fraud", summary="冒充客服", operator="某平台")
    assert sent.headers["Location"] == road.opened(address, "线索")


def test_evidence_comes_with_the_check_that_needs_it_and_the_check_is_refused_without(road):
    _, lead = road.lead()
    road.take("officer", lead, "claim")
    officer = road.town.browser("officer")
    assert officer.get(lead).tree.xpath("//a[contains(@href, '/steps/verify/')]")
    bare = officer.send(f"{lead}steps/verify/", findings="情况属实")
    assert bare.status == 422
    file = SimpleUploadedFile("笔录.txt", "远程勘验".encode(), "text/plain")
    road.take("officer", lead, "verify", findings="情况属实", **{"file.with-step": file})
    assert "笔录.txt" in officer.get(lead).tree.xpath("//table[@aria-labelledby='exhibits']")[0].text_content()


def test_who_proposes_a_case_is_ticked_as_its_handler_and_the_partner_is_left_to_choose(road):
    _, case = road.case()
    page = road.town.browser("officer").get(f"{case}steps/file/")
    assert page.form().fields["handlers"] == [str(road.town.people["officer"].id)]


def test_a_hold_is_shown_with_its_day_and_is_taken_up_again(road):
    address = claimed(road)
    officer = road.town.browser("officer")
    refused = officer.send(f"{address}steps/hold/", reason="等待补充", until="2026-03-31")
    assert refused.status == 422
    assert "期限不因暂缓而停止" in refused.words
    road.take("officer", address, "hold", reason="等待补充", until="2026-03-05")
    assert "暂缓办理" in officer.get(address).words
    road.take("officer", address, "resume")
    assert "至2026年3月5日" not in officer.get(address).words


def test_a_returned_proposal_says_who_and_why_and_the_next_shows_what_changed(road):
    address = claimed(road)
    officer, head = road.town.browser("officer"), road.town.browser("head")
    road.take("officer", address, "decline", reason="不属于本机关")
    silent = road.opine("head", address, "decline", "", phase="return")
    assert silent.status == 422
    assert "退回须说明理由" in silent.words
    assert road.opine("head", address, "decline", "请写明依据", phase="return").status == 302
    again = officer.get(f"{address}steps/decline/")
    assert "请写明依据" in again.words
    assert again.tree.xpath("//textarea[@name='reason']")[0].text.strip() == "不属于本机关"
    assert "请写明依据" in officer.get(address).words
    road.take("officer", address, "decline", reason="不属于本机关，依据第十八条")
    page = head.get(f"{address}steps/decline/opinion/")
    assert [cell.text_content() for cell in page.tree.xpath("//del|//ins")] == [
        "不属于本机关",
        "不属于本机关，依据第十八条",
    ]
    assert "第1轮被退回" in page.words


def test_a_review_shows_its_rounds_side_by_side(road):
    case = road.to_review()
    reviewer = road.town.browser("reviewer")
    clash = reviewer.send(f"{case}steps/review/", **MEETS | {"document": "to-correct", "document_note": "案由不准",
                          "qualified": "not-first", "opinion": "agree"})  # fmt: skip
    assert clash.status == 422
    assert "审核意见“同意”与审核要点不一致" in clash.words
    road.take("reviewer", case, "review", **MEETS | {"document": "to-correct", "document_note": "案由不准",
              "qualified": "not-first", "opinion": "correct"})  # fmt: skip
    road.take("officer", case, "submit-for-review", note="已改正")
    before = reviewer.get(f"{case}steps/review/")
    assert "案由不准" in before.words
    road.take("reviewer", case, "review", **MEETS, qualified="not-first", opinion="agree")
    table = road.town.browser("boss").get(case).tree.xpath("//table[contains(@class, 'dc-rounds')]")[0]
    assert len(table.xpath(".//thead//th")) == 3
    assert "建议纠正" in table.text_content()


def test_the_answer_of_the_office_above_comes_in_with_its_file(road):
    case = road.to_review()
    road.take("officer", case, "extend-decision", reason="案情复杂")
    road.agree("head", case, "extend-decision")
    road.agree("boss", case, "extend-decision")
    road.take(
        "officer", case, "extend-decision-again", superior="省级网信部门", answer_number="示例函〔2026〕9号",
        answered_on="2026-03-02", until_day="2026-12-31",
        **{"file.answer_file": SimpleUploadedFile("答复.txt", "同意延长。".encode(), "text/plain")},
    )  # fmt: skip
    page = road.town.browser("officer").get(case)
    assert "2026年12月31日" in page.words
    assert "答复.txt" in page.tree.xpath("//table[@aria-labelledby='exhibits']")[0].text_content()
    assert "示例函〔2026〕9号" in page.words


def test_a_void_number_is_shown_as_void_and_nobody_gets_it_again(road):
    address = claimed(road)
    road.take("officer", address, "redirect", addressee="police", reason="重复登记")
    road.take("head", address, "void-number", reason="重复登记")
    assert "案号已作废" in road.town.browser("head").get(address).words
    from uuid import UUID

    from duecourse.office.ledger import sql
    from duecourse.office.matters import checks

    matter = UUID(address.split("/")[2])
    assert sql.row("SELECT voided FROM matter WHERE id = %s", (matter,)) == (True,)
    assert list(checks.matter(checks.rulebook.current(), matter, rejudge=True)) == []
    assert list(checks.numbers()) == []


def test_who_speaks_in_anothers_place_is_shown_with_the_paper_that_says_so(road):
    import datetime as dt

    from duecourse.office.people import actions

    people, paper = road.town.people, "ab" * 32
    actions.delegate(
        people["head"], people["deputy"], "unit-head", from_on=dt.date(2026, 3, 1), until_on=dt.date(2026, 12, 31),
        document_sha256=paper, reason="出差",
    )  # fmt: skip
    address = claimed(road)
    road.take("officer", address, "decline", reason="不属于本机关")
    road.agree("deputy", address, "decline")
    assert f"受赵科委托，委托文书 {paper[:12]}" in road.town.browser("head").get(address).words
