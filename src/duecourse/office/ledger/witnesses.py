"""Asking witnesses to cosign our checkpoint (C2SP tlog-witness, the client).

The witnesses are those of the policy file `$DUECOURSE_HOME/keys/policy` (C2SP tlog-policy) that have an address there;
their keys stand there too, since a cosignature by an unknown key proves nothing. A witness that answers "I have another
size" (409) is asked again from that size. One that has more than we have makes us stop: see `nofork`.

Not responsible for the decision a witness takes (`core.ledger.witness`) or for how many are enough (`policy`).
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import httpx
from django.conf import settings

from duecourse.core.errors import Invalid
from duecourse.core.ledger import checkpoint, merkle, note, witness
from duecourse.core.ledger.policy import Policy
from duecourse.office.ledger import tree

if TYPE_CHECKING:
    from duecourse.core.ledger.policy import Witness

log = logging.getLogger(__name__)

SECONDS: Final = 5.0
_TRIES: Final = 3


@dataclass(frozen=True)
class Answer:
    """How one witness answered: its cosignature lines, or why there are none (`code`), and the size it says it has."""

    witness: str
    lines: tuple[note.Signature, ...] = ()
    code: str = ""
    size: int | None = None


def policy() -> Policy | None:
    """The policy file of this installation, or None. Raises Invalid when it cannot be read."""
    path = settings.DUECOURSE_KEYS / "policy"
    return Policy.parse(path.read_bytes()) if path.is_file() else None


def configured() -> tuple[Witness, ...]:
    """The witnesses to ask: those of the policy with an address."""
    stands = policy()
    return tuple(w for w in stands.witnesses if w.url) if stands else ()


def unknown_addresses() -> list[str]:
    """Addresses of the setting WITNESSES that no line of the policy has: their cosignatures could not be checked."""
    known = {(w.url or "").rstrip("/") for w in configured()}
    return [address for address in getattr(settings, "WITNESSES", ()) if address.rstrip("/") not in known]


def cosign(text: str) -> tuple[str, list[Answer]]:
    """Ask every witness; returns the note with the cosignatures it got, and each answer. A silent one is no error."""
    signed = note.Note.parse(text)
    answers = [ask(one, text) for one in configured()]
    for answer in answers:
        signed = signed.with_signatures(*answer.lines)
        if answer.code:
            log.warning("Witness %s did not cosign: %s", answer.witness, answer.code)
    return signed.encode(), answers


def ask(one: Witness, text: str) -> Answer:
    """Ask one witness to cosign the signed checkpoint `text`, starting from whatever size it has."""
    head, signed = checkpoint.read(text)
    old = head.size
    with httpx.Client(timeout=SECONDS, trust_env=False) as client:
        for _ in range(_TRIES):
            try:
                reply = client.post(f"{(one.url or '').rstrip('/')}/add-checkpoint", content=_body(old, head, text))
                if reply.status_code == httpx.codes.OK:
                    lines = witness.read_cosignatures(reply.content, signed=signed, verifiers=[one.verifier])
                    return Answer(one.name, lines, size=head.size)
                if reply.status_code != httpx.codes.CONFLICT:
                    return Answer(one.name, code=f"status_{reply.status_code}")
                old = witness.read_conflict(reply.content)
            except httpx.HTTPError as error:
                return Answer(one.name, code=f"unreachable_{type(error).__name__}")
            except Invalid as error:
                return Answer(one.name, code=error.code)
            if old > head.size:
                return Answer(one.name, code="ahead", size=old)
    return Answer(one.name, code="conflict", size=old)


def _body(old: int, head: checkpoint.Checkpoint, text: str) -> bytes:
    proof = merkle.consistency_proof(old, head.size, tree.reader())
    return witness.Request(old, proof, text).encode()
