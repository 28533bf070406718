"""Is this file the one that was entered? A file's SHA-256 against an entry and the entry's proof.

    1 entry      the entry reads, and each field shown has its digest
    2 digest     the file's SHA-256 stands in the entry: an exhibit, a field shown, or the outcome
    3 proof … 6  as checks 4 to 7 of a receipt (proof, signature, inclusion, witness)

The entry is a receipt (skeleton and shown fields) or a bare skeleton. Not responsible for a document's own electronic
signature, nor for what it says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from duecourse.core.errors import Invalid
from duecourse.core.ledger import canonical, entry
from duecourse.core.ledger import receipt as receipts
from duecourse.verify.checks import Check, Checklist
from duecourse.verify.receipt import check_proof, check_shown, entry_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from duecourse.core.ledger.canonical import JSON
    from duecourse.core.ledger.policy import Policy

CHECKS: Final = ("entry", "digest", "proof", "signature", "inclusion", "witness")


def verify(digest: str, *, entry_file: bytes, proof_text: bytes | None, policy: Policy) -> list[Check]:
    """Return the six checks for the file with this SHA-256 (hex).

    With `proof_text` None the proof is taken from `entry_file`, which then must be a receipt.
    """
    todo = Checklist("document")
    try:
        receipt = _read(entry_file)
        skeleton = entry.Skeleton.decode(receipt.skeleton)
        for name, shown in receipt.fields.items():
            check_shown(skeleton, name, shown)
    except Invalid as error:
        todo.fails("entry", error)
        for name in CHECKS[1:]:
            todo.skipped(name)
        return todo.all()
    todo.holds("entry", entry_words(skeleton))
    places = list(_places(skeleton, receipt, digest))
    if places:
        todo.holds("digest", {"digest": digest, "places": ", ".join(places)})
    else:
        todo.fails_as("digest", {"digest": digest})
    text = receipt.proof if proof_text is None else proof_text
    check_proof(todo, text, policy, skeleton=skeleton, commitment=entry.commitment(receipt.skeleton))
    return todo.all()


def _read(entry_file: bytes) -> receipts.Receipt:
    value = canonical.decode(entry_file)
    version = value.get("v") if isinstance(value, dict) else None
    if version == receipts.VERSION:
        return receipts.Receipt.parse(entry_file)
    if version == entry.VERSION:
        return receipts.Receipt(entry_file, {}, "")
    raise Invalid("entry_version", got=version)


def _places(skeleton: entry.Skeleton, receipt: receipts.Receipt, digest: str) -> Iterator[str]:
    yield from _find(list(skeleton.exhibits), digest, "exhibits")
    for name, shown in receipt.fields.items():
        yield from _find(shown.value, digest, f"fields.{name}")
    yield from _find(dict(skeleton.outcome), digest, "outcome")


def _find(value: JSON, digest: str, place: str) -> Iterator[str]:
    if value == digest:
        yield place
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _find(item, digest, f"{place}[{number}]")
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from _find(item, digest, f"{place}.{name}")
