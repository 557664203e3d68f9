"""Where a message goes: to an address that was judged, whatever its name says the next time.

Whoever may add a receiver must not be able to make the server talk to its own neighbours: loopback, private networks,
a cloud's metadata service. The name is resolved here and the connection made to the very address that was judged, so
that a name that answers differently the second time gains nothing.
"""

import asyncio
import socket
from ipaddress import IPv6Address, ip_address
from typing import NamedTuple
from urllib.parse import urlsplit, urlunsplit

from canglian.kernel.outbox.judging import Address, Refused, is_public, judge, plain


class Target(NamedTuple):
    """An address to connect to, and the name that it stands for."""

    url: str
    host: str
    name: str


async def target(url: str, *, allow_private: bool) -> Target:
    """Resolve and judge the host of ``url``. Raises Refused, or OSError where the name is unknown."""
    parts = urlsplit(url)
    name = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    found = await asyncio.get_running_loop().getaddrinfo(name, port, type=socket.SOCK_STREAM)
    addresses = [plain(ip_address(info[4][0])) for info in found]
    for address in addresses:
        _check(address, parts.scheme, allow_private=allow_private)
    first = addresses[0]
    place = f"[{first}]:{port}" if isinstance(first, IPv6Address) else f"{first}:{port}"
    return Target(urlunsplit((parts.scheme, place, parts.path or "/", parts.query, "")), parts.netloc, name)


def _check(address: Address, scheme: str, *, allow_private: bool) -> None:
    judge(address, allow_private=allow_private)
    if is_public(address) and scheme != "https":
        raise Refused("https needed")
