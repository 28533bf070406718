"""A tlog-proof prints and reads in one spelling, and holds for its leaf alone."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duecourse.core.errors import Invalid
from duecourse.core.ledger import checkpoint, merkle, note, proof, tiles

LOG = note.Ed25519Signer("log.example/office", sha256(b"log").digest())
LEAVES = [sha256(b"%d" % number).digest() for number in range(300)]
TILES = {(t.level, t.n): t.hashes for t in tiles.new_tiles(0, merkle.leaf_hashes(LEAVES), lambda *_: b"")}
READ = tiles.TileReader(lambda level, n: TILES[level, n])
SIGNED = checkpoint.Checkpoint(LOG.name, 300, merkle.root(300, READ)).sign([LOG]).encode()
MADE = proof.make(8, signed=SIGNED, read=READ)


def test_a_proof_begins_with_its_header_and_ends_with_the_checkpoint_verbatim():
    text = MADE.encode()
    assert text.startswith("c2sp.org/tlog-proof@v1\nindex 8\n")
    assert text.endswith("\n\n" + SIGNED)
    assert proof.Proof.parse(text) == proof.Proof.parse(text.encode()) == MADE
    with_extra = proof.Proof(MADE.index, MADE.hashes, MADE.checkpoint, b"opaque")
    assert with_extra.encode().split("\n")[1] == "extra b3BhcXVl"
    assert proof.Proof.parse(with_extra.encode()) == with_extra


def test_a_proof_holds_for_its_leaf_alone():
    for number, leaf in enumerate(LEAVES):
        made = proof.make(number, signed=SIGNED, read=READ)
        made.verify(leaf)
        assert made.root(leaf) == merkle.root(300, READ)
        with pytest.raises(Invalid):
            made.verify(LEAVES[number - 1])


def test_a_log_of_one_leaf_has_a_proof_without_hashes():
    signed = checkpoint.Checkpoint(LOG.name, 1, merkle.leaf_hash(LEAVES[0])).sign([LOG]).encode()
    made = proof.make(0, signed=signed, read=READ)
    assert made.encode() == f"c2sp.org/tlog-proof@v1\nindex 0\n\n{signed}"
    proof.Proof.parse(made.encode()).verify(LEAVES[0])


TEXT = MADE.encode()
FIRST = TEXT.split("\n")[2]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param(TEXT.replace("@v1", "@v2"), "proof_header", id="another version"),
        pytest.param(TEXT.replace("index 8\n", ""), "proof_index", id="no index"),
        pytest.param(TEXT.replace("index 8", "index 08"), "checkpoint_size", id="a leading zero"),
        pytest.param(TEXT.replace("index 8", "index -8"), "checkpoint_size", id="a negative index"),
        pytest.param(TEXT.replace(FIRST, FIRST + "A"), "base64", id="a hash that is not base64"),
        pytest.param(TEXT.replace(FIRST, "AAAA"), "proof_hashes", id="a short hash"),
        pytest.param(
            TEXT.replace(FIRST, "\n".join([FIRST] * 64)), "proof_hashes", id="more hashes than any tree is high"
        ),
        pytest.param(TEXT.replace("index 8", "extra !\nindex 8"), "base64", id="extra that is not base64"),
        pytest.param(TEXT.replace("\n\n", "\n"), "proof_malformed", id="no blank line"),
        pytest.param(TEXT[:-1], "note_malformed", id="a checkpoint cut short"),
        pytest.param(TEXT.replace("\n", "\r\n"), "proof_malformed", id="another line ending"),
        pytest.param(TEXT.encode() + b"\xff", "proof_not_utf8", id="not UTF-8"),
        pytest.param("", "proof_malformed", id="nothing"),
    ],
)
def test_a_proof_of_another_spelling_is_invalid(text, code):
    with pytest.raises(Invalid) as refused:
        proof.Proof.parse(text)
    assert refused.value.code == code


@given(st.binary(max_size=120) | st.tuples(st.integers(0, len(TEXT)), st.text(max_size=3)).map(
    lambda change: (TEXT[: change[0]] + change[1] + TEXT[change[0] :]).encode(errors="ignore")
))  # fmt: skip
def test_any_bytes_are_a_proof_that_prints_back_or_invalid(data):
    try:
        read = proof.Proof.parse(data)
    except Invalid:
        return
    assert read.encode().encode() == data
