import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duecourse.core.errors import Invalid
from duecourse.edge import ids, sealing
from duecourse.edge.sealing import CHUNK, SecretKey

INTAKE, RECOVERY, STRANGER = SecretKey.new(), SecretKey.new(), SecretKey.new()
BOTH = [INTAKE.public(), RECOVERY.public()]
SIZES = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 7]


@pytest.mark.parametrize("size", SIZES)
def test_each_recipient_opens_what_was_sealed(size):
    plain = bytes(index % 251 for index in range(size))
    sealed = sealing.seal(plain, BOTH)
    assert sealing.unseal(sealed, INTAKE) == plain
    assert sealing.unseal(sealed, RECOVERY) == plain
    assert sealing.recipients_of(sealed) == (INTAKE.id, RECOVERY.id)


@given(st.lists(st.integers(0, CHUNK), max_size=5), st.integers(1, 3 * CHUNK))
@settings(max_examples=25, deadline=None)
def test_how_the_stream_was_cut_does_not_matter(pieces, read):
    sealer = sealing.Sealer(BOTH)
    plain = [bytes([index]) * size for index, size in enumerate(pieces)]
    sealed = sealer.header + b"".join(sealer.push(piece) for piece in plain) + sealer.finish()
    parts = [sealed[start : start + read] for start in range(0, len(sealed), read)]
    assert b"".join(sealing.unseal_stream(parts, INTAKE)) == b"".join(plain)


def test_a_stranger_is_told_that_it_is_for_another():
    with pytest.raises(Invalid, match="sealed_for_another"):
        sealing.unseal(sealing.seal(b"text", BOTH), STRANGER)


@pytest.mark.parametrize("size", SIZES)
def test_a_cut_off_file_is_noticed(size):
    sealed = sealing.seal(b"x" * size, BOTH)
    start = sealed.index(b"\n") + 1
    for length in {start, start + 10, start + 24, start + 30, len(sealed) - 1, len(sealed) - 17}:
        with pytest.raises(Invalid, match="sealed_damaged"):
            sealing.unseal(sealed[:length], INTAKE)


def test_a_whole_chunk_left_out_swapped_or_added_is_noticed():
    sealed = sealing.seal(b"a" * CHUNK + b"b" * CHUNK + b"c", BOTH)
    start, whole = sealed.index(b"\n") + 1 + 24, CHUNK + 17
    head, first, second, rest = (
        sealed[:start],
        sealed[start : start + whole],
        sealed[start + whole : start + 2 * whole],
        sealed[start + 2 * whole :],
    )
    for wrong in (head + second + rest, head + second + first + rest, head + first + second, sealed + rest):
        with pytest.raises(Invalid, match="sealed_damaged"):
            sealing.unseal(wrong, INTAKE)


@given(st.integers(0), st.integers(1, 255))
@settings(max_examples=200, deadline=None)
def test_any_changed_byte_is_noticed(place, change):
    sealed = bytearray(sealing.seal(b"a reporter's words", BOTH))
    sealed[place % len(sealed)] ^= change
    with pytest.raises(Invalid):
        sealing.unseal(bytes(sealed), INTAKE)


def test_a_recipient_cannot_be_taken_out_of_the_header():
    one, two = sealing.seal(b"text", [INTAKE.public()]), sealing.seal(b"text", BOTH)
    line = two[: two.index(b"\n") + 1]
    header = sealing._print_header({INTAKE.id: sealing._read_header(line)[INTAKE.id]})
    with pytest.raises(Invalid, match="sealed_damaged"):
        sealing.unseal(header + two[len(line) :], INTAKE)
    assert sealing.unseal(one, INTAKE) == b"text"


@given(st.binary(max_size=300))
def test_any_bytes_are_refused_with_a_reason(noise):
    with pytest.raises(Invalid):
        sealing.unseal(noise, INTAKE)
    with pytest.raises(Invalid):
        sealing.unseal(b'{"alg":' + noise + b"\n" + noise, INTAKE)


def test_the_header_has_one_spelling():
    sealed = sealing.seal(b"text", BOTH)
    with pytest.raises(Invalid, match="sealed_malformed"):
        sealing.unseal(sealed.replace(b'","', b'", "', 1), INTAKE)


def test_the_same_code_always_gives_the_same_keys():
    keys = sealing.reporter_keys("7QK2-0M4T-XW9C-5RZH-A")
    assert keys.lookup_id.hex() == "bcee3d52bae880b7e614575eb756c834e64138658770548fba130f941673a985"
    assert keys.public.raw.hex() == "af1669689bf9b0e2cb7129c27140487eb094eecb73763a62fdbf3b9609591158"
    assert sealing.unseal(sealing.seal(b"letter", [keys.public]), keys.secret) == b"letter"


def test_the_lookup_id_tells_nothing_of_the_letter_key():
    keys = sealing.reporter_keys(ids.code())
    assert keys.lookup_id not in {keys.secret.raw, keys.public.raw}


def test_a_secret_key_does_not_show_itself():
    assert INTAKE.raw.hex() not in repr(INTAKE)
    assert repr(INTAKE.raw) not in repr(INTAKE)
