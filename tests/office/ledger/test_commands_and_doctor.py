"""The six commands, as an operator meets them."""

from __future__ import annotations

import argparse
import json

import pytest


@pytest.fixture
def as_owner(log, server):
    import town

    with town.django_on(server, log.database, "duecourse_owner"):
        yield log


def run(*given):
    from duecourse.office.ledger import commands

    parser = argparse.ArgumentParser()
    commands.add_parser(parser.add_subparsers(required=True))
    asked = parser.parse_args(given)
    return asked.run(asked)


def test_number_publish_audit_backup_restore(as_owner, capsys):
    log = as_owner
    log.write(3)
    assert run("sequencer", "--once") == 0
    assert run("publish", "--once") == 0
    assert run("publish", "--rebuild") == 0
    assert run("audit") == 0
    assert run("backup", str(log.home / "b")) == 0
    assert run("restore", str(log.home / "b"), "--replace") == 0
    said = capsys.readouterr().out
    assert "已编号并签名 3 位 / numbered and signed 3 positions" in said
    assert "✓ 全部成立 / ✓ all of it holds" in said
    assert "已从" in said


def test_an_audit_that_finds_something_exits_with_one_and_says_it_in_json_too(as_owner, admin_connection, capsys):
    log = as_owner
    one = log.write(2)[0]
    admin_connection.execute("SET session_replication_role = replica")
    admin_connection.execute("DELETE FROM entry_field WHERE entry_id = %s", (one.id,))
    assert run("audit", "--json") == 1
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert lines[0]["code"] == "field-missing"
    assert lines[0]["text"]["zh-Hans"]
    assert lines[-1]["findings"] == 1
    assert run("audit") == 1
    assert "✗" in capsys.readouterr().out


def test_a_fork_is_explained_and_exits_with_three(as_owner, capsys):
    from duecourse.core.ledger.checkpoint import Checkpoint
    from duecourse.office.ledger import commands, nofork, sequencer

    log = as_owner
    log.write(2)
    log.publish()
    forged = Checkpoint(_origin(), 64, b"\1" * 32).sign(_signers()).encode()
    (log.home / "published" / "checkpoint").write_text(forged)

    def loop(_):
        with sequencer.hold(wait=False):
            nofork.settle()

    assert commands._until_stopped(loop) == commands.REFUSED
    said = capsys.readouterr().err
    assert "停止签名" in said
    assert "Run duecourse audit" in said


def test_doctor_names_what_is_strong_and_what_is_weak(as_owner, admin_connection, capsys):
    from duecourse.office.ledger import doctor

    log = as_owner
    log.write(1)
    log.publish()
    found = {one.code: one.state for one in doctor.examine()}
    assert found["roles-apart"] == found["triggers-on"] == found["publication-fresh"] == "good"
    assert found["sequencer-absent"] == found["not-durable"] == "bad"  # tests run without fsync
    assert (
        found["not-witnessed"] == found["timestamp-none"] == found["backup-none"] == found["environment-demo"] == "warn"
    )

    admin_connection.execute("ALTER TABLE entry DISABLE TRIGGER entry_stays")
    admin_connection.execute("GRANT DELETE, UPDATE ON entry TO duecourse_office")
    admin_connection.execute("GRANT SELECT ON tile TO duecourse_public")
    key = next((log.home / "keys").glob("log-*.key"))
    key.chmod(0o644)
    said = [(one.code, *one.params.values()) for one in doctor.examine() if one.state == "bad"]
    assert ("role-too-strong", "duecourse_office", "DELETE entry") in said
    assert ("role-too-strong", "duecourse_office", "UPDATE entry") in said
    assert ("role-too-strong", "duecourse_public", "read tile") in said
    assert ("trigger-off", "entry_stays") in said
    assert ("key-readable", key.name) in said
    assert run("doctor") == 1
    assert "✗" in capsys.readouterr().out
    assert run("doctor", "--json") == 1


def test_doctor_sees_a_sequencer_at_work_and_a_fresh_backup(as_owner):
    from duecourse.office.ledger import backup, doctor, sequencer

    backup.backup(as_owner.home / "b", objects="list")
    with sequencer.hold(wait=False):
        found = {one.code: one.state for one in doctor.examine()}
    assert found["sequencer-works"] == found["backup-fresh"] == "good"


def _origin():
    from django.conf import settings

    return settings.LOG_ORIGIN


def _signers():
    from duecourse.office.ledger import signing

    return signing.signers()
