"""``canglian bench wallet``: transfers between e-CNY wallets of tier 2, against the same use case by an ORM.

Every transfer asks for the state of both wallets, the version of the payer's PIN that was looked at, the caps and
limits of payer and payee (one payment, payments of a day, balance), and counts what it moves in the same commit; it
has an idempotency key and a record. *Engine*: 64 clients in this process, each waiting for its answer before it asks
again. *ORM*: 64 clients too, one SQLAlchemy transaction a request on a pool of 20 (``rival.py``). Payer and
payee are taken at random; *hot* has one payee for all. *Yardstick*: transfers of the ledger, one command each, as
``posting`` measures them, on the same engine. The rounds are interleaved and the medians are compared.

The wallets are put into the database by COPY, and every wallet pays once before anything is measured, so that both
sides find what they need in memory. At the end what was counted against the limits is held against what moved.
"""

import asyncio
import itertools
import random
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import asyncpg
import msgspec
import uvloop

from canglian.bank.party import Level
from canglian.bank.wallet import Wallet, WalletKind, WalletPin, WalletState
from canglian.bank.wallet.bench import PACKAGES
from canglian.bank.wallet.bench.rival import Rival, WalletMove, prepare
from canglian.bank.wallet.commands import TransferBetweenWallets
from canglian.kernel import Engine
from canglian.kernel.encoding import encode
from canglian.kernel.postgres.store import PostgresStore
from canglian.kernel.postgres.writing import copy
from canglian.kernel.values import utc_now
from canglian.ledger.bench import posting
from canglian.ledger.bench.ground import (
    BOOK,
    TODAY,
    bars,
    flush_microseconds,
    fresh_postgres,
    open_accounts,
    running_engine,
)
from canglian.ledger.bench.report import Bar, Report, median, percentile, spread
from canglian.ledger.commands import OpenAccount
from canglian.ledger.model import Account, AccountState, Balance, Side

IN_FLIGHT = 64
FUNDS = 1_000_000
AMOUNT_MAX = 100
DRAWN = 20_000
"""So many moves are drawn before a round begins, and used again when they are at an end."""
PRODUCT = "wallet.ecny2"

Pay = Callable[[str, WalletMove], Awaitable[None]]
Choose = Callable[[random.Random], tuple[str, str]]


class Size(msgspec.Struct, frozen=True):
    """How much is measured: so many rounds of so many seconds for each side and pattern, between so many wallets.

    The yardstick has so many transfers between so many accounts in each round.
    """

    rounds: int
    seconds: float
    wallets: int = 20_000
    transfers: int = 60_000
    accounts: int = 20_000


FULL = Size(rounds=5, seconds=4)
QUICK = Size(rounds=3, seconds=2, wallets=10_000, transfers=30_000)
TINY = Size(rounds=1, seconds=0.3, wallets=200, transfers=1_000, accounts=500)


def run(folder: Path, size: Size) -> Report:
    """Measure in a database of its own below ``folder``."""
    with fresh_postgres(folder, PACKAGES) as postgres:
        return uvloop.run(_measure(postgres.url, folder, size))


async def _measure(url: str, folder: Path, size: Size) -> Report:
    with bars() as progress:
        async with running_engine(url) as (engine, _):
            numbers, _ = await open_accounts(engine, size.accounts, progress)
            last = (await engine.execute(BOOK, OpenAccount(asset="ECNY", head="2011"), actor="bench")).id
    names = await _fill(url, last + 1, size.wallets)
    await prepare(url, TODAY)
    rates: defaultdict[str, list[float]] = defaultdict(list)
    delays: defaultdict[str, list[float]] = defaultdict(list)
    rival = Rival.open(url, TODAY)
    pairs = posting.uniform(numbers, size.transfers)
    with bars() as progress:
        async with running_engine(url) as (engine, store):
            sides = {"engine": _by_engine(engine), "orm": _by_orm(rival)}
            for pay in sides.values():
                await _warm_up(pay, names)
            await posting.single(engine, pairs)
            task = progress.add_task("measuring", total=size.rounds * 5)
            for turn in range(size.rounds):
                rates["one_by_one"].append(await posting.single(engine, pairs))
                progress.advance(task)
                for pattern, choose in (("spread", _spread(names)), ("hot", _hot(names))):
                    for side, pay in sides.items():
                        rate, times = await _round(pay, choose, size.seconds, f"{side}-{pattern}-{turn}")
                        rates[f"{side}_{pattern}"].append(rate)
                        delays[f"{side}_{pattern}"] += times
                        progress.advance(task)
            apart = await _apart(store)
    await rival.close()
    return _report(size, rates, delays, apart, flush_microseconds(folder))


def _report(
    size: Size,
    rates: dict[str, list[float]],
    delays: dict[str, list[float]],
    apart: dict[str, int],
    flush: float,
) -> Report:
    middle = {name: median(values) for name, values in rates.items()}
    figures: dict[str, Any] = {f"{name}_per_second": round(value) for name, value in middle.items()}
    figures["spread_for_each_one_by_one"] = round(middle["engine_spread"] / middle["one_by_one"], 3)
    figures["spread"] = {name: spread(values) for name, values in rates.items()}
    figures["ms_50_99"] = {
        name: [round(percentile(times, share) * 1000, 2) for share in (0.5, 0.99)] for name, times in delays.items()
    }
    figures |= {"wallets": size.wallets, "in_flight": IN_FLIGHT, "transfers": apart["transfers"]}
    figures["flush_microseconds"] = flush
    return Report(
        "wallet",
        figures,
        [
            Bar("spread / ORM", middle["engine_spread"] / middle["orm_spread"], 8),
            Bar("spread / one command a transfer", figures["spread_for_each_one_by_one"], 0.4),
            Bar("hot payee / spread", middle["engine_hot"] / middle["engine_spread"], 0.9),
            Bar(
                "fen counted against limits but not moved, or moved but not counted", apart["counted"], 0, at_most=True
            ),
            Bar("fen that came from nowhere or went there", apart["money"], 0, at_most=True),
        ],
    )


# -- the two sides -------------------------------------------------------------------------------------------------


def _by_engine(engine: Engine) -> Pay:
    async def pay(key: str, move: WalletMove) -> None:
        asked = TransferBetweenWallets(
            payer=move.payer, payee=move.payee, amount=move.amount, channel="mobile", pin=move.pin
        )
        (await engine.submit(BOOK, asked, actor="bench", key=key)).unwrap()

    return pay


def _by_orm(rival: Rival) -> Pay:
    async def pay(key: str, move: WalletMove) -> None:
        if await rival.pay(key, move) is None:
            raise RuntimeError("the ORM refused a transfer")

    return pay


def _spread(names: list[str]) -> Choose:
    def choose(chance: random.Random) -> tuple[str, str]:
        first = chance.randrange(len(names))
        return names[first], names[first - 1 - chance.randrange(len(names) - 1)]

    return choose


def _hot(names: list[str]) -> Choose:
    return lambda chance: (names[1 + chance.randrange(len(names) - 1)], names[0])


async def _round(pay: Pay, choose: Choose, seconds: float, name: str) -> tuple[float, list[float]]:
    """Some seconds of one side and pattern: transfers a second, and how long each took."""
    chance = random.Random(name)  # noqa: S311 - the same transfers in every run
    moves = itertools.cycle([WalletMove(*choose(chance), 1 + chance.randrange(AMOUNT_MAX), 1) for _ in range(DRAWN)])
    numbers = itertools.count()
    times: list[float] = []
    begun = time.perf_counter()

    async def client() -> None:
        while (asked := time.perf_counter()) < begun + seconds:
            await pay(f"{name}-{next(numbers)}", next(moves))
            times.append(time.perf_counter() - asked)

    await asyncio.gather(*(client() for _ in range(IN_FLIGHT)))
    return len(times) / (time.perf_counter() - begun), times


async def _warm_up(pay: Pay, names: list[str]) -> None:
    """Every wallet pays its neighbour once."""
    for start in range(0, len(names), IN_FLIGHT):
        some = range(start, min(start + IN_FLIGHT, len(names)))
        await asyncio.gather(*(pay(f"warm-{at}", WalletMove(names[at], names[at - 1], 1, 1)) for at in some))


# -- the wallets ---------------------------------------------------------------------------------------------------


async def _fill(url: str, first: int, count: int) -> list[str]:
    """Wallets with a PIN and money, as opening them would have left them; their ids."""
    now, numbers = utc_now(), range(first, first + count)
    names = [f"wal_{number:026d}" for number in numbers]
    pairs = list(zip(names, numbers, strict=True))
    rows: dict[Any, list[Any]] = {
        Account: [account_row(number, name, now) for name, number in pairs],
        Balance: [Balance(number, 0, FUNDS, 0, 0, 1, 0, TODAY, now) for number in numbers],
        Wallet: [wallet_row(number, name, now) for name, number in pairs],
        WalletPin: [WalletPin(name, "$argon2id$bench", 1, 1, 0, False, None, now, "bench") for name in names],
    }
    connection: Any = await asyncpg.connect(url)
    try:
        for kind, things in rows.items():
            await copy(connection, kind.__table__, kind, encode(kind, BOOK, things))
        sql = "UPDATE book SET counters = counters || jsonb_build_object('account', $2::bigint) WHERE book = $1"
        await connection.execute(sql, BOOK, numbers[-1])
        await connection.execute("VACUUM ANALYZE")
    finally:
        await connection.close()
    return names


def account_row(number: int, owner: str, now: datetime) -> Account:
    """The account of a wallet in the ledger."""
    return Account(
        number, "ECNY", "2011", Side.CREDIT, AccountState.OPEN, 0, None, None, owner, None, None, None, now, None
    )


def wallet_row(number: int, identity: str, now: datetime) -> Wallet:
    """An e-CNY wallet of tier 2."""
    return Wallet(
        id=identity,
        ordinal=number,
        kind=WalletKind.ECNY,
        tier=2,
        product=PRODUCT,
        party=f"pty_{number:026d}",
        mobile_sealed=None,
        mobile_mask=None,
        mobile_index=None,
        parent=None,
        sub_wallets=0,
        merchant=None,
        single_max=None,
        day_max=None,
        deposit=None,
        account=number,
        asset="ECNY",
        number_sealed=f"sealed:{number:060d}",
        number_mask="8806********0000",
        number_index=f"{number:032x}",
        name="钱包",
        within=None,
        level=Level.REMOTE,
        state=WalletState.ACTIVE,
        locked_by=None,
        channel="mobile",
        opened_on=TODAY,
        closed_on=None,
        opened_at=now,
        opened_by="bench",
        updated_at=now,
    )


async def _apart(store: PostgresStore) -> dict[str, int]:
    """What the limits counted against what moved, on both sides; the money of all wallets against its beginning."""
    asked = {
        "transfers": "SELECT count(*) FROM wallet_transfer",
        "moved": "SELECT coalesce(sum(amount), 0)::bigint FROM wallet_transfer",
        "counted": "SELECT coalesce(sum(value::bigint), 0)::bigint FROM limit_tally, jsonb_each_text(used)",
        "orm_moved": "SELECT coalesce(sum(amount), 0)::bigint FROM orm_wallet_transfer",
        "orm_counted": "SELECT coalesce(sum(used), 0)::bigint FROM orm_counter",
        "money": f"SELECT abs(sum(b.credits - b.debits) - count(w.id) * {FUNDS})::bigint "
        "FROM wallet w JOIN balance b ON b.book = w.book AND b.account = w.account",
    }
    found = {name: await store.pool.fetchval(sql) for name, sql in asked.items()}
    counted = abs(found["moved"] - found["counted"]) + abs(found["orm_moved"] - found["orm_counted"])
    return {"transfers": found["transfers"], "counted": counted, "money": found["money"]}
