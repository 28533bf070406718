"""Attachments: sealed chunk by chunk as they arrive, so that no plain byte of one touches the disk.

Django hands each chunk (64 KiB) of an upload to `SealingHandler`, which seals it to a waiting file below the object
store and digests both sides. A file too large, empty, one too many, or not what its name claims is dropped and
said; one recording may be larger than the others. Waiting files become objects when the report goes in (`settle`),
stay waiting when the form must be shown again (`keep`: the browser carries a locked ticket for each), and are removed
otherwise (`discard`). What waits for more than a day is swept.

Not here: which text belongs to them (`form`), where they are recorded (`submission`), what a file is by its bytes
(`kinds`), files that come in parts (`parts`).
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.utils.translation import gettext

from duecourse.core.errors import Invalid
from duecourse.edge.objects import ObjectStore
from duecourse.edge.sealing import CHUNK, Sealer
from duecourse.public import recipients
from duecourse.public.reporting import kinds, ticket
from duecourse.public.reporting.form import Problem, problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest

ONE_FILE: Final = 20_000_000
RECORDING: Final = 200_000_000
ALL_FILES: Final = 300_000_000
MOST_FILES: Final = 10
LONGEST_NAME: Final = 200
LONGEST_PART: Final = 1_048_576
KEPT_SECONDS: Final = 24 * 3600
SWEEP_SECONDS: Final = 3600
FIELD: Final = "attachments"
PART: Final = "part"
PURPOSE: Final = "attachment"
DROP: Final = "drop-"


@dataclass(frozen=True, slots=True)
class Attachment:
    """One sealed file: its name, size and digest as sent; the digest and size of the sealed bytes; where they wait."""

    name: str
    size: int
    sha256: str
    object: str
    sealed_size: int
    waiting: Path

    def carried(self) -> str:
        """Lock what is known of the file into a ticket for the form."""
        value = [self.name, self.size, self.sha256, self.object, self.sealed_size, self.waiting.name]
        return ticket.lock(PURPOSE, value, until=time.time() + KEPT_SECONDS)  # type: ignore[arg-type]


@dataclass
class Uploads:
    """The files of one request, and what was wrong with others."""

    files: list[Attachment] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    interrupted: bool = False
    handled: bool = False
    part: bytes = b""

    @property
    def size(self) -> int:
        """Bytes of all files together, as sent."""
        return sum(file.size for file in self.files)

    def settle(self) -> None:
        """Make every file an object. Raises OSError; what was settled then stays, which does no harm."""
        store = ObjectStore(Path(settings.DUECOURSE_SEALED))
        for file in self.files:
            with contextlib.suppress(FileNotFoundError):
                store.adopt(file.waiting, file.object, file.sealed_size)
        self.handled = True

    def keep(self) -> list[Attachment]:
        """Leave the files waiting, for a form that is shown again."""
        self.handled = True
        return self.files

    def drop(self, digest: str) -> None:
        """Take one file out again."""
        for file in [file for file in self.files if file.object == digest]:
            self.files.remove(file)
            file.waiting.unlink(missing_ok=True)

    def discard(self) -> None:
        """Remove the waiting files, unless they were settled or kept."""
        if not self.handled:
            for file in self.files:
                file.waiting.unlink(missing_ok=True)


def of(request: HttpRequest) -> Uploads:
    """Return the uploads of a request, and add the files that an earlier post of the same form left waiting."""
    uploads: Uploads = getattr(request, "uploads", None) or Uploads()
    request.uploads = uploads  # type: ignore[attr-defined]
    for text in request.POST.getlist("kept")[:MOST_FILES]:
        found = _kept(text)
        if found is not None and all(file.object != found.object for file in uploads.files):
            uploads.files.append(found)
    _drop_surplus(uploads)
    return uploads


def _kept(text: str) -> Attachment | None:
    """Return a file carried by the form, or None when its day is over."""
    try:
        held: Any = ticket.unlock(PURPOSE, text, now=time.time())
    except Invalid:
        return None
    name, size, sha256, digest, sealed_size, waiting = held
    file = Attachment(name, size, sha256, digest, sealed_size, incoming() / waiting)
    settled = ObjectStore(Path(settings.DUECOURSE_SEALED)).path(file.object)
    return file if file.waiting.is_file() or settled.is_file() else None


def _drop_surplus(uploads: Uploads) -> None:
    while len(uploads.files) > MOST_FILES or uploads.size > ALL_FILES:
        dropped = uploads.files.pop()
        dropped.waiting.unlink(missing_ok=True)
        many = len(uploads.files) >= MOST_FILES
        most = MOST_FILES if many else megabytes(ALL_FILES)
        uploads.problems.append(problem("files_many" if many else "files_large", FIELD, name=dropped.name, most=most))
    for surplus in [file for file in uploads.files if file.size > ONE_FILE][1:]:
        uploads.drop(surplus.object)
        uploads.problems.append(problem("recording_second", FIELD, name=surplus.name, most=megabytes(ONE_FILE)))


class SealingHandler(FileUploadHandler):
    """Django's upload handler of the public site; the only one."""

    chunk_size = CHUNK

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self._open: Incoming | None = None
        self._part: bytearray | None = None
        self._head = b""

    def new_file(self, field_name: str, file_name: str, *args: Any, **kwargs: Any) -> None:
        """Begin a file of the field `attachments`; every other is passed over."""
        super().new_file(field_name, file_name, *args, **kwargs)
        self._open = None
        uploads = self._uploads()
        if field_name == PART:
            self._part = bytearray()
            return
        if field_name != FIELD or len(uploads.problems) > MOST_FILES:
            raise SkipFile
        if len(uploads.files) >= MOST_FILES:
            uploads.problems.append(problem("files_many", FIELD, name=file_name, most=MOST_FILES))
            raise SkipFile
        sweep_sometimes(time.time())
        self._open = Incoming(file_name[-LONGEST_NAME:])

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Seal one chunk. Nothing is passed to another handler."""
        if self._part is not None:
            self._part += raw_data[: LONGEST_PART + 1 - len(self._part)]
            return
        assert self._open is not None
        if start == 0:
            self._head = raw_data[: kinds.HEAD]
        wrong = refusal(self._open.name, self._head, self._open.size + len(raw_data)) if self._judged(start) else None
        if wrong is not None:
            self._refuse(wrong)
        if self._uploads().size + self._open.size + len(raw_data) > ALL_FILES:
            self._refuse(problem("files_large", FIELD, name=self._open.name, most=megabytes(ALL_FILES)))
        self._open.push(raw_data)

    def _judged(self, start: int) -> bool:
        """Whether this chunk can change what is thought of the file: the first, and each beyond what all may hold."""
        assert self._open is not None
        return start == 0 or self._open.size + CHUNK > ONE_FILE

    def file_complete(self, file_size: int) -> None:
        """Close the file; an empty one is dropped and said."""
        if self._part is not None:
            self._uploads().part, self._part = bytes(self._part), None
            return
        done, self._open = self._open, None
        if done is None:
            return
        if file_size == 0:
            done.remove()
            self._uploads().problems.append(problem("file_empty", FIELD, name=done.name))
            return
        self._uploads().files.append(done.finish())

    def upload_interrupted(self) -> None:
        """Remove the half file when the sender goes away."""
        if self._open is not None:
            self._open.remove()
            self._open = None
        self._uploads().interrupted = True

    def _uploads(self) -> Uploads:
        found: Uploads | None = getattr(self.request, "uploads", None)
        if found is None:
            found = self.request.uploads = Uploads()  # type: ignore[union-attr]
        return found

    def _refuse(self, wrong: Problem) -> None:
        assert self._open is not None
        self._open.remove()
        self._open = None
        self._uploads().problems.append(wrong)
        raise SkipFile


class Incoming:
    """A file on its way: sealed as it comes, digested on both sides."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.size = 0
        self._sealed_size = 0
        self._plain, self._cipher = hashlib.sha256(), hashlib.sha256()
        self._sealer = Sealer(recipients.current().content)
        handle, place = tempfile.mkstemp(dir=incoming(), prefix="attachment-")
        self._place = Path(place)
        self._stream = os.fdopen(handle, "wb")
        self._write(self._sealer.header)

    def push(self, plain: bytes) -> None:
        """Seal a chunk to the waiting file."""
        self.size += len(plain)
        self._plain.update(plain)
        self._write(self._sealer.push(plain))

    def finish(self) -> Attachment:
        """Write the last chunk and sync."""
        self._write(self._sealer.finish())
        self._stream.flush()
        os.fchmod(self._stream.fileno(), 0o400)
        os.fsync(self._stream.fileno())
        self._stream.close()
        return Attachment(
            name=self.name,
            size=self.size,
            sha256=self._plain.hexdigest(),
            object=self._cipher.hexdigest(),
            sealed_size=self._sealed_size,
            waiting=self._place,
        )

    def remove(self) -> None:
        """Forget the file."""
        self._stream.close()
        self._place.unlink(missing_ok=True)

    def _write(self, sealed: bytes) -> None:
        self._sealed_size += self._stream.write(sealed)
        self._cipher.update(sealed)


_swept_at = 0.0


def sweep_sometimes(now: float) -> None:
    """Sweep, but at most once an hour in each process."""
    global _swept_at  # noqa: PLW0603 - one moment a process
    if now - _swept_at >= SWEEP_SECONDS:
        _swept_at = now
        sweep(now)


def sweep(now: float) -> int:
    """Remove what has waited for more than a day, whole files and parts; returns how many files."""
    swept = 0
    for path in (*incoming().glob("attachment-*"), *incoming().glob("part-*")):
        with contextlib.suppress(FileNotFoundError):
            if path.stat().st_mtime < now - KEPT_SECONDS:
                path.unlink()
                swept += 1
    return swept


def limits() -> str:
    """Say what may be attached, for the form."""
    return gettext(
        "At most %(files)s files of at most %(one)s each; one recording of sound or film may have %(long)s."
    ) % {
        "files": MOST_FILES,
        "one": megabytes(ONE_FILE),
        "long": megabytes(RECORDING),
    }


def megabytes(size: int) -> str:
    """Write a limit as people read it."""
    return f"{size // 1_000_000} MB"


def refusal(name: str, head: bytes, size: int) -> Problem | None:
    """Why a file of this name, these first bytes and (so far) this size is not taken; None when it is."""
    claimed = kinds.false_claim(name, head)
    if claimed is not None:
        return problem("file_claims", FIELD, name=name, kind=claimed)
    if size > ONE_FILE and not kinds.is_recording(head):
        return problem("file_large", FIELD, name=name, most=megabytes(ONE_FILE), long=megabytes(RECORDING))
    if size > RECORDING:
        return problem("recording_large", FIELD, name=name, most=megabytes(RECORDING))
    return None


def described(files: Sequence[Attachment]) -> list[dict[str, str | int]]:
    """Describe the files as they stand in the sealed content."""
    return [{"name": file.name, "size": file.size, "sha256": file.sha256, "object": file.object} for file in files]


def incoming() -> Path:
    """The folder in which sealed files wait, made when it is missing."""
    folder = Path(settings.DUECOURSE_SEALED) / "incoming"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder
