"""The log's keys as this app uses them: who signs a new checkpoint, and whose signature counts on an old one.

Not responsible for making, rolling or keeping keys (`edge.keys`).
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from django.conf import settings

from duecourse.core.errors import Invalid
from duecourse.core.ledger import checkpoint, note
from duecourse.edge.keys import KeyRing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def signers() -> Sequence[note.Signer]:
    """The log key in use, then those that sign along while a roll is under way. Raises Invalid("key_missing")."""
    return KeyRing(settings.DUECOURSE_KEYS).log_signers()


def verifiers() -> tuple[note.Verifier, ...]:
    """Every log key this installation ever had: an old checkpoint was signed by an old key. Raises Invalid."""
    folder: Path = settings.DUECOURSE_KEYS
    found = tuple(_read(path) for path in sorted(folder.glob("log-*.pub")))
    if not found:
        raise Invalid("key_missing", purpose="log")
    return found


def read_signed(text: str | bytes) -> checkpoint.Checkpoint:
    """Read a checkpoint that one of our keys signed for our origin. Raises Invalid."""
    found, _ = checkpoint.open_signed(text, verifiers())
    if found.origin != settings.LOG_ORIGIN:
        raise Invalid("checkpoint_origin_unknown", origin=found.origin)
    return found


def _read(path: Path) -> note.Verifier:
    words = path.read_text("utf-8").rstrip("\n").split(" ")
    return note.Verifier(words[-2], base64.b64decode(words[-1], validate=True))
