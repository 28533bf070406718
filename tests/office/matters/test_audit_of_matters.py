"""The audit names every row that no entry explains, every entry whose rows are gone, and every unlawful step."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\nstartxref\n9\n%%EOF\n"


@pytest.fixture
def report(office):
    """A report with every kind of row: clocks, a person, a recusal, a link, an exhibit, a refusal, a document."""
    from duecourse.core.errors import Refused
    from duecourse.office.matters.evidence import add_exhibit

    found = office.report()
    office.step(found, "claim", office.officer)
    more = {"by": office.officer, "key": office.key()}
    add_exhibit(found.stream, PDF, name="a.pdf", title="聊天记录", kind="electronic", how="举报人提供", **more)
    form = {"account": str(office.second.id), "reason": "有利害关系"}
    office.step(found, "recuse", office.officer, form)
    office.step(found, "decide-recusal", office.boss, {**form, "answer": "granted"})
    with pytest.raises(Refused):
        office.step(found, "accept", office.boss, {"reason": "越权"})
    office.step(found, "accept", office.officer, {"reason": "有具体损害"})
    lead = {"lead_head": "fraud", "summary": "冒充客服", "operator": "某平台"}
    office.step(found, "to-lead", office.officer, lead)
    return found.stream


def audit(*, rejudge=False):
    from duecourse.office.ledger.finding import registered
    from duecourse.office.ledger.sql import raw

    checks = [one for one in registered(rejudge=rejudge) if one.name in ("matters", "numbers", "register", "objects")]
    return [finding for one in checks for finding in one.check(raw())]


def test_a_file_that_nobody_touched_has_no_finding_even_when_judged_again(report):
    assert audit(rejudge=True) == []


TAMPERINGS = {
    "the stage is moved": ("UPDATE matter SET stage = 'closed' WHERE procedure = 'report'", "matter-row-differs"),
    "the state's facts are changed": (
        "UPDATE matter SET state = jsonb_set(state, '{facts}', '[]') WHERE procedure = 'report'",
        "matter-row-differs",
    ),
    "a matter is deleted": ("DELETE FROM matter WHERE procedure = 'lead'", "matter-row-missing"),
    "a deadline is moved": (
        "UPDATE matter_clock SET last_on = last_on + 30, latest_on = latest_on + 30",
        "matter-row-differs",
    ),
    "a clock is deleted": ("DELETE FROM matter_clock", "matter-row-missing"),
    "a person is written in": (
        "INSERT INTO matter_person SELECT matter, gen_random_uuid(), 'handler' FROM matter_person LIMIT 1",
        "matter-row-without-entries",
    ),
    "a recusal is taken out": ("DELETE FROM matter_person WHERE capacity = 'recused'", "matter-row-missing"),
    "a link is taken out": ("DELETE FROM matter_link WHERE kind = 'opens'", "matter-row-missing"),
    "an exhibit's digest is changed": ("UPDATE exhibit SET sha256 = repeat('0', 64)", "matter-row-differs"),
    "an exhibit is deleted": ("DELETE FROM exhibit", "matter-row-missing"),
    "a refused attempt is forgotten": ("DELETE FROM refused_attempt", "matter-row-missing"),
    "a number is skipped": ("UPDATE number_counter SET next = next + 1 WHERE series = 'lead'", "number-gap"),
    "a clock of no matter is written": (
        "INSERT INTO matter_clock",
        "matter-row-without-entries",
    ),
}


@pytest.mark.parametrize(("statement", "code"), TAMPERINGS.values(), ids=TAMPERINGS.keys())
def test_it_is_named_when(statement, code, report, admin_connection):
    columns = [
        row[0]
        for row in admin_connection.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = 'matter_clock' ORDER BY 1"
        )
    ]
    if statement.startswith("INSERT INTO matter_clock"):
        listed = ", ".join(columns)
        chosen = ", ".join("gen_random_uuid()" if name == "matter" else name for name in columns)
        statement = f"INSERT INTO matter_clock ({listed}) SELECT {chosen} FROM matter_clock LIMIT 1"
    if statement.startswith("INSERT INTO matter_person"):
        statement = (
            "INSERT INTO matter_person (matter, account, capacity)"
            " SELECT matter, gen_random_uuid(), 'handler' FROM matter_person LIMIT 1"
        )
    admin_connection.execute(statement)
    assert code in {finding.code for finding in audit()}


def test_an_exhibit_whose_bytes_were_changed_is_named(report):
    from duecourse.office.ledger import sql
    from duecourse.office.matters import exhibits

    digest = sql.rows("SELECT sha256 FROM exhibit")[0][0]
    path = exhibits.objects().path(digest)
    path.chmod(0o600)
    path.write_bytes(PDF + b" ")
    try:
        assert [finding.code for finding in audit()] == ["exhibit-changed"]
    finally:
        path.write_bytes(PDF)


def _written_by_hand(stream, change):
    """A step entered past the write path, with a sound chain, by somebody who holds the database."""
    from duecourse.core.ledger.entry import Occurred
    from duecourse.core.procedure.outcome import Outcome
    from duecourse.office.ledger import store
    from duecourse.office.matters import rulebook

    last = store.read(stream)[-1]
    book = rulebook.current()
    outcome = Outcome.from_json(dict(last.skeleton.outcome)).to_json() | {
        "documents": [], "letters": [], "opens": [], "clocks": [], "facts": {"set": [], "clear": []}, "values": {},
        "links": [],
    }  # fmt: skip
    outcome |= change | {"stage": {"from": last.skeleton.outcome["stage"]["to"], "to": change["to"]}}
    outcome.pop("to")
    store.append(
        stream=stream, kind="matter", procedure=last.skeleton.procedure, step=outcome["step"], role=outcome["role"],
        occurred=Occurred.on(datetime(2026, 3, 2, tzinfo=UTC).date(), book.zone), recorded=last.recorded_at,
        digests={"rulebook": book.digest, "calendar": book.calendar_digest}, exhibits=(), links=(),
        outcome=json.loads(json.dumps(outcome)), fields=(), key=None, head=last.head,
    )  # fmt: skip


BY_HAND = {
    "by a role that may not": ({"step": "answer", "role": "publisher", "to": "closed", "ended": True}, "role_may_not"),
    "from another stage": ({"step": "claim", "role": "case-officer", "to": "handling"}, "wrong_stage"),
    "against a fact": ({"step": "accept", "role": "case-officer", "to": "pursued"}, "guard:"),
    "past the chain of approval": ({"step": "decline", "role": "case-officer", "to": "closed"}, "approval_order"),
    "with another stage than its own": ({"step": "answer", "role": "case-officer", "to": "handling"}, "effect:to"),
    "that no procedure has": ({"step": "forgive", "role": "case-officer", "to": "closed"}, "step_unknown"),
}


@pytest.mark.parametrize(("change", "reason"), BY_HAND.values(), ids=BY_HAND.keys())
def test_a_step_written_by_hand_is_named_when_it_is(change, reason, report):
    _written_by_hand(report, change)
    reasons = [str(finding.params["reason"]) for finding in audit() if finding.code == "step-forbidden"]
    assert any(found.startswith(reason) for found in reasons), reasons


def test_a_finding_is_a_sentence_in_both_languages(report, admin_connection):
    admin_connection.execute("DELETE FROM exhibit")
    text = audit()[0].text()
    assert "缺少记录所生成的数据" in text
    assert "a row that the entries make is missing" in text
