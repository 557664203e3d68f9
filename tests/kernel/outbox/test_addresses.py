"""Addresses inside addresses: judged when a receiver is written down, and each time that a message is sent."""

import asyncio
import socket
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any

import pytest

from canglian.kernel.errors import Rejection
from canglian.kernel.fields import check
from canglian.kernel.outbox import AddReceiver, ChangeReceiver
from canglian.kernel.outbox.addresses import target
from canglian.kernel.outbox.judging import Refused, judge


def carrying(inner: str) -> list[str]:
    """All IPv6 addresses that lead to an IPv4 one by a way that has been a standard."""
    number = int(IPv4Address(inner))
    return [
        *(f"::{inner}", f"::ffff:0:{inner}", f"64:ff9b::{inner}", f"64:ff9b:1::{inner}"),
        str(IPv6Address((0x2002 << 112) | (number << 80) | 1)),
        str(IPv6Address((0x20010000 << 96) | (0x08080808 << 64) | (number ^ 0xFFFFFFFF))),
        str(IPv6Address((0x20010000 << 96) | (number << 64) | (0x08080808 ^ 0xFFFFFFFF))),
        str(IPv6Address((0x64FF9B0001 << 80) | (number >> 16 << 64) | ((number & 0xFFFF) << 40) | 0x08080808)),
        f"2a00:1450:4001:80e:0:5efe:{inner}",
        f"2a00:1450:4001:80e:200:5efe:{inner}",
        f"::ffff:{inner}",
    ]


PRIVATE = ("127.0.0.1", "127.1.2.3", "10.1.2.3", "172.16.0.1", "192.168.0.1", "100.64.0.1")
CLOUDS = ("169.254.169.254", "100.100.100.200", "168.63.129.16")
NOBODYS = (*CLOUDS, "224.0.0.1", "240.0.0.1", "255.255.255.255", "0.0.0.0")
CLOUDS_6 = ("fd00:ec2::254", "fd20:ce::254")
REFUSED = ("::", "::2", "::7f00:1", "fe80::1", "ff02::1", "fec0::1", *CLOUDS_6, "100::1", "4000::1", "e000::1")
PUBLIC = ("8.8.8.8", "2a00:1450:4001:80e::200e", "64:ff9b::8.8.8.8", "2002:808:808::1", "::ffff:8.8.8.8")
NEIGHBOURS = (*PRIVATE, "::1", "fd12:3456::1", *(f"::ffff:{inner}" for inner in PRIVATE))


def said(address: str, *, allow_private: bool) -> str | None:
    """What is said against an address."""
    try:
        judge(ip_address(address), allow_private=allow_private)
    except Refused as refused:
        return str(refused)
    return None


@pytest.mark.parametrize("inner", [*PRIVATE, *NOBODYS])
def test_no_address_carries_a_private_one_past_the_check(inner: str) -> None:
    assert {said(address, allow_private=False) is None for address in [inner, *carrying(inner)]} == {False}
    for address in carrying(inner)[:-1]:  # the last one is that address itself, in the way that IPv6 writes it
        assert said(address, allow_private=True) is not None, address


@pytest.mark.parametrize("address", REFUSED)
def test_what_is_no_machines_address_is_refused_everywhere(address: str) -> None:
    assert said(address, allow_private=True) == said(address, allow_private=False) == "address not allowed"


def test_neighbours_are_reached_where_the_installation_says_so_and_public_ones_always() -> None:
    assert {said(address, allow_private=True) for address in (*PUBLIC, *NEIGHBOURS)} == {None}
    assert {said(address, allow_private=False) for address in PUBLIC} == {None}
    assert {said(address, allow_private=False) for address in NEIGHBOURS} == {"private address not allowed"}


def written(address: str) -> str:
    return f"https://[{address}]/hook" if ":" in address else f"https://{address}/hook"


@pytest.mark.parametrize("address", [*REFUSED, *NOBODYS, *carrying("127.0.0.1")[:-1], *carrying("169.254.169.254")])
def test_a_receiver_is_not_written_down_with_such_an_address(address: str) -> None:
    for command in (
        AddReceiver(name="x", url=written(address), secret="sealed:x"),
        ChangeReceiver(receiver="rcv_1", url=written(address)),
    ):
        with pytest.raises(Rejection, match=r"receiver\.url_refused") as refused:
            check(command)
        assert refused.value.fields["field"] == "url"


NOTATIONS = ("2852039166", "0xa9fea9fe", "0xa9.0xfe.0xa9.0xfe", "169.254.43518", "0251.0376.1.2", "169.254.169.254.")


@pytest.mark.parametrize("host", NOTATIONS)
def test_other_notations_of_an_address_are_the_address(host: str) -> None:
    with pytest.raises(Rejection, match=r"receiver\.url_refused"):
        check(AddReceiver(name="x", url=f"https://{host}/", secret="sealed:x"))


@pytest.mark.parametrize(
    "url", ["https://shop.example/", "http://10.1.2.3:8080/", "https://[fd12::1]/", "https://[", "x"]
)
def test_names_and_neighbours_are_judged_when_something_is_sent(url: str) -> None:
    check(AddReceiver(name="x", url=url, secret="sealed:x"))


@pytest.mark.parametrize("allow_private", [False, True])
@pytest.mark.parametrize("address", ["::7f00:1", "::a9fe:a9fe", "::ffff:0:7f00:1", "2002:7f00:1::1", "64:ff9b::7f00:1"])
async def test_a_name_that_leads_there_is_refused_when_something_is_sent(
    monkeypatch: pytest.MonkeyPatch, address: str, allow_private: bool
) -> None:
    """Also where only one of the addresses of a name does, and the first time it did not."""
    found = ["2a00:1450:4001:80e::200e"]

    async def resolve(_name: str, port: int, **_: Any) -> Any:
        return [(socket.AF_INET6, socket.SOCK_STREAM, 6, "", (each, port, 0, 0)) for each in found]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", resolve, raising=False)
    assert (await target("https://shop.example/", allow_private=allow_private)).url.startswith("https://[2a00:")
    found.append(address)
    with pytest.raises(Refused):
        await target("https://shop.example/", allow_private=allow_private)
