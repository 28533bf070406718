"""Whom a request comes from: nobody can choose their own address."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duecourse.ui.address import UNKNOWN, behind, networks

PROXY, INNER, CLIENT = "10.0.0.7", "10.0.1.9", "192.0.2.44"
TRUSTED = networks([PROXY, "10.0.1.0/24"])
v4 = st.ip_addresses(v=4).map(str)


@pytest.mark.parametrize(
    ("peer", "said", "found"),
    [
        pytest.param(CLIENT, "", CLIENT, id="without a proxy the peer counts"),
        pytest.param(CLIENT, "203.0.113.1", CLIENT, id="a header from somebody who is no proxy is not believed"),
        pytest.param(PROXY, CLIENT, CLIENT, id="the proxy says who came"),
        pytest.param(PROXY, f"203.0.113.1, {CLIENT}", CLIENT, id="what the client wrote itself is not believed"),
        pytest.param(PROXY, f"203.0.113.1, {CLIENT}, {INNER}", CLIENT, id="a second proxy is passed"),
        pytest.param(PROXY, "", PROXY, id="a proxy that says nothing is the address"),
        pytest.param(PROXY, f"{CLIENT}, nonsense", PROXY, id="what is no address stops the reading"),
        pytest.param("::ffff:10.0.0.7", CLIENT, CLIENT, id="an IPv4 address in IPv6 clothes is the same address"),
        pytest.param("", CLIENT, UNKNOWN, id="a peer that nobody names is unknown"),
    ],
)
def test_the_address_is_the_first_that_no_trusted_proxy_has(peer, said, found):
    assert behind(peer, said, TRUSTED) == found


@given(peer=v4, said=st.lists(v4 | st.text(max_size=8), max_size=5))
def test_without_trusted_proxies_no_header_changes_anything(peer, said):
    assert behind(peer, ", ".join(said), []) == peer


@given(invented=st.lists(v4, max_size=4))
def test_behind_a_proxy_no_client_can_appear_as_somebody_else(invented):
    assert behind(PROXY, ", ".join([*invented, CLIENT]), TRUSTED) == CLIENT


def test_a_setting_that_is_no_network_is_refused():
    with pytest.raises(ValueError, match="does not appear"):
        networks(["the proxy"])
