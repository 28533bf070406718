"""今日: what waits for me, for whom I wait, what is due and who answers for it, what is on hold."""

from __future__ import annotations

import pytest
from django.test.utils import CaptureQueriesContext


def step(town, matter, name, who, **form):
    from duecourse.office.matters.actions import take_step

    more = {name: form.pop(name) for name in ("phase", "key") if name in form}
    return take_step(matter, name, by=town.people[who], form=form, key=more.pop("key", None), **more)


def table(page, heading):
    """The words of the table under a heading of the day, "" when there is none."""
    found = page.tree.xpath(f"//table[@aria-labelledby='{heading}']")
    return " ".join(found[0].text_content().split()) if found else ""


def count(page, heading):
    return int(page.tree.xpath(f"//a[@href='/today/{heading}/']/span[@class='dc-count__number']/text()")[0])


def test_an_officer_takes_a_report_on_holds_it_until_friday_and_it_comes_back(town, reports, clock):
    (report,) = reports(1)
    step(town, report, "claim", "officer")
    officer = town.browser("officer")
    assert "举报办理〔2026〕1号" in table(officer.get("/"), "mine")
    step(town, report, "hold", "officer", reason="等平台答复", until="2026-03-06")
    page = officer.get("/")
    assert (count(page, "mine"), count(page, "held")) == (0, 1)
    assert "2026年3月6日" in table(page, "held")
    assert "等平台答复" in table(page, "held")
    clock.forward(days=3)
    assert count(officer.get("/"), "held") == 1
    clock.forward(days=1)
    page = officer.get("/")
    assert (count(page, "mine"), count(page, "held")) == (1, 0)
    assert "挂起期满" in table(page, "mine")


def test_what_waits_for_my_opinion_leaves_my_desk_when_i_have_spoken_and_stands_on_who_waits(town, reports):
    first, second = reports(2)
    for report in (first, second):
        step(town, report, "claim", "officer")
    step(town, first, "decline", "officer", reason="不属于受理范围")
    officer, head = town.browser("officer"), town.browser("head")
    assert "不予处理" in table(head.get("/"), "opinions")
    page = officer.get("/")
    assert (count(page, "mine"), count(page, "others")) == (1, 1)
    assert "赵科（承办机构负责人）" in table(page, "others")
    assert "2026年3月2日" in table(page, "others")
    step(town, first, "decline", "head", opinion="理由不足", phase="return")
    assert count(head.get("/"), "opinions") == 0
    assert (count(officer.get("/"), "mine"), count(officer.get("/"), "others")) == (2, 0)


def test_a_stage_that_waits_for_a_role_stands_with_whoever_holds_it_and_with_nobody_else(town):
    from duecourse.office.matters.actions import open_matter

    form = {
        "decided_on": "2026-03-02",
        "party": "示例网络科技有限公司",
        "party_kind": "organisation",
        "decided_head": "fraud",
    }
    open_matter("publication", by=town.people["publisher"], form=form, key="publication")
    assert "处罚决定公示" in table(town.browser("publisher").get("/"), "owned")
    for name in ("reviewer", "officer"):
        assert "处罚决定公示" not in town.browser(name).get("/").words


def test_a_period_shows_its_alarm_before_its_end_and_afterwards_who_answers_and_where_to_say_why(town, reports, clock):
    (report,) = reports(1)
    step(town, report, "claim", "officer")
    officer = town.browser("officer")
    assert "首次答复" in table(officer.get("/"), "due")
    clock.forward(days=40)
    page = officer.get("/")
    assert "逾期" in table(page, "due")
    assert "林收（受理人员）" in table(page, "due")
    (link,) = page.tree.xpath("//table[@aria-labelledby='due']//a[contains(@href, 'late-reason')][1]/@href")
    assert link == f"/matters/{report}/steps/late-reason/?clock=first-answer"
    assert officer.send(link, clock="first-answer", reason="来件集中", name="林收").status == 302
    assert "已说明原因" in table(officer.get("/"), "due")


def test_a_period_that_ended_late_is_listed_until_somebody_says_why(town, reports, clock):
    (report,) = reports(1)
    step(town, report, "claim", "officer")
    clock.forward(days=40)
    step(town, report, "accept", "officer", reason="属于受理范围")
    officer = town.browser("officer")
    for who in ("officer", "intake"):
        assert "天后办结" in table(town.browser(who).get("/"), "due")
    (link,) = officer.get("/").tree.xpath("//table[@aria-labelledby='due']//a[contains(@href, 'late-reason')][1]/@href")
    assert officer.send(link, clock="first-answer", reason="来件集中", name="林收").status == 302
    assert "首次答复" not in table(officer.get("/"), "due")


def test_who_answers_for_a_period_sees_it_though_they_handle_nothing(town, reports):
    reports(1)
    assert "首次答复" in table(town.browser("intake").get("/"), "due")
    assert "首次答复" not in table(town.browser("publisher").get("/"), "due")


def test_a_recused_officer_is_asked_for_nothing_more(town, reports):
    (report,) = reports(1)
    step(town, report, "claim", "officer")
    step(town, report, "decline", "officer", reason="不属于受理范围")
    head = town.browser("head")
    assert count(head.get("/"), "opinions") == 1
    account = str(town.people["head"].id)
    step(town, report, "recuse", "officer", account=account, reason="与当事人有亲属关系")
    step(town, report, "decide-recusal", "boss", account=account, answer="granted", reason="属实")
    assert count(head.get("/"), "opinions") == 0


def test_a_long_list_is_shown_in_pages_and_counted_whole(town, reports):
    for report in reports(30):
        step(town, report, "claim", "officer")
    officer = town.browser("officer")
    page = officer.get("/")
    assert count(page, "mine") == 30
    assert len(page.tree.xpath("//table[@aria-labelledby='mine']/tbody/tr")) == 6
    first, second, beyond = (officer.get(f"/today/mine/?page={n}") for n in (1, 2, 99))
    rows = [one.tree.xpath("//tbody/tr/th/a/@href") for one in (first, second, beyond)]
    assert [len(one) for one in rows] == [15, 15, 15]
    assert len(set(rows[0] + rows[1])) == 30


@pytest.mark.parametrize("name", ["opinions", "mine", "owned", "others", "held", "due"])
def test_each_list_of_the_day_has_a_page_in_both_languages(town, reports, name):
    reports(1)
    for language in ("zh-hans", "en"):
        assert town.browser("officer", language).get(f"/today/{name}/").status == 200
    assert town.browser("boss").get("/today/due/?whole=true").words.count("首次答复") == 1


def test_a_page_asks_the_database_as_often_for_three_matters_as_for_sixty(town, reports):
    """Every page of the diary, for an officer and for the unit head who is asked for opinions."""
    from django.db import connection

    def hand_over(matters):
        for place, report in enumerate(matters):
            step(town, report, "claim", "officer")
            if place % 3 == 0:
                step(town, report, "decline", "officer", reason="不属于受理范围")
            if place % 3 == 1:
                step(town, report, "hold", "officer", reason="等平台答复", until="2026-03-04")

    def asked(who, path):
        town.browser(who).get(path)
        browser = town.browser(who)
        with CaptureQueriesContext(connection) as seen, all_statements() as raw:
            assert browser.get(path).status == 200
        return len(seen) + raw[0]

    pages = [("officer", "/"), ("officer", "/queue/"), ("officer", "/queue/?which=mine"), ("head", "/"),
             ("head", "/sign/"), ("officer", "/today/due/")]  # fmt: skip
    hand_over(reports(3))
    reports(3)
    few = {page: asked(*page) for page in pages}
    hand_over(reports(57))
    reports(57)
    assert {page: asked(*page) for page in pages} == few


class all_statements:  # noqa: N801 - it is used as a context
    """Count what is asked on the connection beneath Django's (`ledger.sql`)."""

    def __enter__(self):
        from duecourse.office.ledger import sql

        self.count, self._rows = [0], sql.rows

        def counted(*args):
            self.count[0] += 1
            return self._rows(*args)

        sql.rows = counted
        return self.count

    def __exit__(self, *_):
        from duecourse.office.ledger import sql

        sql.rows = self._rows
