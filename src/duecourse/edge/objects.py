"""The store of objects (uploads, renderings, sealed attachments): named by their SHA-256, written once, never changed.

An object is written to a temporary file, synced, renamed to `ab/cdef…` and its folder synced: after a crash an object
is there whole or not at all. Two writers of the same bytes do no harm to each other.

Not here: encryption (`sealing`), who may read an object and the custody record of it (the office).
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import tempfile
from collections.abc import Iterable
from pathlib import Path

from duecourse.core.errors import Invalid

_DIGEST = re.compile(r"[0-9a-f]{64}\Z")
_BLOCK = 1 << 20


class ObjectStore:
    """Objects under the folder `root`. Digests are 64 lower-case hexadecimal characters."""

    def __init__(self, root: Path) -> None:
        self.root = Path(root)

    def put(self, content: bytes) -> str:
        """Store bytes; returns their digest. Storing the same bytes again changes nothing."""
        return self.put_stream([content])[0]

    def put_stream(self, chunks: Iterable[bytes]) -> tuple[str, int]:
        """Store what an iterable yields without holding it in memory; returns digest and size in bytes.

        Raises Invalid("object_damaged") when an object of that digest stands there with another size.
        """
        incoming = self.root / "incoming"
        incoming.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(dir=incoming)
        try:
            digest, size = _write(handle, chunks)
            self._settle(Path(name), digest, size)
        finally:
            with contextlib.suppress(FileNotFoundError):
                Path(name).unlink()
        return digest, size

    def adopt(self, written: Path, digest: str, size: int) -> None:
        """Take in a file that was written and synced on the same volume, under the digest its writer computed.

        Raises FileNotFoundError when it is gone, Invalid("object_damaged") as `put_stream`.
        """
        self._settle(written, digest, size)

    def path(self, digest: str) -> Path:
        """Where the object lies or would lie. Raises Invalid("digest_malformed")."""
        if not _DIGEST.match(digest):
            raise Invalid("digest_malformed", digest=digest[:80])
        return self.root / digest[:2] / digest[2:]

    def get(self, digest: str) -> bytes:
        """The object's bytes, checked. Raises Invalid("object_missing") or Invalid("object_damaged")."""
        try:
            content = self.path(digest).read_bytes()
        except FileNotFoundError:
            raise Invalid("object_missing", digest=digest) from None
        if hashlib.sha256(content).hexdigest() != digest:
            raise Invalid("object_damaged", digest=digest)
        return content

    def verify(self, digest: str) -> bool:
        """Whether the object is there and its bytes have this digest."""
        path = self.path(digest)
        if not path.is_file():
            return False
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest() == digest

    def _settle(self, written: Path, digest: str, size: int) -> None:
        target = self.path(digest)
        if target.exists():
            if target.stat().st_size != size:
                raise Invalid("object_damaged", digest=digest)
            return
        target.parent.mkdir(exist_ok=True, mode=0o700)
        written.replace(target)
        sync_folder(target.parent)
        sync_folder(self.root)


def sync_folder(folder: Path) -> None:
    """Make a rename in `folder` survive a loss of power."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _write(handle: int, chunks: Iterable[bytes]) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with os.fdopen(handle, "wb", buffering=_BLOCK) as stream:
        for chunk in chunks:
            digest.update(chunk)
            size += stream.write(chunk)
        stream.flush()
        os.fchmod(stream.fileno(), 0o400)
        os.fsync(stream.fileno())
    return digest.hexdigest(), size
