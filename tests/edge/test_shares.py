from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duecourse.core.errors import Invalid
from duecourse.edge import shares
from duecourse.edge.shares import Share


@given(st.binary(min_size=1, max_size=40), st.integers(1, 4), st.integers(0, 3))
@settings(max_examples=40, deadline=None)
def test_any_sufficient_number_of_holders_restores_the_secret(secret, need, more):
    held = shares.split(secret, need=need, total=need + more)
    assert all(shares.join(group) == secret for group in combinations(held, need))
    assert shares.join(held) == secret


@given(st.binary(min_size=32, max_size=32))
@settings(deadline=None)
def test_one_holder_of_two_cannot_restore_it(secret):
    held = shares.split(secret, need=2, total=3)
    for share in held:
        with pytest.raises(Invalid, match="shares_too_few"):
            shares.join([share, share])


def test_one_share_fits_every_secret_equally():
    """For one share's byte y at point x, exactly one line through each possible secret byte exists."""
    share = shares.split(b"\x2a", need=2, total=3)[0]
    slopes = {shares._times(share.values[0] ^ secret, shares._inverse(share.point)) for secret in range(256)}
    assert len(slopes) == 256


@given(st.binary(min_size=32, max_size=32))
@settings(deadline=None)
def test_a_share_reads_back_from_its_line(secret):
    for share in shares.split(secret, need=2, total=3):
        assert Share.read(f"  {share.line()} \n") == share


def test_a_share_copied_with_a_mistake_is_refused():
    line = shares.split(b"k" * 32, need=2, total=3)[0].line()
    for wrong in (line.replace(" 1 2 ", " 2 2 "), line[:-1], line.replace("v1", "v2"), "", "a b c d e f"):
        with pytest.raises(Invalid, match="share_malformed"):
            Share.read(wrong)


def test_shares_of_two_secrets_do_not_mix():
    one, two = shares.split(b"k" * 32, need=2, total=3), shares.split(b"k" * 32, need=2, total=3)
    with pytest.raises(Invalid, match="shares_differ"):
        shares.join([one[0], two[1]])


def test_every_number_but_zero_has_its_inverse():
    assert all(shares._times(number, shares._inverse(number)) == 1 for number in range(1, 256))
