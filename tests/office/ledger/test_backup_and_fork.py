"""An hour-old backup comes back, and the log goes on without a fork; or it refuses to sign and says what to do."""

from __future__ import annotations

import shutil

import pytest

from duecourse.core.errors import Invalid
from duecourse.core.ledger import checkpoint, merkle
from duecourse.core.ledger.proof import Proof


@pytest.fixture
def as_owner(log, server):
    import town

    with town.django_on(server, log.database, "duecourse_owner"):
        yield log


def consistent(old_text, new_text):
    from duecourse.office.ledger import tree

    old, new = checkpoint.read(old_text)[0], checkpoint.read(new_text)[0]
    proof = merkle.consistency_proof(old.size, new.size, tree.reader())
    merkle.verify_consistency(old_size=old.size, old_root=old.root, new_size=new.size, new_root=new.root, proof=proof)
    return new.size - old.size


def test_an_hour_old_backup_keeps_the_proof_from_the_old_checkpoint_to_the_new(as_owner):
    from duecourse.edge.objects import ObjectStore
    from duecourse.office.ledger import backup, restore, sql, store, system

    log, folder = as_owner, as_owner.home / "backup"
    kept = ObjectStore(log.home / "objects").put(b"exhibit")
    before = log.write(5)
    log.publish()
    waiting = log.write(2)
    manifest = backup.backup(folder)
    assert (manifest["size"], manifest["objects"]) == (64, "copy")
    lost = log.write(70)
    log.publish()
    receipt = Proof.parse(store.proof(lost[3]))
    old = log.checkpoint()
    (log.home / "objects" / kept[:2] / kept[2:]).unlink()

    with pytest.raises(Invalid, match="restore_would_replace"):
        restore.restore(folder)
    recovered = restore.restore(folder, replace=True)

    size = checkpoint.read(old)[0].size
    assert [(one.source, one.first, one.size) for one in recovered] == [("published", 64, size)]
    linked = len(waiting)
    assert recovered[0].lost == size - 64 - linked
    assert ObjectStore(log.home / "objects").verify(kept)
    assert store.get(lost[3].id) is None
    assert store.proof(before[0])
    Proof.parse(store.proof(waiting[1])).verify(waiting[1].commitment)
    told = store.read(system.installation().system_stream)[-1]
    assert told.skeleton.step == "restore"
    assert told.skeleton.outcome["lost"] == recovered[0].lost
    after = log.write(3)
    log.publish()
    assert consistent(old, log.checkpoint()) > 0
    receipt.verify(lost[3].commitment)
    Proof.parse(store.proof(after[0])).verify(after[0].commitment)
    assert sql.rows("SELECT count(*) FROM position WHERE kind = 'lost-in-restore'")[0][0] == recovered[0].lost
    assert log.codes() == set()


def test_what_was_signed_and_not_yet_published_is_remembered_too(as_owner):
    """A receipt may quote a checkpoint that nobody published: the restored log must still contain it."""
    from duecourse.office.ledger import backup, restore, store

    log, folder = as_owner, as_owner.home / "backup"
    log.write(5)
    log.publish()
    backup.backup(folder)
    lost = log.write(4)
    log.number()
    receipt = Proof.parse(store.proof(lost[1]))
    recovered = restore.restore(folder, replace=True)
    assert [one.source for one in recovered] == ["memory"]
    log.write(1)
    log.publish()
    assert consistent(receipt.checkpoint, log.checkpoint()) > 0
    assert log.codes() == set()


def test_a_damaged_backup_or_one_of_another_log_is_refused(as_owner):
    from django.test import override_settings

    from duecourse.office.ledger import backup, restore

    log, folder = as_owner, as_owner.home / "backup"
    log.write(1)
    backup.backup(folder, objects="list")
    with pytest.raises(Invalid, match="backup_folder_not_empty"):
        backup.backup(folder)
    with override_settings(LOG_ORIGIN="duecourse.example/other"), pytest.raises(Invalid, match="backup_of_another_log"):
        restore.restore(folder, replace=True)
    dump = folder / "database.dump"
    dump.write_bytes(dump.read_bytes()[:-1] + b"x")
    with pytest.raises(Invalid, match="backup_damaged"):
        restore.restore(folder, replace=True)


def test_no_key_and_no_public_file_is_in_a_backup(as_owner):
    from duecourse.office.ledger import backup

    log, folder = as_owner, as_owner.home / "backup"
    log.write(1)
    log.publish()
    backup.backup(folder)
    assert {path.name for path in folder.iterdir()} <= {"database.dump", "objects.txt", "manifest.json", "objects"}
    secret = next((log.home / "keys").glob("log-*.key")).read_text().split(" ")[-1].strip()
    assert all(secret.encode() not in path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_nothing_is_signed_when_the_public_files_are_of_another_past(log, admin_connection):
    log.write(3)
    log.publish()
    admin_connection.execute("SET session_replication_role = replica")
    for table in ("entry", "entry_field", "position", "tile", "checkpoint"):
        admin_connection.execute(f"DELETE FROM {table}")
    shutil.rmtree(log.home / "signed")
    log.write(80)
    from duecourse.office.ledger import sequencer, signing, sql

    with pytest.raises(Invalid, match="fork"), sequencer.hold(wait=False):
        sequencer.number(signing.signers())
    assert sql.rows("SELECT count(*) FROM checkpoint") == [(0,)]
    recovered = log.number()
    assert recovered.first == 64
    assert log.codes() == set()


def test_a_public_tree_that_does_not_continue_ours_is_a_fork(log, admin_connection):
    log.write(3)
    log.publish()
    log.write(70)
    log.publish()
    bundle = log.home / "published/tile/entries/000.p/192"
    bundle.write_bytes(bundle.read_bytes()[:-1] + b"\0")
    admin_connection.execute("SET session_replication_role = replica")
    for table, column, least in (("position", "number", 64), ("checkpoint", "size", 65), ("entry", "id", 4)):
        admin_connection.execute(f"DELETE FROM {table} WHERE {column} >= {least}")
    admin_connection.execute("UPDATE tile SET hashes = substr(hashes, 1, 2048)")
    shutil.rmtree(log.home / "signed")
    with pytest.raises(Invalid, match="fork"):
        log.number()


def test_positions_without_their_signature_stop_the_sequencer(log, admin_connection):
    log.write(3)
    log.number()
    admin_connection.execute("INSERT INTO position VALUES (3, sha256('x'), NULL, 'padding')")
    log.write(1)
    with pytest.raises(Invalid, match="tree_differs"):
        log.number()
