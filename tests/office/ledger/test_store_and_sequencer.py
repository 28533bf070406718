"""Entries get their numbers, whatever happens in between."""

from __future__ import annotations

import uuid

import psycopg
import pytest
from django.db import transaction

from duecourse.core.errors import Invalid
from duecourse.core.ledger import entry, merkle
from duecourse.core.ledger.proof import Proof


def test_an_entry_reads_back_as_it_was_written(log):
    from duecourse.office.ledger import store

    first, second = log.write(2, fields={"grounds": "冒充客服骗取验证码", "amount": 120})
    read = store.read(first.stream)
    assert [one.commitment for one in read] == [first.commitment, second.commitment]
    assert read[1].skeleton.prev == first.commitment.hex()
    assert read[0].fields["grounds"].value == "冒充客服骗取验证码"
    assert read[0].fields["amount"].state == "held"
    assert store.get(first.id).commitment == store.by_commitment(first.commitment).commitment


def test_the_commitment_in_the_database_is_the_one_of_the_format(log):
    from duecourse.office.ledger import sql

    one = log.write()[0]
    assert entry.commitment(one.skeleton_bytes) == one.commitment
    digest = sql.rows("SELECT ledger_field_digest('grounds', salt, value) FROM entry_field")[0][0]
    assert digest.hex() == one.skeleton.fields["grounds"].digest


def test_a_key_used_twice_and_a_moved_stream_are_named_and_spoil_nothing(log):
    from duecourse.office.ledger import store, system

    with transaction.atomic():
        first = system.record("loaded", key="once")
        with pytest.raises(Invalid, match="key_used"):
            system.record("loaded", key="once")
        system.record("loaded", key="twice")
    given = first.skeleton
    with transaction.atomic(), pytest.raises(Invalid, match="stream_moved"):
        store.append(
            stream=first.stream, kind="system", procedure=None, step="late", role="system", occurred=given.occurred,
            recorded=first.recorded_at, digests={}, exhibits=(), links=(), outcome={}, fields=(), key=None,
            head=first.head,
        )  # fmt: skip
    assert [one.index for one in store.read(first.stream)] == [0, 1]


def test_no_proof_before_the_number_and_a_sound_one_after(log):
    from duecourse.office.ledger import store

    one = log.write(3)[1]
    assert store.proof(one) is None
    log.number()
    Proof.parse(store.proof(one)).verify(one.commitment)
    log.publish()
    proof = Proof.parse(store.proof(one))
    proof.verify(one.commitment)
    assert proof.checkpoint == log.checkpoint()


def test_a_rolled_back_entry_leaves_no_trace_in_the_queue(log):
    from duecourse.office.ledger import sql, system

    with transaction.atomic():
        system.record("loaded")
        transaction.set_rollback(True)
    assert sql.rows("SELECT count(*) FROM unnumbered") == [(0,)]
    assert log.number() is None


def test_an_entry_committed_late_under_a_lower_id_is_not_lost(log, server):
    """Ids are given out before the commit: the sequencer must not look for "id above the last"."""
    late = psycopg.connect(server.url("duecourse_owner", log.database))
    late.execute("SELECT nextval('entry_id_seq')")
    held = late.execute("SELECT currval('entry_id_seq')").fetchone()[0]
    log.write(2)
    log.number()
    other = uuid.uuid4()
    skeleton = entry.build_skeleton(
        log=_origin(), stream=other, kind="matter", index=0, prev=None, procedure=None, step="register", role="handler",
        occurred=entry.Occurred("2026-03-02", None, "Asia/Shanghai"), recorded=_moment(), digests={}, exhibits=(),
        links=(), outcome={}, fields=(),
    )  # fmt: skip
    late.execute(
        "INSERT INTO entry (id, commitment, stream, kind, index, skeleton, recorded_at) "
        "VALUES (%s, %s, %s, 'matter', 0, %s, %s)",
        (held, entry.commitment(skeleton), other, skeleton, _moment()),
    )
    late.commit()
    late.close()
    batch = log.number()
    assert batch.size - batch.first == 1
    assert log.codes() == set()


def test_a_bad_entry_is_named_and_the_rest_is_numbered(log, admin_connection, caplog):
    good = log.write(2)
    admin_connection.execute("SET session_replication_role = replica")
    admin_connection.execute("UPDATE entry SET skeleton = skeleton || '\\x20'::bytea WHERE id = %s", (good[0].id,))
    batch = log.number()
    assert batch.refused == (f"commitment_differs {good[0].id}",)
    assert batch.size - batch.first == 1
    assert log.number() is None
    assert {"entry-refused", "commitment-differs"} <= log.codes()


def test_only_one_numbers_and_the_other_stands_by(log):
    from duecourse.office.ledger import sequencer

    with sequencer.hold(wait=False):
        other = log.run("sequence")
        _, error = other.communicate(timeout=60)
    assert "sequencer_elsewhere" in error


def test_the_root_is_the_root_of_the_leaves(log):
    from duecourse.office.ledger import sql

    log.write(300)
    log.number(limit=100)
    log.number(limit=1)
    batch = log.number()
    tree = merkle.Frontier()
    tree.extend(bytes(leaf) for (leaf,) in sql.rows("SELECT leaf FROM position ORDER BY number"))
    assert (batch.size, batch.root) == (tree.size, tree.root()) == (300, tree.root())


def test_publication_is_padded_and_grows_also_when_nothing_happened(log):
    log.write(3)
    sizes = [log.publish().size for _ in range(3)]
    assert sizes == [64, 128, 192]
    log.write(70)
    assert log.publish().size == 320
    assert log.codes() == set()


def test_what_is_published_is_exactly_the_tiles_of_that_size(log):
    from duecourse.core.ledger import tiles
    from duecourse.core.ledger.policy import Policy
    from duecourse.edge.keys import KeyRing
    from duecourse.verify.log import verify

    log.write(600)
    log.publish()
    log.write(1)
    log.publish()
    folder = log.home / "published"
    found = {str(path.relative_to(folder)) for path in (folder / "tile").rglob("*") if path.is_file()}
    wanted = {tiles.tile_path(*one) for one in tiles.tiles_of(704)}
    wanted |= {tiles.tile_path(tiles.ENTRIES, n, tiles.tile_width(-1, n, 704)) for n in range(3)}
    still = {"tile/0/002.p/128", "tile/entries/002.p/128"}  # under the first checkpoint, until the full tile is there
    assert found == wanted | still
    log.write(100)
    log.publish()
    assert not (folder / "tile/0/002.p").exists()
    policy = Policy.of_log(KeyRing(log.home / "keys").vkey("log"))
    checks = verify(lambda path: (folder / path).read_bytes(), policy=policy)
    assert [check.name for check in checks if "fail" in str(check.result).lower()] == []


def test_the_public_folder_can_be_written_again_from_the_database(log):
    import shutil

    from duecourse.office.ledger import publication

    log.write(5)
    log.publish()
    before = {path: path.read_bytes() for path in (log.home / "published").rglob("*") if path.is_file()}
    shutil.rmtree(log.home / "published")
    publication.publish_signed(rebuild=True)
    assert {path: path.read_bytes() for path in (log.home / "published").rglob("*") if path.is_file()} == before


def test_the_owner_of_the_tables_cannot_change_the_past_by_mistake(log, owner_connection):
    log.write()
    log.number()
    owner_connection.execute("INSERT INTO refused_entry VALUES (99, 'test', now())")
    for statement in (
        "UPDATE entry SET kind = 'system'", "DELETE FROM entry", "TRUNCATE entry",
        "UPDATE position SET number = 9", "DELETE FROM position", "TRUNCATE position",
        "DELETE FROM entry_field", "UPDATE entry_field SET value = '1', salt = sha256('')",
        "UPDATE entry_field SET name = 'other'", "UPDATE entry_field SET class = 'public'",
        "DELETE FROM tile", "UPDATE tile SET hashes = sha256('')", "UPDATE tile SET n = 7",
        "DELETE FROM checkpoint", "UPDATE checkpoint SET root = sha256('')", "UPDATE checkpoint SET note = ''",
        "DELETE FROM refused_entry",
    ):  # fmt: skip
        with pytest.raises(psycopg.errors.IntegrityError):
            owner_connection.execute(statement)


def test_the_office_role_has_no_right_to_change_the_past(log, office_connection):
    for statement in (
        "UPDATE entry SET kind = 'system'", "DELETE FROM entry", "UPDATE position SET number = 9",
        "DELETE FROM position", "DELETE FROM entry_field", "UPDATE entry_field SET name = 'x'", "DELETE FROM tile",
        "UPDATE checkpoint SET root = ''", "INSERT INTO unnumbered VALUES (1)", "TRUNCATE unnumbered",
        "UPDATE installation SET origin = 'x'", "DELETE FROM checkpoint",
    ):  # fmt: skip
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            office_connection.execute(statement)


def test_a_field_is_erased_and_its_entry_still_verifies(log):
    from duecourse.office.ledger import store

    one = log.write(fields={"grounds": "甲", "contact": "乙"})[0]
    log.publish()
    assert store.erase_fields(one.id, ["contact"], _moment()) == 1
    assert store.erase_fields(one.id, ["contact"], _moment()) == 0
    read = store.get(one.id)
    assert read.fields["contact"].state == "erased"
    assert read.fields["grounds"].value == "甲"
    assert log.codes() == set()


def test_a_sealed_field_is_opened_only_to_what_its_digest_names(log, admin_connection):
    from duecourse.core.ledger.entry import Field
    from duecourse.office.ledger import store

    one = log.write(fields={"text": "甲"})[0]
    held = one.fields["text"]
    admin_connection.execute("SET session_replication_role = replica")
    admin_connection.execute("UPDATE entry_field SET value = NULL, salt = NULL")
    assert store.get(one.id).fields["text"].state == "sealed"
    with pytest.raises(psycopg.errors.IntegrityError):
        store.open_field(one.id, Field("text", "case", "乙", held.salt))
    store.open_field(one.id, Field("text", "case", "甲", held.salt))
    assert store.get(one.id).fields["text"].value == "甲"


def _origin():
    from django.conf import settings

    return settings.LOG_ORIGIN


def _moment():
    from datetime import UTC, datetime

    return datetime(2026, 3, 2, tzinfo=UTC)
