"""Which addresses a flow's request may reach: the public internet, and nothing of ours.

The decision is made on the resolved address, and the connection is made to that very address: a name that resolves to
something else a moment later (DNS rebinding) changes nothing.
"""

from __future__ import annotations

import ipaddress
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

_REFUSED_4 = tuple(
    IPv4Network(text)
    for text in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
_ALLOWED_6 = IPv6Network("2000::/3")
"""Global unicast; all else (::1, fe80::, fc00::, multicast, mapped, NAT64's 64:ff9b::) is refused or unpacked below."""
_REFUSED_6 = tuple(IPv6Network(text) for text in ("2001::/23", "2001:db8::/32", "3fff::/20", "5f00::/16"))
_SIX_TO_FOUR = IPv6Network("2002::/16")
_NAT64 = IPv6Network("64:ff9b::/96")


def is_public(address: str) -> bool:
    """Whether this IP address (as the resolver gave it) may be connected to."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    return _public_4(parsed) if isinstance(parsed, IPv4Address) else _public_6(parsed)


def _public_4(address: IPv4Address) -> bool:
    return address.is_global and not any(address in network for network in _REFUSED_4)


def _public_6(address: IPv6Address) -> bool:
    """IPv4 in any of its IPv6 disguises is judged as the IPv4 address that it leads to."""
    if address.scope_id is not None:
        return False
    if address.ipv4_mapped is not None:
        return _public_4(address.ipv4_mapped)
    if address in _SIX_TO_FOUR:
        return _public_4(IPv4Address((int(address) >> 80) & 0xFFFF_FFFF))
    if address in _NAT64:
        return _public_4(IPv4Address(int(address) & 0xFFFF_FFFF))
    if address not in _ALLOWED_6 or any(address in network for network in _REFUSED_6):
        return False
    return address.is_global


def is_in(address: str, networks: tuple[IPv4Network | IPv6Network, ...]) -> bool:
    """Whether this IP address lies in one of the networks that an installation names."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in networks)
