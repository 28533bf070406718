"""The fixtures of v1 are frozen: byte for byte as they were made, and they verify for ever."""

from __future__ import annotations

import json
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from duecourse.core.ledger import canonical, checkpoint, entry, merkle, note, policy, proof, receipt, tiles
from duecourse.verify import checks, document, log
from duecourse.verify import receipt as receipts
from duecourse.verify.command import read_under

HERE = Path(__file__).parent
V1 = HERE / "v1"
MANIFEST = "27c913ff2cb368ed4e75145875c1424e9471568b61b623a4bff4d3f93c7fe7ff"
POLICY = policy.Policy.parse((V1 / "policy").read_bytes())
ENTRIES = sorted(path.name.removesuffix(".tlog-proof") for path in (V1 / "entries").glob("*.tlog-proof"))


def test_no_byte_of_the_fixtures_has_changed_since_they_were_made():
    assert sha256((V1 / "manifest.json").read_bytes()).hexdigest() == MANIFEST
    listed = json.loads((V1 / "manifest.json").read_bytes())
    found = {str(path.relative_to(V1)) for path in V1.rglob("*") if path.is_file()}
    assert found == {*listed, "manifest.json"}
    for path, digest in listed.items():
        assert sha256((V1 / path).read_bytes()).hexdigest() == digest, path


def test_todays_program_writes_the_same_fixtures_as_the_day_they_were_made():
    import make

    for path, data in make.files().items():
        assert (V1 / path).read_bytes() == data, path


def test_a_frozen_version_is_never_made_again_over_itself():
    done = subprocess.run(
        [sys.executable, str(HERE / "make.py"), "v1"], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode != 0
    assert "never made again" in done.stderr


def test_the_whole_log_verifies():
    found = log.verify(read_under(V1), policy=POLICY, since=(V1 / "checkpoint.200").read_bytes())
    assert [check.result for check in found] == [checks.Result.HOLDS] * 7


@pytest.mark.parametrize("name", ENTRIES)
def test_every_receipt_verifies(name):
    found = receipts.verify((V1 / "entries" / f"{name}.receipt.json").read_bytes(), POLICY)
    assert [check.result for check in found] == [checks.Result.HOLDS] * 7


def test_the_document_verifies():
    digest = sha256((V1 / "document").read_bytes()).hexdigest()
    entry_file = (V1 / "entries" / "decide.json").read_bytes()
    proof_text = (V1 / "entries" / "decide.tlog-proof").read_bytes()
    assert checks.passed(document.verify(digest, entry_file=entry_file, proof_text=proof_text, policy=POLICY))


@pytest.mark.parametrize("name", ENTRIES)
def test_every_skeleton_proof_and_receipt_reads_and_prints_back(name):
    skeleton = (V1 / "entries" / f"{name}.json").read_bytes()
    proven = (V1 / "entries" / f"{name}.tlog-proof").read_bytes()
    whole = (V1 / "entries" / f"{name}.receipt.json").read_bytes()
    assert entry.Skeleton.decode(skeleton).encode() == skeleton
    assert proof.Proof.parse(proven).encode().encode() == proven
    assert receipt.Receipt.parse(whole).encode() == whole
    proof.Proof.parse(proven).verify(entry.commitment(skeleton))


def test_every_checkpoint_vkey_and_policy_reads_and_prints_back():
    for path in ("checkpoint", "checkpoint.200", "checkpoint.unwitnessed"):
        data = (V1 / path).read_bytes()
        head, signed = checkpoint.read(data)
        assert signed.encode().encode() == data
        assert checkpoint.Checkpoint.parse(signed.text) == head
    vkey = (V1 / "vkey").read_text().strip()
    assert note.Verifier.parse(vkey).vkey() == vkey
    assert POLICY.encode() == (V1 / "policy").read_bytes()


def test_every_tile_stands_at_its_path_and_the_root_follows():
    size = checkpoint.read((V1 / "checkpoint").read_bytes())[0].size
    paths = {str(path.relative_to(V1)) for path in (V1 / "tile").rglob("*") if path.is_file()}
    places = [tiles.tile_path(*place) for place in tiles.tiles_of(size)]
    bundles = [tiles.tile_path(tiles.ENTRIES, n, tiles.tile_width(tiles.ENTRIES, n, size)) for n in (0, 1)]
    assert paths == {*places, *bundles}
    assert all(tiles.tile_path(*tiles.parse_path(path)) == path for path in paths)
    leaves = [leaf for path in bundles for leaf in tiles.parse_bundle((V1 / path).read_bytes())]
    tree = merkle.Frontier()
    tree.extend(leaves)
    assert tree.root() == checkpoint.read((V1 / "checkpoint").read_bytes())[0].root


def test_the_entries_of_a_stream_are_chained():
    first = (V1 / "entries" / "register.json").read_bytes()
    second = entry.Skeleton.decode((V1 / "entries" / "verify-lead.json").read_bytes())
    assert second.prev == entry.commitment(first).hex()
    assert (second.index, second.stream) == (1, entry.Skeleton.decode(first).stream)


def test_a_withheld_identity_is_in_no_fixture():
    everything = b"".join(path.read_bytes() for path in V1.rglob("*") if path.is_file())
    assert b"000-0000" not in everything
    assert "contact" in canonical.decode((V1 / "entries" / "submit.json").read_bytes())["fields"]
