"""What this machine remembers having signed since the last publication, in files beside the database.

A receipt may quote a checkpoint that nobody has published yet. If the database were then put back to an hour ago, the
log would sign another tree of that size: a fork. So after each batch the leaves and the checkpoint are also written to
`$DUECOURSE_HOME/signed/`, and `nofork` reads them back.

    signed/leaves-<first number>   32 bytes a leaf, appended; a new file begins at each publication
    signed/checkpoint              the last signed checkpoint, replaced

Not responsible for judging what it remembers (`nofork`). It is no secret and no backup: leaves are commitments.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from django.conf import settings

from duecourse.edge.keys import write_file

if TYPE_CHECKING:
    from pathlib import Path

_LEAF = 32


def folder() -> Path:
    """Where the memory lies."""
    path: Path = settings.DUECOURSE_HOME / "signed"
    return path


def remember(first: int, leaves: bytes, note: str) -> None:
    """Add the leaves from number `first` on, then the checkpoint over them."""
    folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    with _file_for(first).open("ab") as stream:
        stream.write(leaves)
        stream.flush()
        os.fsync(stream.fileno())
    write_file(folder() / "checkpoint", note.encode(), mode=0o644)


def begin(size: int) -> None:
    """From `size` on, write to a new file: what lies before is about to be published."""
    folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    (folder() / f"leaves-{size}").touch()


def forget_below(size: int) -> None:
    """Drop what is public now, and keep the file that begins at `size` or holds later leaves."""
    for path, first in _files():
        if first + path.stat().st_size // _LEAF <= size and first < size:
            path.unlink()


def clear() -> None:
    """Forget all of it."""
    for path, _ in _files():
        path.unlink()
    (folder() / "checkpoint").unlink(missing_ok=True)


def last_note() -> str | None:
    """The last checkpoint remembered, or None."""
    path = folder() / "checkpoint"
    return path.read_text("utf-8") if path.is_file() else None


def leaves(start: int, end: int) -> list[bytes] | None:
    """The leaves numbered `start` … `end - 1`, or None when they are not all here."""
    held: dict[int, bytes] = {}
    for path, first in _files():
        data = path.read_bytes()
        for place in range(len(data) // _LEAF):
            held[first + place] = data[place * _LEAF : (place + 1) * _LEAF]
    wanted = [held.get(number) for number in range(start, end)]
    return None if None in wanted else [leaf for leaf in wanted if leaf is not None]


def _files() -> list[tuple[Path, int]]:
    found = [(path, int(path.name.removeprefix("leaves-"))) for path in folder().glob("leaves-*")]
    return sorted(found, key=lambda pair: pair[1])


def _file_for(first: int) -> Path:
    """The file that ends where these leaves begin, else a new one (after a crash a file may end early or late)."""
    for path, start in reversed(_files()):
        if start + path.stat().st_size // _LEAF == first and path.stat().st_size % _LEAF == 0:
            return path
    return folder() / f"leaves-{first}"
