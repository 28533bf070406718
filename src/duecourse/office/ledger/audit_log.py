"""Checks 4 to 7 of the audit: positions, tree, checkpoints, and the public files.

Leaves are read once, in order. From them follow the tiles of level 0, from those the tiles above, and the root at every
size that was signed; each is compared with what the database and the public folder hold. Not responsible for what an
entry says (`audit_entries`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from duecourse.core.errors import Invalid
from duecourse.core.ledger import checkpoint, cosignature, merkle, note, tiles
from duecourse.office.ledger import export, signing, sql, witnesses
from duecourse.office.ledger.finding import Finding

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterator

    import psycopg

_POSITIONS: Final = """
SELECT p.number, p.leaf, p.entry_id, p.kind, e.commitment
FROM position p LEFT JOIN entry e ON e.id = p.entry_id ORDER BY p.number
"""
_CHECKPOINTS: Final = "SELECT size, root, note, published_at IS NOT NULL, cosigned FROM checkpoint ORDER BY size"
_TILES: Final = "SELECT n, hashes FROM tile WHERE level = 0 ORDER BY n"
_TWICE: Final = """
SELECT numbers[1], numbers[2] FROM (
  SELECT array_agg(number ORDER BY number) AS numbers FROM position GROUP BY leaf HAVING count(*) > 1
) AS doubled
"""
_UNNUMBERED: Final = """
SELECT e.id, e.stream::text, e.index FROM entry e
WHERE NOT EXISTS (SELECT FROM position p WHERE p.entry_id = e.id)
  AND NOT EXISTS (SELECT FROM unnumbered u WHERE u.entry_id = e.id)
  AND NOT EXISTS (SELECT FROM refused_entry r WHERE r.entry_id = e.id) ORDER BY e.id
"""
_QUEUED_GONE: Final = """
SELECT entry_id FROM unnumbered u WHERE NOT EXISTS (SELECT FROM entry e WHERE e.id = u.entry_id) ORDER BY entry_id
"""
_REFUSED: Final = "SELECT entry_id, code FROM refused_entry ORDER BY entry_id"


def check(connection: psycopg.Connection[Any], counts: Counter[str], public: PublicFiles) -> Iterator[Finding]:
    """Checks 4 to 7. `public` was opened before the snapshot was taken, so the snapshot knows what it shows."""
    yield from _Walk(connection, counts, public).run()
    for first, second in connection.execute(_TWICE):
        yield Finding("positions", "position-twice", f"position {second}", {"first": first})
    with sql.stream(connection, _UNNUMBERED) as left:
        for entry_id, stream, index in left:
            yield Finding("positions", "entry-without-number", f"{stream}#{index} (entry {entry_id})")
    for (entry_id,) in connection.execute(_QUEUED_GONE):
        yield Finding("positions", "entry-gone-unnumbered", f"entry {entry_id}", {"id": entry_id})
    for entry_id, code in connection.execute(_REFUSED):
        yield Finding("positions", "entry-refused", f"entry {entry_id}", {"reason": code})


class _Walk:
    """One pass over the leaves; holds the tree as far as it has been derived."""

    def __init__(self, connection: psycopg.Connection[Any], counts: Counter[str], public: PublicFiles) -> None:
        self.connection, self.counts, self.public = connection, counts, public
        self.frontier = merkle.Frontier()
        self.level0 = bytearray()
        self.leaves: list[bytes] = []
        self.above: list[bytes] = []
        self.expected = 0
        self.keys = signing.verifiers()
        stands = witnesses.policy()
        self.witness_keys = [one.verifier for one in stands.witnesses] if stands else []

    def run(self) -> Iterator[Finding]:
        yield from self.public.findings
        one = self.connection
        with (
            sql.stream(one, _POSITIONS) as rows,
            sql.stream(one, _CHECKPOINTS) as signed,
            sql.stream(one, _TILES) as kept,
        ):
            self.signed, self.kept = signed, kept
            self.next = next(signed, None)
            for row in rows:
                yield from self._position(row)
            yield from self._end_tile()
            yield from self._unreached()
        yield from self._above()
        yield from self.public.end(self.frontier.size)

    def _position(self, row: sql.Row) -> Iterator[Finding]:
        number, leaf, entry_id, kind, commitment = row
        self.counts["positions"] += 1
        if number < self.expected:
            yield Finding("positions", "position-number-twice", f"position {number}")
            return
        if number > self.expected:
            yield Finding("positions", "position-missing", f"position {self.expected}", {"last": number - 1})
        self.expected = number + 1
        if kind == "entry" and commitment is None:
            yield Finding("positions", "entry-gone", f"position {number} (entry {entry_id})", {"id": entry_id})
        elif kind == "entry" and commitment != leaf:
            yield Finding("positions", "position-differs", f"position {number} (entry {entry_id})", {"id": entry_id})
        hashed = merkle.leaf_hash(leaf)
        self.frontier.append_hash(hashed)
        self.level0 += hashed
        self.leaves.append(leaf)
        if len(self.leaves) == tiles.WIDTH:
            yield from self._end_tile()
        while self.next is not None and self.next[0] <= self.frontier.size:
            yield from self._checkpoint(self.next)
            self.next = next(self.signed, None)

    def _end_tile(self) -> Iterator[Finding]:
        """Compare a tile of level 0 with its row and its files."""
        if not self.leaves:
            return
        n, derived = (self.frontier.size - 1) // tiles.WIDTH, bytes(self.level0)
        kept = next(self.kept, None)
        if kept is None or kept[0] != n:
            yield Finding("tree", "tile-missing", f"tile 0/{n}")
        elif kept[1] != derived:
            yield Finding(
                "tree", "tile-differs", f"tile 0/{n}", {"position": n * tiles.WIDTH + _differs(kept[1], derived)}
            )
        yield from self.public.tile(0, n, derived)
        yield from self.public.bundle(n, self.leaves)
        if len(self.leaves) == tiles.WIDTH:
            folded = derived
            for _ in range(tiles.HEIGHT):
                folded = merkle.fold(folded)
            self.above.append(folded)
        self.level0.clear()
        self.leaves.clear()

    def _above(self) -> Iterator[Finding]:
        """The tiles of level 1 and up, from the full tiles below; a row that no leaf explains is over."""
        row, level = b"".join(self.above), 1
        explained = {(0, -(-self.frontier.size // tiles.WIDTH))}
        while row:
            parents = []
            for at in range(0, len(row), 32 * tiles.WIDTH):
                derived, n = row[at : at + 32 * tiles.WIDTH], at // (32 * tiles.WIDTH)
                kept = self.connection.execute(
                    "SELECT hashes FROM tile WHERE level = %s AND n = %s", (level, n)
                ).fetchone()
                if kept is None or bytes(kept[0]) != derived:
                    yield Finding(
                        "tree", "tile-differs" if kept else "tile-missing", f"tile {level}/{n}", {"position": "?"}
                    )
                yield from self.public.tile(level, n, derived)
                if len(derived) == 32 * tiles.WIDTH:
                    for _ in range(tiles.HEIGHT):
                        derived = merkle.fold(derived)
                    parents.append(derived)
            explained.add((level, -(-len(row) // (32 * tiles.WIDTH))))
            row, level = b"".join(parents), level + 1
        known = dict(explained)
        for level, n in self.connection.execute("SELECT level, n FROM tile ORDER BY level, n"):
            if n >= known.get(level, 0):
                yield Finding("tree", "tile-over", f"tile {level}/{n}")

    def _checkpoint(self, row: sql.Row) -> Iterator[Finding]:
        size, root, text, published, cosigned = row
        self.counts["checkpoints"] += 1
        name = f"checkpoint {size}"
        if self.frontier.size != size or self.frontier.root() != root:
            yield Finding("tree", "root-differs", name)
        yield from self._signature(name, text, size, root)
        if published and cosigned is not None:
            yield from self._signature(name, cosigned, size, root)
            try:
                cosignature.verify(note.Note.parse(cosigned), self.witness_keys)
            except Invalid as error:
                yield Finding("checkpoints", "cosignature-false", name, {"problem": str(error)})
        if self.public.head is not None and self.public.head.size == size and self.public.head.root != root:
            yield Finding("public", "public-checkpoint-differs", name)
        self.public.seen(size)

    def _signature(self, name: str, text: str, size: int, root: bytes) -> Iterator[Finding]:
        try:
            head, _ = checkpoint.open_signed(text, self.keys)
        except Invalid as error:
            yield Finding("checkpoints", "checkpoint-unsigned", name, {"problem": str(error)})
            return
        if head.size != size or head.root != root:
            yield Finding("checkpoints", "checkpoint-swapped", name, {"says": head.size})

    def _unreached(self) -> Iterator[Finding]:
        """Checkpoints above the last leaf: what they covered was removed."""
        while self.next is not None:
            size = self.next[0]
            yield Finding("tree", "tail-removed", f"checkpoint {size}", {"size": self.frontier.size, "signed": size})
            yield from self._signature(f"checkpoint {size}", self.next[2], size, self.next[1])
            self.public.seen(size)
            self.next = next(self.signed, None)


class PublicFiles:
    """Check 7: the published files against the derived tree."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.head: checkpoint.Checkpoint | None = None
        self.known = False
        try:
            self.head = export.published()
        except Invalid as error:
            self.findings.append(
                Finding("public", "checkpoint-unsigned", "published checkpoint", {"problem": str(error)})
            )

    def seen(self, size: int) -> None:
        """A checkpoint of this size stands in the database."""
        self.known |= self.head is not None and self.head.size == size

    def tile(self, level: int, n: int, derived: bytes) -> Iterator[Finding]:
        """Compare a tile's file, as wide as the published tree has it."""
        width = tiles.tile_width(level, n, self.head.size) if self.head else 0
        if width:
            yield from _file(level, n, width, derived[: 32 * width])

    def bundle(self, n: int, leaves: list[bytes]) -> Iterator[Finding]:
        """Compare an entry bundle."""
        width = tiles.tile_width(tiles.ENTRIES, n, self.head.size) if self.head else 0
        if width:
            yield from _file(tiles.ENTRIES, n, width, tiles.bundle(leaves[:width]))

    def end(self, size: int) -> Iterator[Finding]:
        """The published checkpoint is one of ours."""
        if self.head is not None and not self.known:
            yield Finding(
                "public", "public-checkpoint-unknown", f"published checkpoint {self.head.size}", {"size": size}
            )


def _file(level: int, n: int, width: int, expected: bytes) -> Iterator[Finding]:
    """A partial file may have been followed by the full one meanwhile, of which it is the beginning."""
    path = tiles.tile_path(level, n, width)
    places = [export.folder() / path, export.folder() / tiles.tile_path(level, n)]
    found = next((place for place in places if place.is_file()), None)
    if found is None:
        yield Finding("public", "public-file-missing", path)
    elif found.read_bytes()[: len(expected)] != expected or (
        found == places[0] and found.stat().st_size != len(expected)
    ):
        yield Finding("public", "public-file-differs", path)


def _differs(kept: bytes, derived: bytes) -> int:
    """The first hash in which two tiles differ."""
    for at in range(0, max(len(kept), len(derived)), 32):
        if kept[at : at + 32] != derived[at : at + 32]:
            return at // 32
    return 0
