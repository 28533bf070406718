"""What comes in by the front door is opened, or set aside where everybody sees it; it is never lost."""

from __future__ import annotations

import threading

import pytest

from duecourse.core.errors import Invalid

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\nstartxref\n9\n%%EOF\n"


def drain():
    from duecourse.office.reports import intake

    return intake.drain()


def submissions(**asked):
    """What came in, newest first: state, the matter it opened, why it was set aside."""
    from duecourse.office.reports.models import Submission

    names = ("stream", "state", "received_at", "matter", "aside_reason")
    return list(Submission.objects.filter(**asked).order_by("-received_at").values(*names))


def test_a_submission_becomes_a_report_linked_to_its_stream_with_its_words(office, citizen):
    from duecourse.office.ledger import store

    citizen.hand_in(what_happened="网店收款后不发货，共三千元", contact="13800000000")
    assert (drain().opened, drain().opened) == (1, 0)
    item = submissions()[0]
    entry = store.read(item["matter"])[0]
    assert item["state"] == "opened"
    assert [(link.kind, link.stream) for link in entry.skeleton.links] == [("submission", str(item["stream"]))]
    assert entry.skeleton.role == "system"
    assert entry.fields["what_happened"].value == "网店收款后不发货，共三千元"
    assert entry.fields["what_happened"].class_ == "report"
    assert entry.fields["channel"].value == "web"


def test_the_intake_never_sees_the_contact_and_the_custodian_can(office, citizen, admin_connection):
    import base64
    import json

    from django.conf import settings

    from duecourse.edge.keys import KeyRing
    from duecourse.office.ledger import store

    citizen.hand_in(contact="13800000000")
    drain()
    held = store.read(submissions()[0]["matter"])[0].fields["contact"]
    opened = KeyRing(settings.DUECOURSE_KEYS).open("custodian", base64.b64decode(held.value["sealed"]))
    assert json.loads(opened)["fields"]["identity"]["value"] == {"contact": "13800000000"}
    with pytest.raises(Invalid):
        KeyRing(settings.DUECOURSE_KEYS).open("intake", base64.b64decode(held.value["sealed"]))
    everything = admin_connection.execute("SELECT value FROM entry_field WHERE value IS NOT NULL").fetchall()
    assert b"13800000000" not in b"".join(bytes(row[0]) for row in everything)


def test_the_submissions_own_entry_shows_its_words_from_then_on_and_they_fit_its_digest(office, citizen):
    from duecourse.office.ledger import store

    citizen.hand_in()
    stream = submissions()[0]["stream"]
    assert store.read(stream)[0].fields["content"].state == "sealed"
    drain()
    fields = store.read(stream)[0].fields
    assert (fields["content"].state, fields["content"].value["what_happened"]) == ("held", "网店收款后不发货")


def test_attachments_become_exhibits_with_the_bytes_that_were_sent(office, citizen):
    from duecourse.office.ledger import sql
    from duecourse.office.matters import exhibits

    citizen.hand_in(files=[("聊天.pdf", PDF), ("录音.bin", b"\x00\x01")])
    drain()
    rows = sql.rows("SELECT title, media_type, size, sha256 FROM exhibit ORDER BY title")
    assert [row[:3] for row in rows] == [
        ("录音.bin", "application/octet-stream", 2),
        ("聊天.pdf", "application/pdf", len(PDF)),
    ]
    assert exhibits.objects().get(rows[1][3]) == PDF


SPOILT = {
    "its sealed bytes were cut off": (
        "UPDATE submission SET sealed = substr(sealed, 1, 400) WHERE stream = %s", ("sealed_", "submission_")
    ),
    "its sealed bytes are another's": (
        "UPDATE submission SET sealed = (SELECT sealed FROM submission WHERE stream <> %s LIMIT 1) WHERE stream = %s",
        ("field_digest",),
    ),
    "its entry is gone": (
        "UPDATE submission SET entry_id = entry_id + 1000000 WHERE stream = %s",
        ("submission_without_entry",),
    ),
    "its attachment is gone": (None, ("object_missing",)),
}  # fmt: skip


@pytest.mark.parametrize(("statement", "reasons"), SPOILT.values(), ids=SPOILT.keys())
def test_a_submission_is_set_aside_with_the_reason_and_the_others_go_on_when(
    statement, reasons, office, citizen, admin_connection
):
    from duecourse.office.reports.intake import sealed_files

    citizen.hand_in(files=[("a.pdf", PDF)])
    spoilt = submissions()[0]["stream"]
    citizen.hand_in()
    if statement is None:
        digest = admin_connection.execute("SELECT object FROM attachment").fetchone()[0]
        sealed_files().path(digest).unlink()
    else:
        admin_connection.execute(statement, [spoilt] * statement.count("%s"))
    done = drain()
    assert (done.opened, done.aside) == (1, 1)
    aside = submissions(state="aside")[0]
    assert aside["stream"] == spoilt
    assert aside["aside_reason"].startswith(reasons)
    assert aside["matter"] is None
    assert drain().total == 0


def test_what_was_set_aside_can_be_tried_again(office, citizen, admin_connection):
    from duecourse.office.reports import intake

    citizen.hand_in()
    stream = submissions()[0]["stream"]
    admin_connection.execute("UPDATE submission SET entry_id = entry_id + 1000000")
    drain()
    admin_connection.execute("UPDATE submission SET entry_id = entry_id - 1000000")
    assert intake.try_again(stream) is True
    assert intake.try_again(stream) is False
    assert drain().opened == 1


def test_a_report_that_the_form_would_not_take_is_set_aside_and_not_lost(office, citizen):
    citizen.hand_in(harmed="nobody")
    assert drain().aside == 1
    assert submissions()[0]["aside_reason"] == "refused:choice_unknown"


def test_line_ends_in_a_line_do_not_stop_a_report(office, citizen):
    citizen.hand_in(address="https://shop.example/7\n微信号 abc")
    assert drain().opened == 1


def test_two_workers_side_by_side_open_each_submission_once(office, citizen):
    for _ in range(12):
        citizen.hand_in()
    totals = []

    def work():
        from django.db import connections

        from duecourse.office.reports import intake

        while done := intake.drain(limit=3).total:
            totals.append(done)
        connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    while done := drain().total:  # a worker stops when the rest is in the other's hands
        totals.append(done)
    found = submissions()
    assert sum(totals) == 12
    assert len({item["matter"] for item in found}) == 12


def test_without_an_intake_key_nothing_is_touched(office, citizen, tmp_path):
    from django.test import override_settings

    citizen.hand_in()
    with override_settings(DUECOURSE_KEYS=tmp_path), pytest.raises(Invalid) as wrong:
        drain()
    assert wrong.value.code == "key_missing"
    assert submissions()[0]["state"] == "waiting"
