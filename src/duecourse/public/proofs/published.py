"""What the office has published of its log: the checkpoint, the tiles, and proofs derived from them.

Responsible for reading the folder `DUECOURSE_PUBLISHED`, laid out as C2SP tlog-tiles has it, and for nothing else: what
stands there was signed and exported by the office.
"""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from duecourse.core.errors import Invalid
from duecourse.core.ledger import checkpoint as checkpoints
from duecourse.core.ledger import proof as proofs
from duecourse.core.ledger import tiles


def checkpoint() -> str:
    """The published checkpoint, as signed. Raises FileNotFoundError before the first publication."""
    return (Path(settings.DUECOURSE_PUBLISHED) / "checkpoint").read_text("utf-8")


def tile(path: str) -> bytes:
    """A tile or entry bundle by its path below the prefix. Raises Invalid("tile_path") or FileNotFoundError."""
    tiles.parse_path(path)
    return (Path(settings.DUECOURSE_PUBLISHED) / path).read_bytes()


def proof(number: int) -> str:
    """The proof that leaf `number` stands in the published log.

    Raises FileNotFoundError when nothing is published, Invalid("not_published") when that does not reach it yet.
    """
    signed = checkpoint()
    size = checkpoints.read(signed)[0].size
    if number >= size:
        raise Invalid("not_published", number=number, size=size)
    reader = tiles.TileReader(lambda level, n: tile(tiles.tile_path(level, n, tiles.tile_width(level, n, size))))
    return proofs.make(number, signed=signed, read=reader).encode()
