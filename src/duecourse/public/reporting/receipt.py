"""What a code gives back: the state of a submission, the reporter's own words, letters, and the receipt with its proof.

Responsible for opening what is sealed to the reporter and for deriving the inclusion proof from the tiles that the
database returned. The receipt (docs/formats/receipt.md) shows the reporter's report; contact details stay a digest
unless the reporter asks for them, so that a receipt can be shown to others.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from duecourse.core.errors import Invalid
from duecourse.core.ledger import canonical, checkpoint, proof
from duecourse.core.ledger.tiles import TileReader
from duecourse.edge import sealing
from duecourse.public import front

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

RECEIPT: Final = "duecourse/receipt/v1"
LETTER: Final = "duecourse/letter/v1"


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter as its reader sees it: title and text in each language."""

    title: Mapping[str, str]
    body: Mapping[str, str]
    created_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Sent:
    """A submission seen by its reporter. `fields` are name → {value, salt}; `proof` is None until it has a number."""

    status: front.Status
    fields: Mapping[str, Mapping[str, Any]]
    proof: str | None

    @property
    def content(self) -> Mapping[str, Any]:
        """What the reporter wrote."""
        value: Mapping[str, Any] = self.fields["content"]["value"]
        return value

    @property
    def contact(self) -> str:
        """The contact details the reporter gave, or ""."""
        held = self.fields.get("identity")
        return str(held["value"]["contact"]) if held else ""

    def receipt(self, *, with_identity: bool = False) -> bytes:
        """Return the receipt as a file. Raises AssertionError while there is no proof: ask `proof` first."""
        assert self.proof is not None
        fields = {name: held for name, held in self.fields.items() if with_identity or name != "identity"}
        receipt = {
            "v": RECEIPT,
            "skeleton": self.status.skeleton.decode("utf-8"),
            "fields": fields,
            "proof": self.proof,
        }
        return canonical.spell(receipt)


def find(keys: sealing.ReporterKeys) -> Sent | None:
    """Return the submission of a code, or None. Raises Invalid when stored bytes do not open or do not fit together."""
    status = front.status(keys.lookup_id)
    if status is None:
        return None
    held = json.loads(sealing.unseal(bytes(status.copy), keys.secret))
    return Sent(status, held["fields"], _proof(status))


def letters(keys: sealing.ReporterKeys) -> Sequence[Letter]:
    """Open the letters to the reporter of a code, oldest first. Raises Invalid when one does not open."""
    return letters_at(keys.lookup_id, keys)


def letters_at(lookup_id: bytes, keys: sealing.ReporterKeys) -> Sequence[Letter]:
    """Open the letters on one submission of the reporter. Raises as `letters`."""
    return [_letter(one, keys) for one in front.letters(lookup_id)]


def seal_letter(title: Mapping[str, str], body: Mapping[str, str], letters_key: bytes) -> bytes:
    """Seal a letter so that only the reporter's code opens it. The office calls this; `_letter` reads it."""
    plain = canonical.encode(canonical.normal({"v": LETTER, "title": dict(title), "body": dict(body)}))
    return sealing.seal(plain, [sealing.PublicKey.of(letters_key)])


def _letter(one: front.SealedLetter, keys: sealing.ReporterKeys) -> Letter:
    held = json.loads(sealing.unseal(bytes(one.sealed), keys.secret))
    if held.get("v") != LETTER:
        raise Invalid("letter_version", v=str(held.get("v"))[:40])
    return Letter(held["title"], held["body"], one.created_at)


def _proof(status: front.Status) -> str | None:
    if status.number is None or status.note is None:
        return None
    reader = TileReader(lambda level, n: _tile(status, level, n))
    assert checkpoint.read(status.note)[0].size > status.number
    return proof.make(status.number, signed=status.note, read=reader).encode()


def _tile(status: front.Status, level: int, n: int) -> bytes:
    return bytes(status.tiles.get((level, n), b""))
