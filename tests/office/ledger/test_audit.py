"""Whoever changes the past is found, and what was changed is named."""

from __future__ import annotations

import shutil

import pytest

from duecourse.core.ledger.checkpoint import Checkpoint
from duecourse.edge.keys import KeyRing


@pytest.fixture
def road(log, admin_connection):
    """Two streams of three entries, published; and a connection whose triggers are asleep."""
    first, second = log.write(3), log.write(3)
    log.publish()
    assert log.codes() == set()
    admin_connection.execute("SET session_replication_role = replica")
    return first, second, admin_connection


def named(log, code):
    return [finding.subject for finding in log.audit() if finding.code == code]


def test_a_changed_field(log, road):
    (first, *_), _, tamper = road
    tamper.execute("UPDATE entry_field SET value = '\"乙\"' WHERE entry_id = %s", (first.id,))
    assert named(log, "field-changed") == [f"{first.stream}#0 (entry {first.id}), grounds"]


def test_a_field_deleted_or_added_or_shown_to_others(log, road):
    (first, second, third), _, tamper = road
    tamper.execute("DELETE FROM entry_field WHERE entry_id = %s", (first.id,))
    tamper.execute("INSERT INTO entry_field (entry_id, name, class) VALUES (%s, 'extra', 'case')", (second.id,))
    tamper.execute("UPDATE entry_field SET class = 'public' WHERE entry_id = %s", (third.id,))
    assert log.codes() == {"field-missing", "field-added", "field-class-differs"}


def test_a_deleted_entry(log, road):
    (_, second, _), _, tamper = road
    tamper.execute("DELETE FROM entry WHERE id = %s", (second.id,))
    assert named(log, "entry-gone") == [f"position 1 (entry {second.id})"]
    assert {"chain-gap", "field-without-entry"} <= log.codes()


def test_two_swapped_entries(log, road):
    (first, second, _), _, tamper = road
    tamper.execute("UPDATE entry SET index = 9, prev = %s WHERE id = %s", (second.commitment, first.id))
    tamper.execute("UPDATE entry SET index = 0, prev = NULL WHERE id = %s", (second.id,))
    tamper.execute("UPDATE entry SET index = 1, prev = %s WHERE id = %s", (second.commitment, first.id))
    assert f"{first.stream}#1 (entry {first.id})" in named(log, "column-differs")


def test_two_swapped_positions(log, road):
    (first, second, _), _, tamper = road
    tamper.execute("UPDATE position SET entry_id = NULL, kind = 'padding' WHERE number = 0")
    tamper.execute("UPDATE position SET entry_id = %s WHERE number = 1", (first.id,))
    tamper.execute("UPDATE position SET entry_id = %s, kind = 'entry' WHERE number = 0", (second.id,))
    assert len(named(log, "position-differs")) == 2


def test_two_swapped_leaves_with_their_entries(log, road):
    _, _, tamper = road
    tamper.execute("UPDATE position SET number = 9000 WHERE number = 0")
    tamper.execute("UPDATE position SET number = 0 WHERE number = 1")
    tamper.execute("UPDATE position SET number = 1 WHERE number = 9000")
    found = log.audit()
    assert {"tile-differs", "root-differs", "public-file-differs"} <= {finding.code for finding in found}
    assert [f.params["position"] for f in found if f.code == "tile-differs"] == [0]


def test_a_swapped_checkpoint(log, road):
    _, _, tamper = road
    log.write()
    log.publish()
    old = tamper.execute("SELECT note FROM checkpoint WHERE size = 64").fetchone()[0]
    tamper.execute("UPDATE checkpoint SET note = %s WHERE size = 128", (old,))
    assert named(log, "checkpoint-swapped") == ["checkpoint 128"]


def test_a_published_checkpoint_put_back_or_forged(log, road):
    log.write()
    file = log.home / "published" / "checkpoint"
    forged = Checkpoint(_origin(), 64, b"\1" * 32).sign(KeyRing(log.home / "keys").log_signers()).encode()
    file.write_text(forged)
    assert log.codes() == {"public-checkpoint-differs"}
    file.write_text(Checkpoint(_origin(), 63, b"\1" * 32).sign(KeyRing(log.home / "keys").log_signers()).encode())
    assert "public-checkpoint-unknown" in log.codes()
    file.write_text(forged.replace(_origin(), "elsewhere.example"))
    assert log.codes() == {"checkpoint-unsigned"}


def test_a_checkpoint_signed_with_another_key(log, road):
    shutil.rmtree(log.home / "keys")
    KeyRing(log.home / "keys").create("log", name=_origin())
    assert set(named(log, "checkpoint-unsigned")) == {"published checkpoint", "checkpoint 6", "checkpoint 64"}


def test_a_changed_outcome(log, road):
    (first, *_), _, tamper = road
    changed = first.skeleton_bytes.replace(b'"engine":1', b'"engine":2')
    tamper.execute("UPDATE entry SET skeleton = %s WHERE id = %s", (changed, first.id))
    assert named(log, "commitment-differs") == [f"{first.stream}#0 (entry {first.id})"]


def test_a_changed_outcome_with_its_commitment(log, road):
    from duecourse.core.ledger.entry import commitment

    (first, *_), _, tamper = road
    changed = first.skeleton_bytes.replace(b'"engine":1', b'"engine":2')
    tamper.execute(
        "UPDATE entry SET skeleton = %s, commitment = %s WHERE id = %s", (changed, commitment(changed), first.id)
    )
    assert {"position-differs", "chain-broken"} <= log.codes()
    tamper.execute("UPDATE position SET leaf = %s WHERE number = 0", (commitment(changed),))
    assert {"tile-differs", "root-differs"} <= log.codes()


def test_a_position_inserted_twice(log, road):
    (first, *_), _, tamper = road
    tamper.execute("INSERT INTO position VALUES (64, %s, NULL, 'padding')", (first.commitment,))
    assert named(log, "position-twice") == ["position 64"]
    tamper.execute("ALTER TABLE position DROP CONSTRAINT position_pkey")
    tamper.execute("INSERT INTO position VALUES (3, sha256('x'), NULL, 'padding')")
    assert named(log, "position-number-twice") == ["position 3"]


def test_a_removed_stream_tail(log, road):
    (_, _, last), _, tamper = road
    tamper.execute("DELETE FROM entry WHERE id = %s", (last.id,))
    tamper.execute("DELETE FROM entry_field WHERE entry_id = %s", (last.id,))
    assert log.codes() == {"entry-gone"}
    assert named(log, "entry-gone") == [f"position 2 (entry {last.id})"]


def test_a_tail_removed_with_all_its_traces_still_stands_in_public(log, road):
    _, _, tamper = road
    log.write(2)
    log.publish()
    for table, column, least in (("entry", "id", 7), ("entry_field", "entry_id", 7), ("position", "number", 64)):
        tamper.execute(f"DELETE FROM {table} WHERE {column} >= {least}")
    assert "tail-removed" in log.codes()
    tamper.execute("DELETE FROM checkpoint WHERE size > 64")
    tamper.execute("DELETE FROM tile")
    assert "public-checkpoint-unknown" in log.codes()


def test_an_entry_taken_out_of_the_queue(log, admin_connection):
    one = log.write()[0]
    admin_connection.execute("DELETE FROM unnumbered")
    assert named(log, "entry-without-number") == [f"{one.stream}#0 (entry {one.id})"]
    admin_connection.execute("INSERT INTO unnumbered VALUES (4711)")
    assert named(log, "entry-gone-unnumbered") == ["entry 4711"]


def test_a_changed_tile_in_the_database_and_in_public(log, road):
    _, _, tamper = road
    tamper.execute("UPDATE tile SET hashes = overlay(hashes PLACING sha256('x') FROM 65)")
    path = log.home / "published" / "tile/entries/000.p/64"
    path.write_bytes(path.read_bytes()[:-1] + b"\0")
    found = log.audit()
    assert {(f.code, f.subject) for f in found} == {
        ("tile-differs", "tile 0/0"),
        ("public-file-differs", "tile/entries/000.p/64"),
    }
    assert found[0].params["position"] == 2


def test_other_parts_register_their_own_checks_and_their_remarks_do_not_fail(log):
    from duecourse.office.ledger import audit

    def broken(connection):
        yield audit.Finding("x", "exhibit-changed", str(connection.execute("SELECT 1").fetchone()[0]))

    audit.register_audit("story", broken)
    audit.register_audit("story", broken, rejudge=True)
    report = audit.Report()
    assert [one.check for one in audit.run(report=report)] == ["story"]
    assert (report.findings, report.remarks) == (1, 0)
    report = audit.Report()
    list(audit.run(rejudge=True, report=report))
    assert (report.findings, report.remarks) == (1, 1)


def test_many_findings_of_one_kind_are_counted(log, admin_connection):
    log.write(150)
    admin_connection.execute("SET session_replication_role = replica")
    admin_connection.execute("UPDATE entry_field SET class = 'public'")
    from duecourse.office.ledger import audit

    report = audit.Report()
    found = list(audit.run(report=report))
    assert (len(found), report.findings, found[-1].code) == (101, 150, "and-more")


def test_every_finding_has_a_sentence_in_both_languages():
    import re
    from pathlib import Path

    from duecourse.office.ledger import audit, words

    folder = Path(audit.__file__).parent
    source = "".join((folder / name).read_text() for name in ("audit_entries.py", "audit_log.py", "doctor.py"))
    used = set(re.findall(r'(?:Finding|Statement)\(\s*"[a-z]+",\s*"([a-z-]+)"', source))
    assert len(used) > 40
    assert used <= words.codes()
    for code in words.codes():
        both = words.both(code)
        assert both["zh-Hans"]
        assert both["en"]
        assert set(re.findall(r"{(\w+)}", both["zh-Hans"])) == set(re.findall(r"{(\w+)}", both["en"])), code


def _origin():
    from django.conf import settings

    return settings.LOG_ORIGIN
