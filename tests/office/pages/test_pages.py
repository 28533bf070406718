from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

ENGLISH = re.compile(r"\b(the|of|and|is|you|what|this|none|waiting|matters|record)\b", re.IGNORECASE)


@pytest.mark.parametrize("lang", ["zh-hans", "en"])
def test_each_page_answers_in_both_languages_and_a_chinese_page_holds_no_english_sentence(road, lang):
    from duecourse.office.documents.models import Document

    report, lead = road.lead()
    road.take("officer", lead, "claim")
    road.exhibit("officer", lead)
    document = Document.objects.get(kind="acceptance-letter")
    pages = [
        "/", "/matters/", "/matters/?procedure=report&stage=pursued", "/reports/", "/accounts/", "/open/lead/",
        report, lead,
        f"{lead}steps/verify/", f"{lead}steps/to-case/", f"{lead}steps/correct/?entry=2", f"{lead}steps/assign/",
        f"{lead}exhibits/add/", f"{report}documents/{document.id}/scan-back/", f"{report}record/0/proof/",
    ]  # fmt: skip
    browser = road.town.browser("officer", lang)
    for address in pages:
        page = browser.get(address)
        assert page.status in (200, 409), address
        assert page.tree.xpath("//html/@lang") == ["en" if lang == "en" else "zh-Hans"]
        assert len(page.tree.xpath("//h1")) == 1, address
        assert not page.tree.xpath("//*[@style]"), address
        if lang == "zh-hans":
            found = ENGLISH.findall(" ".join(page.tree.xpath("//main")[0].text_content().split()))
            assert not found, f"{address}: {found}"


def test_every_control_has_a_label_and_every_error_a_link_to_its_field(town):
    address = town.report()
    town.browser("officer").send(f"{address}steps/claim/")
    officer = town.browser("officer")
    answer = officer.send(f"{address}steps/accept/")
    assert answer.status == 422
    links = answer.tree.xpath("//div[@class='govuk-error-summary']//a/@href")
    assert links == ["#reason"]
    assert answer.tree.xpath("//*[@id='reason']")
    assert answer.tree.xpath("//*[@id='reason-error']")
    for control in answer.tree.xpath("//main//form//*[@id and (self::input or self::textarea or self::select)]"):
        assert answer.tree.xpath(f"//label[@for='{control.get('id')}']"), control.get("id")


def test_nothing_typed_is_lost_when_a_step_is_refused(town):
    sent = town.browser("intake").send(
        "/open/report/",
        head="",
        what_happened="很长的经过\n第二行",
        harmed="other",
        channel="visit",
        happened_on="上周",
    )
    assert sent.status == 422
    kept = sent.form().fields
    assert kept["what_happened"] == ["很长的经过\n第二行"]
    assert kept["harmed"] == ["other"]
    assert kept["channel"] == ["visit"]
    assert kept["happened_on"] == ["上周"]
    again = town.browser("intake").post("/open/report/", sent.form().filled({"head": "fraud"}))
    assert again.status == 302


def test_a_form_posted_twice_gives_one_entry(town):
    from duecourse.office.matters.models import Matter

    intake = town.browser("intake")
    form = (
        intake.get("/open/report/")
        .form()
        .filled({"head": "fraud", "what_happened": "被骗", "harmed": "self", "channel": "phone"})
    )
    first, second = intake.post("/open/report/", form), intake.post("/open/report/", form)
    assert first.headers["Location"] == second.headers["Location"]
    assert Matter.objects.count() == 1
    address = first.headers["Location"]
    officer = town.browser("officer")
    claim = officer.get(f"{address}steps/claim/").form().filled({})
    assert [officer.post(f"{address}steps/claim/", claim).status for _ in range(2)] == [302, 302]
    assert Matter.objects.get().entries == 2


def test_a_stale_page_says_what_changed_and_by_whom_and_keeps_what_was_typed(town):
    address = town.report()
    officer, intake = town.browser("officer"), town.browser("intake")
    old = intake.get(f"{address}steps/transfer/").form()
    assert officer.send(f"{address}steps/claim/").status == 302
    answer = intake.post(f"{address}steps/transfer/", old.filled({"organ": "市场监管部门", "reason": "属其职责"}))
    assert answer.status == 409
    assert "领办" in answer.words
    assert "王办" in answer.words
    assert answer.form().fields["organ"] == ["市场监管部门"]
    assert intake.post(f"{address}steps/transfer/", answer.form().filled({})).status == 302


def test_a_recused_officer_is_told_so(road):
    _, lead = road.lead()
    road.take("officer", lead, "claim")
    second = str(road.town.people["second"].id)
    road.take("head", lead, "recuse", account=second, reason="与当事人有亲属关系")
    road.take("boss", lead, "decide-recusal", account=second, answer="granted", reason="属实")
    page = road.town.browser("second").get(f"{lead}steps/verify/")
    assert "回避" in page.words
    answer = road.town.browser("second").post(page.address, page.form().filled({"findings": "情况"}))
    assert answer.status == 422
    assert "回避" in answer.words


def test_an_act_in_the_future_or_on_no_day_is_refused_with_a_sentence(town):
    address = town.report()
    officer = town.browser("officer")
    future = officer.send(f"{address}steps/claim/", occurred="2030-01-01")
    assert future.status == 422
    nonsense = officer.send(f"{address}steps/claim/", occurred="昨天")
    assert nonsense.status == 400
    assert "行为发生日期的格式不正确" in nonsense.words
    assert officer.send(f"{address}steps/claim/", occurred="2026年3月2日").status == 302


def test_evidence_that_is_not_what_its_name_says_is_turned_away_and_the_words_are_kept(road):
    _, lead = road.lead()
    fake = SimpleUploadedFile("合同.pdf", b"MZ\x90\x00 not a pdf at all", "application/pdf")
    answer = road.town.browser("officer").send(
        f"{lead}exhibits/add/", file=fake, title="合同", kind="documentary", how="当事人提交"
    )
    assert answer.status == 400
    assert "文件内容与其名称不符" in answer.words
    assert answer.form().fields["how"] == ["当事人提交"]


def test_evidence_comes_back_byte_for_byte_and_only_as_a_download(road):
    from office_road import PNG

    from duecourse.office.matters.models import Exhibit

    _, lead = road.lead()
    road.exhibit("officer", lead)
    exhibit = Exhibit.objects.get()
    answer = road.town.browser("officer").get(f"{lead}exhibits/{exhibit.id}/")
    assert answer.body == PNG
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Content-Type"] == "application/octet-stream"


def test_a_file_need_not_be_chosen_again_when_the_form_comes_back(road):
    from office_road import PNG

    _, lead = road.lead()
    officer = road.town.browser("officer")
    upload = SimpleUploadedFile("网页.png", PNG, "image/png")
    answer = officer.send(f"{lead}exhibits/add/", file=upload, kind="electronic", how="截取")
    assert answer.status == 422
    assert "网页.png" in answer.words
    sent = officer.post(f"{lead}exhibits/add/", answer.form().filled({"title": "网页截图"}))
    assert sent.status == 302


def test_a_proposal_that_is_returned_can_be_made_again(road):
    report, _ = road.lead()
    del report
    address = road.town.report()
    road.take("officer", address, "claim")
    road.take("officer", address, "decline", reason="不属于受理范围")
    page = road.town.browser("head").get(address)
    assert "等待审批" in page.words
    assert road.opine("head", address, "decline", "理由不足", phase="return").status == 302
    page = road.town.browser("officer").get(address)
    assert "已退回" in page.words
    assert "理由不足" in page.words
    road.take("officer", address, "decline", reason="不属于受理范围，已说明去处")
    road.agree("head", address, "decline")


def test_a_correction_supersedes_one_field_and_both_stay_on_the_record(road):
    _, lead = road.lead()
    road.take("officer", lead, "claim")
    page = road.town.browser("officer").get(f"{lead}steps/correct/?entry=0")
    typed = {"corrected.place": "www.example.test", "reason": "网址有误"}
    sent = road.town.browser("officer").post(page.address, page.form().filled(typed))
    assert sent.status == 302, sent.words
    record = road.town.browser("officer").get(lead)
    assert "www.example.test" in record.words
    assert "部分内容已更正" in record.words


def test_a_false_pdf_is_not_a_scan_and_a_real_one_is_bound_to_its_version(road):
    from duecourse.office.documents.models import Document
    from duecourse.office.matters.exhibits import objects

    report, _ = road.lead()
    letter = Document.objects.get(kind="acceptance-letter")
    address = f"{report}documents/{letter.id}/scan-back/"
    officer = road.town.browser("officer")
    false = officer.send(address, file=SimpleUploadedFile("扫描.pdf", b"%PDF-1.7 cut off", "application/pdf"))
    assert false.status == 400
    assert "不是完整、未加密的 PDF" in false.words
    assert Document.objects.get(id=letter.id).scan_object is None
    scan = objects().get(letter.object)
    sent = officer.send(address, file=SimpleUploadedFile("扫描.pdf", scan, "application/pdf"))
    assert sent.status == 302, sent.words
    row = Document.objects.get(id=letter.id)
    assert row.state == "scanned"
    assert officer.get(f"{report}documents/{letter.id}/scan/").body == scan


def test_a_proof_is_not_yet_there_until_the_entry_is_numbered(town):
    address = town.report()
    answer = town.browser("officer").get(f"{address}record/0/proof/")
    assert answer.status == 409
    assert "尚未编号" in answer.words


def test_the_chart_marks_the_present_stage_and_the_table_beside_it_says_the_same(town):
    address = town.report()
    for name, stage in (("", "received"), ("claim", "handling")):
        if name:
            town.browser("officer").send(f"{address}steps/{name}/")
        page = town.browser("officer").get(address)
        assert page.tree.xpath("//svg//*[contains(@class, 'chart__here')]/@id") == [f"stage-{stage}"]
        row = page.tree.xpath("//tr[@aria-current='step']")
        assert len(row) == 1
    assert "办理中" in row[0].text_content()
