"""Which network address a request came from: the peer's, or what a trusted reverse proxy says.

`X-Forwarded-For` is believed only when the peer itself is one of `DUECOURSE_TRUSTED_PROXIES` (addresses or networks);
then it is read from the right, past further trusted proxies, to the first address that is none of them. What stands
left of that was written by the client and may be invented.

Not here: what is done with the address (sign-in limits, slowing of codes); it is never part of a report.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from ipaddress import IPv4Network

    from django.http import HttpRequest

    Network = IPv4Network | IPv6Network
    Address = IPv4Address | IPv6Address

UNKNOWN = ""
"""The peer of a request that came over a unix socket, or that no server named."""


def of(request: HttpRequest) -> str:
    """The address of whoever sent the request, in its one spelling; `UNKNOWN` when nobody can say."""
    return behind(
        request.META.get("REMOTE_ADDR", ""),
        request.META.get("HTTP_X_FORWARDED_FOR", ""),
        networks(settings.DUECOURSE_TRUSTED_PROXIES),
    )


def behind(peer: str, forwarded: str, trusted: Sequence[Network]) -> str:
    """The right-most address that is no trusted proxy: the peer, else one that a trusted proxy wrote down."""
    found = _read(peer)
    if found is None:
        return UNKNOWN
    for said in reversed(forwarded.split(",")):
        if not _among(found, trusted):
            break
        further = _read(said)
        if further is None:
            break
        found = further
    return str(found)


def networks(named: Sequence[str]) -> list[Network]:
    """Read addresses and networks (`10.0.0.7`, `10.1.0.0/16`). Raises ValueError for anything else."""
    return [ip_network(name.strip(), strict=False) for name in named if name.strip()]


def _among(address: Address, trusted: Sequence[Network]) -> bool:
    return any(address in network for network in trusted)


def _read(text: str) -> Address | None:
    try:
        found = ip_address(text.strip())
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found
