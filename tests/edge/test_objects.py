import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duecourse.core.errors import Invalid
from duecourse.edge.objects import ObjectStore


@pytest.fixture
def store(tmp_path):
    return ObjectStore(tmp_path / "objects")


def test_an_object_is_named_by_its_digest(store):
    digest = store.put(b"a page")
    assert digest == hashlib.sha256(b"a page").hexdigest()
    assert store.get(digest) == b"a page"
    assert store.path(digest) == store.root / digest[:2] / digest[2:]
    assert store.verify(digest)


@given(chunks=st.lists(st.binary(max_size=50), max_size=20))
def test_a_stream_and_its_bytes_are_the_same_object(chunks, tmp_path_factory):
    store = ObjectStore(tmp_path_factory.mktemp("store"))
    digest, size = store.put_stream(iter(chunks))
    assert digest == store.put(b"".join(chunks))
    assert size == len(b"".join(chunks))


def test_storing_twice_leaves_one_file_and_nothing_half_written(store):
    store.put(b"a page")
    store.put(b"a page")
    files = [path for path in store.root.rglob("*") if path.is_file()]
    assert len(files) == 1
    assert files[0].stat().st_mode & 0o777 == 0o400


def test_a_stream_that_breaks_leaves_nothing(store):
    def breaking():
        yield b"half"
        raise ConnectionError

    with pytest.raises(ConnectionError):
        store.put_stream(breaking())
    assert [path for path in store.root.rglob("*") if path.is_file()] == []


def test_a_changed_object_is_not_given_out(store):
    digest = store.put(b"a page")
    store.path(digest).chmod(0o600)
    store.path(digest).write_bytes(b"a pagE")
    assert not store.verify(digest)
    with pytest.raises(Invalid, match="object_damaged"):
        store.get(digest)


def test_a_missing_object_is_said_to_be_missing(store):
    digest = hashlib.sha256(b"never stored").hexdigest()
    assert not store.verify(digest)
    with pytest.raises(Invalid, match="object_missing"):
        store.get(digest)


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, "a" * 63, "a" * 64 + "\n"])
def test_a_name_that_is_no_digest_never_becomes_a_path(store, name):
    with pytest.raises(Invalid, match="digest_malformed"):
        store.path(name)
