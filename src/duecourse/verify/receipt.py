"""Is this receipt true? Seven numbered checks, offline, from the receipt and a policy that came from elsewhere.

    1 form       the receipt reads, in its one spelling
    2 entry      its skeleton reads: duecourse/entry/v1
    3 fields     each field shown has the digest that the skeleton committed to
    4 proof      the proof reads, and is of the log that the entry names
    5 signature  the checkpoint is signed by a log key of the policy
    6 inclusion  hashing up from the entry's commitment gives the checkpoint's root
    7 witness    the policy's quorum of witnesses cosigned; "not witnessed" is said plainly when none was asked

The same numbers stand in docs/formats/receipt.md and in verify.html. What the checks do not prove: that the statement
is true, or that nothing was left out before it was entered. Not responsible for reading files (`command`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from duecourse.core.errors import Invalid
from duecourse.core.ledger import checkpoint, entry, proof
from duecourse.core.ledger.receipt import Receipt
from duecourse.verify.checks import Check, Checklist, Result, listed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from duecourse.core.ledger.policy import Policy
    from duecourse.core.ledger.receipt import Shown

CHECKS: Final = ("form", "entry", "fields", "proof", "signature", "inclusion", "witness")


def verify(receipt_bytes: bytes, policy: Policy) -> list[Check]:
    """Return the seven checks in order; never raises for what stands in the receipt. See `checks.passed`."""
    todo = Checklist("receipt")
    try:
        receipt = Receipt.parse(receipt_bytes)
    except Invalid as error:
        todo.fails("form", error)
        for name in CHECKS[1:]:
            todo.skipped(name)
        return todo.all()
    todo.holds("form")
    skeleton = check_entry(todo, receipt.skeleton)
    check_fields(todo, skeleton, receipt.fields)
    check_proof(todo, receipt.proof, policy, skeleton=skeleton, commitment=entry.commitment(receipt.skeleton))
    return todo.all()


def check_entry(todo: Checklist, skeleton_bytes: bytes) -> entry.Skeleton | None:
    """Check 2; returns the skeleton, or None when it does not read."""
    try:
        skeleton = entry.Skeleton.decode(skeleton_bytes)
    except Invalid as error:
        todo.fails("entry", error)
        return None
    todo.holds("entry", entry_words(skeleton))
    return skeleton


def entry_words(skeleton: entry.Skeleton) -> dict[str, object]:
    """Return what the words of check 2 say of an entry."""
    return {
        "step": skeleton.step,
        "date": skeleton.occurred.date,
        "recorded": skeleton.recorded,
        "log": skeleton.log,
    }


def check_fields(todo: Checklist, skeleton: entry.Skeleton | None, fields: Mapping[str, Shown]) -> None:
    """Check 3: stops at the first field that is not what was entered, and names it."""
    if skeleton is None:
        todo.skipped("fields")
        return
    try:
        for name, shown in fields.items():
            check_shown(skeleton, name, shown)
    except Invalid as error:
        todo.fails("fields", error)
        return
    withheld = [name for name in skeleton.fields if name not in fields]
    todo.holds("fields", {"shown": len(fields), "names": listed(fields), "withheld": listed(withheld)})


def check_shown(skeleton: entry.Skeleton, name: str, shown: Shown) -> None:
    """Raise Invalid unless the field shown under `name` is the one the skeleton committed to."""
    mark = skeleton.fields.get(name)
    if mark is None:
        raise Invalid("field_unknown", name=name)
    entry.check_field(skeleton, entry.Field(name, mark.class_, shown.value, shown.salt))


def check_proof(
    todo: Checklist, text: str | bytes, policy: Policy, *, skeleton: entry.Skeleton | None, commitment: bytes
) -> None:
    """Checks 4 to 7, on a proof's text."""
    try:
        proven = proof.Proof.parse(text)
    except Invalid as error:
        todo.fails("proof", error)
        for name in CHECKS[4:]:
            todo.skipped(name)
        return
    _check_log(todo, proven, skeleton)
    _check_signature(todo, proven, policy)
    _check_inclusion(todo, proven, commitment)
    check_witness(todo, proven.checkpoint, policy)


def check_witness(todo: Checklist, signed: str | bytes, policy: Policy) -> None:
    """Check 7, on a signed checkpoint; not checked when the log's own signature is not good."""
    try:
        verdict = policy.judge(signed)
    except Invalid as error:
        if error.code == "cosignature_false":
            todo.fails("witness", error)
        else:
            todo.skipped("witness")
        return
    names = listed(name for name, _ in verdict.cosigned)
    if not verdict.met:
        todo.fails("witness", Invalid("quorum", quorum=policy.quorum, names=names))
    elif policy.quorum != "none":
        todo.holds("witness", {"names": names}, key="receipt.witness.holds")
    else:
        key = "receipt.witness.notice-some" if verdict.cosigned else "receipt.witness.notice"
        todo.holds("witness", {"names": names}, key=key, result=Result.NOTICE)


def _check_log(todo: Checklist, proven: proof.Proof, skeleton: entry.Skeleton | None) -> None:
    head = checkpoint.read(proven.checkpoint)[0]
    if skeleton is None:
        todo.skipped("proof")
    elif skeleton.log != head.origin:
        todo.fails("proof", Invalid("proof_log", origin=head.origin, log=skeleton.log))
    else:
        todo.holds("proof", {"origin": head.origin, "index": proven.index, "size": head.size})


def _check_signature(todo: Checklist, proven: proof.Proof, policy: Policy) -> None:
    try:
        head, _ = checkpoint.open_signed(proven.checkpoint, [log.verifier for log in policy.logs])
    except Invalid as error:
        todo.fails("signature", error)
        return
    todo.holds("signature", {"name": head.origin})


def _check_inclusion(todo: Checklist, proven: proof.Proof, commitment: bytes) -> None:
    try:
        proven.verify(commitment)
    except Invalid as error:
        todo.fails("inclusion", error)
        return
    todo.holds("inclusion")
