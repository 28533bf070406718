import base64
import stat

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from duecourse.core.errors import Invalid
from duecourse.edge import sealing
from duecourse.edge.keys import KeyRing

ORIGIN = "duecourse.example/test"


@pytest.fixture
def ring(tmp_path):
    return KeyRing(tmp_path / "keys")


def test_a_ring_without_keys_says_which_is_missing(ring):
    with pytest.raises(Invalid, match="key_missing"):
        ring.public("intake")
    assert not ring.has("intake")


def test_secret_halves_are_for_the_owner_alone(ring):
    ring.create("intake")
    ring.create("log", name=ORIGIN)
    secret = list(ring.folder.glob("*.key"))
    assert len(secret) == 2
    assert {stat.S_IMODE(path.stat().st_mode) for path in secret} == {0o600}
    assert stat.S_IMODE(ring.folder.stat().st_mode) == 0o700


def test_what_the_public_half_locks_the_secret_half_opens(ring):
    ring.create("intake")
    sealed = sealing.seal(b"words", [ring.public("intake")])
    assert sealing.unseal(sealed, ring.secret("intake")) == b"words"


def test_after_rotation_old_letters_still_open_and_new_ones_take_the_new_key(ring):
    ring.create("intake")
    old = sealing.seal(b"old", [ring.public("intake")])
    new_id = ring.rotate("intake")
    new = sealing.seal(b"new", [ring.public("intake")])
    assert sealing.recipients_of(new) == (new_id,)
    assert [ring.open("intake", sealed) for sealed in (old, new)] == [b"old", b"new"]


def test_the_front_door_with_public_halves_alone_can_seal_and_cannot_open(ring):
    ring.create("intake")
    for path in ring.folder.glob("*.key"):
        path.unlink()
    sealed = sealing.seal(b"words", [ring.public("intake")])
    with pytest.raises(Invalid, match="sealed_for_another"):
        ring.open("intake", sealed)
    assert not ring.has_secret("intake")


def test_a_log_signature_is_checked_with_what_the_vkey_says(ring):
    ring.create("log", name=ORIGIN)
    signer = ring.log_signer()
    name, key_id, key = ring.vkey("log").split("+", 2)
    raw = base64.b64decode(key)
    assert (name, key_id, raw[0]) == (ORIGIN, signer.key_id.hex(), 0x01)
    Ed25519PublicKey.from_public_bytes(raw[1:]).verify(signer.sign(b"checkpoint"), b"checkpoint")


def test_a_witness_key_is_a_cosignature_key(ring):
    ring.create("witness", name="witness.example")
    assert base64.b64decode(ring.vkey("witness").split("+", 2)[2])[0] == 0x04


def test_the_log_key_hands_over_in_a_note_that_both_keys_sign(ring):
    ring.create("log", name=ORIGIN)
    before = ring.log_signer()
    after_id = ring.rotate("log")
    note = (ring.folder / f"log-{after_id}.rollover").read_text("utf-8")
    text, signatures = note.split("\n\n")
    assert before.vkey in text
    assert ring.vkey("log") in text
    for key, line in zip([before, ring.log_signer()], signatures.splitlines(), strict=True):
        signature = base64.b64decode(line.split(" ")[2])
        assert signature[:4] == key.key_id
        Ed25519PublicKey.from_public_bytes(key.public_raw).verify(signature[4:], (text + "\n").encode())


def test_the_old_log_key_signs_along_until_it_is_retired(ring):
    ring.create("log", name=ORIGIN)
    old = ring.log_signer()
    ring.rotate("log")
    assert [key.vkey for key in ring.log_signers()] == [ring.vkey("log"), old.vkey]
    assert ring.retire() == [old.key_id.hex()]
    assert [key.vkey for key in ring.log_signers()] == [ring.vkey("log")]


@pytest.mark.parametrize("text", ["", "duecourse-secret-v1 x", "duecourse-secret-v1 x25519 intake id - !!!!\n"])
def test_a_broken_key_file_is_named(ring, text):
    ring.create("intake")
    path = ring.folder / f"intake-{ring.current('intake')}.key"
    path.write_text(text)
    with pytest.raises(Invalid, match="key_malformed"):
        ring.secret("intake")


def test_a_key_file_under_another_keys_name_is_refused(ring):
    first = ring.create("intake")
    second = ring.create("intake")
    (ring.folder / f"intake-{first}.key").replace(ring.folder / f"intake-{second}.key")
    with pytest.raises(Invalid, match="key_malformed"):
        ring.secret("intake")


def test_an_escrowed_key_comes_back_with_the_recovery_key(ring):
    ring.create("recovery")
    ring.create("matter")
    sealed = ring.escrow("matter").read_bytes()
    key_file = (ring.folder / f"matter-{ring.current('matter')}.key").read_bytes()
    assert sealing.unseal(sealed, ring.secret("recovery")) == key_file
