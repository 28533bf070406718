"""The tree as the database holds it: tiles to read from, tiles to write, roots and proofs.

Responsible for reading `tile` rows (a row at the right edge may be wider than the tree in question needs; its beginning
is the same) and for writing the rows that grow. Not responsible for the arithmetic (`core.ledger.merkle`, `.tiles`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from duecourse.core.errors import Invalid
from duecourse.core.ledger import merkle, tiles
from duecourse.office.ledger import sql

if TYPE_CHECKING:
    from collections.abc import Sequence

_TILE = "SELECT hashes FROM tile WHERE level = %s AND n = %s"
_GROW = """
INSERT INTO tile (level, n, hashes) SELECT * FROM unnest(%s::smallint[], %s::bigint[], %s::bytea[])
ON CONFLICT (level, n) DO UPDATE SET hashes = excluded.hashes
"""


def read_tile(level: int, n: int) -> bytes:
    """The hashes of one tile as wide as it is now. Raises Invalid("tile_missing")."""
    found = sql.row(_TILE, (level, n))
    if found is None:
        raise Invalid("tile_missing", level=level, n=n)
    return bytes(found[0])


def reader() -> tiles.TileReader:
    """Hashes of complete subtrees, each tile read once."""
    return tiles.TileReader(read_tile)


def root(size: int) -> bytes:
    """The root of the first `size` leaves. Raises Invalid("tile_missing" | "tile_too_narrow")."""
    return tiles.root(size, read_tile)


@dataclass(frozen=True)
class Growth:
    """What a batch of leaves makes of the tree: its new size and root, and the tiles that change."""

    size: int
    root: bytes
    tiles: tuple[tiles.Tile, ...]


def grow(size: int, leaves: Sequence[bytes]) -> Growth:
    """Add leaves to the tree of `size` leaves; nothing is written."""
    old = {}

    def edge(level: int, n: int) -> bytes:
        if (level, n) not in old:
            old[level, n] = read_tile(level, n)
        return old[level, n]

    changed = tiles.new_tiles(size, merkle.leaf_hashes(leaves), edge)
    new = {(tile.level, tile.n): tile.hashes for tile in changed}
    larger = size + len(leaves)
    return Growth(larger, tiles.root(larger, lambda level, n: new.get((level, n)) or edge(level, n)), tuple(changed))


def write(changed: Sequence[tiles.Tile]) -> None:
    """Write the tiles that changed. Raises psycopg.IntegrityError when one would not only grow."""
    sql.rows(_GROW, ([t.level for t in changed], [t.n for t in changed], [t.hashes for t in changed]))
