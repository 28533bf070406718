from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duecourse.core.errors import Invalid
from duecourse.edge import clock, ids

codes = st.builds(ids.code)


@given(codes)
def test_a_code_reads_back_as_it_was_given(code):
    assert ids.read_code(code) == code
    assert len(code) == 21


@given(codes, st.sampled_from([" ", "-", " — ", "\u3000", ""]))
def test_a_code_may_be_typed_with_other_spaces_and_in_small_letters(code, gap):
    typed = code.replace("-", gap).lower().replace("0", "o").replace("1", "l")
    assert ids.read_code(typed) == code


def test_a_code_typed_in_full_width_letters_is_read():
    code = ids.code()
    wide = "".join(chr(ord(letter) + 0xFEE0) for letter in code)
    assert ids.read_code(wide) == code


@given(codes, st.integers(0, 16), st.sampled_from(ids.ALPHABET))
def test_one_wrong_character_is_noticed(code, place, wrong):
    letters = list(code.replace("-", ""))
    if letters[place] == wrong:
        return
    letters[place] = wrong
    with pytest.raises(Invalid, match="code_malformed"):
        ids.read_code("".join(letters))


@given(codes, st.integers(0, 15), st.integers(0, 15))
def test_two_swapped_characters_are_noticed(code, first, second):
    letters = list(code.replace("-", ""))
    if letters[first] == letters[second]:
        return
    letters[first], letters[second] = letters[second], letters[first]
    with pytest.raises(Invalid, match="code_malformed"):
        ids.read_code("".join(letters))


@given(st.text(max_size=200))
def test_any_text_is_either_a_code_or_refused(text):
    try:
        canonical = ids.read_code(text)
    except Invalid:
        return
    assert ids.read_code(canonical) == canonical


def test_ten_thousand_combining_marks_are_no_code():
    with pytest.raises(Invalid):
        ids.read_code("A" + "\u0301" * 10_000)


def test_codes_do_not_repeat():
    assert len({ids.code() for _ in range(2_000)}) == 2_000


def test_the_clock_is_in_utc_and_ends_at_the_millisecond():
    moment = clock.now()
    assert moment.tzinfo is UTC
    assert moment.microsecond % 1000 == 0


def test_the_hand_moved_clock_moves_in_a_test_and_stands_in_production(tmp_path, monkeypatch):
    hand = tmp_path / "clock"
    hand.write_text("864000")
    monkeypatch.setenv("DUECOURSE_CLOCK", str(hand))
    monkeypatch.setenv("DUECOURSE_ENV", "test")
    assert (clock.now() - datetime.now(UTC)).total_seconds() == pytest.approx(864_000, abs=60)
    monkeypatch.setenv("DUECOURSE_ENV", "production")
    assert (clock.now() - datetime.now(UTC)).total_seconds() == pytest.approx(0, abs=60)


def test_today_is_the_local_date_of_the_zone(tmp_path, monkeypatch):
    hand = tmp_path / "clock"
    noon_utc = datetime(2026, 9, 5, 17, 0, tzinfo=UTC)
    hand.write_text(str((noon_utc - datetime.now(UTC)).total_seconds()))
    monkeypatch.setenv("DUECOURSE_CLOCK", str(hand))
    monkeypatch.setenv("DUECOURSE_ENV", "test")
    assert clock.today("Asia/Shanghai").isoformat() == "2026-09-06"
