"""What a party does enters its matter: in time, late, on paper, from an ended access, twice."""

from __future__ import annotations

import base64
import uuid
from datetime import UTC, date, datetime

import pytest
from django.conf import settings

from duecourse.core.errors import Invalid
from duecourse.core.ledger import canonical
from duecourse.core.ledger.entry import Field, Occurred, build_skeleton
from duecourse.edge import clock as now
from duecourse.edge import ids, sealing
from duecourse.edge.keys import KeyRing


class Door:
    """The front door as the public role sees it: it seals, and calls `front.submit`."""

    def __init__(self, connection, party):
        self.connection, self.party, self.count = connection, party, 0

    def send(self, act, *, access=None, **answers):
        from duecourse.office.matters import rulebook

        book, moment = rulebook.current(), now.now()
        content = {
            "access": access or self.party.papers()["access"], "act": act, "form": str(uuid.uuid4()),
            "answers": answers, "language": "zh-Hans", "told_last": None, "attachments": [],
        }  # fmt: skip
        made = [Field("content", "report", content, ids.salt()), Field("channel", "case", "web", ids.salt())]
        skeleton = build_skeleton(
            log=settings.LOG_ORIGIN, stream=ids.new_uuid(), kind="submission", index=0, prev=None, procedure=None,
            step="submit", role="reporter", occurred=Occurred.on(book.local_date(moment), book.zone), recorded=moment,
            digests={"rulebook": book.digest, "calendar": book.calendar_digest}, exhibits=(), links=(), outcome={},
            fields=made,
        )  # fmt: skip
        held = {one.name: {"salt": base64.b64encode(one.salt).decode(), "value": one.value} for one in made}
        plain = canonical.encode({"fields": held, "v": "duecourse/party-act/v1"})
        intake = KeyRing(settings.DUECOURSE_KEYS).public("intake")
        self.connection.execute(
            "SELECT front.submit(%s, %s, %s, %s, %s, %s, %s, %s, %s)",
            (skeleton, sealing.party_act_id(self.party.code, self.count), self.party.keys.public.raw,
             sealing.seal(plain, [intake]), sealing.seal(plain, [self.party.keys.public]), None, made[1].salt,
             made[1].encoded(), b"[]"),
        )  # fmt: skip
        self.count += 1


@pytest.fixture
def door(case, party, public_connection):
    given = case.give()
    case.serve()
    return Door(public_connection, party(given.code))


def drained():
    from duecourse.office.reports import intake

    return intake.drain()


def acts(case):
    from duecourse.office.party.models import PartyAct

    return list(PartyAct.objects.filter(matter=case.matter).order_by("entry"))


def test_a_statement_in_time_is_on_file_and_cannot_be_passed_over(case, door):
    door.send("statement", text="我们在立案以前已经整改。")
    assert drained().aside == 0
    (act,) = acts(case)
    assert (act.kind, act.late, act.arrived_on, act.last_on) == (
        "statement", False, date(2026, 3, 2), date(2026, 3, 9),
    )  # fmt: skip
    state = case.standing().state
    assert state.has("stated")
    assert state.clocks["statement"].status == "stopped"
    assert state.values["party-act"]["late"] is False


def test_a_hearing_asked_for_within_five_working_days_is_registered(case, door, clock):
    clock.to(datetime(2026, 3, 9, 9, 0, tzinfo=UTC))  # Monday afternoon: the fifth working day
    door.send("hearing", text="")
    drained()
    assert case.standing().state.has("hearing-requested")
    assert not acts(case)[0].late


def test_a_late_request_is_taken_in_marked_late_and_starts_nothing(case, door, clock):
    clock.to(datetime(2026, 3, 10, 1, 0, tzinfo=UTC))
    door.send("hearing", text="因故耽误")
    assert drained().aside == 0
    (act,) = acts(case)
    assert (act.late, act.last_on) == (True, date(2026, 3, 9))
    assert not case.standing().state.has("hearing-requested")


def test_what_was_sent_on_the_last_day_and_opened_the_day_after_is_in_time(case, door, clock):
    clock.to(datetime(2026, 3, 9, 15, 30, tzinfo=UTC))  # 23:30 in the office
    door.send("statement", text="意见")
    clock.to(datetime(2026, 3, 9, 17, 0, tzinfo=UTC))  # one in the morning of the tenth
    drained()
    (act,) = acts(case)
    assert (act.late, act.arrived_on) == (False, date(2026, 3, 9))
    assert case.standing().state.has("stated")


def test_the_handler_finds_the_form_filled_with_the_partys_words(case, door):
    from duecourse.office.party import acts as doing

    door.send("recusal", officer="王办", text="承办人是对方股东")
    drained()
    entry = acts(case)[0].entry
    filled = doing.prefill(case.matter, entry, "recuse")
    assert filled == {
        "account": str(case.office.officer.id), "reason": "承办人是对方股东", "occurred": "2026-03-02",
    }  # fmt: skip
    assert doing.prefill(case.matter, entry, "assign") == {}


def test_the_party_reads_what_was_entered_and_what_it_was_answered(case, door):
    from duecourse.office.party import acts as doing

    door.send("payment", wish="instalments", text="分六期")
    drained()
    entry = acts(case)[0].entry
    doing.answer(case.matter, entry, by=case.office.officer, outcome="noted", reason="决定作出以后再行申请。", key="k")
    case.refresh()
    (told,) = door.party.papers()["acts"]
    assert told["answer"]["reason"] == "决定作出以后再行申请。"
    assert told["submission"]
    assert acts(case)[0].answered is not None


def test_an_act_on_paper_is_entered_by_an_officer_with_the_scan(case, door):
    from duecourse.office.matters import exhibits
    from duecourse.office.party import acts as doing

    scan = exhibits.receive(b"%PDF-1.4 scan startxref 0 %%EOF", name="scan.pdf")
    arrival = doing.Arrival("statement", "paper", date(2026, 3, 2), text="请求从轻", files=[scan])
    entry = doing.enter(case.matter, arrival, by=case.office.officer, key="paper-1")
    again = doing.enter(case.matter, arrival, by=case.office.officer, key="paper-1")
    assert (entry.index, entry.skeleton.exhibits) == (again.index, (scan.sha256,))
    assert len(acts(case)) == 1
    assert case.standing().state.has("stated")
    case.refresh()
    assert door.party.papers()["acts"][0]["channel"]["en"] == "Handed in on paper"
    assert any(one["own"] and one["file"] for one in door.party.papers()["exhibits"])


def test_what_was_posted_in_time_is_in_time_whenever_it_arrives(case, door, clock):
    from duecourse.office.party import acts as doing

    clock.to(datetime(2026, 3, 12, 1, 0, tzinfo=UTC))
    posted = doing.Arrival("statement", "post", date(2026, 3, 12), text="意见", posted_on=date(2026, 3, 9))
    doing.enter(case.matter, posted, by=case.office.intake, key="post-1")
    assert not acts(case)[0].late


def test_an_act_sent_after_access_ended_is_set_aside_in_sight(case, door):
    from duecourse.office.ledger import sql
    from duecourse.office.party import access

    held = door.party.papers()["access"]
    access.end(uuid.UUID(held), by=case.office.officer, reason="代理权终止", key="end")
    door.send("statement", access=held, text="意见")
    assert drained().aside == 1
    assert sql.row("SELECT aside_reason FROM submission WHERE state = 'aside'") == ("party_access_ended",)
    assert acts(case) == []


@pytest.mark.parametrize(
    "spoiled", [{"act": "bribe"}, {"access": "nobody"}, {"answers": [1]}, {"answers": {"text": 1}}]
)
def test_a_malformed_act_is_refused_by_name(spoiled):
    from duecourse.office.party import acts as doing

    content = {"act": "statement", "access": str(uuid.uuid4()), "answers": {}} | spoiled
    with pytest.raises(Invalid) as no:
        doing.receive(content, doing.Arrival("", "web", date(2026, 3, 2)), now.now())
    assert no.value.code == "party_act_malformed"


def test_nothing_at_all_is_no_act(case, door):
    from duecourse.core.errors import Refused
    from duecourse.office.party import acts as doing

    with pytest.raises(Refused) as no:
        doing.enter(case.matter, doing.Arrival("statement", "paper", date(2026, 3, 2)), by=case.office.officer, key="n")
    assert no.value.refusal.codes == ("party_act_empty",)


def test_the_audit_finds_nothing_wrong_with_a_case_whose_party_spoke(case, door):
    from duecourse.office.matters import checks, rulebook

    door.send("statement", text="意见")
    drained()
    assert list(checks.matter(rulebook.current(), case.matter, rejudge=True)) == []
