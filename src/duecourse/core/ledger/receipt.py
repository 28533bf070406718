"""Receipts: one small file with which its holder shows, offline, what was entered and when.

    {"fields":{name:{"salt":base64,"value":…}},"proof":"<tlog-proof>","skeleton":"<the skeleton's text>",
     "v":"duecourse/receipt/v1"}

It is canonical JSON. It shows the fields its holder may see and no other; a field left out still stands in the skeleton
by name, class and digest. Not responsible for judging it: that is `duecourse.verify.receipt`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from duecourse.core.errors import Invalid
from duecourse.core.ledger import canonical, entry, note, proof, spelling

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

VERSION: Final = "duecourse/receipt/v1"
MAX_RECEIPT: Final = 8 << 20
"""No receipt is longer than 8 MiB; a reader refuses a longer one before parsing it."""
_KEYS: Final = frozenset({"v", "skeleton", "fields", "proof"})
_SHOWN_KEYS: Final = frozenset({"value", "salt"})


@dataclass(frozen=True, slots=True)
class Shown:
    """A field as the receipt shows it: its value and its salt."""

    value: canonical.JSON
    salt: bytes


@dataclass(frozen=True, slots=True)
class Receipt:
    """A skeleton's bytes, the fields shown, and the proof's text; whether they are sound is for verify to say."""

    skeleton: bytes
    fields: Mapping[str, Shown]
    proof: str

    def encode(self) -> bytes:
        """Spell the receipt. Raises Invalid when the skeleton is not UTF-8 or a value not canonical."""
        return canonical.spell(
            {
                "v": VERSION,
                "skeleton": _decoded(self.skeleton),
                "fields": {
                    name: {"value": shown.value, "salt": note.encode64(shown.salt)}
                    for name, shown in self.fields.items()
                },
                "proof": self.proof,
            }
        )

    @classmethod
    def parse(cls, data: bytes) -> Receipt:
        """Read a receipt's outer form; the skeleton and the proof are not judged here. Raises Invalid."""
        if len(data) > MAX_RECEIPT:
            raise Invalid("receipt_too_long", most=MAX_RECEIPT)
        raw = spelling.exactly(canonical.decode(data), _KEYS, "receipt")
        if raw["v"] != VERSION:
            raise Invalid("receipt_version", got=raw["v"])
        fields = {name: _shown(item) for name, item in spelling.mapping(raw["fields"], "fields").items()}
        return cls(spelling.text(raw["skeleton"], "skeleton").encode(), fields, spelling.text(raw["proof"], "proof"))


def make(skeleton: bytes, fields: Iterable[entry.Field], proven: proof.Proof | str) -> Receipt:
    """Make a receipt. Raises Invalid when a field is not the one the skeleton committed to."""
    parsed = entry.Skeleton.decode(skeleton)
    shown = tuple(fields)
    for item in shown:
        entry.check_field(parsed, item)
    text = proven if isinstance(proven, str) else proven.encode()
    return Receipt(skeleton, {item.name: Shown(item.value, item.salt) for item in shown}, text)


def _shown(value: canonical.JSON) -> Shown:
    raw = spelling.exactly(value, _SHOWN_KEYS, "field")
    return Shown(raw["value"], note.decode64(spelling.text(raw["salt"], "salt")))


def _decoded(skeleton: bytes) -> str:
    try:
        return skeleton.decode()
    except UnicodeDecodeError:
        raise Invalid("skeleton_not_utf8") from None
