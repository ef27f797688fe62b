"""Which network addresses may be reached: public ones of single machines, and no others.

The tables follow the IANA registries of special-purpose addresses
(https://www.iana.org/assignments/iana-ipv4-special-registry and iana-ipv6-special-registry, read as of 2026), not
``ipaddress.is_global``, whose answer changes with the version of Python.
"""

from __future__ import annotations

from ipaddress import AddressValueError, IPv4Address, IPv4Network, IPv6Address, IPv6Network

_V4 = tuple(
    (IPv4Network(network), kind)
    for network, kind in (
        ("0.0.0.0/8", "this network"),  # RFC 791
        ("10.0.0.0/8", "a private network"),  # RFC 1918
        ("100.64.0.0/10", "a carrier's inner network"),  # RFC 6598; cloud metadata of Alibaba lies here
        ("127.0.0.0/8", "this machine"),  # RFC 1122
        ("168.63.129.16/32", "a cloud's own service"),  # Azure's inner service, a public number
        ("169.254.0.0/16", "a link-local network"),  # RFC 3927; most clouds' metadata
        ("172.16.0.0/12", "a private network"),  # RFC 1918
        ("192.0.0.0/24", "a reserved network"),  # RFC 6890; cloud metadata of Oracle lies here
        ("192.0.2.0/24", "a network of examples"),  # RFC 5737
        ("192.31.196.0/24", "a reserved network"),  # RFC 7535
        ("192.52.193.0/24", "a reserved network"),  # RFC 7450
        ("192.88.99.0/24", "a reserved network"),  # RFC 7526
        ("192.168.0.0/16", "a private network"),  # RFC 1918
        ("192.175.48.0/24", "a reserved network"),  # RFC 7534
        ("198.18.0.0/15", "a test network"),  # RFC 2544
        ("198.51.100.0/24", "a network of examples"),  # RFC 5737
        ("203.0.113.0/24", "a network of examples"),  # RFC 5737
        ("224.0.0.0/4", "a group of machines"),  # RFC 5771, multicast
        ("240.0.0.0/4", "a reserved network"),  # RFC 1112, broadcast with it
    )
)
_V6 = tuple(
    (IPv6Network(network), kind)
    for network, kind in (
        ("::/128", "this machine"),  # RFC 4291
        ("::1/128", "this machine"),  # RFC 4291
        ("::ffff:0:0/96", "an IPv4 address in disguise"),  # RFC 4291
        ("64:ff9b:1::/48", "a private network"),  # RFC 8215
        ("2001::/23", "a reserved network"),  # RFC 2928; Teredo (2001::/32), ORCHID, benchmarks
        ("2001:db8::/32", "a network of examples"),  # RFC 3849
        ("2002::/16", "an IPv4 address in disguise"),  # RFC 3056, 6to4, given up by RFC 7526
        ("2620:4f:8000::/48", "a reserved network"),  # RFC 7534
        ("3fff::/20", "a network of examples"),  # RFC 9637
        ("fc00::/7", "a private network"),  # RFC 4193, unique local; some clouds' metadata
        ("fe80::/10", "a link-local network"),  # RFC 4291
        ("fec0::/10", "a private network"),  # RFC 3879
        ("ff00::/8", "a group of machines"),  # RFC 4291, multicast
    )
)
#: The only part of IPv6 that is given out for single machines (IANA, ipv6-address-space).
_V6_UNICAST = IPv6Network("2000::/3")
#: IPv4 addresses as a translating network shows them (RFC 6052); the last 32 bits are what counts.
_NAT64 = IPv6Network("64:ff9b::/96")
#: The middle of an ISATAP address (RFC 5214), whose last 32 bits are an IPv4 address, in any network.
_ISATAP = {0x0000_5EFE, 0x0200_5EFE}

Address = IPv4Address | IPv6Address


def read_address(text: str) -> Address | None:
    """An IP address in its usual form, else None, as for ``0x7f.1``, ``127.1`` and ``fe80::1%eth0``."""
    try:
        if ":" not in text:
            return IPv4Address(text)
        return None if "%" in text else IPv6Address(text)
    except AddressValueError:
        return None


def inside(address: Address) -> str | None:
    """What an address is when it must not be reached, in words such as ``a private network``; None when it may."""
    if isinstance(address, IPv4Address):
        return next((kind for network, kind in _V4 if address in network), None)
    if address in _NAT64:
        return inside(_last_32_bits(address))
    kind = next((kind for network, kind in _V6 if address in network), None)
    if kind is not None:
        return kind
    if address not in _V6_UNICAST:
        return "a reserved network"
    if int(address) >> 32 & 0xFFFF_FFFF in _ISATAP:
        return inside(_last_32_bits(address))
    return None


def _last_32_bits(address: IPv6Address) -> IPv4Address:
    return IPv4Address(int(address) & 0xFFFF_FFFF)
