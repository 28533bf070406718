"""The Merkle tree of RFC 6962 section 2.1 over SHA-256: hashes, roots, inclusion and consistency proofs.

    leaf hash  = SHA-256(0x00 || leaf)
    node hash  = SHA-256(0x01 || left || right)
    empty root = SHA-256("")

Proofs are made from a `ReadHash`: the hash of a *complete* subtree, by its level (0 = leaves) and its number in that
level. A proof that does not hold raises Invalid; impossible arithmetic by our own code is an assertion. Not responsible
for where hashes are kept (`tiles`) or what a leaf means (`entry`).
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, TypeAlias

from duecourse.core.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    ReadHash: TypeAlias = Callable[[int, int], bytes]

HASH_SIZE = 32
EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(leaf: bytes) -> bytes:
    """SHA-256(0x00 || leaf), RFC 6962 section 2.1. In our log the leaf is an entry's 32-byte commitment."""
    return sha256(b"\x00" + leaf).digest()


def leaf_hashes(leaves: Iterable[bytes]) -> bytes:
    """Return the leaf hashes of many leaves, concatenated: what `tiles.new_tiles` takes."""
    return b"".join([sha256(b"\x00" + leaf).digest() for leaf in leaves])


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 || left || right), RFC 6962 section 2.1."""
    return sha256(b"\x01" + left + right).digest()


def fold(hashes: bytes) -> bytes:
    """Hash neighbours: 2n concatenated hashes become their n parents, concatenated."""
    assert len(hashes) % (2 * HASH_SIZE) == 0
    return b"".join([sha256(b"\x01" + hashes[at : at + 64]).digest() for at in range(0, len(hashes), 64)])


class Frontier:
    """A compact range: the roots of the complete subtrees that make up a tree, enough to grow it and know its root.

    `append` and `extend` take leaves (in our log: commitments); `append_hash` and `extend_hashes` take leaf hashes.
    """

    __slots__ = ("_peaks", "_size")

    def __init__(self, size: int = 0, peaks: Sequence[bytes] = ()) -> None:
        """Resume a tree of `size` leaves from its peaks, largest subtree first (see `tiles.frontier`)."""
        if size.bit_count() != len(peaks) or any(len(peak) != HASH_SIZE for peak in peaks):
            raise Invalid("frontier_peaks", size=size, peaks=len(peaks))
        self._size = size
        self._peaks = list(peaks)

    @property
    def size(self) -> int:
        """The number of leaves so far."""
        return self._size

    @property
    def peaks(self) -> tuple[bytes, ...]:
        """Roots of the complete subtrees, largest first."""
        return tuple(self._peaks)

    def append(self, leaf: bytes) -> None:
        """Add one leaf."""
        self.append_hash(sha256(b"\x00" + leaf).digest())

    def append_hash(self, leaf: bytes) -> None:
        """Add one leaf by its leaf hash."""
        peaks, size = self._peaks, self._size
        self._size = size + 1
        while size & 1:
            leaf = sha256(b"\x01" + peaks.pop() + leaf).digest()
            size >>= 1
        peaks.append(leaf)

    def extend(self, leaves: Iterable[bytes]) -> None:
        """Add leaves in order."""
        self.extend_hashes(leaf_hashes(leaves))

    def extend_hashes(self, hashes: bytes) -> None:
        """Add leaves in order by their concatenated leaf hashes. Complete subtrees are folded a level at a time."""
        if len(hashes) % HASH_SIZE:
            raise Invalid("hashes_length", length=len(hashes))
        at, count = 0, len(hashes) // HASH_SIZE
        while at < count:
            level = _largest_subtree(self._size, count - at)
            subtree = hashes[at * HASH_SIZE : (at + (1 << level)) * HASH_SIZE]
            for _ in range(level):
                subtree = fold(subtree)
            self._add_peak(subtree, level)
            at += 1 << level

    def root(self) -> bytes:
        """The root hash (RFC 6962 MTH) of the leaves so far."""
        if not self._peaks:
            return EMPTY_ROOT
        root = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            root = node_hash(peak, root)
        return root

    def _add_peak(self, peak: bytes, level: int) -> None:
        above = self._size >> level
        self._size += 1 << level
        while above & 1:
            peak = node_hash(self._peaks.pop(), peak)
            above >>= 1
        self._peaks.append(peak)


def root(size: int, read: ReadHash) -> bytes:
    """Return the root of the tree of `size` leaves."""
    return _range_hash(0, size, read) if size else EMPTY_ROOT


def peaks(size: int) -> Iterator[tuple[int, int]]:
    """Yield (level, number) of each complete subtree of a tree of `size` leaves, largest first."""
    for level in reversed(range(size.bit_length())):
        if size >> level & 1:
            yield level, (size >> level) - 1


def inclusion_proof(size: int, index: int, read: ReadHash) -> tuple[bytes, ...]:
    """RFC 6962 section 2.1.1: from the leaf's sibling up to the root's child. Raises Invalid unless index < size."""
    if not 0 <= index < size:
        raise Invalid("index_outside_tree", index=index, size=size)
    proof: list[bytes] = []
    low, high = 0, size
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            proof.append(_range_hash(middle, high, read))
            high = middle
        else:
            proof.append(_range_hash(low, middle, read))
            low = middle
    return tuple(reversed(proof))


def consistency_proof(old_size: int, new_size: int, read: ReadHash) -> tuple[bytes, ...]:
    """RFC 6962 section 2.1.2: the tree of `old_size` is a prefix of that of `new_size`. Empty from 0 and to itself."""
    if not 0 <= old_size <= new_size:
        raise Invalid("sizes_out_of_order", old=old_size, new=new_size)
    if old_size in (0, new_size):
        return ()
    proof: list[bytes] = []
    low, high, whole = 0, new_size, True
    while high != old_size:
        middle = low + _split(high - low)
        if old_size <= middle:
            proof.append(_range_hash(middle, high, read))
            high = middle
        else:
            proof.append(_range_hash(low, middle, read))
            low, whole = middle, False
    if not whole:
        proof.append(_range_hash(low, high, read))
    return tuple(reversed(proof))


def root_from_inclusion(leaf: bytes, *, index: int, size: int, proof: Sequence[bytes]) -> bytes:
    """Return the root that `proof` gives for the leaf hash `leaf` (RFC 9162 section 2.1.3.2). Raises Invalid."""
    if not 0 <= index < size:
        raise Invalid("index_outside_tree", index=index, size=size)
    inner = (index ^ (size - 1)).bit_length()
    expected = inner + (index >> inner).bit_count()
    if len(proof) != expected:
        raise Invalid("inclusion_proof_length", expected=expected, got=len(proof))
    _check_hashes(leaf, *proof)
    for level, sibling in enumerate(proof):
        sibling_left = level >= inner or index >> level & 1
        leaf = node_hash(sibling, leaf) if sibling_left else node_hash(leaf, sibling)
    return leaf


def verify_inclusion(leaf: bytes, *, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Raise Invalid unless `proof` shows the leaf hash `leaf` at `index` of the tree with this size and root."""
    if root_from_inclusion(leaf, index=index, size=size, proof=proof) != root:
        raise Invalid("inclusion_proof_root", index=index, size=size)


def verify_consistency(
    *, old_size: int, old_root: bytes, new_size: int, new_root: bytes, proof: Sequence[bytes]
) -> None:
    """Raise Invalid unless `proof` shows the old tree to be a prefix of the new (RFC 9162 section 2.1.4.2)."""
    if not 0 <= old_size <= new_size:
        raise Invalid("sizes_out_of_order", old=old_size, new=new_size)
    _check_hashes(old_root, new_root, *proof)
    if old_size in (0, new_size):
        if proof:
            raise Invalid("consistency_proof_length", expected=0, got=len(proof))
        if old_root != (EMPTY_ROOT if old_size == 0 else new_root):
            raise Invalid("consistency_proof_old_root", old=old_size, new=new_size)
        if new_size == 0 and new_root != EMPTY_ROOT:
            raise Invalid("consistency_proof_new_root", old=old_size, new=new_size)
        return
    old, new = _roots_from_consistency(old_size, old_root, new_size, proof)
    if old != old_root:
        raise Invalid("consistency_proof_old_root", old=old_size, new=new_size)
    if new != new_root:
        raise Invalid("consistency_proof_new_root", old=old_size, new=new_size)


def _roots_from_consistency(
    old_size: int, old_root: bytes, new_size: int, proof: Sequence[bytes]
) -> tuple[bytes, bytes]:
    trailing = (old_size & -old_size).bit_length() - 1
    node, last = (old_size - 1) >> trailing, (new_size - 1) >> trailing
    rest = list(proof)
    # RFC 9162 2.1.4.2 step 2: an old tree that is one complete subtree starts from its own root.
    seed = old_root if node == 0 else _take(rest, old_size, new_size)
    old = new = seed
    while last:
        if node & 1 or node == last:
            sibling = _take(rest, old_size, new_size)
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while node and not node & 1:
                node, last = node >> 1, last >> 1
        else:
            new = node_hash(new, _take(rest, old_size, new_size))
        node, last = node >> 1, last >> 1
    if rest:
        raise Invalid("consistency_proof_length", old=old_size, new=new_size, unused=len(rest))
    return old, new


def _take(rest: list[bytes], old_size: int, new_size: int) -> bytes:
    if not rest:
        raise Invalid("consistency_proof_length", old=old_size, new=new_size, missing=True)
    return rest.pop(0)


def _check_hashes(*hashes: bytes) -> None:
    for value in hashes:
        if len(value) != HASH_SIZE:
            raise Invalid("hash_length", length=len(value))


def _split(count: int) -> int:
    """Return k, the largest power of two smaller than `count` (RFC 6962 section 2.1)."""
    assert count > 1
    return 1 << ((count - 1).bit_length() - 1)


def _range_hash(low: int, high: int, read: ReadHash) -> bytes:
    """MTH(D[low:high]) where `low` starts a subtree at least as wide as the range."""
    parts: list[bytes] = []
    while low < high:
        level = (high - low).bit_length() - 1
        parts.append(read(level, low >> level))
        low += 1 << level
    value = parts.pop()
    while parts:
        value = node_hash(parts.pop(), value)
    return value


def _largest_subtree(start: int, count: int) -> int:
    """Return the level of the largest complete subtree that starts at `start` and has at most `count` leaves."""
    fits = count.bit_length() - 1
    return fits if start == 0 else min(fits, (start & -start).bit_length() - 1)
