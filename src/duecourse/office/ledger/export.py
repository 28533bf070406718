"""The public files of the log (C2SP tlog-tiles): hash tiles, entry bundles, checkpoint; all follow from the database.

Responsible for writing a tree of a given size as files, and for replacing `checkpoint` last: a reader who has a
checkpoint finds every tile under it. Deleting the folder loses nothing; `duecourse publish --rebuild` writes it again.
Entry bundles hold the 32-byte commitments and no more.

Not responsible for when (`publication`) or who cosigned (`witnesses`).
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from django.conf import settings

from duecourse.core.errors import Invalid
from duecourse.core.ledger import merkle, tiles
from duecourse.edge.keys import write_file
from duecourse.office.ledger import signing, sql

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from duecourse.core.ledger.checkpoint import Checkpoint

CHECKPOINT: Final = "checkpoint"
_ROWS: Final = 64
_FEW: Final = 32
"""Up to so many files are synced one by one; above, all at once."""

_TILES = "SELECT n, hashes FROM tile WHERE level = %s AND n BETWEEN %s AND %s ORDER BY n"
_LEAVES = "SELECT leaf FROM position WHERE number >= %s AND number < %s ORDER BY number"


def folder() -> Path:
    """Where the public files lie."""
    path: Path = settings.DUECOURSE_PUBLISHED
    return path


def published_text() -> str | None:
    """The published checkpoint as it stands in its file, or None."""
    path = folder() / CHECKPOINT
    return path.read_text("utf-8") if path.is_file() else None


def published() -> Checkpoint | None:
    """The published checkpoint, or None. Raises Invalid when its file is not signed by our key for our origin."""
    text = published_text()
    return None if text is None else signing.read_signed(text)


def write_tiles(old_size: int, size: int) -> int:
    """Write every file that a tree of `size` has and one of `old_size` had not; returns how many. Durable on return."""
    written: list[Path] = []
    level = 0
    while size >> (8 * level):
        first, width = (old_size >> 8 * level) // tiles.WIDTH, size >> (8 * level)
        for n, hashes in _tile_rows(level, first, (width - 1) // tiles.WIDTH):
            fit = tiles.tile_width(level, n, size)
            written.append(_place(tiles.tile_path(level, n, fit), hashes[: fit * merkle.HASH_SIZE]))
        level += 1
    for n, leaves in _bundles(old_size // tiles.WIDTH, size):
        written.append(_place(tiles.tile_path(tiles.ENTRIES, n, len(leaves)), tiles.bundle(leaves)))
    _sync(written)
    return len(written)


def replace_checkpoint(text: str) -> None:
    """Make this the published checkpoint: temporary file, sync, rename, sync of the folder."""
    folder().mkdir(parents=True, exist_ok=True)
    write_file(folder() / CHECKPOINT, text.encode(), mode=0o644)


def drop_partial(old_size: int, size: int) -> None:
    """Remove partial files of the tree of `old_size` whose full tile exists now (C2SP tlog-tiles, Partial tiles)."""
    for level in (tiles.ENTRIES, *range(8)):
        in_level = old_size >> (8 * max(level, 0))
        n, width = divmod(in_level, tiles.WIDTH)
        if width and tiles.tile_width(level, n, size) == tiles.WIDTH:
            partial = folder() / tiles.tile_path(level, n, width)
            for path in partial.parent.glob("*"):
                path.unlink()
            if partial.parent.is_dir():
                partial.parent.rmdir()


def leaves_from_files(start: int, end: int, *, size: int) -> list[bytes]:
    """Leaves `start` … `end - 1` of the published tree of `size`. Raises Invalid("bundle_…")."""
    found: list[bytes] = []
    for n in range(start // tiles.WIDTH, -(-end // tiles.WIDTH)):
        width = tiles.tile_width(tiles.ENTRIES, n, size)
        path = folder() / tiles.tile_path(tiles.ENTRIES, n, width)
        if not path.is_file():
            raise Invalid("bundle_missing", path=str(path.relative_to(folder())))
        leaves = tiles.parse_bundle(path.read_bytes())
        if len(leaves) != width:
            raise Invalid("bundle_malformed", path=str(path.relative_to(folder())))
        found += leaves[max(0, start - n * tiles.WIDTH) : end - n * tiles.WIDTH]
    return found


def _tile_rows(level: int, first: int, last: int) -> Iterator[tuple[int, bytes]]:
    for start in range(first, last + 1, _ROWS):
        end = min(start + _ROWS - 1, last)
        rows = sql.rows(_TILES, (level, start, end))
        if len(rows) != end - start + 1:
            raise Invalid("tile_missing", level=level, n=start)
        yield from ((n, bytes(hashes)) for n, hashes in rows)


def _bundles(first: int, size: int) -> Iterator[tuple[int, list[bytes]]]:
    step = _ROWS * tiles.WIDTH
    for start in range(first * tiles.WIDTH, size, step):
        end = min(start + step, size)
        leaves = [bytes(leaf) for (leaf,) in sql.rows(_LEAVES, (start, end))]
        if len(leaves) != end - start:
            raise Invalid("position_missing", start=start, end=end)
        for at in range(0, len(leaves), tiles.WIDTH):
            yield (start + at) // tiles.WIDTH, leaves[at : at + tiles.WIDTH]


def _place(path: str, content: bytes) -> Path:
    target = folder() / path
    target.parent.mkdir(parents=True, exist_ok=True)
    waiting = target.with_name(f".{target.name}.{os.getpid()}")
    waiting.write_bytes(content)
    waiting.replace(target)
    return target


def _sync(written: list[Path]) -> None:
    """Nothing points at these files until the checkpoint does, so they are made durable together."""
    if len(written) > _FEW:
        os.sync()
        return
    for path in [*written, *{path.parent for path in written}]:
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
