"""What the office lays down comes into force on its day, by two persons where it weighs; the record stays whole."""

from __future__ import annotations

import json
from datetime import date

import pytest

from duecourse.core.errors import Invalid


def acts():
    from duecourse.office.settings import actions

    return actions


def book():
    from duecourse.office.matters import rulebook

    return rulebook.current()


def findings(*, rejudge=True):
    from duecourse.office.matters import checks
    from duecourse.office.settings import checks as laid

    found = [*checks.matters(), *laid.rulebooks(None)]
    return found + (list(checks.rejudged()) if rejudge else [])


def threshold(office, value, **more):
    change = acts().propose("report-first-answer", value, by=office.admin, reason="本机关承诺", **more)
    return acts().decide(change.id, by=office.boss, agree=True)


def test_a_name_is_in_force_at_once_and_stands_in_the_public_file(heads, tmp_path):
    acts().propose("office-name", "某市网信办", by=heads.admin)
    assert book().settings["office-name"].value == "某市网信办"
    said = json.loads((tmp_path / "published" / "office.json").read_text("utf-8"))
    assert said["profile"]["name"]["zh-Hans"] == "某市网信办"
    assert said["rulebook"] == book().digest
    assert (tmp_path / "published" / "rulebooks" / book().digest / "settings.yaml").is_file()


def test_the_public_site_reads_the_name_and_the_rulebook_from_the_published_file(heads):
    from duecourse.public import office as public_office
    from duecourse.public import rulebook as public_rulebook

    acts().propose("office-name", "某市网信办", by=heads.admin)
    acts().propose("hotline", "12345", by=heads.admin)
    assert public_office.profile().name["zh-Hans"] == "某市网信办"
    assert public_office.profile().hotline == "12345"
    assert public_rulebook.current().digest == book().digest


def test_a_period_changes_only_when_a_second_person_agrees(heads):
    change = acts().propose("report-first-answer", "5 working_days", by=heads.admin, reason="本机关承诺")
    assert book().settings["report-first-answer"].value == "7 working_days"
    with pytest.raises(Invalid, match="change_same_person"):
        acts().decide(change.id, by=heads.admin, agree=True)
    acts().decide(change.id, by=heads.boss, agree=True)
    assert book().settings["report-first-answer"].value == "5 working_days"
    with pytest.raises(Invalid, match="change_decided"):
        acts().decide(change.id, by=heads.main, agree=True)


def test_a_change_that_is_refused_or_withdrawn_leaves_everything_as_it_was(heads):
    for who in (heads.boss, heads.admin):
        change = acts().propose("statement-period", "10 working_days", by=heads.admin, reason="更宽")
        assert acts().decide(change.id, by=who, agree=False).state == ("withdrawn" if who is heads.admin else "refused")
    assert book().settings["statement-period"].value == "5 working_days"


def test_a_period_shorter_than_the_statute_is_refused_with_the_article(heads):
    with pytest.raises(Invalid, match="setting_below") as refused:
        acts().propose("statement-period", "3 working_days", by=heads.admin, reason="快")
    assert refused.value.params["on"] == ["apl#64"]
    with pytest.raises(Invalid, match="setting_of_another_unit"):
        acts().propose("statement-period", "8 days", by=heads.admin, reason="快")


@pytest.mark.parametrize("text", ["五千", "-1", "1e3", "", "12.5", "٣", "9" * 30])
def test_text_where_a_number_stands_is_refused(heads, text):
    with pytest.raises(Invalid, match="setting_not_a_number"):
        acts().propose("discuss-threshold", text, by=heads.admin, reason="试")


def test_a_setting_that_nothing_reads_is_not_changed_here(heads):
    with pytest.raises(Invalid, match="setting_not_changeable"):
        acts().propose("review-always", "false", by=heads.admin, reason="试")


def test_a_rank_of_an_approval_is_changed_by_two_persons_and_must_be_a_role(heads):
    with pytest.raises(Invalid, match="setting_breaks_rulebook"):
        acts().propose("ranks-decide", "unit-head\nking", by=heads.admin, reason="试")
    change = acts().propose("ranks-decide", "unit-head\nlegal-reviewer", by=heads.admin, reason="本机关的层级")
    assert change.state == "open"


def test_the_form_of_numbers_names_its_four_places(heads):
    with pytest.raises(Invalid, match="number_form"):
        acts().propose("office-number-form", "{prefix}第{number}号", by=heads.admin)
    acts().propose("office-number-form", "{prefix}{series}〔{year}〕第{number}号", by=heads.admin)
    from duecourse.office.documents import content

    assert content.printed_number(book(), {"zh-Hans": "罚决", "en": "D"}, 2026, 3) == "示网信罚决〔2026〕第3号"


def test_a_change_from_a_later_day_is_in_force_on_that_day_and_an_earlier_one_in_between_is_kept(heads, clock):
    threshold(heads, "5 working_days", from_on=date(2026, 3, 10))
    acts().propose("office-name", "某市网信办", by=heads.admin)
    assert book().settings["report-first-answer"].value == "7 working_days"
    clock.forward(days=8)
    assert book().settings["report-first-answer"].value == "5 working_days"
    assert book().settings["office-name"].value == "某市网信办"
    assert findings() == []


def test_a_threshold_changed_between_two_steps_leaves_the_audit_clean(heads):
    report = heads.report()
    heads.step(report, "claim", heads.officer)
    before = book().digest
    threshold(heads, "3 working_days")
    second = heads.report()
    heads.step(report, "accept", heads.officer, {"reason": "属于本机关职责"})
    digests = {entry.skeleton.digests["rulebook"] for entry in read(report.stream)}
    assert digests == {before, book().digest}
    assert last_day(report) == "2026-03-11"
    assert last_day(second) == "2026-03-05"
    assert findings() == []


def test_the_rulebook_of_an_earlier_entry_is_read_from_its_bundle_and_tampering_is_seen(heads, tmp_path):
    import shutil

    from duecourse.office.matters import rulebook

    threshold(heads, "3 working_days")
    heads.report()
    threshold(heads, "4 working_days")
    rulebook.forget()
    shutil.rmtree(tmp_path / "published")
    assert findings() == []
    rulebook.forget()
    bundle = next(path for path in (tmp_path / "objects").glob("??/*") if path.stat().st_size > 100_000)
    bundle.chmod(0o600)
    bundle.write_bytes(b"another")
    assert {one.code for one in findings(rejudge=False)} >= {"rulebook-bundle-changed"}


def test_a_rulebook_written_past_the_record_is_found(heads, admin_connection):
    threshold(heads, "3 working_days")
    admin_connection.execute("UPDATE rulebook_version SET from_on = from_on - 30 WHERE seq = 2")
    assert {one.code for one in findings(rejudge=False)} == {"rulebook-row-differs"}


def test_the_office_role_cannot_change_a_rulebook_in_force(heads, office_connection):
    import psycopg

    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        office_connection.execute("UPDATE rulebook_version SET digest = 'x'")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        office_connection.execute("DELETE FROM setting_change")


def test_another_process_sees_the_change_with_its_next_request(heads, office_connection):
    from duecourse.office.matters import rulebook

    threshold(heads, "3 working_days")
    mine = book().digest
    seen = []
    rulebook.Middleware(lambda _: seen.append(rulebook.current().digest))("a request")
    assert seen == [mine]


def test_a_lawyers_confirmation_holds_for_the_value_it_named_and_no_other(heads):
    from duecourse.office.settings import standing

    acts().confirm("report-first-answer", by=heads.reviewer, lawyer="何律师", on=date(2026, 3, 1), note="网络安全法")
    assert standing.one("report-first-answer").confirmed
    threshold(heads, "5 working_days")
    assert not standing.one("report-first-answer").confirmed


def test_a_confirmation_needs_a_name_a_note_and_a_day_that_has_come(heads):
    good = {"lawyer": "何律师", "on": date(2026, 3, 1), "note": "依据"}
    wrong_ones = {
        "lawyer_missing": {"lawyer": " "}, "note_missing": {"note": ""}, "confirmed_later": {"on": date(2026, 4, 1)},
    }  # fmt: skip
    for code, wrong in wrong_ones.items():
        with pytest.raises(Invalid, match=code):
            acts().confirm("court", by=heads.reviewer, **(good | wrong))


def test_each_act_is_an_entry_of_the_system_stream(heads):
    threshold(heads, "5 working_days")
    acts().confirm("court", by=heads.reviewer, lawyer="何律师", on=date(2026, 3, 1), note="依据")
    from duecourse.office.ledger import system

    steps = [entry.skeleton.step for entry in read(system.installation().system_stream)]
    assert steps == ["rulebook-loaded", "setting-proposed", "setting-changed", "rulebook-loaded", "setting-confirmed"]


def read(stream):
    from duecourse.office.ledger import store

    return store.read(stream)


def last_day(entry):
    return read(entry.stream)[0].skeleton.outcome["clocks"][0]["last"]
