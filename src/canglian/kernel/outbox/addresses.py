"""Where a message may go: to the public internet, and inside only where the installation says so.

Whoever may add a receiver must not be able to make the server talk to its own neighbours: loopback, private networks,
a cloud's metadata service. The name is resolved here and the connection made to the very address that was checked, so
that a name that answers differently the second time gains nothing.
"""

import asyncio
import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import NamedTuple
from urllib.parse import urlsplit, urlunsplit

Address = IPv4Address | IPv6Address

_METADATA = frozenset({ip_address("100.100.100.200"), ip_address("fd00:ec2::254"), ip_address("192.0.0.192")})
"""Metadata services outside of the link-local range."""

_NAT64 = ip_network("64:ff9b::/96")


class Refused(Exception):
    """The address is not one that messages may go to."""


class Target(NamedTuple):
    """An address to connect to, and the name that it stands for."""

    url: str
    host: str
    name: str


async def target(url: str, *, allow_private: bool) -> Target:
    """Resolve and check the host of ``url``. Raises Refused, or OSError where the name is unknown."""
    parts = urlsplit(url)
    name = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    found = await asyncio.get_running_loop().getaddrinfo(name, port, type=socket.SOCK_STREAM)
    addresses = [_plain(ip_address(info[4][0])) for info in found]
    for address in addresses:
        _check(address, parts.scheme, allow_private=allow_private)
    first = addresses[0]
    place = f"[{first}]:{port}" if isinstance(first, IPv6Address) else f"{first}:{port}"
    return Target(urlunsplit((parts.scheme, place, parts.path or "/", parts.query, "")), parts.netloc, name)


def _check(address: Address, scheme: str, *, allow_private: bool) -> None:
    if address.is_link_local or address.is_multicast or address.is_unspecified or address in _METADATA:
        raise Refused("address not allowed")
    if address.is_global:
        if scheme != "https":
            raise Refused("https needed")
    elif not allow_private:
        raise Refused("private address not allowed")


def _plain(address: Address) -> Address:
    """The IPv4 address that stands inside an IPv6 one (mapped, NAT64, 6to4, Teredo), for it is where the way ends."""
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else address)
