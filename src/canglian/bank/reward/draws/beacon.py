"""drand, the public beacon: its chain by the hash that is configured, and a round of it.

Nobody knows a round before its time, and everybody can read it for ever. What is verified: the chain's facts give the
hash that is configured; a round's randomness is the hash of its signature; the signature is the chain's, where it can
be looked at (see ``signatures.py``). An answer is bounded in time and size and gets into no error.
"""

import hashlib
from typing import Annotated, Any
from urllib.parse import urlsplit

import httpx
import msgspec
from msgspec import Meta

from canglian.bank.reward.draws import signatures
from canglian.bank.reward.draws.commands.values import Beat
from canglian.bank.reward.draws.model import Beacon
from canglian.bank.reward.draws.proof import is_of_signature
from canglian.kernel.errors import Malformed, Rejection, Unavailable
from canglian.kernel.settings import Settings
from canglian.kernel.untrusted import read_json

SERVICE = "drand"
BYTES_MAX = 64 * 1024
_DEFAULT = ("", "default")

Hex = Annotated[str, Meta(pattern=r"^([0-9a-f]{2})+\Z", max_length=400)]


class Info(msgspec.Struct, frozen=True):
    """What a chain says of itself."""

    public_key: Hex
    period: Annotated[int, Meta(ge=1, le=86_400)]
    genesis_time: Annotated[int, Meta(ge=0, le=2**40)]
    hash: Hex
    groupHash: Hex  # noqa: N815 - as drand calls it
    schemeID: str = "pedersen-bls-chained"  # noqa: N815 - as drand calls it
    metadata: dict[str, Any] = {}

    @property
    def computed_hash(self) -> str:
        """The hash of a chain's facts, as drand computes it."""
        parts = self.period.to_bytes(4) + self.genesis_time.to_bytes(8)
        parts += bytes.fromhex(self.public_key) + bytes.fromhex(self.groupHash)
        beacon = str(self.metadata.get("beaconID", ""))
        return hashlib.sha256(parts + (b"" if beacon in _DEFAULT else beacon.encode())).hexdigest()


class Round(msgspec.Struct, frozen=True):
    """A round as drand answers it."""

    round: Annotated[int, Meta(ge=1)]
    randomness: Hex
    signature: Hex


def is_connected(settings: Settings) -> bool:
    """Whether a beacon is configured."""
    return bool(settings.drand_url and settings.drand_chain)


async def chain(settings: Settings) -> Beacon:
    """The chain that is configured. Rejects ``draw.no_beacon`` and ``draw.beacon_chain``; Unavailable ``outside.*``."""
    if not is_connected(settings):
        raise Rejection("draw.no_beacon", field="entropy")
    wanted = settings.drand_chain or ""
    info = await _asked(settings, f"/{wanted}/info", Info)
    if info.hash != wanted or info.computed_hash != wanted:
        raise Rejection("draw.beacon_chain", problem="its facts have another hash")
    if info.schemeID not in signatures.SCHEMES:
        raise Rejection("draw.beacon_chain", problem="its rounds depend on each other")
    return Beacon(chain=wanted, genesis=info.genesis_time, period=info.period, key=info.public_key)


async def beat(settings: Settings, known: Beacon, number: int) -> Beat:
    """A round of a chain. Unavailable ``outside.away`` before its time, ``outside.answer_unreadable`` for another."""
    if not settings.drand_url:
        raise Rejection("draw.no_beacon", field="entropy")
    found = await _asked(settings, f"/{known.chain}/public/{number}", Round)
    right = found.round == number and is_of_signature(found.randomness, found.signature)
    if not right or signatures.verified(known.key, number, found.signature) is False:
        raise Unavailable("outside.answer_unreadable", service=SERVICE)
    return Beat(round=number, value=found.randomness, signature=found.signature)


async def _asked(settings: Settings, path: str, kind: Any) -> Any:
    base = _checked(settings.drand_url or "")
    timeout = settings.outside_timeout_ms / 1000
    try:
        async with (
            httpx.AsyncClient(follow_redirects=False, trust_env=False, timeout=timeout) as client,
            client.stream("GET", base + path, headers={"accept": "application/json"}) as response,
        ):
            raw = bytearray()
            async for part in response.aiter_bytes():
                raw += part
                if len(raw) > BYTES_MAX:
                    raise Unavailable("outside.answer_unreadable", service=SERVICE)
            status = response.status_code
    except (httpx.HTTPError, OSError, TimeoutError):
        raise Unavailable("outside.away", service=SERVICE) from None
    if status != 200:
        raise Unavailable("outside.away", service=SERVICE)
    try:
        return read_json(bytes(raw), kind)
    except msgspec.DecodeError:
        raise Unavailable("outside.answer_unreadable", service=SERVICE) from None


def _checked(url: str) -> str:
    """The address. Malformed ``settings.invalid``."""
    try:
        parts = urlsplit(url)
        right = parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.query and not parts.fragment
    except ValueError:
        right = False
    if not right:
        raise Malformed("settings.invalid", name="drand_url", problem="https://host/path")
    return url.rstrip("/")
