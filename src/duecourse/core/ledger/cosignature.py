r"""Cosignatures (C2SP tlog-cosignature, Ed25519): a witness's word that a checkpoint extends all it saw before.

    signed message = "cosignature/v1\ntime <seconds>\n" || the checkpoint's note text
    signature      = big-endian uint64 seconds || Ed25519 signature, on a note line with a type-0x04 key id

Not responsible for deciding whether to cosign (`witness`) or how many are enough (`policy`). ML-DSA-44 cosignatures are
read over as unknown keys.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from duecourse.core.errors import Invalid
from duecourse.core.ledger import note

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_TIME: Final = 2**63 - 1
_TIME_SIZE: Final = 8


@dataclass(frozen=True, slots=True)
class Cosigned:
    """A witness's key and when, in seconds since the Unix epoch, it cosigned."""

    verifier: note.Verifier
    seconds: int


def message(text: str, seconds: int) -> bytes:
    """Return what an Ed25519 cosigner signs for a checkpoint's note text."""
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()


def cosign(text: str, *, seconds: int, signer: note.Signer) -> note.Signature:
    """Cosign a checkpoint's note text at `seconds`. The signer's key id must be of type COSIGNATURE."""
    if not 0 < seconds <= MAX_TIME:
        raise Invalid("cosignature_time", seconds=seconds)
    signature = seconds.to_bytes(_TIME_SIZE, "big") + signer.sign(message(text, seconds))
    return note.Signature(signer.name, signer.key_id, signature)


def verify(signed: note.Note, verifiers: Iterable[note.Verifier]) -> tuple[Cosigned, ...]:
    """Return the cosignatures on `signed` by these keys, in the order of the note; none is not an error.

    Raises Invalid("cosignature_false") when a known key's cosignature fails.
    """
    known = {(key.name, key.key_id): key for key in verifiers if key.algorithm == note.COSIGNATURE}
    found: dict[note.Verifier, Cosigned] = {}
    for signature in signed.signatures:
        key = known.get((signature.name, signature.key_id))
        if key is None:
            continue
        found.setdefault(key, Cosigned(key, _seconds(signed.text, signature, key)))
    return tuple(found.values())


def _seconds(text: str, signature: note.Signature, key: note.Verifier) -> int:
    seconds = int.from_bytes(signature.signature[:_TIME_SIZE], "big")
    whole = len(signature.signature) == _TIME_SIZE + note.SIGNATURE_SIZE
    if not whole or seconds > MAX_TIME or not key.holds(message(text, seconds), signature.signature[_TIME_SIZE:]):
        raise Invalid("cosignature_false", name=key.name)
    return seconds
