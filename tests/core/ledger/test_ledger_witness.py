"""A witness answers add-checkpoint as C2SP tlog-witness says, row by row, and never rolls back."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duecourse.core.errors import Invalid
from duecourse.core.ledger import checkpoint, cosignature, merkle, note, tiles, witness

LOG = note.Ed25519Signer("log.example/office", sha256(b"log").digest())
STRANGER = note.Ed25519Signer("log.example/office", sha256(b"stranger").digest())
COURT = note.Ed25519Signer("witness.example/court", sha256(b"court").digest(), note.COSIGNATURE)
NOW = 1_770_685_500


class Log:
    """A log in memory; `salt` makes another history under the same name."""

    def __init__(self, salt: bytes = b"", origin: str = LOG.name) -> None:
        hashes = merkle.leaf_hashes(sha256(salt + b"%d" % number).digest() for number in range(600))
        made = {(t.level, t.n): t.hashes for t in tiles.new_tiles(0, hashes, lambda *_: b"")}
        self.read = tiles.TileReader(lambda level, n: made[level, n])
        self.origin = origin

    def signed(self, size: int, signer: note.Signer = LOG) -> str:
        return checkpoint.Checkpoint(self.origin, size, merkle.root(size, self.read)).sign([signer]).encode()

    def request(self, old: int, new: int, signer: note.Signer = LOG) -> bytes:
        proof = merkle.consistency_proof(old, new, self.read)
        return witness.Request(old, proof, self.signed(new, signer)).encode()


class Witness:
    """A witness in memory: what it was told to store, it remembers."""

    def __init__(self) -> None:
        self.latest: dict[str, str] = {}

    def ask(self, body: bytes) -> witness.Answer:
        answer = witness.add_checkpoint(
            body, logs={LOG.name: [LOG.verifier]}, latest=self.latest, seconds=NOW, signer=COURT
        )
        if answer.store is not None:
            self.latest[answer.store[0]] = answer.store[1]
        return answer


OURS, REWRITTEN, OTHER = Log(), Log(b"another history"), Log(origin="other.example/log")
TWO_HUNDRED = OURS.request(0, 200)

MATRIX = [
    ("the first checkpoint is cosigned", OURS.request(0, 200), 200),
    ("a grown log is cosigned", OURS.request(200, 300), 200),
    ("an old size that is not the last cosigned conflicts", OURS.request(200, 400), 409),
    ("the same checkpoint again is cosigned", OURS.request(300, 300), 200),
    (
        "a proof that does not hold is unprocessable",
        witness.Request(300, (bytes(32),) * 5, OURS.signed(400)).encode(),
        422,
    ),
    ("a missing proof is unprocessable", witness.Request(300, (), OURS.signed(400)).encode(), 422),
    ("a rewritten history is unprocessable", REWRITTEN.request(300, 400), 422),
    ("a rewritten history of the same size conflicts", REWRITTEN.request(300, 300), 409),
    ("a key it does not trust is forbidden", OURS.request(300, 400, STRANGER), 403),
    ("a log it does not know is not found", OTHER.request(300, 400), 404),
    ("an old size above the new is a bad request", witness.Request(300, (), OURS.signed(200)).encode(), 400),
    ("what is no request is a bad request", b"old 300\n", 400),
    ("and after all that it has not rolled back", OURS.request(300, 400), 200),
]


def test_the_answers_in_a_row_are_those_of_the_specification():
    court = Witness()
    assert [(said, court.ask(body).status) for said, body, _ in MATRIX] == [
        (said, status) for said, _, status in MATRIX
    ]
    assert checkpoint.read(court.latest[LOG.name])[0].size == 400


def test_a_first_request_with_a_proof_is_unprocessable():
    body = witness.Request(0, (bytes(32),), OURS.signed(200)).encode()
    assert Witness().ask(body).status == 422


def test_an_empty_log_is_cosigned_and_may_grow():
    court = Witness()
    assert court.ask(OURS.request(0, 0)).status == 200
    assert court.ask(OURS.request(0, 5)).status == 200
    forged = checkpoint.Checkpoint(LOG.name, 0, bytes(32)).sign([LOG]).encode()
    assert Witness().ask(witness.Request(0, (), forged).encode()).status == 409


def test_a_conflict_names_the_size_cosigned_last_in_its_own_media_type():
    court = Witness()
    court.ask(TWO_HUNDRED)
    answer = court.ask(OURS.request(0, 300))
    assert (answer.status, answer.body, answer.media_type) == (409, "200\n", "text/x.tlog.size")
    assert witness.read_conflict(answer.body.encode()) == 200
    assert court.ask(OURS.request(witness.read_conflict(answer.body.encode()), 300)).status == 200


def test_the_answer_is_a_cosignature_of_the_witness_over_the_checkpoint_and_the_whole_is_kept():
    court = Witness()
    answer = court.ask(TWO_HUNDRED)
    signed = note.Note.parse(OURS.signed(200))
    lines = witness.read_cosignatures(answer.body.encode(), signed=signed, verifiers=[COURT.verifier])
    whole = signed.with_signatures(*lines)
    assert cosignature.verify(whole, [COURT.verifier])[0].seconds == NOW
    assert court.latest[LOG.name] == whole.encode()


@pytest.mark.parametrize(("row", "suspect"), [(2, False), (4, True), (6, True), (7, True), (8, False), (9, False)])
def test_only_a_trusted_signature_over_a_tree_that_does_not_fit_is_kept_as_suspect(row, suspect):
    court = Witness()
    court.ask(OURS.request(0, 300))
    assert court.ask(MATRIX[row][1]).suspect is suspect


def test_an_answer_that_is_not_the_witnesss_is_invalid():
    signed = note.Note.parse(OURS.signed(200))
    other = cosignature.cosign(OURS.signed(300).partition("\n\n")[0] + "\n", seconds=NOW, signer=COURT)
    unknown = note.Ed25519Signer("witness.example/unknown", sha256(b"unknown").digest(), note.COSIGNATURE)
    stranger = cosignature.cosign(signed.text, seconds=NOW, signer=unknown)
    for body in (b"", b"nonsense\n", b"\xff", other.line().encode(), stranger.line().encode()):
        with pytest.raises(Invalid):
            witness.read_cosignatures(body, signed=signed, verifiers=[COURT.verifier])
    for body in (b"", b"x", b"\xff"):
        with pytest.raises(Invalid):
            witness.read_conflict(body)


BODY = OURS.request(200, 300)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(BODY.replace(b"old 200", b"old 0200"), id="a leading zero"),
        pytest.param(BODY.replace(b"old 200", b"new 200"), id="another word"),
        pytest.param(BODY.replace(b"old 200\n", b"old 200\nAAAA\n"), id="a short hash"),
        pytest.param(BODY.replace(b"old 200\n", b"old 200\n!\n"), id="a line that is no base64"),
        pytest.param(BODY.replace(b"old 200\n", b"old 200\n" + (b"A" * 43 + b"=\n") * 64), id="64 hashes and more"),
        pytest.param(BODY + b"\xff", id="not UTF-8"),
        pytest.param(BODY[:-1], id="no newline at the end"),
        pytest.param(BODY.replace(b"\n\n", b"\n", 1), id="no blank line"),
    ],
)  # fmt: skip
def test_a_request_of_another_spelling_is_a_bad_request(body):
    assert Witness().ask(body).status == 400


@given(st.binary(max_size=120) | st.tuples(st.integers(0, len(BODY)), st.binary(max_size=3)).map(
    lambda change: BODY[: change[0]] + change[1] + BODY[change[0] :]
))  # fmt: skip
def test_any_bytes_are_a_request_that_prints_back_or_invalid(data):
    try:
        request = witness.Request.parse(data)
    except Invalid:
        return
    assert request.encode() == data
