"""``canglian bench signing``: what it costs that each call of an app and each answer is signed.

64 connections call the product as ``canglian serve`` starts it: unsigned with an API key, signed by a shared secret,
and signed by Ed25519; the answers to signed calls carry the bank's signature by Ed25519. All ask for an address that is
not there, so that what differs is who asks and how they prove it. Then signed calls ask for the products on offer, as
apps do. Requests are signed before anything is measured; the rounds are interleaved, and the medians compared.

At the end requests that were answered are sent again, and others with a changed body: all have to be refused.
"""

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
import uvloop
from rich.progress import Progress

from canglian.bank.partner.calls import key_id, shared_secret
from canglian.bank.partner.commands import AcceptPartner, AddApp, AddKey, AddSecret, RegisterPartner
from canglian.bank.partner.scopes import Scope
from canglian.ledger.bench.ground import BOOK, bars, flush_microseconds, fresh_postgres
from canglian.ledger.bench.load import Load, Numbered, put
from canglian.ledger.bench.product import Product
from canglian.ledger.bench.report import Bar, Report, median, percentile, spread
from canglian.web.services import Services
from canglian.web.signing import Asked, signed_request
from canglian.web.signing_keys import SigningKey

CONNECTIONS = 64
NOWHERE = "/v1/open/nowhere"
PRODUCTS = "/v1/open/products"
AGAIN = 200
"""How many requests are sent a second time, and how many with a changed body."""

_REFUSED = (401, 429)
"""What is answered to whoever did not sign well, and after some of that to everybody at the same address."""

_AUTHORITY = "127.0.0.1"


class Size(msgspec.Struct, frozen=True):
    """How many rounds of how many calls of each kind."""

    rounds: int
    calls: int


FULL = Size(rounds=5, calls=20_000)
QUICK = Size(rounds=3, calls=5_000)
TINY = Size(rounds=1, calls=300)


class Measured(msgspec.Struct):
    """Rates of the rounds of a kind of calls, the times of all, and how often which status was answered."""

    rates: list[float] = msgspec.field(default_factory=list[float])
    seconds: list[float] = msgspec.field(default_factory=list[float])
    statuses: Counter[int] = msgspec.field(default_factory=Counter[int])


class CallKind(msgspec.Struct, frozen=True):
    """A kind of calls: what makes one, and the status that it is answered."""

    make: Callable[[], bytes]
    status: int


def run(folder: Path, size: Size, product: Product) -> Report:
    """Measure in a database of its own below ``folder``."""
    with fresh_postgres(folder, product.packages) as postgres, bars() as progress:
        return uvloop.run(_measure(postgres.url, folder, size, product, progress))


async def _measure(url: str, folder: Path, size: Size, product: Product, progress: Progress) -> Report:
    keys: list[SigningKey] = []

    async def fill(services: Services) -> None:
        keys.extend(await _keys(services))

    installation = await product.install(url, folder, fill)
    secret, pair = keys
    kinds = {
        "unsigned": CallKind(lambda: _unsigned(installation.token), 404),
        "hmac": CallKind(lambda: _signed(secret, NOWHERE), 404),
        "ed25519": CallKind(lambda: _signed(pair, NOWHERE), 404),
        "products": CallKind(lambda: _signed(pair, PRODUCTS), 200),
    }
    measured: defaultdict[str, Measured] = defaultdict(Measured)
    task = progress.add_task("calling", total=(size.rounds + 1) * len(kinds))
    with product.served(installation.environment, folder) as server:
        for turn in range(size.rounds + 1):
            for name, sent in kinds.items():
                requests = [sent.make() for _ in range(size.calls if turn else size.calls // 4)]
                found = await _round(requests, server.port)
                if turn:
                    measured[name].rates += found.rates
                    measured[name].seconds += found.seconds
                    measured[name].statuses += found.statuses
                progress.advance(task)
        once = [_signed(pair, PRODUCTS) for _ in range(AGAIN)]
        await _round(once, server.port)
        again = await _round(once, server.port)
        changed = await _round([_signed(pair, PRODUCTS, b"{}") for _ in range(AGAIN)], server.port)
    wrong = sum(
        count
        for name, found in measured.items()
        for status, count in found.statuses.items()
        if status != kinds[name].status
    )
    taken = sum(
        count for found in (again, changed) for status, count in found.statuses.items() if status not in _REFUSED
    )
    return _report(measured, wrong, taken, flush_microseconds(folder))


async def _keys(services: Services) -> tuple[SigningKey, SigningKey]:
    """A shared secret and a key of an app that may see products."""
    engine, pair = services.engine, SigningKey.new("pair")
    partner = await engine.execute(
        BOOK, RegisterPartner(name="晴川光伏集团", registration="91320500MA1MTE5Q23"), actor="bench"
    )
    await engine.execute(BOOK, AcceptPartner(partner=partner.id), actor="second")
    app = await engine.execute(
        BOOK,
        AddApp(partner=partner.id, name="平台", scopes=[Scope.PRODUCTS_READ], rate_per_second=10_000),
        actor="bench",
    )
    secret = await engine.execute(BOOK, AddSecret(app=app.id), actor="bench")
    public = str(pair.public).rpartition(":")[2]
    key = await engine.execute(BOOK, AddKey(app=app.id, public_key=public), actor="bench")
    return (
        shared_secret(services, BOOK, secret.id),
        SigningKey(key_id(BOOK, key.id), pair.algorithm, pair.secret),
    )


def _unsigned(token: str) -> bytes:
    return f"GET {NOWHERE} HTTP/1.1\r\nhost: {_AUTHORITY}\r\nauthorization: Bearer {token}\r\n\r\n".encode()


def _signed(key: SigningKey, path: str, changed: bytes = b"") -> bytes:
    """A signed GET; with a body that was not signed."""
    headers = signed_request(key, Asked("GET", _AUTHORITY, path, "", {}), time.time())
    if changed:
        headers["content-length"] = str(len(changed))
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"GET {path} HTTP/1.1\r\nhost: {_AUTHORITY}\r\n{lines}\r\n".encode() + changed


async def _round(requests: Sequence[bytes], port: int) -> Measured:
    numbered: list[Numbered] = list(enumerate(requests))
    load = Load(iter(numbered))
    begun = time.perf_counter()
    await put(load, port, CONNECTIONS)
    took = time.perf_counter() - begun
    seconds = [second for times in load.seconds.values() for second in times]
    return Measured([len(seconds) / took], seconds, load.statuses + Counter({0: load.broken}))


def _report(measured: dict[str, Measured], wrong: int, taken: int, flush: float) -> Report:
    middle = {name: median(found.rates) for name, found in measured.items()}
    return Report(
        "signing",
        {
            "connections": CONNECTIONS,
            **{f"{name}_per_second": round(rate) for name, rate in middle.items()},
            "ms_50_99": {
                name: [round(1000 * percentile(found.seconds, part), 2) for part in (0.5, 0.99)]
                for name, found in measured.items()
            },
            "of_unsigned": {name: round(middle[name] / middle["unsigned"], 3) for name in ("hmac", "ed25519")},
            "microseconds_of_signing": {
                name: round(1e6 / middle[name] - 1e6 / middle["unsigned"]) for name in ("hmac", "ed25519")
            },
            "spread": {name: spread(found.rates) for name, found in measured.items()},
            "flush_microseconds": flush,
        },
        [
            Bar("calls answered otherwise than they should be", wrong, 0, at_most=True),
            Bar("replayed or changed calls that were not refused", taken, 0, at_most=True),
        ],
    )
