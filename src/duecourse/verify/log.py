"""Is this log what its checkpoint says? The whole log from its published files, or one checkpoint after another.

    1 checkpoint   it reads
    2 signature    signed by a log key of the policy
    3 entries      each entry hashes to its place in the lowest tiles
    4 tiles        each higher tile follows from the tiles below
    5 root         the tiles give the checkpoint's root
    6 consistency  the older checkpoint, when given, is signed and is a beginning of this log
    7 witness      as check 7 of a receipt

Files are read through a `ReadFile`: a published path to bytes, Invalid("file_missing") when there is none. Not
responsible for what the entries say: a leaf is a commitment.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from duecourse.core.errors import Invalid
from duecourse.core.ledger import checkpoint, merkle, note, tiles
from duecourse.verify.checks import Check, Checklist, Result
from duecourse.verify.receipt import check_witness

if TYPE_CHECKING:
    from collections.abc import Callable

    from duecourse.core.ledger.policy import Policy

    ReadFile: TypeAlias = Callable[[str], bytes]

CHECKS: Final = ("checkpoint", "signature", "entries", "tiles", "root", "consistency", "witness")
CHECKPOINT: Final = "checkpoint"
_HASH: Final = merkle.HASH_SIZE
_TILE: Final = tiles.WIDTH * _HASH


def verify(read: ReadFile, *, policy: Policy, signed: bytes | None = None, since: bytes | None = None) -> list[Check]:
    """Return the seven checks on the log that `read` reaches.

    `signed` is its checkpoint when that does not come from the same place; `since` an older one to compare with.
    """
    todo = Checklist("log")
    try:
        data = read(CHECKPOINT) if signed is None else signed
        head, _ = checkpoint.read(data)
    except Invalid as error:
        todo.fails("checkpoint", error)
        for name in CHECKS[1:]:
            todo.skipped(name)
        return todo.all()
    todo.holds("checkpoint", {"origin": head.origin, "size": head.size})
    _check(todo, "signature", lambda: _signed_by(data, policy))
    _check_tree(todo, read, head)
    _check_since(todo, read, head, since=since, policy=policy)
    check_witness(todo, data, policy)
    return todo.all()


def verify_consistency(old: bytes, new: bytes, *, read: ReadFile, policy: Policy) -> list[Check]:
    """Return four checks: old reads and is signed, new likewise, they are of one log in order, new begins with old."""
    todo = Checklist("consistency")
    heads: list[checkpoint.Checkpoint] = []
    for name, data in (("old", old), ("new", new)):
        try:
            head, _ = checkpoint.open_signed(data, [log.verifier for log in policy.logs])
        except Invalid as error:
            todo.fails(name, error)
        else:
            heads.append(head)
            todo.holds(name, {"origin": head.origin, "size": head.size}, key="consistency.read")
    if len(heads) < 2:  # noqa: PLR2004 - the old and the new
        todo.skipped("same")
        todo.skipped("proof")
        return todo.all()
    before, after = heads
    _check(todo, "same", lambda: _one_log(before, after))
    if not all(check.result is Result.HOLDS for check in todo.all()):
        todo.skipped("proof")
        return todo.all()
    _check(todo, "proof", lambda: _follows(read, before, after))
    return todo.all()


def tile_source(read: ReadFile, size: int) -> tiles.ReadTile:
    """Return a reader of the hash tiles of a tree of `size` leaves from published files."""
    return lambda level, n: _tile(read, level, n, tiles.tile_width(level, n, size))


def _check(todo: Checklist, name: str, run: Callable[[], dict[str, object]]) -> None:
    """Make one check: `run` returns the words' parameters, or raises Invalid when it does not hold."""
    try:
        params = run()
    except Invalid as error:
        todo.fails(name, error)
        return
    todo.holds(name, params)


def _signed_by(data: bytes, policy: Policy) -> dict[str, object]:
    head, _ = checkpoint.open_signed(data, [log.verifier for log in policy.logs])
    return {"name": head.origin}


def _check_tree(todo: Checklist, read: ReadFile, head: checkpoint.Checkpoint) -> None:
    """Checks 3 to 5. The lowest tiles are read once; entries are compared with them, the rest is built from them."""
    try:
        lowest = _row(read, 0, head.size)
    except Invalid as error:
        for name in ("entries", "tiles"):
            todo.fails(name, error)
        todo.skipped("root")
        return
    _check(todo, "entries", lambda: _entries(read, lowest))
    _check(todo, "tiles", lambda: _tiles(read, lowest))
    _check(todo, "root", lambda: _root(lowest, head))


def _check_since(
    todo: Checklist, read: ReadFile, head: checkpoint.Checkpoint, *, since: bytes | None, policy: Policy
) -> None:
    if since is None:
        todo.holds("consistency", result=Result.NOTICE)
        return

    def run() -> dict[str, object]:
        old, _ = checkpoint.open_signed(since, [log.verifier for log in policy.logs])
        _one_log(old, head)
        return _follows(read, old, head)

    _check(todo, "consistency", run)


def _entries(read: ReadFile, lowest: bytes) -> dict[str, object]:
    size = len(lowest) // _HASH
    for n in range(-(-size // tiles.WIDTH)):
        width = tiles.tile_width(0, n, size)
        path, data = _file(read, tiles.ENTRIES, n, width)
        leaves = tiles.parse_bundle(data)[:width]
        if len(leaves) != width:
            raise Invalid("tile_length", path=path)
        start = n * _TILE
        hashes = merkle.leaf_hashes(leaves)
        if hashes != lowest[start : start + len(hashes)]:
            raise Invalid("entry_tampered", index=n * tiles.WIDTH + _first_difference(hashes, lowest[start:]))
    return {"size": size}


def _tiles(read: ReadFile, lowest: bytes) -> dict[str, object]:
    row, level, count = lowest, 0, -(-len(lowest) // _TILE)
    while len(row) >= _TILE:
        row, level = _above(row), level + 1
        for n in range(-(-len(row) // _TILE)):
            expected = row[n * _TILE : (n + 1) * _TILE]
            path, found = _file(read, level, n, len(expected) // _HASH)
            if found[: len(expected)] != expected:
                raise Invalid("tile_tampered", path=path)
            count += 1
    return {"count": count}


def _root(lowest: bytes, head: checkpoint.Checkpoint) -> dict[str, object]:
    tree = merkle.Frontier()
    tree.extend_hashes(lowest)
    root = note.encode64(tree.root())
    if tree.root() != head.root:
        raise Invalid("root_differs", got=root)
    return {"root": root}


def _follows(read: ReadFile, old: checkpoint.Checkpoint, new: checkpoint.Checkpoint) -> dict[str, object]:
    hashes = tiles.TileReader(tile_source(read, new.size))
    proof = merkle.consistency_proof(old.size, new.size, hashes)
    merkle.verify_consistency(old_size=old.size, old_root=old.root, new_size=new.size, new_root=new.root, proof=proof)
    return {"old": old.size, "new": new.size}


def _one_log(old: checkpoint.Checkpoint, new: checkpoint.Checkpoint) -> dict[str, object]:
    if old.origin != new.origin:
        raise Invalid("origins_differ", old=old.origin, new=new.origin)
    if old.size > new.size:
        raise Invalid("sizes_out_of_order", old=old.size, new=new.size)
    return {"origin": new.origin}


def _row(read: ReadFile, level: int, size: int) -> bytes:
    source = tile_source(read, size)
    return b"".join([source(level, n) for n in range(-(-size // tiles.WIDTH))])


def _above(row: bytes) -> bytes:
    row = row[: len(row) - len(row) % _TILE]
    for _ in range(tiles.HEIGHT):
        row = merkle.fold(row)
    return row


def _tile(read: ReadFile, level: int, n: int, width: int) -> bytes:
    path, data = _file(read, level, n, width)
    if len(data) < width * _HASH:
        raise Invalid("tile_length", path=path)
    return data[: width * _HASH]


def _file(read: ReadFile, level: int, n: int, width: int) -> tuple[str, bytes]:
    """Read a tile or bundle; once a tile is full its partial files may be gone, so the full one serves (tlog-tiles)."""
    path = tiles.tile_path(level, n, width)
    try:
        return path, read(path)
    except Invalid as error:
        full = tiles.tile_path(level, n)
        if error.code != "file_missing" or full == path:
            raise
        try:
            return full, read(full)
        except Invalid:
            raise error from None


def _first_difference(left: bytes, right: bytes) -> int:
    return next(at for at in range(0, len(left), _HASH) if left[at : at + _HASH] != right[at : at + _HASH]) // _HASH
