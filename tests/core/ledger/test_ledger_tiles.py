"""Tiles are C2SP's: their paths, their widths, and a tree that grows in any batches has the same ones."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duecourse.core.errors import Invalid
from duecourse.core.ledger import merkle, tiles


def hashes(start: int, end: int) -> bytes:
    return merkle.leaf_hashes(sha256(b"%d" % number).digest() for number in range(start, end))


def whole(size: int) -> dict[tuple[int, int], bytes]:
    return {(tile.level, tile.n): tile.hashes for tile in tiles.new_tiles(0, hashes(0, size), lambda *_: b"")}


@pytest.mark.parametrize(
    ("place", "path"),
    [
        ((0, 0), "tile/0/000"),
        ((0, 1_234_067), "tile/0/x001/x234/067"),
        ((63, 999), "tile/63/999"),
        ((0, 1000), "tile/0/x001/000"),
        ((1, 5, 17), "tile/1/005.p/17"),
        ((tiles.ENTRIES, 273, 112), "tile/entries/273.p/112"),
    ],
)
def test_a_tile_is_published_at_its_c2sp_path(place, path):
    assert tiles.tile_path(*place) == path
    assert tiles.parse_path(path) == (*place, 256)[:3]


@pytest.mark.parametrize(
    "path",
    [
        "tile/0/0",
        "tile/00/000",
        "tile/64/000",
        "tile/0/x000/001",
        "tile/0/001/000",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/000/",
        "/tile/0/000",
        "tile/-1/000",
        "tile/0/000\n",
    ],
)
def test_no_other_spelling_of_a_path_is_read(path):
    with pytest.raises(Invalid):
        tiles.parse_path(path)


@given(st.text(max_size=30) | st.from_regex(r"tile/[0-9e]{1,3}/(x?[0-9]{3}/?){1,3}(\.p/[0-9]{1,3})?", fullmatch=True))
def test_any_text_is_a_path_that_prints_back_or_invalid(text):
    try:
        place = tiles.parse_path(text)
    except Invalid:
        return
    assert tiles.tile_path(*place) == text


def test_a_tree_of_70000_has_the_tiles_that_the_specification_counts():
    found = list(tiles.tiles_of(70_000))
    assert len([1 for level, _, width in found if (level, width) == (0, 256)]) == 273
    assert [each for each in found if each[2] < 256] == [(0, 273, 112), (1, 1, 17), (2, 0, 1)]
    assert [each for each in found if each[0] == 1] == [(1, 0, 256), (1, 1, 17)]
    assert all(tiles.tile_width(level, n, 70_000) == width for level, n, width in found)
    assert tiles.tile_width(0, 274, 70_000) == 0


def test_a_tree_of_256_has_a_full_tile_and_one_hash_above():
    assert [(tile.level, tile.n, tile.width) for tile in tiles.new_tiles(0, hashes(0, 256), lambda *_: b"")] == [
        (0, 0, 256),
        (1, 0, 1),
    ]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 700), min_size=1, max_size=5))
def test_a_tree_grown_in_any_batches_has_the_tiles_of_one_grown_at_once(batches):
    store: dict[tuple[int, int], bytes] = {}
    size = 0
    for batch in batches:
        for tile in tiles.new_tiles(size, hashes(size, size + batch), lambda level, n: store[level, n]):
            store[tile.level, tile.n] = tile.hashes
        size += batch
    assert store == whole(size)
    assert {(level, n): width for level, n, width in tiles.tiles_of(size)} == {
        place: len(data) // 32 for place, data in store.items()
    }
    tree = merkle.Frontier()
    tree.extend_hashes(hashes(0, size))
    assert tiles.root(size, lambda level, n: store[level, n]) == tree.root()
    assert tiles.frontier(size, lambda level, n: store[level, n]).peaks == tree.peaks


@pytest.mark.wide
def test_a_tree_grown_across_65536_has_the_tiles_of_one_grown_at_once():
    store = whole(65_535)
    for size in (65_535, 65_536):
        for tile in tiles.new_tiles(size, hashes(size, size + 1), lambda level, n: store[level, n]):
            store[tile.level, tile.n] = tile.hashes
    assert store == whole(65_537)
    assert tiles.tile_width(2, 0, 65_537) == 1


def test_a_sequence_of_hashes_serves_as_well_as_their_concatenation():
    several = [hashes(number, number + 1) for number in range(5)]
    assert tiles.new_tiles(0, several, lambda *_: b"") == tiles.new_tiles(0, hashes(0, 5), lambda *_: b"")


def test_a_right_edge_that_is_narrower_than_the_tree_is_invalid():
    with pytest.raises(Invalid):
        tiles.new_tiles(3, hashes(3, 4), lambda *_: hashes(0, 2))
    with pytest.raises(Invalid):
        tiles.TileReader(lambda *_: hashes(0, 2))(0, 2)
    with pytest.raises(Invalid):
        tiles.new_tiles(0, b"short", lambda *_: b"")


@given(st.lists(st.binary(max_size=40), max_size=10))
def test_a_bundle_gives_back_its_leaves(leaves):
    assert tiles.parse_bundle(tiles.bundle(leaves)) == leaves


@given(st.binary(max_size=100))
def test_any_bytes_are_a_bundle_that_prints_back_or_invalid(data):
    try:
        leaves = tiles.parse_bundle(data)
    except Invalid:
        return
    assert tiles.bundle(leaves) == data


def test_a_bundle_holds_at_most_256_leaves_of_at_most_65535_bytes():
    assert len(tiles.parse_bundle(tiles.bundle([b""] * 256))) == 256
    with pytest.raises(Invalid):
        tiles.parse_bundle(tiles.bundle([b""] * 257))
    with pytest.raises(Invalid):
        tiles.bundle([b"x" * 65_536])
    with pytest.raises(Invalid):
        tiles.parse_bundle(b"\x00")
