"""Every page of docs/formats carries an example, and the example is true."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from duecourse.core.ledger import checkpoint, cosignature, entry, merkle, note, padding, policy, proof, tiles, witness
from duecourse.core.ledger.receipt import Receipt
from duecourse.verify import checks, log, receipt

ROOT = Path(__file__).parent.parent.parent
PAGES = ROOT / "docs" / "formats"
V1 = Path(__file__).parent / "v1"
_BLOCK = re.compile(r"^```\w+ (\S+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def example(page: str, name: str) -> str:
    """A fenced example; the last newline is the fence's own for one-line examples of formats without one."""
    return dict(_BLOCK.findall((PAGES / f"{page}.md").read_text(encoding="utf-8")))[name]


def line(page: str, name: str) -> str:
    return example(page, name).removesuffix("\n")


def test_the_skeleton_and_field_on_the_page_of_entries_agree():
    skeleton = entry.Skeleton.decode(line("entry", "skeleton").encode())
    field = json.loads(line("entry", "field"))
    salt = note.decode64(field["salt"])
    entry.check_field(skeleton, entry.Field(field["name"], field["class"], field["value"], salt))
    assert entry.field_digest(field["name"], salt, field["value"]).hex() == field["digest"]


def test_the_commitment_on_the_page_of_entries_is_that_of_its_skeleton():
    commitment = entry.commitment(line("entry", "skeleton").encode())
    assert commitment.hex() == line("entry", "commitment")
    assert merkle.leaf_hash(commitment).hex() == line("entry", "leaf-hash")


def test_the_page_of_entries_names_every_key_of_the_skeleton():
    named = set(
        re.findall(r"`(\w+)`", "".join(re.findall(r"^\| (`.*?) \|", (PAGES / "entry.md").read_text(), re.MULTILINE)))
    )
    assert named == set(entry.Skeleton.__slots__) | {"v"}


def test_the_receipt_on_its_page_verifies_with_the_policy_on_its_page():
    data = line("receipt", "receipt").encode()
    assert Receipt.parse(data).encode() == data
    found = receipt.verify(data, policy.Policy.parse(example("policy", "policy").encode()))
    assert [check.result for check in found] == [checks.Result.HOLDS] * 7


@pytest.mark.parametrize(("page", "names"), [("receipt", receipt.CHECKS), ("log", log.CHECKS)])
def test_the_checks_on_the_page_are_those_of_the_verifier_by_number(page, names):
    rows = re.findall(r"^\| (\d) \| ([\w-]+) \|", (PAGES / f"{page}.md").read_text(), re.MULTILINE)
    assert rows == [(str(number), name) for number, name in enumerate(names, 1)]


def test_the_paths_and_the_leaf_on_the_page_of_logs_are_those_of_the_fixtures():
    paths = line("log", "paths").split("\n")
    assert set(paths) == {str(path.relative_to(V1)) for path in (V1 / "tile").rglob("*") if path.is_file()}
    assert all(tiles.tile_path(*tiles.parse_path(path)) == path for path in paths)
    last = bytes.fromhex(line("log", "last-leaf"))
    assert (V1 / paths[-1]).read_bytes().endswith(last)
    assert tiles.parse_bundle(last) == [entry.commitment((V1 / "entries/decide.json").read_bytes())]


def test_the_padding_on_the_page_of_logs_is_what_is_added():
    for row in json.loads(line("log", "padding")):
        assert padding.leaves_to_pad(row["size"], step=64, published=row["published"]) == row["add"]


def test_the_checkpoint_on_its_page_is_signed_by_the_vkey_on_its_page():
    key = note.Verifier.parse(line("checkpoint", "vkey"))
    text = example("checkpoint", "checkpoint")
    head, signed = checkpoint.open_signed(text, [key])
    assert signed.encode() == text
    assert head.size == 300


def test_the_cosigned_checkpoint_on_its_page_is_cosigned_by_both_witnesses_of_the_policy():
    trust = policy.Policy.parse(example("policy", "policy").encode())
    signed = note.Note.parse(example("checkpoint", "cosigned"))
    assert len(cosignature.verify(signed, [each.verifier for each in trust.witnesses])) == 2
    assert trust.judge(signed).met


def test_the_proof_on_its_page_holds_for_the_leaf_on_its_page():
    text = example("proof", "proof")
    made = proof.Proof.parse(text)
    assert made.encode() == text
    made.verify(bytes.fromhex(line("proof", "leaf")))


def test_the_policy_on_its_page_is_in_its_one_spelling():
    text = example("policy", "policy").encode()
    assert policy.Policy.parse(text).encode() == text


def test_the_request_on_the_page_of_witnesses_gets_the_answer_on_the_page():
    request = witness.Request.parse(example("witness", "request").encode())
    assert request.encode().decode() == example("witness", "request")
    key = note.Verifier.parse(line("witness", "witness-vkey"))
    signed = note.Note.parse(request.checkpoint)
    lines = witness.read_cosignatures(example("witness", "answer").encode(), signed=signed, verifiers=[key])
    assert len(lines) == 1
    old = checkpoint.read((V1 / "checkpoint.200").read_bytes())[0]
    new = checkpoint.read(signed)[0]
    merkle.verify_consistency(
        old_size=old.size, old_root=old.root, new_size=new.size, new_root=new.root, proof=request.proof
    )


def test_the_page_of_witnesses_lists_the_statuses_that_a_witness_gives_in_order():
    rows = re.findall(r"^\| (\d{3}) \|", (PAGES / "witness.md").read_text(), re.MULTILINE)
    assert rows == ["400", "404", "403", "400", "409", "422", "200"]
