"""The beacon is believed where its chain and its rounds fit, and nowhere else."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import msgspec
import pytest

from canglian.app.sandboxes import serving
from canglian.bank.reward.draws import beacon, signatures
from canglian.bank.reward.draws.model import Beacon
from canglian.bank.reward.draws.proof import first_round
from canglian.bank.reward.sandbox import drand
from canglian.kernel.errors import Rejection, Unavailable
from canglian.kernel.settings import Settings

KNOWN = Beacon(chain=drand.CHAIN, genesis=drand.GENESIS, period=3, key=drand.PUBLIC_KEY)


def settings(url: str, chain: str = drand.CHAIN) -> Settings:
    return Settings(drand_url=url, drand_chain=chain)


def test_the_hash_of_a_chain_is_that_of_drand_itself() -> None:
    """The facts of drand's quicknet as drand publishes them."""
    info = beacon.Info(
        public_key=(
            "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d1064510d1fec758c"
            "921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a"
        ),
        period=3,
        genesis_time=1692803367,
        hash="52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971",
        groupHash="f477d5c89f21a17c863a7f937c6a6d15859414d2be09cd448d4279af331c5d3e",
        schemeID="bls-unchained-g1-rfc9380",
        metadata={"beaconID": "quicknet"},
    )
    assert info.computed_hash == info.hash


async def test_the_sandbox_speaks_drands_api_and_knows_no_round_before_its_time(tmp_path: Path) -> None:
    async with serving(["drand"], tmp_path) as running:
        asked = settings(running.addresses["drand"])
        assert await beacon.chain(asked) == KNOWN
        beat = await beacon.beat(asked, KNOWN, 5)
        assert (beat.round, beat.value) == (5, drand.round_of(5)["randomness"])
        with pytest.raises(Unavailable) as early:
            await beacon.beat(asked, KNOWN, 2**40)
        assert early.value.code == "outside.away"
        environment = running.environment.read_text()
        assert f"CANGLIAN_DRAND_CHAIN={drand.CHAIN}" in environment
        assert "CANGLIAN_DRAND_KEY" not in environment


async def test_without_a_beacon_none_decides() -> None:
    with pytest.raises(Rejection) as refused:
        await beacon.chain(Settings())
    assert refused.value.code == "draw.no_beacon"


@pytest.fixture
def answering() -> Iterator[tuple[str, list[bytes]]]:
    """A server that answers what it is told to, whatever it is asked."""
    answers: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(answers[0])

        def log_message(self, format: str, *args: Any) -> None:
            del format, args

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", answers
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    "change",
    [{"round": 6}, {"randomness": "00" * 32}, {"signature": "00" * 64}, {"signature": "zz"}, {"round": "5"}],
    ids=str,
)
async def test_a_round_that_does_not_fit_is_not_taken(answering: tuple[str, list[bytes]], change: Any) -> None:
    url, answers = answering
    answers.append(msgspec.json.encode({**drand.round_of(5), **change}))
    with pytest.raises(Unavailable) as refused:
        await beacon.beat(settings(url), KNOWN, 5)
    assert refused.value.code == "outside.answer_unreadable"


async def test_a_signature_of_another_key_with_its_own_hash_is_not_taken(answering: tuple[str, list[bytes]]) -> None:
    url, answers = answering
    other = drand.round_of(6)  # a right signature, of another round
    answers.append(msgspec.json.encode({**other, "round": 5}))
    with pytest.raises(Unavailable):
        await beacon.beat(settings(url), KNOWN, 5)


async def test_facts_of_another_chain_and_floods_are_not_taken(answering: tuple[str, list[bytes]]) -> None:
    url, answers = answering
    facts = drand.Drand._info()
    answers.append(msgspec.json.encode({**facts, "period": 30}))
    with pytest.raises(Rejection) as refused:
        await beacon.chain(settings(url))
    assert refused.value.code == "draw.beacon_chain"
    answers[0] = b" " * (beacon.BYTES_MAX + 1)
    with pytest.raises(Unavailable) as flooded:
        await beacon.chain(settings(url))
    assert flooded.value.code == "outside.answer_unreadable"


def test_rounds_are_counted_from_the_genesis() -> None:
    assert [first_round(100, 3, at) for at in (0, 100, 101, 103, 104)] == [1, 1, 2, 2, 3]


def test_a_key_of_bls_is_not_looked_at_and_said_so() -> None:
    assert signatures.verified("ab" * 96, 1, "cd" * 48) is None
    assert signatures.verified(drand.PUBLIC_KEY, 5, drand.round_of(5)["signature"]) is True
    assert signatures.verified(drand.PUBLIC_KEY, 6, drand.round_of(5)["signature"]) is False
