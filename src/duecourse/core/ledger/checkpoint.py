"""Checkpoints (C2SP tlog-checkpoint): a log's signed word on its size and root.

    example.org/log        origin
    1024                   tree size
    K1s5mBM8…Q2o=          root hash, base64

Below stand the log's signature and the cosignatures of witnesses. Our log writes no extension lines; those of others
are read and kept. Not responsible for whether a checkpoint follows from an older one (`merkle.verify_consistency`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from duecourse.core.errors import Invalid
from duecourse.core.ledger import merkle, note

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MAX_SIZE: Final = 2**63 - 1
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A log's origin, its size in leaves, and the root of its tree. Raises Invalid when one cannot be written."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for line in (self.origin, *self.extensions):
            if not line or "\n" in line:
                raise Invalid("checkpoint_line")
        if not 0 <= self.size <= MAX_SIZE:
            raise Invalid("checkpoint_size", got=self.size)
        if len(self.root) != merkle.HASH_SIZE:
            raise Invalid("checkpoint_root", length=len(self.root))

    def text(self) -> str:
        """Spell the note text."""
        return "".join(f"{line}\n" for line in (self.origin, self.size, note.encode64(self.root), *self.extensions))

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        """Read the note text. Raises Invalid for any other spelling."""
        lines = text.split("\n")
        if len(lines) < 4 or lines.pop():  # noqa: PLR2004 - three lines and the newline's empty rest
            raise Invalid("checkpoint_malformed")
        return cls(lines[0], parse_size(lines[1]), note.decode64(lines[2]), tuple(lines[3:]))

    def sign(self, signers: Iterable[note.Signer]) -> note.Note:
        """Return the signed note. A log signs with its key under its origin; a rolling log with old and new."""
        return note.sign(self.text(), signers)


def parse_size(text: str) -> int:
    """Read a decimal without leading zeroes, at most 2^63 - 1. Raises Invalid."""
    if not _SIZE.fullmatch(text) or int(text) > MAX_SIZE:
        raise Invalid("checkpoint_size", got=text[:24])
    return int(text)


def read(data: bytes | str | note.Note) -> tuple[Checkpoint, note.Note]:
    """Read a checkpoint without asking who signed it. Raises Invalid."""
    signed = data if isinstance(data, note.Note) else note.Note.parse(data)
    return Checkpoint.parse(signed.text), signed


def open_signed(data: bytes | str | note.Note, verifiers: Sequence[note.Verifier]) -> tuple[Checkpoint, note.Note]:
    """Read a checkpoint that one of these keys signed, each under its own origin.

    Raises Invalid: as `read`, as `note.verify`, or when no key is named like the origin.
    """
    checkpoint, signed = read(data)
    keys = [key for key in verifiers if key.name == checkpoint.origin]
    if not keys:
        raise Invalid("checkpoint_origin_unknown", origin=checkpoint.origin)
    note.verify(signed, keys)
    return checkpoint, signed
