"""Papers opened to a party: what the code opens, what it never opens, and a code that was lost."""

from __future__ import annotations

import pytest

from duecourse.core.errors import Invalid, Refused
from party_case import CONTACT, REPORTER


def test_the_code_opens_the_notice_the_evidence_and_the_rights(case, party):
    given = case.give()
    held = party(given.code).papers()
    assert [one["kind"] for one in held["documents"]] == ["notice-of-proposed-penalty"]
    assert party(given.code).file(held["documents"][0]["files"][0]) == b"%PDF-1.4\nstamped\nstartxref\n0\n%%EOF\n"
    assert {one["id"] for one in held["rights"]} == {"statement", "hearing", "recusal"}
    assert held["rights"][0]["last"] is None
    assert held["rights"][0]["length"]["en"] == "5 working days"
    case.serve()
    statement = party(given.code).right("statement")
    assert (statement["last"], statement["provisional"]) == ("2026-03-09", False)
    assert statement["on"][0]["en"]


def test_no_remedy_is_shown_that_the_stage_does_not_give(case, party):
    given = case.give()
    case.serve()
    assert not {"reconsideration", "suit", "payment"} & {one["id"] for one in party(given.code).papers()["rights"]}


def test_evidence_left_out_is_named_with_its_reason(case, party):
    held = party(case.give().code).papers()["exhibits"]
    assert [bool(one["file"]) for one in held] == [True, False, False]
    assert held[1]["title"]["zh-Hans"] == "另一公司的合同"
    assert held[1]["withheld"]["en"] == "Another’s trade secret"
    assert held[2]["title"]["zh-Hans"] == "证据3"


def test_the_reporter_stands_nowhere_in_what_the_party_gets(case, party):
    given = case.give()
    case.serve()
    everything = party(given.code).everything()
    assert "防范计算机病毒".encode() in everything
    for word in (REPORTER, CONTACT):
        assert word.encode() not in everything


def test_every_exhibit_is_opened_or_named_with_a_reason(case):
    from duecourse.office.party import access

    with pytest.raises(Invalid) as no:
        access.give(
            case.document("notice-of-proposed-penalty").id, access.Choice([case.pieces[0]], {}),
            by=case.office.officer, person="代理人", key=None,
        )  # fmt: skip
    assert no.value.params["numbers"] == [2, 3]


def test_the_code_is_kept_nowhere(case, admin_connection):
    given = case.give()
    spelled = given.code.replace("-", "")
    for table in ("party_access", "letter", "entry", "entry_field", "procrastinate_jobs"):
        for (row,) in admin_connection.execute(f"SELECT t::text FROM {table} t").fetchall():
            for form in (given.code, spelled, given.code.encode().hex()):
                assert form not in row


def test_the_record_says_to_whom_access_was_given_and_with_what(case):
    entry = case.give().entry
    assert entry.skeleton.outcome["values"]["act"] == "given"
    assert entry.fields["person"].value == "法定代表人"
    assert "行政处罚意见告知书" in entry.fields["documents"].value
    assert entry.fields["person"].class_ == "party"


def test_only_who_handles_the_case_gives_access(case):
    from duecourse.office.people.models import Account, Appointment

    other = Account.objects.create(username="third", name="外办", password="!")
    Appointment.objects.create(account=other, role="case-officer", from_on="2025-01-01")
    with pytest.raises(Refused) as no:
        case.give(by=other)
    assert "actor_is_not" in no.value.refusal.codes


def test_a_page_posted_twice_gives_one_code(case):
    key = case.office.key()
    first, again = case.give(key=key), case.give(key=key)
    assert (first.code is not None, again.code, again.access.id) == (True, None, first.access.id)


def test_a_replaced_code_opens_nothing_and_the_new_one_everything(case, party):
    from duecourse.office.party import access, papers

    lost = case.give()
    case.serve()
    new = access.replace(lost.access.id, by=case.office.officer, reason="当面核对身份证件", key=case.office.key())
    assert party(lost.code).letters() == []
    assert not papers.folder(lost.access.id).exists()
    assert party(new.code).right("statement")["last"] == "2026-03-09"
    assert new.entry.fields["reason"].value == "当面核对身份证件"
    with pytest.raises(Invalid) as no:
        access.replace(lost.access.id, by=case.office.officer, reason="再次", key=case.office.key())
    assert no.value.code == "party_access_ended"


def test_an_ended_access_opens_nothing(case, party):
    from duecourse.office.party import access

    given = case.give()
    access.end(given.access.id, by=case.office.officer, reason="代理权终止", key=case.office.key())
    assert party(given.code).letters() == []
    assert case.refresh() == 0


def test_ending_one_access_leaves_open_what_another_opened(case, party):
    from duecourse.office.party import access

    stays, ends = case.give(), case.give(person="代理人")
    access.end(ends.access.id, by=case.office.officer, reason="代理权终止", key=case.office.key())
    case.refresh()
    held = party(stays.code).papers()["exhibits"]
    assert [bool(one["file"]) for one in held] == [True, False, False]
    assert held[1]["withheld"]["en"] == "Another’s trade secret"


def test_what_is_served_later_joins_the_papers_and_the_record_says_so(case, party):
    given = case.give()
    case.serve()
    case.take("record-statement", statement="请求从轻")
    case.take("recheck", checked="部分采纳", fine_after="15000")
    case.decided_and_served()
    held = party(given.code).papers()
    assert [one["kind"] for one in held["documents"]] == ["notice-of-proposed-penalty", "decision"]
    by_id = {one["id"]: one for one in held["rights"]}
    assert {"payment", "reconsideration", "suit"} <= by_id.keys()
    assert by_id["statement"]["closed"]
    assert by_id["hearing"]["closed"]
    assert by_id["reconsideration"]["online"] is None
    assert case.standing().state.values["party-access"]["act"] == "updated"


def test_a_decision_served_online_shows_the_online_channel(case, party):
    given = case.give()
    case.serve()
    case.take("record-statement", statement="请求从轻")
    case.take("recheck", checked="部分采纳", fine_after="15000")
    case.decided_and_served(way="electronic", consent=True)
    assert party(given.code).right("reconsideration")["online"]["on"][0]["en"]
    assert party(given.code).right("suit")["online"] is None
