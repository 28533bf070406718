"""Canonical JSON has one spelling, and it is RFC 8785's."""

from __future__ import annotations

import unicodedata

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from duecourse.core.errors import Invalid
from duecourse.core.ledger import canonical

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20).map(
    lambda text: unicodedata.normalize("NFC", text)
)
INTEGER = st.integers(-canonical.MAX_INTEGER, canonical.MAX_INTEGER)
VALUE = st.recursive(
    st.none() | st.booleans() | INTEGER | TEXT,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(TEXT, inner, max_size=5),
    max_leaves=20,
)


@given(VALUE)
def test_every_value_is_spelt_as_somebody_elses_rfc_8785_spells_it(value):
    assert canonical.encode(value) == rfc8785.dumps(value)


@given(VALUE)
def test_what_is_spelt_reads_back_as_it_was(value):
    assert canonical.decode(canonical.encode(value)) == value


@given(st.binary(max_size=200) | VALUE.map(lambda value: rfc8785.dumps(value) + b" "))
def test_any_bytes_are_either_the_one_spelling_or_invalid(data):
    try:
        value = canonical.decode(data)
    except Invalid:
        return
    assert canonical.spell(value) == data


def test_keys_stand_in_the_order_of_their_utf_16_units_also_above_the_basic_plane():
    keys = ["\U00020bb7", "\uff5e", "é", "z", "a"]
    value = {key: [dict.fromkeys(keys, 1)] for key in keys}
    assert canonical.encode(value) == rfc8785.dumps(value)
    assert list(canonical.decode(canonical.encode(value))) == ["a", "z", "é", "\U00020bb7", "\uff5e"]


@pytest.mark.parametrize(
    ("value", "code"),
    [
        pytest.param(1.0, "json_type", id="a fraction, even a whole one"),
        pytest.param([2**53], "json_integer_too_large", id="an integer a browser would round"),
        pytest.param({"a": -(2**53)}, "json_integer_too_large", id="the same below zero"),
        pytest.param("\0", "json_nul", id="a NUL"),
        pytest.param(["\ud800"], "json_lone_surrogate", id="half a character"),
        pytest.param({"\udfff": 1}, "json_lone_surrogate", id="half a character in a key"),
        pytest.param("e\u0301", "json_not_nfc", id="a letter in two pieces"),
        pytest.param({1: 2}, "json_key_type", id="a key that is no string"),
        pytest.param({"a": {1, 2}}, "json_type", id="a set"),
        pytest.param(b"a", "json_type", id="bytes"),
    ],
)
def test_a_writer_is_refused(value, code):
    with pytest.raises(Invalid) as refused:
        canonical.encode(value)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(b'{"b":1,"a":2}', "json_not_canonical", id="keys out of order"),
        pytest.param(b'{"a":1,"a":1}', "json_not_canonical", id="a key twice"),
        pytest.param(b'{"a": 1}', "json_not_canonical", id="a blank"),
        pytest.param(b'"\\u0041"', "json_not_canonical", id="an escape that is not needed"),
        pytest.param(b'"\\/"', "json_not_canonical", id="an escaped slash"),
        pytest.param(b"-0", "json_not_canonical", id="minus zero"),
        pytest.param(b"1.5", "json_float", id="a fraction"),
        pytest.param(b"1e2", "json_float", id="an exponent"),
        pytest.param(b"NaN", "json_float", id="not a number"),
        pytest.param(b"9007199254740992", "json_integer_too_large", id="an integer a browser would round"),
        pytest.param(b"1" * 5000, "json_integer_too_large", id="five thousand digits"),
        pytest.param(b'"\\u0000"', "json_nul", id="a NUL"),
        pytest.param(b'"\\ud800"', "json_lone_surrogate", id="half a character"),
        pytest.param(b"\xff", "json_not_utf8", id="not UTF-8"),
        pytest.param(b"\xef\xbb\xbf1", "json_malformed", id="a byte-order mark"),
        pytest.param(b"", "json_malformed", id="nothing"),
        pytest.param(b"[" * 100_000, "json_too_deep", id="a hundred thousand brackets"),
        pytest.param(b"[" * 65 + b"]" * 65, "json_too_deep", id="65 levels"),
    ],
)
def test_a_reader_refuses(data, code):
    with pytest.raises(Invalid) as refused:
        canonical.decode(data)
    assert refused.value.code == code


def test_64_levels_are_enough_for_anybody():
    deepest = b"[" * 64 + b"]" * 64
    assert canonical.spell(canonical.decode(deepest)) == deepest


def test_a_reader_does_not_ask_its_own_unicode_version_about_an_old_record():
    assert canonical.decode('"e\u0301"'.encode()) == "e\u0301"


def test_what_a_person_typed_is_put_into_the_form_a_writer_takes():
    typed = {"e\u0301": ["A\u030a", 1, None, True]}
    assert canonical.encode(canonical.normal(typed)) == '{"é":["Å",1,null,true]}'.encode()


ODD = (
    st.floats() | st.binary(max_size=9) | st.dates() | st.uuids() | st.integers() | st.text(max_size=9) | st.decimals()
)
ANYTHING = st.recursive(
    ODD | VALUE,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(inner, inner)
        | st.dictionaries(st.integers() | st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=6,
)


def verdict(way, given):
    try:
        return way(given)
    except Invalid as refusal:
        return refusal.code


@given(ANYTHING)
def test_the_quick_way_of_writing_says_yes_only_to_what_the_slow_way_spells_alike(value):
    quick = canonical._quickly_spelt(value)
    assert quick is None or quick == verdict(lambda given: canonical._spell(given, nfc=True), value)


@given(
    VALUE.map(rfc8785.dumps)
    | st.binary(max_size=40)
    | st.from_regex(rb'\{"[a\xc3\xa9]":(-?[0-9.eE+]{1,18}|"(\\\\[u0-9a-fbnt"\\\\/]|[ -~])*")\}', fullmatch=True)
)
def test_the_quick_way_of_reading_says_yes_only_to_what_the_slow_way_reads_alike(data):
    quick = canonical._quickly_read(data)
    assert quick is None or quick == verdict(canonical._slowly_read, data)


def test_the_quick_way_takes_what_an_entry_is_made_of():
    value = {"字": [1, None, True, "é", {"a": [[[{}]]]}]}
    assert canonical._quickly_spelt(value) == canonical.encode(value)
    assert canonical._quickly_read(canonical.encode(value)) == value
