"""Proofs (C2SP tlog-proof v1): a small text that shows, offline, that a leaf is in a log.

    c2sp.org/tlog-proof@v1
    index 73894
    gSKyXoYZ…PlQ=          the inclusion proof, from the leaf's sibling up, one base64 hash a line

    example.org/log        the checkpoint, verbatim
    …

Stored as `.tlog-proof`. `extra` is opaque and unauthenticated; we write none. Not responsible for whom to trust
(`policy`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from duecourse.core.errors import Invalid
from duecourse.core.ledger import checkpoint, merkle, note

HEADER: Final = "c2sp.org/tlog-proof@v1"
MAX_HASHES: Final = 63


@dataclass(frozen=True, slots=True)
class Proof:
    """A leaf's index, its inclusion proof, the signed checkpoint as text, and opaque extra bytes."""

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: str
    extra: bytes | None = None

    def encode(self) -> str:
        """Spell the proof."""
        extra = "" if self.extra is None else f"extra {note.encode64(self.extra)}\n"
        hashes = "".join(f"{note.encode64(value)}\n" for value in self.hashes)
        return f"{HEADER}\n{extra}index {self.index}\n{hashes}\n{self.checkpoint}"

    @classmethod
    def parse(cls, data: bytes | str) -> Proof:
        """Read a proof; its checkpoint must read too. Raises Invalid for any other spelling."""
        text = _text(data)
        head, blank, signed = text.partition("\n\n")
        if not blank:
            raise Invalid("proof_malformed")
        lines = head.split("\n")
        if lines.pop(0) != HEADER:
            raise Invalid("proof_header")
        extra = None
        if lines and lines[0].startswith("extra "):
            extra = note.decode64(lines.pop(0).removeprefix("extra "))
        if not lines or not lines[0].startswith("index "):
            raise Invalid("proof_index")
        index = checkpoint.parse_size(lines.pop(0).removeprefix("index "))
        hashes = tuple(note.decode64(line) for line in lines)
        if len(hashes) > MAX_HASHES or any(len(value) != merkle.HASH_SIZE for value in hashes):
            raise Invalid("proof_hashes", count=len(hashes))
        checkpoint.read(signed)
        return cls(index, hashes, signed, extra)

    def root(self, leaf: bytes) -> bytes:
        """Return the root this proof gives for the leaf. Raises Invalid when the proof cannot fit its checkpoint."""
        size = checkpoint.read(self.checkpoint)[0].size
        return merkle.root_from_inclusion(merkle.leaf_hash(leaf), index=self.index, size=size, proof=self.hashes)

    def verify(self, leaf: bytes) -> None:
        """Raise Invalid unless the leaf is in the tree of the checkpoint. Says nothing about who signed that."""
        head = checkpoint.read(self.checkpoint)[0]
        merkle.verify_inclusion(
            merkle.leaf_hash(leaf), index=self.index, size=head.size, proof=self.hashes, root=head.root
        )


def make(index: int, *, signed: str, read: merkle.ReadHash) -> Proof:
    """Prove leaf `index` against the signed checkpoint `signed`, reading hashes of at least its size."""
    size = checkpoint.read(signed)[0].size
    return Proof(index, merkle.inclusion_proof(size, index, read), signed)


def _text(data: bytes | str) -> str:
    try:
        return data.decode() if isinstance(data, bytes) else data
    except UnicodeDecodeError:
        raise Invalid("proof_not_utf8") from None
