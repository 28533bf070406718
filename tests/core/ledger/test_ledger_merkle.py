"""The tree is RFC 6962's: checked against pymerkle and sigstore-python, which nobody here wrote."""

from __future__ import annotations

from hashlib import sha256
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymerkle import InmemoryTree
from sigstore._internal.merkle import verify_merkle_inclusion
from sigstore.errors import VerificationError

from duecourse.core.errors import Invalid
from duecourse.core.ledger import merkle, tiles

LARGEST = 600
EDGES = [*range(255, 258), *range(511, 514)]
WIDE_EDGES = [1, 2, 255, 256, 257, 511, 512, 513, 4096, 65_535, 65_536, 65_537]


def leaf(number: int) -> bytes:
    return sha256(b"leaf %d" % number).digest()


@pytest.fixture(scope="module")
def grown():
    """A tree of 600 leaves: its reader, and the root at each size from 0."""
    hashes = merkle.leaf_hashes(leaf(number) for number in range(LARGEST))
    made = {(tile.level, tile.n): tile.hashes for tile in tiles.new_tiles(0, hashes, lambda *_: b"")}
    frontier = merkle.Frontier()
    roots = [frontier.root()]
    for number in range(LARGEST):
        frontier.append(leaf(number))
        roots.append(frontier.root())
    return tiles.TileReader(lambda level, n: made[level, n]), roots


def test_the_root_at_every_size_to_600_is_the_one_pymerkle_computes(grown):
    _, roots = grown
    theirs = InmemoryTree(algorithm="sha256")
    for size in range(1, LARGEST + 1):
        theirs.append_entry(leaf(size - 1))
        assert theirs.get_root(size) == roots[size]


def test_the_root_read_from_tiles_is_the_root_grown_leaf_by_leaf(grown):
    read, roots = grown
    assert [merkle.root(size, read) for size in range(LARGEST + 1)] == roots


def theirs_accepts(number, size, proof, root) -> bool:
    claim = SimpleNamespace(log_index=number, tree_size=size, hashes=list(proof), root_hash=root)
    try:
        verify_merkle_inclusion(
            SimpleNamespace(_inner=SimpleNamespace(inclusion_proof=claim, canonicalized_body=leaf(number)))
        )
    except VerificationError:
        return False
    return True


@pytest.mark.parametrize("size", [*range(1, 40), *EDGES, LARGEST])
def test_every_inclusion_proof_is_accepted_by_sigstore_and_by_us_and_no_changed_one(grown, size):
    read, roots = grown
    for number in range(size):
        proof = merkle.inclusion_proof(size, number, read)
        assert theirs_accepts(number, size, proof, roots[size])
        claim = {"index": number, "size": size, "proof": proof, "root": roots[size]}
        merkle.verify_inclusion(merkle.leaf_hash(leaf(number)), **claim)
        with pytest.raises(Invalid):
            merkle.verify_inclusion(merkle.leaf_hash(leaf(number + 1)), **claim)
        with pytest.raises(Invalid):
            merkle.verify_inclusion(merkle.leaf_hash(leaf(number)), **claim | {"proof": (*proof, leaf(0))})
        if proof:
            with pytest.raises(Invalid):
                merkle.verify_inclusion(merkle.leaf_hash(leaf(number)), **claim | {"proof": proof[:-1]})
            with pytest.raises(Invalid):
                merkle.verify_inclusion(merkle.leaf_hash(leaf(number)), **claim | {"proof": (leaf(0), *proof[1:])})


def check_pair(read, roots, old, new):
    proof = merkle.consistency_proof(old, new, read)
    claim = {"old_size": old, "old_root": roots[old], "new_size": new, "new_root": roots[new], "proof": proof}
    merkle.verify_consistency(**claim)
    with pytest.raises(Invalid):
        merkle.verify_consistency(**claim | {"proof": (*proof, leaf(0))})
    if old:
        with pytest.raises(Invalid):
            merkle.verify_consistency(**claim | {"old_root": leaf(0)})
        with pytest.raises(Invalid):
            merkle.verify_consistency(**claim | {"new_root": leaf(0)})
    for at in range(len(proof)):
        with pytest.raises(Invalid):
            merkle.verify_consistency(**claim | {"proof": (*proof[:at], leaf(0), *proof[at + 1 :])})
    if proof:
        with pytest.raises(Invalid):
            merkle.verify_consistency(**claim | {"proof": proof[:-1]})
        with pytest.raises(Invalid):
            merkle.verify_consistency(**claim | {"proof": proof[1:]})


@pytest.mark.parametrize("new", range(131))
def test_every_pair_of_sizes_to_130_is_consistent_and_no_changed_proof_is(grown, new):
    read, roots = grown
    for old in range(new + 1):
        check_pair(read, roots, old, new)


@pytest.mark.parametrize("new", [*EDGES, 600])
def test_sizes_around_the_edges_of_tiles_are_consistent(grown, new):
    read, roots = grown
    for old in sorted({0, 1, 2, 254, 255, 256, 257, 300, 510, 511, 512, 513, 599, 600, new}):
        if old <= new:
            check_pair(read, roots, old, new)


@pytest.mark.wide
def test_sizes_around_65536_are_consistent_and_their_roots_are_pymerkles():
    largest = max(WIDE_EDGES)
    hashes = merkle.leaf_hashes(leaf(number) for number in range(largest))
    made = {(tile.level, tile.n): tile.hashes for tile in tiles.new_tiles(0, hashes, lambda *_: b"")}
    read = tiles.TileReader(lambda level, n: made[level, n])
    roots = {size: merkle.root(size, read) for size in WIDE_EDGES}
    theirs = InmemoryTree(algorithm="sha256")
    for number in range(largest):
        theirs.append_entry(leaf(number))
    for size in WIDE_EDGES:
        assert theirs.get_root(size) == roots[size]
        for number in (0, size // 2, size - 1):
            assert theirs_accepts(number, size, merkle.inclusion_proof(size, number, read), roots[size])
        for old in WIDE_EDGES:
            if old <= size:
                check_pair(read, roots, old, size)


def test_an_empty_tree_has_the_root_of_nothing_and_only_itself_is_consistent_with_it():
    nothing = {"old_size": 0, "old_root": merkle.EMPTY_ROOT, "new_size": 0, "proof": ()}
    merkle.verify_consistency(new_root=merkle.EMPTY_ROOT, **nothing)
    with pytest.raises(Invalid):
        merkle.verify_consistency(new_root=leaf(0), **nothing)
    with pytest.raises(Invalid):
        merkle.verify_consistency(**nothing | {"old_root": leaf(0)}, new_root=merkle.EMPTY_ROOT)


@pytest.mark.parametrize(("old", "new"), [(2, 1), (-1, 1)])
def test_a_log_cannot_shrink(old, new):
    with pytest.raises(Invalid):
        merkle.consistency_proof(old, new, lambda *_: leaf(0))
    with pytest.raises(Invalid):
        merkle.verify_consistency(old_size=old, old_root=leaf(0), new_size=new, new_root=leaf(0), proof=())


@pytest.mark.parametrize(("number", "size"), [(0, 0), (1, 1), (-1, 1)])
def test_nothing_is_included_outside_the_tree(number, size):
    with pytest.raises(Invalid):
        merkle.inclusion_proof(size, number, lambda *_: leaf(0))
    with pytest.raises(Invalid):
        merkle.verify_inclusion(leaf(0), index=number, size=size, proof=(), root=leaf(0))


def test_a_hash_of_another_length_is_invalid_wherever_it_stands():
    with pytest.raises(Invalid):
        merkle.verify_inclusion(b"short", index=0, size=1, proof=(), root=b"short")
    with pytest.raises(Invalid):
        merkle.verify_consistency(
            old_size=1, old_root=leaf(0), new_size=2, new_root=leaf(1), proof=(leaf(0) + leaf(1),)
        )


@settings(max_examples=50)
@given(st.lists(st.integers(0, 300), max_size=6))
def test_a_frontier_grown_in_any_batches_has_the_root_grown_leaf_by_leaf(batches):
    whole, one_by_one = merkle.Frontier(), merkle.Frontier()
    number = 0
    for batch in batches:
        leaves = [leaf(number + each) for each in range(batch)]
        whole.extend(leaves)
        for each in leaves:
            one_by_one.append(each)
        number += batch
        resumed = merkle.Frontier(whole.size, whole.peaks)
        assert whole.root() == one_by_one.root() == resumed.root()
        assert whole.size == number


def test_a_frontier_resumed_from_the_wrong_peaks_is_invalid():
    with pytest.raises(Invalid):
        merkle.Frontier(3, [leaf(0)])
    with pytest.raises(Invalid):
        merkle.Frontier(1, [b"short"])
    with pytest.raises(Invalid):
        merkle.Frontier().extend_hashes(b"short")
