"""A receipt shows what its holder may see, prints in one spelling, and cannot be made from the wrong fields."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_ledger_entry import FIELDS, SALT, build

from duecourse.core.errors import Invalid
from duecourse.core.ledger import canonical, entry, receipt

MADE = receipt.make(build(), FIELDS[:1], "the proof's text\n")


def test_a_receipt_holds_the_skeleton_the_shown_fields_and_the_proof_and_nothing_else():
    raw = canonical.decode(MADE.encode())
    assert raw == {
        "v": "duecourse/receipt/v1",
        "skeleton": build().decode(),
        "fields": {"note": {"value": "属实", "salt": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="}},
        "proof": "the proof's text\n",
    }
    assert receipt.Receipt.parse(MADE.encode()) == MADE


def test_a_receipt_is_not_made_of_a_field_that_was_not_entered():
    with pytest.raises(Invalid):
        receipt.make(build(), [entry.Field("note", "case", "不属实", SALT)], "")
    with pytest.raises(Invalid):
        receipt.Receipt(b"\xff", {}, "").encode()


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"v": "duecourse/receipt/v2"}, "receipt_version"),
        ({"more": 1}, "keys"),
        ({"skeleton": 1}, "not_text"),
        ({"proof": None}, "not_text"),
        ({"fields": []}, "not_an_object"),
        ({"fields": {"note": {"value": 1}}}, "keys"),
        ({"fields": {"note": {"value": 1, "salt": "A"}}}, "base64"),
    ],
)
def test_a_receipt_of_another_shape_is_invalid(changed, code):
    raw = canonical.decode(MADE.encode())
    with pytest.raises(Invalid) as refused:
        receipt.Receipt.parse(canonical.spell(raw | changed))
    assert refused.value.code == code


def test_a_receipt_above_8_mib_is_not_read():
    with pytest.raises(Invalid):
        receipt.Receipt.parse(b" " * (receipt.MAX_RECEIPT + 1))


@given(
    st.binary(max_size=80) | st.integers(0, 2000).map(lambda at: MADE.encode()[:at] + b"A" + MADE.encode()[at + 1 :])
)
def test_any_bytes_are_a_receipt_that_prints_back_or_invalid(data):
    try:
        read = receipt.Receipt.parse(data)
    except Invalid:
        return
    assert read.encode() == data
