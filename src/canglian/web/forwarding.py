"""Whose request it is: the address of the connection, or of who stands before the proxies that are trusted.

A proxy adds the address that it was asked from at the end of ``X-Forwarded-For``; whatever stands further to the left
was sent by somebody. So the address is the one that stands as many places from the end as there are proxies
(``trusted_hops``), and only where the connection comes from one of them (``trusted_proxies``). Anything else leaves
the address of the connection.
"""

import ipaddress
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Any

from canglian.kernel.errors import Malformed
from canglian.kernel.settings import Settings

FORWARDED = ("x-forwarded-for", "forwarded", "x-real-ip", "via")
"""What a proxy adds: a request with one of these came through one, or says so."""

_HEADER = b"x-forwarded-for"
_NEIGHBOURS = 64
"""How many bits of an IPv6 address say whose it is: the rest a client chooses as it likes."""


class Forwarding:
    """Replaces the address of a connection by the one that the trusted proxies say."""

    def __init__(self, settings: Settings) -> None:
        """Raises Malformed ``settings.invalid``."""
        self.hops = settings.trusted_hops
        try:
            self._proxies = [ipaddress.ip_network(text.strip()) for text in settings.trusted_proxies.split(",")]
        except ValueError as error:
            raise Malformed("settings.invalid", name="trusted_proxies", problem=str(error)) from None

    def apply(self, scope: Any) -> None:
        """Put the address of the client into the scope of a request."""
        client = scope.get("client")
        if not self.hops or client is None or not self._trusts(client[0]):
            return
        lists = [value.decode("latin-1") for name, value in scope["headers"] if name == _HEADER]
        hops = ",".join(lists).rsplit(",", self.hops)[-self.hops :]
        address = _read(hops[0]) if len(hops) == self.hops else None
        if address is not None:
            scope["client"] = (str(address), 0)

    def is_proxy(self, peer: str) -> bool:
        """Whether a connection is a trusted proxy's, which stands for many clients."""
        return self.hops > 0 and self._trusts(peer)

    def _trusts(self, peer: str) -> bool:
        address = _read(peer)
        return address is not None and any(_within(address, network) for network in self._proxies)


def source_of(client: Any) -> str:
    """What limits by address count by: an IPv4 address, the network of an IPv6 address; ``local`` without any."""
    if client is None:
        return "local"
    address = _read(client[0])
    if isinstance(address, IPv6Address):
        return str(ipaddress.ip_network((address, _NEIGHBOURS), strict=False))
    return client[0] if address is None else str(address)


def is_loopback(peer: str) -> bool:
    """Whether a connection comes from this machine."""
    address = _read(peer)
    return address is not None and address.is_loopback


def _within(address: IPv4Address | IPv6Address, network: IPv4Network | IPv6Network) -> bool:
    return address.version == network.version and address in network


def _read(text: str) -> IPv4Address | IPv6Address | None:
    """An address as a proxy writes it: alone, in brackets, or with a port; an IPv4 one in IPv6 is itself."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    return (isinstance(address, IPv6Address) and address.ipv4_mapped) or address
