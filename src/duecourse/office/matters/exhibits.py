"""Evidence that is uploaded: stored as received, named by its digest, judged by its bytes, entered by a step.

Responsible for the bytes' way into the object store and for what an entry records of them. The bytes are stored as they
came; encryption at rest belongs to the evidence part (issue 5) and is not done here. Not responsible for captures.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from duecourse.core.errors import Invalid
from duecourse.edge import ids
from duecourse.edge.objects import ObjectStore
from duecourse.office.matters import media

LARGEST = 512 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Received:
    """A file in the object store: SHA-256 (hex), media type by its bytes, size in bytes, the sender's name of it."""

    sha256: str
    media_type: str
    size: int
    name: str = ""


def objects() -> ObjectStore:
    """The object store of this installation."""
    return ObjectStore(Path(settings.DUECOURSE_OBJECTS))


def receive(content: bytes, *, name: str) -> Received:
    """Store an officer's upload. Raises Invalid: media_empty, media_mismatch, media_broken, media_too_large."""
    if len(content) > LARGEST:
        raise Invalid("media_too_large", name=name, most=LARGEST)
    media_type = media.judge(content, name=name)
    return Received(objects().put(content), media_type, len(content), name)


def receive_as_is(content: bytes, *, name: str) -> Received:
    """Store what a reporter sent, whatever it is: nothing a citizen sends is turned away for its form."""
    return Received(objects().put(content), media.recognise(content), len(content), name)


def records(digests: Sequence[str], received: Mapping[str, Received]) -> tuple[list[dict[str, Any]], list[str]]:
    """What the entry keeps of each exhibit it brings in, and the sender's names of the files.

    Raises Invalid("exhibit_unknown") when no bytes are stored under a digest.
    """
    files = [received.get(digest) or _stored(digest) for digest in digests]
    return [_record(file) for file in files], [file.name for file in files]


def _record(file: Received) -> dict[str, Any]:
    return {"id": str(ids.new_uuid()), "sha256": file.sha256, "media_type": file.media_type, "size": file.size}


def _stored(digest: str) -> Received:
    path = Path(objects().path(digest))
    if not path.is_file():
        raise Invalid("exhibit_unknown", sha256=digest)
    with path.open("rb") as file:
        head = file.read(1024)
    return Received(digest, media.recognise(head), path.stat().st_size)
