"""What a reporter writes later stands in the report's own matter, whatever its state; a withdrawal ends letters."""

from __future__ import annotations

import pytest

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\nstartxref\n9\n%%EOF\n"


def drain():
    from duecourse.office.reports import intake

    return intake.drain()


def write(citizen, code, text, *, number=1, kind="message", files=()):
    """Send a message as the front door does."""
    import town
    from duecourse.public.reporting import messages

    sealed = [citizen._sealed(name, content) for name, content in files]
    with town.django_on(citizen.server, citizen.database, "duecourse_public"):
        return messages.send(code, number, {"kind": kind, "text": text, "language": "zh-Hans"}, sealed)


def matter_of(code):
    from duecourse.edge.sealing import reporter_keys
    from duecourse.office.ledger import sql

    return sql.row("SELECT matter FROM submission WHERE lookup_id = %s", (reporter_keys(code).lookup_id,))[0]


def entries(code):
    from duecourse.office.ledger import store

    return store.read(matter_of(code))


def states():
    from duecourse.office.ledger import sql

    return [row[0] for row in sql.rows("SELECT state FROM submission ORDER BY received_at")]


def test_a_message_is_an_entry_of_the_reports_matter_with_its_files(office, citizen):
    from duecourse.office.matters import exhibits

    code = citizen.hand_in()
    drain()
    assert write(citizen, code, "想起对方的电话。", files=[("通话.pdf", PDF)])
    assert (drain().opened, drain().opened) == (1, 0)
    last = entries(code)[-1]
    assert (last.skeleton.step, last.skeleton.role) == ("reporter-writes", "system")
    assert last.fields["message"].value == "想起对方的电话。"
    assert exhibits.objects().get(last.skeleton.exhibits[0]) == PDF


def test_a_message_that_comes_before_its_report_was_opened_is_entered_after_it(office, citizen):
    code = citizen.hand_in()
    write(citizen, code, "补充一。")
    write(citizen, code, "补充二。", number=2)
    while drain().total:
        pass
    assert [entry.skeleton.step for entry in entries(code)] == ["receive", "reporter-writes", "reporter-writes"]
    assert states() == ["opened"] * 3


def test_a_message_waits_as_long_as_its_report_waits(office, citizen, owner_connection):
    code = citizen.hand_in()
    owner_connection.execute("UPDATE submission SET received_at = received_at + interval '1 hour'")
    write(citizen, code, "补充。")
    assert drain().total == 1
    assert drain().total == 1
    assert states() == ["opened", "opened"]


def test_the_same_message_sent_twice_is_one_and_another_under_its_number_is_told(office, citizen):
    code = citizen.hand_in()
    assert write(citizen, code, "补充。")
    assert write(citizen, code, "补充。")
    assert not write(citizen, code, "别的内容。")
    while drain().total:
        pass
    assert [entry.skeleton.step for entry in entries(code)] == ["receive", "reporter-writes"]


def test_after_a_withdrawal_no_letter_is_written_and_the_duty_stays(office, citizen):
    from duecourse.core.errors import Refused
    from duecourse.office.reports import letters

    code = citizen.hand_in(contact="13800000000")
    drain()
    matter = matter_of(code)
    office.step(matter, "claim", by=office.officer)
    write(citizen, code, "", kind="withdrawal")
    drain()
    last = entries(code)[-1]
    assert last.skeleton.step == "withdraw-contact"
    letters.write(matter, last.skeleton.index, "withdrawn")
    with pytest.raises(Refused):
        office.step(matter, "write-to-reporter", by=office.officer, form={"words": "请问对方的账号？"})
    accepted = office.step(matter, "accept", by=office.officer, form={"reason": "属于受理范围"})
    assert letters.write(matter, accepted.skeleton.index, "acceptance") is None
    assert [letter.title["en"] for letter in citizen.letters(code)] == ["We will not contact you again"]


def test_an_officers_question_reaches_the_code_as_a_letter(office, citizen):
    from duecourse.office.reports import letters

    code = citizen.hand_in()
    drain()
    matter = matter_of(code)
    office.step(matter, "claim", by=office.officer)
    write(citizen, code, "补充。")
    drain()
    asked = office.step(matter, "write-to-reporter", by=office.officer, form={"words": "请问对方的账号？"})
    letters.write(matter, asked.skeleton.index, "from-officer")
    (letter,) = citizen.letters(code)
    assert letter.body["zh-Hans"].startswith("请问对方的账号？")


def test_a_message_to_a_closed_report_is_a_report_of_its_own_linked_to_the_first(office, citizen):
    from duecourse.office.ledger import sql, store

    code = citizen.hand_in(head="identity", harmed="other")
    drain()
    first = matter_of(code)
    office.step(first, "redirect", by=office.intake, form={"addressee": "court", "reason": "请向法院起诉"})
    write(citizen, code, "又发生了。")
    drain()
    second = sql.row("SELECT matter FROM submission ORDER BY received_at DESC LIMIT 1")[0]
    assert second != first
    opened = store.read(second)[0]
    assert {name: opened.fields[name].value for name in ("head", "harmed", "what_happened")} == {
        "head": "identity",
        "harmed": "other",
        "what_happened": "又发生了。",
    }
    assert ("continues", str(first)) in [(link.kind, str(link.stream)) for link in opened.skeleton.links]


def test_nobody_writes_into_a_thread_without_its_code(office, citizen):
    from duecourse.edge import ids

    citizen.hand_in()
    drain()
    write(citizen, ids.code(), "我是举报人。")
    assert drain().aside == 1
    assert states() == ["opened", "aside"]


def test_the_first_message_of_the_example_has_the_lookup_id_that_the_page_says():
    from pathlib import Path

    from duecourse.edge.sealing import message_lookup

    page = Path(__file__).parents[3] / "docs" / "formats" / "message.md"
    assert message_lookup("7QK2-0M4T-XW9C-5RZH-A", 1).hex() in page.read_text("utf-8")
