"""The witness's one decision (C2SP tlog-witness, add-checkpoint), as a pure function of what it saw before.

    200 cosigned          400 malformed, or old size above the new     404 a log it does not know
    403 no trusted key    409 old size or same-size root differs       422 the consistency proof does not hold

The checks run in the specification's order. The caller must hold a lock from reading `latest` until it has stored
`Answer.store`, and store it before it answers, or two requests could roll the witness back. Also here: the client's
request and its reading of the answer. Not responsible for HTTP, files or time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from duecourse.core.errors import Invalid
from duecourse.core.ledger import checkpoint, cosignature, merkle, note

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MAX_PROOF: Final = 63
SIZE_TYPE: Final = "text/x.tlog.size"
TEXT_TYPE: Final = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Request:
    """An add-checkpoint request: the size the client thinks was cosigned last, the proof from there, the checkpoint."""

    old_size: int
    proof: tuple[bytes, ...]
    checkpoint: str

    def encode(self) -> bytes:
        """Spell the request's body."""
        proof = "".join(f"{note.encode64(value)}\n" for value in self.proof)
        return f"old {self.old_size}\n{proof}\n{self.checkpoint}".encode()

    @classmethod
    def parse(cls, body: bytes) -> Request:
        """Read a request's body; its checkpoint must read too. Raises Invalid."""
        try:
            head, blank, signed = body.decode().partition("\n\n")
        except UnicodeDecodeError:
            raise Invalid("request_not_utf8") from None
        first, *lines = head.split("\n")
        if not blank or not first.startswith("old "):
            raise Invalid("request_malformed")
        if len(lines) > MAX_PROOF:
            raise Invalid("request_proof_too_long", most=MAX_PROOF)
        proof = tuple(note.decode64(line) for line in lines)
        if any(len(value) != merkle.HASH_SIZE for value in proof):
            raise Invalid("request_proof_hash")
        checkpoint.read(signed)
        return cls(checkpoint.parse_size(first.removeprefix("old ")), proof, signed)


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP status, body and media type, and what to keep.

    `store` is the (origin, whole signed checkpoint) to store before answering. `suspect` marks a request that a trusted
    log signed and whose tree does not fit: possible proof of its misbehaviour, worth keeping.
    """

    status: int
    body: str
    media_type: str = TEXT_TYPE
    store: tuple[str, str] | None = None
    suspect: bool = False


def add_checkpoint(
    body: bytes,
    *,
    logs: Mapping[str, Sequence[note.Verifier]],
    latest: Mapping[str, str],
    seconds: int,
    signer: note.Signer,
) -> Answer:
    """Decide on one request.

    `logs` are the keys trusted for each origin; `latest` the whole signed checkpoint stored last for each origin;
    `seconds` now, since the Unix epoch; `signer` the witness's key of type COSIGNATURE.
    """
    try:
        request = Request.parse(body)
        head, signed = checkpoint.read(request.checkpoint)
    except Invalid as error:
        return Answer(400, f"{error.code}\n")
    keys = logs.get(head.origin)
    if not keys:
        return Answer(404, "unknown log\n")
    try:
        note.verify(signed, keys)
    except Invalid as error:
        return Answer(403, f"{error.code}\n")
    refusal = _refuse(request, head, latest.get(head.origin))
    if refusal is not None:
        return refusal
    line = cosignature.cosign(signed.text, seconds=seconds, signer=signer)
    return Answer(200, line.line(), store=(head.origin, signed.with_signatures(line).encode()))


def _refuse(request: Request, head: checkpoint.Checkpoint, latest: str | None) -> Answer | None:
    known = checkpoint.Checkpoint(head.origin, 0, merkle.EMPTY_ROOT)
    if latest is not None:
        known = checkpoint.read(latest)[0]
    if request.old_size > head.size:
        return Answer(400, "old size above checkpoint size\n")
    if request.old_size != known.size or (head.size == known.size and head.root != known.root):
        rewritten = head.size == known.size and head.root != known.root
        return Answer(409, f"{known.size}\n", SIZE_TYPE, suspect=rewritten)
    try:
        merkle.verify_consistency(
            old_size=known.size, old_root=known.root, new_size=head.size, new_root=head.root, proof=request.proof
        )
    except Invalid as error:
        return Answer(422, f"{error.code}\n", suspect=True)
    return None


def read_cosignatures(
    body: bytes, *, signed: note.Note, verifiers: Sequence[note.Verifier]
) -> tuple[note.Signature, ...]:
    """Take from a 200 answer the lines by the witness keys we know, each verified over our checkpoint.

    Raises Invalid when the body is malformed, a known key's line is false, or no known key cosigned.
    """
    try:
        lines = note.parse_signatures(body.decode())
    except UnicodeDecodeError:
        raise Invalid("answer_not_utf8") from None
    known = {(key.name, key.key_id) for key in verifiers if key.algorithm == note.COSIGNATURE}
    ours = tuple(line for line in lines if (line.name, line.key_id) in known)
    if not cosignature.verify(note.Note(signed.text, ours), verifiers):
        raise Invalid("answer_without_cosignature")
    return ours


def read_conflict(body: bytes) -> int:
    """Read from a 409 answer the size the witness cosigned last. Raises Invalid."""
    try:
        return checkpoint.parse_size(body.decode("ascii").removesuffix("\n"))
    except UnicodeDecodeError:
        raise Invalid("answer_not_ascii") from None
