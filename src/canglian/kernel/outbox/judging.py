"""Which addresses messages may go to: public ones, and private ones only where the installation says so.

An IPv6 address may carry an IPv4 one, by which somebody on the way sends the packets on: mapped, compatible and
translated addresses, NAT64, 6to4, Teredo and ISATAP. Both are judged. Of what is not meant for the public internet
(RFC 4291: 2000::/3) only loopback, unique local addresses and NAT64 are anybody's address.
"""

import socket
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from canglian.kernel.errors import Rejection, declare

declare(
    {
        "receiver.url_refused": "Messages do not go to {host}: it is not the address of another machine on the "
        "internet, or leads to one that is not."
    }
)

Address = IPv4Address | IPv6Address

_METADATA = frozenset(
    map(ip_address, ("100.100.100.200", "168.63.129.16", "192.0.0.192", "fd00:ec2::254", "fd20:ce::254"))
)
"""Services of clouds for their own machines, outside of the link-local range."""

_PUBLIC = IPv6Network("2000::/3")
_UNIQUE_LOCAL = IPv6Network("fc00::/7")
_NAT64 = IPv6Network("64:ff9b::/96")
_NAT64_LOCAL = IPv6Network("64:ff9b:1::/48")
_LAST_32 = (IPv6Network("::/96"), IPv6Network("::ffff:0:0:0/96"), _NAT64, _NAT64_LOCAL)
"""Where the last 32 bits are an IPv4 address: compatible, translated, NAT64."""

_ISATAP = (0x00005EFE, 0x02005EFE)
_LOOPBACK = IPv6Address("::1")


class Refused(Exception):
    """The address is not one that messages may go to."""


def plain(address: Address) -> Address:
    """A mapped address is the IPv4 one that it maps: the system connects to that."""
    return (isinstance(address, IPv6Address) and address.ipv4_mapped) or address


def judge(address: Address, *, allow_private: bool) -> None:
    """Raises Refused for an address that messages do not go to."""
    address = plain(address)
    if _is_nobodys(address):
        raise Refused("address not allowed")
    for inner in _carried(address):
        if _is_nobodys(inner):
            raise Refused("address not allowed")
        if not inner.is_global:
            raise Refused("private address not allowed")
    if not is_public(address) and not allow_private:
        raise Refused("private address not allowed")


def is_public(address: Address) -> bool:
    """Whether the way to an address leads through the internet."""
    return address.is_global and address not in _NAT64_LOCAL


def check_host(url: str) -> None:
    """Refuse an address that is written as a number, in any of its notations, and that no installation sends to.

    Rejects ``receiver.url_refused``. Names are judged when they are resolved, each time that something is sent.
    """
    try:
        host = urlsplit(url).hostname or ""
        address = _literal(host)
    except ValueError:
        return  # no address at all: refused by its form
    try:
        if address is not None:
            judge(address, allow_private=True)
    except Refused:
        raise Rejection("receiver.url_refused", host=host[:60]) from None


def _is_nobodys(address: Address) -> bool:
    """Whether an address is no other machine's for sure: of a link, of many, of none, of a cloud's own services."""
    if address.is_link_local or address.is_multicast or address.is_unspecified or address in _METADATA:
        return True
    if isinstance(address, IPv4Address):
        return address.is_reserved
    return not any(address in network for network in (_PUBLIC, _UNIQUE_LOCAL, _NAT64, _NAT64_LOCAL)) and (
        address != _LOOPBACK
    )


def _carried(address: Address) -> Iterator[IPv4Address]:
    """The IPv4 addresses inside an IPv6 one."""
    if isinstance(address, IPv4Address) or address == _LOOPBACK:
        return
    bits = int(address)
    last = bits & 0xFFFFFFFF
    if any(address in network for network in _LAST_32) or (bits >> 32) & 0xFFFFFFFF in _ISATAP:
        yield IPv4Address(last)
    if address in _NAT64_LOCAL:  # RFC 6052, 2.2: bits 48 to 63 and 72 to 87
        yield IPv4Address((bits >> 64 & 0xFFFF) << 16 | bits >> 40 & 0xFFFF)
    if address.sixtofour is not None:
        yield address.sixtofour
    if address.teredo is not None:
        yield from address.teredo


def _literal(host: str) -> Address | None:
    """An address in any notation that systems take: ``127.1``, ``0x7f000001`` and ``2130706433`` are 127.0.0.1, and
    so is what ends with a dot."""
    host = host.removesuffix(".")
    try:
        return ip_address(host)
    except ValueError:
        pass
    try:
        return IPv4Address(socket.inet_aton(host))
    except (OSError, ValueError):
        return None
