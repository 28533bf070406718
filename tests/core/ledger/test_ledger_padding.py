"""A published tree's size says nothing about how much happened."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duecourse.core.errors import Invalid
from duecourse.core.ledger.padding import leaves_to_pad


@given(st.integers(0, 10**9), st.integers(0, 10**6), st.integers(1, 1000))
def test_every_publication_is_a_multiple_of_the_step_and_grows_by_the_least_that_holds_all(published, new, step):
    size = published + new
    target = size + leaves_to_pad(size, step=step, published=published)
    assert target % step == 0
    assert target >= max(size, published + 1)
    assert target - step < max(size, published + 1)


def test_a_quiet_hour_and_an_hour_with_one_report_publish_alike():
    quiet = 640 + leaves_to_pad(640, step=64, published=640)
    busy = 641 + leaves_to_pad(641, step=64, published=640)
    assert quiet == busy == 704


def test_a_tree_smaller_than_what_was_published_is_invalid():
    with pytest.raises(Invalid):
        leaves_to_pad(63, step=64, published=64)
    with pytest.raises(Invalid):
        leaves_to_pad(63, step=0, published=0)
