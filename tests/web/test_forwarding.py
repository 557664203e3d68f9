"""Whose request it is: the connection's address, or what the nearest trusted proxy added; never what a client says."""

from typing import Any

import msgspec
import pytest

from canglian.app.opening import opened
from canglian.app.server import create_app
from canglian.kernel.errors import Malformed
from canglian.kernel.settings import Settings
from canglian.web.forwarding import Forwarding, source_of
from tests.conftest import client_of


def seen(hops: int, peer: str, *lists: str, proxies: str = "127.0.0.0/8,::1,10.0.0.0/24") -> str:
    """The address that a request is taken to come from."""
    forwarding = Forwarding(Settings(trusted_hops=hops, trusted_proxies=proxies))
    scope: Any = {"client": (peer, 5000), "headers": [(b"x-forwarded-for", value.encode()) for value in lists]}
    forwarding.apply(scope)
    return scope["client"][0]


@pytest.mark.parametrize(
    ("hops", "peer", "lists", "address"),
    [
        (0, "127.0.0.1", ["203.0.113.9"], "127.0.0.1"),
        (1, "127.0.0.1", ["203.0.113.9"], "203.0.113.9"),
        (1, "127.0.0.1", ["1.1.1.1, 203.0.113.9"], "203.0.113.9"),
        (1, "127.0.0.1", ["1.1.1.1", "203.0.113.9"], "203.0.113.9"),
        (1, "127.0.0.1", ["127.0.0.1, 10.0.0.1, 203.0.113.9"], "203.0.113.9"),
        (2, "10.0.0.7", ["1.1.1.1, 203.0.113.9, 10.0.0.8"], "203.0.113.9"),
        (2, "10.0.0.7", ["203.0.113.9"], "10.0.0.7"),
        (1, "10.0.1.7", ["203.0.113.9"], "10.0.1.7"),
        (1, "203.0.113.4", ["127.0.0.1"], "203.0.113.4"),
        (1, "127.0.0.1", [], "127.0.0.1"),
        (1, "127.0.0.1", [""], "127.0.0.1"),
        (1, "127.0.0.1", ["203.0.113.9, garbage"], "127.0.0.1"),
        (1, "127.0.0.1", ["203.0.113.9, "], "127.0.0.1"),
        (1, "127.0.0.1", ["203.0.113.9:4711"], "203.0.113.9"),
        (1, "127.0.0.1", ["[2001:db8::7]:4711"], "2001:db8::7"),
        (1, "::1", ["2001:db8::7"], "2001:db8::7"),
        (1, "::ffff:127.0.0.1", ["::ffff:203.0.113.9"], "203.0.113.9"),
        (1, "127.0.0.1", ["é"], "127.0.0.1"),
    ],
)
def test_the_hop_that_the_nearest_trusted_proxy_added_is_taken(
    hops: int, peer: str, lists: list[str], address: str
) -> None:
    assert seen(hops, peer, *lists) == address


@pytest.mark.parametrize("proxies", ["", "garbage", "10.0.0.1/8", "127.0.0.1,"])
def test_a_network_that_is_none_is_refused_when_the_server_starts(proxies: str) -> None:
    with pytest.raises(Malformed, match=r"settings\.invalid"):
        Forwarding(Settings(trusted_proxies=proxies))


def test_limits_count_by_an_address_that_a_client_cannot_choose() -> None:
    assert source_of(("2001:db8::1", 1)) == source_of(("2001:db8::ffff:1", 2)) == "2001:db8::/64"
    assert source_of(("2001:db8:0:1::1", 1)) != source_of(("2001:db8::1", 1))
    assert source_of(("::ffff:203.0.113.9", 1)) == source_of(("203.0.113.9", 2)) == "203.0.113.9"
    assert source_of(None) == "local"


@pytest.mark.parametrize("hops", [0, 1])
async def test_who_rotates_forwarded_addresses_meets_the_limit_of_one(configuration: Settings, hops: int) -> None:
    settings = msgspec.structs.replace(configuration, trusted_hops=hops, failures_burst=5, failures_per_second=1)
    async with opened(settings) as installation, client_of(create_app(installation)) as client:
        statuses: list[int] = []
        for number in range(8):
            claimed = f"198.51.100.{number}"
            forwarded = claimed if hops == 0 else f"{claimed}, 203.0.113.9"
            headers = {"authorization": f"Bearer ck_abcdefgh_{number}", "x-forwarded-for": forwarded}
            statuses.append((await client.get("/v1/me", headers=headers)).status_code)
        assert statuses == [401] * 5 + [429] * 3
        other = {"authorization": "Bearer ck_abcdefgh_x", "x-forwarded-for": "203.0.113.10"}
        assert (await client.get("/v1/me", headers=other)).status_code == (429 if hops == 0 else 401)
