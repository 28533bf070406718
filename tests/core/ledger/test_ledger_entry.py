"""An entry commits to every byte of its skeleton, and to each field so that any can be shown or withheld."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone
from hashlib import sha256
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duecourse.core.errors import Invalid
from duecourse.core.ledger import canonical, entry

STREAM = UUID("a74c4cfd-6eb2-4135-b96a-7d203ff1a2b0")
OTHER = "0b0e4c1f-2d4b-4c4e-9a3e-0c9f6f6f6f6f"
SALT = bytes(range(32))
HEX = "ab" * 32
FIELDS = (entry.Field("note", "case", "属实", SALT), entry.Field("amount", "public", 12050, SALT))
WRITTEN = {
    "log": "log.example/office",
    "stream": STREAM,
    "kind": "matter",
    "index": 1,
    "prev": bytes(32),
    "procedure": "lead",
    "step": "verify-lead",
    "role": "handler",
    "occurred": entry.Occurred.on(date(2026, 2, 10), "Asia/Shanghai", time="09:02"),
    "recorded": datetime(2026, 2, 10, 1, 2, 3, 456_789, UTC),
    "digests": {"rulebook": HEX, "calendar": HEX},
    "exhibits": [HEX],
    "links": [entry.Link("report", OTHER)],
    "outcome": {"engine": 1, "words": "核实"},
    "fields": FIELDS,
}


def build(**changed):
    return entry.build_skeleton(**WRITTEN | changed)


def lengthy(data: bytes) -> bytes:
    return len(data).to_bytes(8, "big") + data


def test_a_field_digest_is_the_formula_of_the_format():
    spelt = b"duecourse/field/v1\n" + lengthy(b"note") + lengthy(SALT) + lengthy('"属实"'.encode())
    assert entry.field_digest("note", SALT, "属实") == sha256(spelt).digest()
    assert entry.framed(b"note") == lengthy(b"note")


def test_a_commitment_is_the_formula_of_the_format():
    skeleton = build()
    assert entry.commitment(skeleton) == sha256(b"duecourse/entry/v1\n" + lengthy(skeleton)).digest()
    assert entry.Entry(skeleton).commitment == entry.commitment(skeleton)
    assert entry.Entry(skeleton).skeleton.step == "verify-lead"


def test_a_skeleton_built_fast_is_the_canonical_json_of_the_skeleton_read():
    for changed in (
        {},
        {"prev": None, "index": 0, "procedure": None, "outcome": {}, "fields": (), "links": [], "exhibits": []},
        {"occurred": entry.Occurred("2026-02-10", None, "Etc/GMT+8"), "digests": {}},
    ):
        data = build(**changed)
        skeleton = entry.Skeleton.decode(data)
        assert skeleton.encode() == data == canonical.encode(skeleton.to_json()) == canonical.encode(json.loads(data))


def test_times_are_cut_to_the_millisecond_in_utc():
    east = timezone(timedelta(hours=8))
    skeleton = entry.Skeleton.decode(build(recorded=datetime(2026, 2, 10, 9, 2, 3, 456_999, east)))
    assert skeleton.recorded == "2026-02-10T01:02:03.456Z"
    assert skeleton.recorded_at() == datetime(2026, 2, 10, 1, 2, 3, 456_000, UTC)
    assert skeleton.occurred == entry.Occurred("2026-02-10", "09:02", "Asia/Shanghai")
    with pytest.raises(Invalid):
        build(recorded=datetime(2026, 2, 10))  # noqa: DTZ001 - a naive moment is the point


def test_a_field_is_the_one_committed_to_or_the_difference_is_named():
    skeleton = entry.Skeleton.decode(build())
    for field in FIELDS:
        entry.check_field(skeleton, field)
    for field, code in (
        (entry.Field("note", "case", "不属实", SALT), "field_digest"),
        (entry.Field("note", "case", "属实", bytes(32)), "field_digest"),
        (entry.Field("note", "public", "属实", SALT), "field_class"),
        (entry.Field("notes", "case", "属实", SALT), "field_unknown"),
    ):
        with pytest.raises(Invalid) as refused:
            entry.check_field(skeleton, field)
        assert refused.value.code == code


def test_a_withheld_field_still_stands_by_name_class_and_digest():
    mark = entry.Skeleton.decode(build()).fields["amount"]
    assert mark == entry.FieldMark("public", entry.field_digest("amount", SALT, 12050).hex())


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        pytest.param({"log": "a log"}, "log_origin", id="an origin with a space"),
        pytest.param({"log": "a+b"}, "log_origin", id="an origin with a plus"),
        pytest.param({"log": 'x"'}, "log_origin", id="an origin with a quote"),
        pytest.param({"stream": "A74C4CFD-6EB2-4135-B96A-7D203FF1A2B0"}, "not_a_uuid", id="a stream in capitals"),
        pytest.param({"kind": "case"}, "stream_kind", id="a kind of stream that is not one"),
        pytest.param({"index": -1}, "entry_index", id="before the first"),
        pytest.param({"index": 0}, "entry_prev_unexpected", id="a first entry that has one before it"),
        pytest.param({"prev": None}, "entry_prev_missing", id="a later entry that has none before it"),
        pytest.param({"prev": b"short"}, "digest_not_hex", id="a previous commitment of another length"),
        pytest.param({"procedure": "Lead"}, "token", id="a procedure in capitals"),
        pytest.param({"step": 'x","role":"main-head'}, "token", id="a step that smuggles a role"),
        pytest.param({"role": ""}, "token", id="no role"),
        pytest.param({"occurred": entry.Occurred("2026-02-30", None, "UTC")}, "date", id="the thirtieth of February"),
        pytest.param({"occurred": entry.Occurred("2026-W06-1", None, "UTC")}, "date", id="a week date"),
        pytest.param({"occurred": entry.Occurred("2026-02-10", "24:00", "UTC")}, "time", id="the hour 24"),
        pytest.param({"occurred": entry.Occurred("2026-02-10", None, "北京")}, "zone", id="a zone IANA does not know"),
        pytest.param({"digests": {"rulebook": "AB" * 32}}, "digest_not_hex", id="a digest in capitals"),
        pytest.param({"digests": {"Rulebook": HEX}}, "token", id="a digest's name in capitals"),
        pytest.param({"exhibits": ["ab"]}, "digest_not_hex", id="a short exhibit digest"),
        pytest.param({"links": [entry.Link("report", "x")]}, "not_a_uuid", id="a link to nowhere"),
        pytest.param({"links": [entry.Link("", OTHER)]}, "token", id="a link without a kind"),
        pytest.param({"outcome": {"rate": 0.5}}, "json_type", id="a fraction in the outcome"),
        pytest.param({"outcome": {"words": "e\u0301"}}, "json_not_nfc", id="an outcome that is not NFC"),
        pytest.param({"outcome": {"words": "x" * (1 << 20)}}, "skeleton_too_long", id="a skeleton above 1 MiB"),
        pytest.param({"fields": [FIELDS[0], FIELDS[0]]}, "field_twice", id="a field twice"),
    ],
)
def test_what_is_outside_the_format_is_not_written(changed, code):
    with pytest.raises(Invalid) as refused:
        build(**changed)
    assert refused.value.code == code


def test_a_field_has_a_name_a_class_and_32_bytes_of_salt():
    for name, class_, salt in (("Note", "case", SALT), ("note", "", SALT), ("note", "case", b"")):
        with pytest.raises(Invalid):
            entry.Field(name, class_, "x", salt)


def spoil(part, value):
    raw = json.loads(build())
    if value is ...:
        del raw[part]
    else:
        raw[part] = value
    return canonical.spell(raw)


@pytest.mark.parametrize(
    ("part", "value", "code"),
    [
        ("v", "duecourse/entry/v2", "skeleton_version"),
        ("step", ..., "keys"),
        ("more", 1, "keys"),
        ("index", True, "not_an_integer"),
        ("index", "1", "not_an_integer"),
        ("prev", 5, "not_text"),
        ("prev", "AB" * 32, "digest_not_hex"),
        ("exhibits", {}, "not_a_list"),
        ("exhibits", [1], "not_text"),
        ("links", [{"kind": "report"}], "keys"),
        ("digests", [], "not_an_object"),
        ("occurred", {"date": "2026-02-10", "zone": "UTC"}, "keys"),
        ("occurred", {"date": "2026-2-10", "time": None, "zone": "UTC"}, "date"),
        ("recorded", "2026-02-10T01:02:03Z", "moment"),
        ("recorded", "2026-02-10T01:02:60.000Z", "moment"),
        ("recorded", "2026-02-30T01:02:03.000Z", "date"),
        ("outcome", None, "not_an_object"),
        ("fields", {"note": {"class": "case"}}, "keys"),
        ("fields", {"note": {"class": "case", "digest": "x"}}, "digest_not_hex"),
        ("fields", {"Note": {"class": "case", "digest": HEX}}, "token"),
    ],
)
def test_what_is_outside_the_format_is_not_read(part, value, code):
    with pytest.raises(Invalid) as refused:
        entry.Skeleton.decode(spoil(part, value))
    assert refused.value.code == code


def test_a_skeleton_made_by_hand_is_read_before_it_is_written():
    skeleton = entry.Skeleton.decode(build())
    spoilt = entry.Skeleton(**{name: getattr(skeleton, name) for name in skeleton.__slots__} | {"role": "Head"})
    with pytest.raises(Invalid):
        spoilt.encode()
    with pytest.raises(Invalid):
        entry.Skeleton.decode(b" " * ((1 << 20) + 1))


@given(st.binary(max_size=60) | st.integers(0, 3000).map(lambda at: build()[:at] + b"x" + build()[at + 1 :]))
def test_any_bytes_are_a_skeleton_that_prints_back_or_invalid(data):
    try:
        skeleton = entry.Skeleton.decode(data)
    except Invalid:
        return
    assert skeleton.encode() == data
