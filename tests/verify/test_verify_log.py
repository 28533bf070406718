"""The whole log from its files: change one, and the numbered check that covers it says so."""

from __future__ import annotations

import shutil
from hashlib import sha256
from pathlib import Path

import pytest

from duecourse.core.ledger import checkpoint, merkle, note
from duecourse.core.ledger.policy import Policy
from duecourse.verify import checks, log
from duecourse.verify.checks import Result
from duecourse.verify.command import read_under

FIXTURES = Path(__file__).parent.parent / "formats" / "v1"
POLICY = Policy.parse((FIXTURES / "policy").read_bytes())
OLD = (FIXTURES / "checkpoint.200").read_bytes()
NEW = (FIXTURES / "checkpoint").read_bytes()
LOG = note.Ed25519Signer("log.example/office", sha256(b"duecourse fixture key log.example/office").digest())


@pytest.fixture
def folder(tmp_path):
    copy = tmp_path / "log"
    shutil.copytree(FIXTURES, copy)
    return copy


def failing(folder, **asked) -> dict[int, str | None]:
    found = log.verify(read_under(folder), policy=POLICY, **asked)
    assert [check.name for check in found] == list(log.CHECKS)
    return {check.number: check.code for check in found if check.result is Result.FAILS}


def flip(path: Path, at: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


def test_a_true_log_passes_all_seven_checks():
    found = log.verify(read_under(FIXTURES), policy=POLICY, since=OLD)
    assert [check.result for check in found] == [Result.HOLDS] * 7


def test_without_an_older_checkpoint_it_says_that_nothing_is_known_of_the_past():
    found = log.verify(read_under(FIXTURES), policy=POLICY)
    assert found[5].result is Result.NOTICE
    assert checks.passed(found)


@pytest.mark.parametrize(
    ("path", "at", "expected"),
    [
        pytest.param("tile/entries/000", 2 + 34 * 7, {3: "entry_tampered"}, id="an entry"),
        pytest.param("tile/entries/001.p/44", 2, {3: "entry_tampered"}, id="an entry at the edge"),
        pytest.param("tile/entries/000", 0, {3: "bundle_malformed"}, id="a bundle's length"),
        pytest.param(
            "tile/0/000",
            0,
            {3: "entry_tampered", 4: "tile_tampered", 5: "root_differs", 6: "consistency_proof_old_root"},
            id="a leaf hash",
        ),
        pytest.param("tile/1/000.p/1", 0, {4: "tile_tampered"}, id="a higher tile"),
        pytest.param("checkpoint", 30, {2: "note_signature_false", 5: "root_differs"}, id="the checkpoint's root"),
    ],
)
def test_a_changed_file_is_named(folder, path, at, expected):
    if path == "checkpoint":
        text = (folder / path).read_bytes()
        root = text.split(b"\n")[2]
        (folder / path).write_bytes(text.replace(root, b"B" + root[1:]))
        found = failing(folder, since=OLD)
        assert found.items() >= expected.items()
        return
    flip(folder / path, at)
    found = failing(folder, since=OLD)
    assert {number: code for number, code in found.items() if number != 6} == {
        number: code for number, code in expected.items() if number != 6
    }
    assert (6 in found) == (6 in expected)


@pytest.mark.parametrize(
    ("path", "numbers"),
    [("tile/0/000", {3, 4, 6}), ("tile/entries/000", {3}), ("tile/1/000.p/1", {4}), ("checkpoint", {1})],
)
def test_a_missing_file_is_named(folder, path, numbers):
    (folder / path).unlink()
    found = failing(folder, since=OLD)
    assert set(found) == numbers
    assert set(found.values()) == {"file_missing"}


@pytest.mark.parametrize(("path", "numbers"), [("tile/0/001.p/44", {3, 4, 6}), ("tile/entries/001.p/44", {3})])
def test_a_file_cut_short_is_named(folder, path, numbers):
    data = (folder / path).read_bytes()
    (folder / path).write_bytes(data[: len(data) - 34])
    found = failing(folder, since=OLD)
    assert set(found) - {6} == numbers - {6}


def test_a_partial_tile_that_was_removed_once_full_is_read_from_the_full_one(folder):
    edge = folder / "tile/0/001.p/44"
    full = folder / "tile/0/001"
    full.write_bytes(edge.read_bytes() + bytes(32 * 212))
    shutil.rmtree(edge.parent)
    assert failing(folder, since=OLD) == {}


def test_a_rewritten_history_does_not_pass_for_a_continuation(folder):
    forged = checkpoint.Checkpoint(LOG.name, 200, merkle.EMPTY_ROOT).sign([LOG]).encode().encode()
    assert failing(folder, since=forged) == {6: "consistency_proof_old_root"}
    assert failing(folder, since=b"nonsense") == {6: "note_malformed"}
    larger = checkpoint.Checkpoint(LOG.name, 301, merkle.EMPTY_ROOT).sign([LOG]).encode().encode()
    assert failing(folder, since=larger) == {6: "sizes_out_of_order"}


def test_the_checkpoint_may_come_from_elsewhere(folder):
    (folder / "checkpoint").unlink()
    assert failing(folder, since=OLD, signed=NEW) == {}


def test_an_empty_log_is_a_log(tmp_path):
    signed = checkpoint.Checkpoint(LOG.name, 0, merkle.EMPTY_ROOT).sign([LOG]).encode().encode()
    only = Policy(POLICY.logs)
    found = log.verify(read_under(tmp_path), policy=only, signed=signed)
    assert checks.passed(found)


def between(old, new, folder=FIXTURES) -> dict[int, Result]:
    found = log.verify_consistency(old, new, read=read_under(folder), policy=POLICY)
    return {check.number: check.result for check in found}


def test_a_newer_checkpoint_is_consistent_with_an_older_and_not_the_other_way_round():
    assert set(between(OLD, NEW).values()) == {Result.HOLDS}
    assert set(between(NEW, NEW).values()) == {Result.HOLDS}
    assert between(NEW, OLD)[3] is Result.FAILS


def test_checkpoints_of_strangers_or_of_a_rewritten_log_are_not_consistent():
    forged = checkpoint.Checkpoint(LOG.name, 200, bytes(32)).sign([LOG]).encode().encode()
    assert between(forged, NEW) == {1: Result.HOLDS, 2: Result.HOLDS, 3: Result.HOLDS, 4: Result.FAILS}
    assert between(b"", NEW) == {1: Result.FAILS, 2: Result.HOLDS, 3: Result.NOT_CHECKED, 4: Result.NOT_CHECKED}
    other = note.Ed25519Signer("other.example/log", bytes(32))
    elsewhere = checkpoint.Checkpoint(other.name, 200, bytes(32)).sign([other]).encode().encode()
    assert between(OLD, elsewhere)[2] is Result.FAILS


def test_two_trusted_logs_are_still_two_logs():
    from duecourse.core.ledger.policy import Log

    other = note.Ed25519Signer("other.example/log", bytes(32))
    both = Policy((*POLICY.logs, Log(other.verifier)))
    elsewhere = checkpoint.Checkpoint(other.name, 300, bytes(32)).sign([other]).encode().encode()
    found = log.verify_consistency(OLD, elsewhere, read=read_under(FIXTURES), policy=both)
    assert [check.code for check in found if check.result is Result.FAILS] == ["origins_differ"]
