from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duecourse.core.errors import Invalid
from duecourse.office.documents import spelling

AMOUNTS = {
    "0": "零元整",
    "10": "壹拾元整",
    "20000": "贰万元整",
    "20050": "贰万零伍拾元整",
    "105000": "壹拾万伍仟元整",
    "1000001": "壹佰万零壹元整",
    "100000000": "壹亿元整",
    "100000500": "壹亿零伍佰元整",
    "1234567.89": "壹佰贰拾叁万肆仟伍佰陆拾柒元捌角玖分",
    "12.05": "壹拾贰元零伍分",
    "12.50": "壹拾贰元伍角整",
}


@pytest.mark.parametrize("amount", AMOUNTS)
def test_a_fine_is_written_in_capital_numerals(amount):
    assert spelling.capitals(Decimal(amount)) == AMOUNTS[amount]


@given(st.integers(min_value=0, max_value=10**15))
def test_two_amounts_never_share_their_capital_numerals(yuan):
    assert spelling.capitals(Decimal(yuan)) != spelling.capitals(Decimal(yuan + 1))


def test_a_fine_stands_in_figures_and_in_capitals():
    assert spelling.money("20000", "zh-Hans") == "人民币20,000元（大写：贰万元整）"
    assert spelling.money("20000.50", "en") == "RMB 20,000.50"


def test_money_that_is_no_number_is_invalid():
    with pytest.raises(Invalid):
        spelling.money("two", "en")


def test_a_day_is_written_as_each_language_does():
    assert spelling.day("2026-03-02", "zh-Hans") == "2026年3月2日"
    assert spelling.day("2026-03-02", "en") == "2 March 2026"
