"""The tiles that the database gives with a status are enough for the proof, wherever the edges of tiles lie."""

import hashlib
import uuid

import pytest

from duecourse.core.ledger import checkpoint, merkle, proof, tiles
from duecourse.edge.keys import NoteKey

ORIGIN = "duecourse.example/demo"
LOOKUP = b"l" * 32
COMMITMENT = hashlib.sha256(b"the entry").digest()


class Signer(NoteKey):
    """A key that signs checkpoints."""


def plant(admin, number, size):
    """A log of `size` leaves with one submission at `number`, written past the triggers; gives its checkpoint."""
    leaves = [hashlib.sha256(str(place).encode()).digest() for place in range(size)]
    leaves[number] = COMMITMENT
    held = {
        (tile.level, tile.n): tile.hashes for tile in tiles.new_tiles(0, merkle.leaf_hashes(leaves), lambda *_: b"")
    }
    root = tiles.root(size, lambda level, n: held[level, n])
    signed = checkpoint.Checkpoint(ORIGIN, size, root).sign([Signer(ORIGIN, b"k" * 32)]).encode()
    stream = uuid.uuid4()
    admin.execute("SET session_replication_role = replica")
    admin.execute(
        "INSERT INTO entry (id, commitment, stream, kind, index, skeleton, recorded_at)"
        " VALUES (1, %s, %s, 'submission', 0, '{}', now())",
        (COMMITMENT, stream),
    )
    admin.execute(
        "INSERT INTO submission (stream, entry_id, lookup_id, letters_key, sealed, copy, received_at, state)"
        " VALUES (%s, 1, %s, %s, 'x', 'x', now(), 'waiting')",
        (stream, LOOKUP, LOOKUP),
    )
    with admin.cursor() as cursor:
        rows = [(*place, hashes) for place, hashes in held.items()]
        cursor.executemany("INSERT INTO tile (level, n, hashes) VALUES (%s, %s, %s)", rows)
    admin.execute(
        "INSERT INTO position (number, leaf, entry_id, kind) VALUES (%s, %s, 1, 'entry')", (number, COMMITMENT)
    )
    admin.execute(
        "INSERT INTO checkpoint (size, root, note, signed_at) VALUES (%s, %s, %s, now())", (size, root, signed)
    )
    return signed


PLACES = [(0, 1), (3, 256), (255, 257), (256, 600), (599, 600), (65_535, 65_536), (70_000, 70_001), (5, 70_400)]


@pytest.mark.parametrize(("number", "size"), PLACES)
def test_a_status_proves_its_entry(admin_connection, public_connection, number, size):
    signed = plant(admin_connection, number, size)
    query = "SELECT number, note, levels, numbers, hashes FROM front.status(%s)"
    found, note, levels, numbers, hashes = public_connection.execute(query, (LOOKUP,)).fetchone()
    assert (found, note) == (number, signed)
    given = dict(zip(zip(levels, numbers, strict=True), hashes, strict=True))
    assert len(given) <= 6
    made = proof.make(found, signed=note, read=tiles.TileReader(lambda level, n: given[level, n]))
    made.verify(COMMITMENT)


def test_a_status_prefers_the_checkpoint_that_witnesses_signed(admin_connection, public_connection):
    signed = plant(admin_connection, 3, 256)
    admin_connection.execute("UPDATE checkpoint SET published_at = now(), cosigned = note || 'witness'")
    admin_connection.execute(
        "INSERT INTO checkpoint (size, root, note, signed_at) SELECT 300, root, 'newer', now() FROM checkpoint"
    )
    assert public_connection.execute("SELECT note FROM front.status(%s)", (LOOKUP,)).fetchone() == (signed + "witness",)


def test_an_entry_without_a_number_has_no_proof_yet(admin_connection, public_connection):
    plant(admin_connection, 3, 256)
    admin_connection.execute("DELETE FROM position")
    found = public_connection.execute("SELECT number, note, hashes FROM front.status(%s)", (LOOKUP,)).fetchone()
    assert found == (None, None, None)
