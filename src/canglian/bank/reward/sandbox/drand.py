"""A world that plays drand: a round every three seconds, each signed by its number alone, and readable for ever.

It speaks drand's HTTP API: ``/chains``, ``/{chain}/info``, ``/{chain}/public/latest`` and ``/{chain}/public/{round}``.
Unlike drand, which many houses keep together with BLS12-381, it has one Ed25519 key of its folder, so it is no source
of chance that anybody should trust. A round before its time is not found, as there.
"""

import hashlib
from collections.abc import Mapping
from typing import Any, ClassVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from canglian.web.sandbox.world import Fact, Reply, World, refusal
from canglian.web.signing import Asked

GENESIS = 1_692_803_367
PERIOD_SECONDS = 3
SCHEME = "sandbox-unchained-ed25519"
BEACON = "sandbox"
GROUP = hashlib.sha256(b"canglian sandbox").hexdigest()
_KEY = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"canglian sandbox of a beacon").digest())
PUBLIC_KEY = _KEY.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()
CHAIN = hashlib.sha256(
    PERIOD_SECONDS.to_bytes(4) + GENESIS.to_bytes(8) + bytes.fromhex(PUBLIC_KEY + GROUP) + BEACON.encode()
).hexdigest()
"""The hash of the chain, computed as drand computes it. Its key is known to everybody: it plays, and nothing more."""


class Drand(World):
    """The beacon."""

    name: ClassVar[str] = "drand"
    title: ClassVar[str] = "公开随机数信标 · Public beacon (drand)"
    front: ClassVar[str] = f"/{CHAIN}/public/latest"
    front_title: ClassVar[str] = "最新一轮 · Latest round"
    public: ClassVar[Mapping[str, str] | None] = {"drand_chain": CHAIN}

    def do(self, asked: Asked, data: Any) -> Reply:
        """Nobody signs to a beacon."""
        del asked, data
        return refusal(404, "not_found", "There is nothing here.")

    def apply(self, fact: Fact) -> None:
        """It has none to remember: a round follows from its number."""

    def open(self, asked: Asked) -> Reply | None:
        """What anybody may read; None for everything else."""
        if asked.method != "GET":
            return None
        if asked.path == "/chains":
            return Reply(200, [CHAIN])
        if asked.path == f"/{CHAIN}/info":
            return Reply(200, self._info())
        if not asked.path.startswith(f"/{CHAIN}/public/"):
            return None
        latest = (int(self.clock()) - GENESIS) // PERIOD_SECONDS + 1
        text = asked.path.rsplit("/", 1)[1]
        number = latest if text == "latest" else int(text) if text.isdecimal() and len(text) < 16 else 0
        if not 1 <= number <= latest:
            return refusal(404, "not_yet", "There is no such round yet.")
        return Reply(200, round_of(number))

    @staticmethod
    def _info() -> dict[str, Any]:
        return {
            "public_key": PUBLIC_KEY,
            "period": PERIOD_SECONDS,
            "genesis_time": GENESIS,
            "hash": CHAIN,
            "groupHash": GROUP,
            "schemeID": SCHEME,
            "metadata": {"beaconID": BEACON},
        }


def round_of(number: int) -> dict[str, Any]:
    """A round by its number."""
    signature = _KEY.sign(hashlib.sha256(number.to_bytes(8)).digest())
    return {"round": number, "randomness": hashlib.sha256(signature).hexdigest(), "signature": signature.hex()}


WORLD = Drand
