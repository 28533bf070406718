"""待签: a head sees each item on one page, with what the others said."""

from __future__ import annotations

from urllib.parse import urlsplit


def test_a_head_sees_on_one_page_what_is_to_be_filed_and_what_was_said(road):
    _, case = road.case()
    people = road.town.people
    road.take(
        "officer", case, "file", grounds="有违法事实，属本机关管辖", breach="security-duty",
        handlers=[str(people["officer"].id), str(people["second"].id)], discovered_on="2026-03-02",
    )  # fmt: skip
    road.agree("head", case, "file", "同意，证据充分")
    boss = road.town.browser("boss")
    page = boss.get("/sign/")
    (sheet,) = page.tree.xpath("//article")
    said = " ".join(sheet.text_content().split())
    for words in (
        "立案", "示例网络科技有限公司", "不履行网络安全保护义务", "《网络安全法》", "10,000 至 50,000 元",
        "有违法事实，属本机关管辖",
        "王办", "赵科", "同意，证据充分", "2026年3月2日", "网信部门负责人",
    ):  # fmt: skip
        assert words in said, words
    (link,) = sheet.xpath(".//a[@role='button']/@href")
    assert urlsplit(link).path == f"{case}steps/file/opinion/"
    single = boss.get(f"/sign/{case.split('/')[2]}/file/")
    assert "同意，证据充分" in single.words
    assert road.town.browser("head").get("/sign/").tree.xpath("//article") == []


def test_a_reader_finds_on_the_sheet_no_more_than_their_role_may_see(road):
    report = road.town.report()
    road.take("officer", report, "claim")
    road.take("officer", report, "decline", reason="不属于受理范围")
    matter = report.split("/")[2]
    assert "不属于受理范围" in road.town.browser("head").get("/sign/").words
    above = road.town.browser("above").get(f"/sign/{matter}/decline/")
    assert above.status == 200
    assert "不属于受理范围" not in above.words
    assert "您的职务无权查看" in above.words
    assert road.town.browser("publisher").get(f"/sign/{matter}/decline/").status == 403
    assert road.town.browser("head").get(f"/sign/{matter}/answer/").status == 404


def test_a_page_of_the_sheets_takes_no_question_more_for_more_of_them(town, reports):
    from test_the_day import step

    for report in reports(7):
        step(town, report, "claim", "officer")
        step(town, report, "decline", "officer", reason="不属于受理范围")
    head = town.browser("head")
    assert len(head.get("/sign/").tree.xpath("//article")) == 5
    assert len(head.get("/sign/?page=2").tree.xpath("//article")) == 2
