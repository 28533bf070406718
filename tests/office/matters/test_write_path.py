"""The one write path: what a post does, once, twice, late, wrongly, and beside another."""

from __future__ import annotations

import threading
from datetime import date

import pytest

from duecourse.core.errors import Invalid, Refused

pytestmark = pytest.mark.usefixtures("office")


@pytest.fixture
def actions():
    from duecourse.office.matters import actions as found

    return found


def entries(stream):
    from duecourse.office.ledger import store

    return store.read(stream)


def clean(stream):
    """No finding of the audit about this matter."""
    from duecourse.office.matters import checks, rulebook

    return list(checks.matter(rulebook.current(), stream, rejudge=True))


def taken(office, report):
    office.step(report, "claim", office.officer)
    return report


def test_a_report_goes_from_the_phone_to_a_lead_and_every_table_follows_the_entries(office):
    from duecourse.office.ledger import sql

    report = taken(office, office.report())
    office.step(report, "accept", office.officer, {"reason": "有具体损害"})
    office.step(report, "to-lead", office.officer, {"lead_head": "fraud", "summary": "冒充客服", "operator": "某平台"})
    lead = sql.rows("SELECT stream FROM matter_link WHERE matter = %s AND kind = 'opens'", (report.stream,))[0][0]
    assert [entry.skeleton.step for entry in entries(report.stream)] == ["receive", "claim", "accept", "to-lead"]
    first = entries(lead)[0].skeleton
    assert (first.step, first.role, first.procedure) == ("register", "system", "lead")
    assert [(link.kind, link.stream) for link in first.links] == [("opened-by", str(report.stream))]
    assert entries(lead)[0].fields["summary"].value == "冒充客服"
    assert clean(report.stream) == []
    assert clean(lead) == []


def test_a_step_queues_its_documents_and_letters_as_ids_only(office):
    from duecourse.office.ledger import sql

    report = taken(office, office.report())
    accepted = office.step(report, "accept", office.officer, {"reason": "有具体损害"})
    jobs = dict(sql.rows("SELECT task_name, args FROM procrastinate_jobs ORDER BY id"))
    document = accepted.skeleton.outcome["documents"][0]["id"]
    assert jobs == {
        "documents.render": {"matter": str(report.stream), "document": document},
        "reports.write_letter": {"matter": str(report.stream), "entry": 2, "letter": "acceptance"},
    }


def test_file_numbers_count_from_one_without_a_gap_even_when_an_opening_is_refused(office, actions):
    from duecourse.office.matters import checks

    office.report()
    with pytest.raises(Refused):
        office.report(by=office.boss)
    second = office.report()
    assert second.fields["file_number"].value == {"series": "report", "year": 2026, "number": 2}
    assert list(checks.numbers()) == []


def test_a_post_repeated_with_its_key_returns_the_first_entry(office):
    report = office.report(key="page-report")
    assert office.report(key="page-report").commitment == report.commitment
    claim = office.step(report, "claim", office.officer, key="page-claim")
    again = office.step(report, "claim", office.officer, key="page-claim", seen=1)
    assert again.commitment == claim.commitment
    assert len(entries(report.stream)) == 2


def test_a_key_of_one_page_cannot_be_spent_on_another_step(office):
    report = taken(office, office.report())
    office.step(report, "accept", office.officer, {"reason": "有具体损害"}, key="once")
    with pytest.raises(Invalid) as wrong:
        office.step(report, "answer", office.officer, {"result": "已处理"}, key="once")
    assert wrong.value.code == "key_reused"


def test_the_same_key_of_two_persons_opens_two_matters(office):
    assert office.report(key="same").stream != office.report(by=office.intake, key="other").stream


def test_a_refusal_posted_twice_is_refused_twice_and_entered_once(office):
    report = office.report()
    for _ in range(2):
        with pytest.raises(Refused) as refused:
            office.step(report, "claim", office.boss, key="page-boss")
        assert "role_missing" in refused.value.refusal.codes
    assert len(entries(report.stream)) == 2


def test_a_step_on_a_stale_page_is_refused_and_says_what_changed(office, actions):
    report = office.report()
    office.step(report, "claim", office.officer, seen=1)
    with pytest.raises(actions.StalePage) as stale:
        office.step(report, "claim", office.second, seen=1)
    assert [(change["step"], change["actor"]) for change in stale.value.changed] == [("claim", str(office.officer.id))]
    assert stale.value.changed[0]["zh-Hans"] == "领办"
    assert len(entries(report.stream)) == 2


def test_a_page_may_name_what_it_saw_by_the_head_of_the_record(office, actions):
    report = office.report()
    office.step(report, "claim", office.officer, seen=report.commitment.hex())
    with pytest.raises(actions.StalePage):
        office.step(report, "claim", office.second, seen=report.commitment.hex())
    with pytest.raises(Invalid) as wrong:
        office.step(report, "claim", office.second, seen="00" * 32)
    assert wrong.value.code == "seen_unknown"


def test_somebody_elses_refused_attempt_does_not_make_a_page_stale(office):
    report = office.report()
    with pytest.raises(Refused):
        office.step(report, "claim", office.boss)
    assert office.step(report, "claim", office.officer, seen=1).index == 2


def test_a_wrong_role_is_refused_in_both_languages_with_the_article_and_stands_on_file(office):
    report = office.report()
    with pytest.raises(Refused) as refused:
        office.step(report, "claim", office.publisher)
    assert "受理人员" in refused.value.refusal.words("zh-Hans")[0]
    assert "Intake officer" in refused.value.refusal.words("en")[0]
    entry = entries(report.stream)[1]
    assert (entry.skeleton.outcome["phase"], entry.skeleton.outcome["actor"]) == ("refused", str(office.publisher.id))
    assert entry.fields == {}
    assert clean(report.stream) == []


def test_at_most_five_refused_attempts_an_hour_of_one_person_stand_on_a_file(office, clock):
    report = office.report()
    for _ in range(8):
        with pytest.raises(Refused):
            office.step(report, "claim", office.publisher)
    assert len(entries(report.stream)) == 6
    clock.forward(hours=1, seconds=1)
    with pytest.raises(Refused):
        office.step(report, "claim", office.publisher)
    assert len(entries(report.stream)) == 7
    assert clean(report.stream) == []


def test_a_refused_opening_stands_in_the_persons_own_stream(office):
    with pytest.raises(Refused):
        office.report(by=office.boss)
    assert [entry.skeleton.outcome["phase"] for entry in entries(office.boss.id)] == ["refused"]


def test_a_recused_officer_is_refused(office):
    report = taken(office, office.report())
    form = {"account": str(office.officer.id), "reason": "与举报对象有利害关系"}
    office.step(report, "recuse", office.second, form)
    office.step(report, "decide-recusal", office.boss, {**form, "answer": "granted"})
    with pytest.raises(Refused) as refused:
        office.step(report, "accept", office.officer, {"reason": "有具体损害"})
    assert refused.value.refusal.codes == ("actor_recused",)
    assert clean(report.stream) == []


def test_a_date_in_the_future_is_refused_and_one_before_the_report_too(office):
    report = office.report()
    for day, code in ((date(2026, 3, 3), "in_the_future"), (date(2026, 3, 1), "too_early")):
        with pytest.raises(Refused) as refused:
            office.step(report, "claim", office.officer, occurred=day)
        assert refused.value.refusal.codes == (code,)


def test_a_form_with_nul_or_too_much_text_or_an_unknown_field_is_refused_and_enters_no_value(office):
    report = taken(office, office.report())
    bad = [({"reason": "a\x00b"}, "text_control_characters"), ({"reason": "长" * 20_001}, "text_too_long"),
           ({}, "field_missing"), ({"reason": "好", "extra": "x"}, "field_unknown")]  # fmt: skip
    for form, code in bad:
        with pytest.raises(Refused) as refused:
            office.step(report, "accept", office.officer, form)
        assert code in refused.value.refusal.codes
    assert all(not entry.fields for entry in entries(report.stream)[2:])


def test_a_step_that_no_procedure_has_is_refused_and_leaves_no_trace(office):
    report = office.report()
    with pytest.raises(Refused) as refused:
        office.step(report, "../../etc", office.officer)
    assert refused.value.refusal.codes == ("step_unknown",)
    assert len(entries(report.stream)) == 1


def test_a_matter_that_does_not_exist_is_invalid(office):
    with pytest.raises(Invalid) as wrong:
        office.step(office.officer.id, "claim", office.officer)
    assert wrong.value.code == "matter_unknown"


def test_what_time_has_done_is_entered_before_a_step_is_judged(office, clock):
    report = office.report()
    clock.forward(days=20)
    office.step(report, "claim", office.officer)
    steps = [(entry.skeleton.step, entry.skeleton.role) for entry in entries(report.stream)]
    assert steps == [("receive", "intake-officer"), ("lapse", "system"), ("claim", "case-officer")]
    assert clean(report.stream) == []


def test_the_clocks_job_enters_each_lapse_once(office, clock):
    from duecourse.office.matters.jobs import enter_lapses

    first, second = office.report(), office.report()
    assert enter_lapses() == 0
    clock.forward(days=20)
    assert enter_lapses() == 2
    assert enter_lapses() == 0
    assert len(entries(first.stream)) == len(entries(second.stream)) == 2
    assert clean(first.stream) == []


def test_a_correction_supersedes_fields_and_leaves_the_entry(office):
    report = taken(office, office.report())
    accepted = office.step(report, "accept", office.officer, {"reason": "写错了"})
    form = {"entry": str(accepted.index), "reason": "笔误", "corrected.reason": "有具体损害"}
    fixed = office.step(report, "correct", office.officer, form)
    assert fixed.skeleton.outcome["corrects"] == {"entry": accepted.index, "step": "accept"}
    assert fixed.fields["corrected.reason"].class_ == accepted.fields["reason"].class_
    assert entries(report.stream)[accepted.index].fields["reason"].value == "写错了"
    assert clean(report.stream) == []


def test_an_identity_is_sealed_before_it_becomes_the_value_of_a_field(office, admin_connection):
    from duecourse.office.matters import fields

    report = office.report(form={"contact": "13800000000"})
    assert fields.is_sealed(report.fields["contact"].value)
    dump = b"".join(
        bytes(row[0]) for row in admin_connection.execute("SELECT value FROM entry_field WHERE value IS NOT NULL")
    )
    assert b"13800000000" not in dump
    assert clean(report.stream) == []


def test_two_persons_at_once_on_one_page_leave_one_step_and_tell_the_other(office, actions):
    report = office.report()
    answers = []

    def take(who):
        from django.db import connections

        try:
            answers.append(office.step(report, "claim", who, seen=1).index)
        except actions.StalePage:
            answers.append("stale")
        finally:
            connections.close_all()

    _together(lambda: take(office.officer), lambda: take(office.second))
    assert sorted(map(str, answers)) == ["1", "stale"]
    assert clean(report.stream) == []


def test_one_post_sent_twice_at_once_is_entered_once(office):
    report = office.report()
    found = []

    def take():
        from django.db import connections

        found.append((office.step(report, "claim", office.officer, key="k").commitment, office.report(key="r").stream))
        connections.close_all()

    _together(*[take] * 4)
    assert len(found) == 4
    assert len(set(found)) == 1
    assert len(entries(report.stream)) == 2


def _together(*work):
    gate = threading.Barrier(len(work))

    def run(one):
        gate.wait()
        one()

    threads = [threading.Thread(target=run, args=(one,)) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
