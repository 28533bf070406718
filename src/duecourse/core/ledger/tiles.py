"""Tiles (C2SP tlog-tiles): the tree cut into files of up to 256 hashes, and the entries into bundles.

A tile at level L, number N holds MTH(D[(N*256+i) * 256^L : (N*256+i+1) * 256^L]) for i = 0..255; only a *full* tile is
hashed into the level above. All functions are pure: they get hashes from a `read` and return tiles. Not responsible for
storing or serving files.

    tile/0/000            full tile of leaf hashes
    tile/0/x001/234.p/17  the right edge, 17 hashes wide
    tile/entries/000      entry bundle: for each leaf a big-endian uint16 length, then the leaf
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from duecourse.core.errors import Invalid
from duecourse.core.ledger import merkle

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    ReadTile: TypeAlias = Callable[[int, int], bytes]

WIDTH = 256
HEIGHT = 8
MAX_LEVEL = 63
ENTRIES = -1
"""The pseudo-level of entry bundles, written `entries` in paths."""
_TILE_BYTES = WIDTH * merkle.HASH_SIZE
_PATH = re.compile(
    r"tile/(?P<level>entries|0|[1-9][0-9]?)/(?P<number>(?:x[0-9]{3}/)*[0-9]{3})(?:\.p/(?P<width>[1-9][0-9]{0,2}))?"
)


@dataclass(frozen=True, slots=True)
class Tile:
    """One tile: its level, its number in the level, its hashes concatenated."""

    level: int
    n: int
    hashes: bytes

    @property
    def width(self) -> int:
        """How many hashes it holds: 256 when full."""
        return len(self.hashes) // merkle.HASH_SIZE

    @property
    def path(self) -> str:
        """Its published path, with `.p/<width>` when partial."""
        return tile_path(self.level, self.n, self.width)


def tile_path(level: int, n: int, width: int = WIDTH) -> str:
    """Return the path of a tile (or of an entry bundle, level `ENTRIES`) below the log's prefix."""
    assert ENTRIES <= level <= MAX_LEVEL and n >= 0 and 1 <= width <= WIDTH  # noqa: PT018 - one range check
    number = f"{n % 1000:03d}"
    while n >= 1000:  # noqa: PLR2004 - three digits a path element
        n //= 1000
        number = f"x{n % 1000:03d}/{number}"
    partial = "" if width == WIDTH else f".p/{width}"
    return f"tile/{'entries' if level == ENTRIES else level}/{number}{partial}"


def parse_path(path: str) -> tuple[int, int, int]:
    """Read (level, number, width) from a path; only the spelling `tile_path` prints is accepted, else Invalid."""
    match = _PATH.fullmatch(path)
    if match is None:
        raise Invalid("tile_path", path=path)
    level = ENTRIES if match["level"] == "entries" else int(match["level"])
    n = int(re.sub("[x/]", "", match["number"]))
    width = int(match["width"] or WIDTH)
    if level > MAX_LEVEL or width > WIDTH or tile_path(level, n, width) != path:
        raise Invalid("tile_path", path=path)
    return level, n, width


def tile_width(level: int, n: int, size: int) -> int:
    """Return how wide tile (level, n) is in a tree of `size` leaves; 0 when it is empty and must not be served."""
    in_level = size >> (HEIGHT * max(level, 0))
    return max(0, min(WIDTH, in_level - n * WIDTH))


def tiles_of(size: int) -> Iterator[tuple[int, int, int]]:
    """Yield (level, number, width) of every hash tile of a tree of `size` leaves, leaves first."""
    level = 0
    while size:
        for n in range((size + WIDTH - 1) // WIDTH):
            yield level, n, min(WIDTH, size - n * WIDTH)
        size //= WIDTH
        level += 1


class TileReader:
    """Hashes of complete subtrees, read from tiles: a `merkle.ReadHash`.

    `read(level, n)` returns the tile's bytes, at least as wide as the tree in question needs. Tiles and inner hashes
    are kept for the reader's life: make one for a batch of proofs and let it go.
    """

    def __init__(self, read: ReadTile) -> None:
        self._read = read
        self._tiles: dict[tuple[int, int], bytes] = {}
        self._nodes: dict[tuple[int, int], bytes] = {}

    def __call__(self, level: int, n: int) -> bytes:
        """Return the hash of subtree `n` at binary `level`. Raises Invalid when the tile is too narrow."""
        if level % HEIGHT == 0:
            return self._in_tile(level // HEIGHT, n)
        known = self._nodes.get((level, n))
        if known is None:
            known = merkle.node_hash(self(level - 1, 2 * n), self(level - 1, 2 * n + 1))
            self._nodes[level, n] = known
        return known

    def _in_tile(self, level: int, n: int) -> bytes:
        key = (level, n // WIDTH)
        tile = self._tiles.get(key)
        if tile is None:
            tile = self._tiles[key] = bytes(self._read(*key))
        at = n % WIDTH * merkle.HASH_SIZE
        value = tile[at : at + merkle.HASH_SIZE]
        if len(value) != merkle.HASH_SIZE:
            raise Invalid("tile_too_narrow", level=level, n=key[1], width=len(tile) // merkle.HASH_SIZE)
        return value


def frontier(size: int, read: ReadTile) -> merkle.Frontier:
    """Return the compact range of the tree of `size` leaves, from its tiles."""
    hashes = TileReader(read)
    return merkle.Frontier(size, [hashes(level, n) for level, n in merkle.peaks(size)])


def root(size: int, read: ReadTile) -> bytes:
    """Return the root of the tree of `size` leaves, from its tiles."""
    return merkle.root(size, TileReader(read))


def new_tiles(old_size: int, leaf_hashes: bytes | Sequence[bytes], read: ReadTile) -> list[Tile]:
    """Return every tile that changes when leaves are added to a tree of `old_size` leaves, at their new widths.

    `leaf_hashes` are leaf hashes, concatenated or as a sequence. `read(level, n)` is asked only for partial tiles on
    the old right edge, and must give at least their old width.
    """
    added = leaf_hashes if isinstance(leaf_hashes, bytes) else b"".join(leaf_hashes)
    if len(added) % merkle.HASH_SIZE:
        raise Invalid("hashes_length", length=len(added))
    tiles: list[Tile] = []
    level, old = 0, old_size
    while added:
        first = old // WIDTH
        row = _old_edge(level, old, read) + added
        tiles += [
            Tile(level, first + at // _TILE_BYTES, row[at : at + _TILE_BYTES]) for at in range(0, len(row), _TILE_BYTES)
        ]
        added = row[: len(row) - len(row) % _TILE_BYTES]
        for _ in range(HEIGHT):
            added = merkle.fold(added)
        old, level = first, level + 1
    return tiles


def _old_edge(level: int, old: int, read: ReadTile) -> bytes:
    width = old % WIDTH
    if not width:
        return b""
    edge = bytes(read(level, old // WIDTH))[: width * merkle.HASH_SIZE]
    if len(edge) != width * merkle.HASH_SIZE:
        raise Invalid("tile_too_narrow", level=level, n=old // WIDTH, width=len(edge) // merkle.HASH_SIZE)
    return edge


def bundle(leaves: Iterable[bytes]) -> bytes:
    """Write an entry bundle: each leaf behind its big-endian uint16 length. Raises Invalid above 65,535 bytes."""
    parts: list[bytes] = []
    for leaf in leaves:
        if len(leaf) > 0xFFFF:  # noqa: PLR2004 - uint16
            raise Invalid("leaf_too_long", length=len(leaf))
        parts += (len(leaf).to_bytes(2, "big"), leaf)
    return b"".join(parts)


def parse_bundle(data: bytes) -> list[bytes]:
    """Read an entry bundle back into its leaves. Raises Invalid when it ends inside a leaf or holds over 256."""
    leaves: list[bytes] = []
    at = 0
    while at < len(data):
        end = at + 2 + int.from_bytes(data[at : at + 2], "big")
        if at + 2 > len(data) or end > len(data) or len(leaves) == WIDTH:
            raise Invalid("bundle_malformed", at=at)
        leaves.append(data[at + 2 : end])
        at = end
    return leaves
