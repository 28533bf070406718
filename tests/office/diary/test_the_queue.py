"""队列: what nobody has taken on, by urgency and age; one answer for several; what colleagues have open."""

from __future__ import annotations

from uuid import UUID


def numbers(page):
    return [text.strip() for text in page.tree.xpath("//tr[@data-row]/th/a/text()")]


def state(matter):
    from duecourse.office.matters.models import Matter

    row = Matter.objects.get(id=matter)
    return row.stage, row.entries


def values(page, name):
    return page.tree.xpath(f"//input[@name='{name}']/@value")


def preview(browser, matters, step, **form):
    """Choose these, fill the step's form, and look at the preview."""
    chosen = "&".join(f"chosen={value}" for value in matters)
    page = browser.get(f"/queue/answer/?procedure=report&step={step}&{chosen}")
    assert page.status == 200, page.words
    fields = page.form().filled(form)
    return browser.post("/queue/answer/", fields | {"act": "preview"})


def confirm(browser, page):
    fields = page.form().filled({}) | {"act": "confirm"}
    return browser.post("/queue/answer/", fields), fields


def test_the_urgent_come_first_then_the_oldest_and_filters_leave_the_rest_out(town, reports, clock):
    reports(2)
    reports(1, head="minors", channel="letter", sent_by="machine")
    clock.forward(hours=1)
    reports(1, urgent=True)
    officer = town.browser("officer")
    page = officer.get("/queue/")
    assert numbers(page) == ["〔2026〕4", "〔2026〕1", "〔2026〕2", "〔2026〕3"]
    assert "危害未成年人" in page.words
    assert "信函" in page.words
    for filtered in ("head=minors", "channel=letter", "sent_by=machine"):
        assert numbers(officer.get(f"/queue/?{filtered}")) == ["〔2026〕3"], filtered
    assert numbers(officer.get("/queue/?urgent=true")) == ["〔2026〕4"]
    assert numbers(officer.get("/queue/?sent_by=person&head=fraud")) == ["〔2026〕4", "〔2026〕1", "〔2026〕2"]


def test_one_click_takes_a_report_on_and_a_second_officer_is_told_that_it_is_taken(town, reports):
    (report,) = reports(1)
    officer, second = town.browser("officer"), town.browser("second")
    forms = [browser.get("/queue/") for browser in (officer, second)]
    sent = []
    for browser, page in zip((officer, second), forms, strict=True):
        (button,) = page.tree.xpath("//button[@name='matter']/@value")
        sent.append(browser.post("/queue/claim/", {"matter": button, "key": values(page, "key")[0]}))
    assert [one.headers["Location"].split("?")[0] for one in sent] == [f"/matters/{report}/", "/queue/"]
    assert "未能领办" in second.get("/queue/").words
    assert state(report) == ("handling", 2)
    assert numbers(officer.get("/queue/")) == []
    assert numbers(officer.get("/queue/?which=mine")) == ["〔2026〕1"]


def test_a_report_that_is_returned_lies_in_the_queue_again(town, reports):
    (report,) = reports(1)
    officer = town.browser("officer")
    page = officer.get("/queue/")
    button = page.tree.xpath("//button[@name='matter']/@value")[0]
    officer.post("/queue/claim/", {"matter": button, "key": values(page, "key")[0]})
    assert officer.send(f"/matters/{report}/steps/release/", reason="本周外出").status == 302
    assert numbers(town.browser("second").get("/queue/")) == ["〔2026〕1"]


def test_a_colleague_sees_who_has_a_report_open_and_after_a_quarter_of_an_hour_no_more(town, reports, clock):
    from duecourse.office.diary import presence
    from duecourse.office.diary.models import Presence

    (report,) = reports(1)
    presence.note(town.people["officer"], report)
    assert "王办 正在查看" in town.browser("second").get("/queue/").words
    assert "正在查看" not in town.browser("officer").get("/queue/").words
    clock.forward(seconds=16 * 60)
    assert "正在查看" not in town.browser("second").get("/queue/").words
    assert presence.forget() == 1
    assert Presence.objects.count() == 0


def test_one_answer_for_three_is_previewed_and_the_one_that_is_refused_stops_no_other(town, reports):
    first, second, third = reports(3)
    officer = town.browser("officer")
    chosen = values(officer.get("/queue/"), "chosen")
    town.browser("second").send(f"/matters/{second}/steps/claim/")
    town.browser("second").send(
        f"/matters/{second}/steps/redirect/", addressee="platform", reason="平台有义务答复"
    )  # fmt: skip
    page = preview(officer, chosen, "transfer", organ="市场监督管理局", reason="属其职责")
    assert page.status == 200
    assert [state(one)[1] for one in (first, second, third)] == [1, 3, 1], "a preview enters nothing"
    assert "〔2026〕2" in page.tree.xpath("//table[2]")[0].text_content()
    answer, fields = confirm(officer, page)
    assert "已办理 2 件" in answer.words
    assert [state(one) for one in (first, second, third)] == [("closed", 2), ("closed", 3), ("closed", 2)]
    for number in ("〔2026〕1", "〔2026〕2", "〔2026〕3"):
        assert number in answer.words
    again = officer.post("/queue/answer/", fields)
    assert "已办理 2 件" in again.words
    assert [state(one)[1] for one in (first, second, third)] == [2, 3, 2], "sent again, it changes nothing"


def test_what_changed_between_the_preview_and_the_confirmation_is_refused_and_named(town, reports):
    first, second = reports(2)
    officer = town.browser("officer")
    page = preview(officer, values(officer.get("/queue/"), "chosen"), "transfer", organ="公安局", reason="属其职责")
    assert town.browser("second").send(f"/matters/{first}/steps/claim/").status == 302
    answer, _ = confirm(officer, page)
    assert (state(first)[0], state(second)[0]) == ("handling", "closed")
    assert "您打开本页面之后" in answer.words
    assert "已办理 1 件" in answer.words


def test_a_form_that_is_not_well_made_comes_back_with_what_was_typed(town, reports):
    reports(2)
    officer = town.browser("officer")
    page = preview(officer, values(officer.get("/queue/"), "chosen"), "transfer", organ="市场监督管理局", reason="")
    assert page.status == 422
    assert page.form().fields["organ"] == ["市场监督管理局"]
    assert len(page.form().fields["chosen"]) == 2


def test_a_step_that_climbs_is_proposed_in_bulk_and_says_who_is_next(town, reports):
    matters = reports(2)
    officer = town.browser("officer")
    claimed = preview(officer, values(officer.get("/queue/"), "chosen"), "claim")
    confirm(officer, claimed)
    chosen = values(officer.get("/queue/?which=mine"), "chosen")
    page = preview(officer, chosen, "decline", reason="不属于受理范围")
    assert "承办机构负责人" in page.words
    confirm(officer, page)
    assert [state(one) for one in matters] == [("handling", 3)] * 2
    assert "2" in town.browser("head").get("/").tree.xpath("//a[@href='/today/opinions/']/span/text()")


def test_a_unit_head_hands_several_over_at_once(town, reports):
    from duecourse.office.matters.models import MatterPerson

    matters = reports(2)
    head = town.browser("head")
    chosen = values(head.get("/queue/"), "chosen")
    second = str(town.people["second"].id)
    page = preview(head, chosen, "assign", capacity="handler", accounts=[second], reason="均衡任务")
    confirm(head, page)
    found = MatterPerson.objects.filter(account=UUID(second), capacity="handler").values_list("matter", flat=True)
    assert set(found) == set(matters)


def test_who_may_see_no_queue_is_told_whose_it_is(town, reports):
    answer = town.browser("custodian").get("/queue/")
    assert answer.status == 403
    assert "案件承办人" in answer.words


def test_nonsense_in_the_address_or_the_post_is_answered_calmly(town, reports):
    (report,) = reports(1)
    officer = town.browser("officer")
    for path in ("/queue/?page=abc&which=no&procedure=no&head=%00", "/queue/?page=99999999999", "/today/mine/?page=-1"):
        assert officer.get(path).status == 200, path
    assert officer.post("/queue/claim/", {"matter": "x"}).status == 404
    assert officer.post("/queue/claim/", {"matter": f"{UUID(int=5)}:1"}).status == 404
    assert officer.get("/queue/answer/").status == 302
    assert officer.get(f"/queue/answer/?procedure=report&step=fly&chosen={report}:1").status == 302
