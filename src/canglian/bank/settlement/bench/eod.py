"""``canglian bench eod``: the end of a day over many accounts and merchants, and the same one killed again and again.

A fifth of the accounts are e-CNY wallets, the others deposit accounts; all bear interest, and every twentieth has moved
on the day. Every merchant was paid on the day and on the day before, by way of the ledger, with fees and refunds; some
are settled on the day itself, some wait for a minimum or are on hold, some owe what they could not give back. Half of
what was paid on the day came by the card and QR channel, whose sandbox runs beside it; its file
differs in some lines. Orders and contracts expire. Putting all that there is not measured.

*Undisturbed*: ``canglian eod run`` in a process of its own, from its start to its end; what each step took is what the
steps themselves have noted. *Killed*: on a copy of the same database, the same command is ended with SIGKILL in the
middle of steps taken at random, and given again, until it comes to an end. Afterwards both databases are compared:
trial balance, settlements, payouts, the interest of every account, what expired, and what reconciliation found. The
settlements are held against what was booked, and the differences against those that were planted.
"""

import hashlib
import random
import signal
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import asyncpg
import msgspec
import psutil
import uvloop

from canglian.bank.settlement.bench import channel
from canglian.bank.settlement.bench.branch import TODAY, Owed, Size, build
from canglian.bank.settlement.settling.paying_out import PAYOUT
from canglian.kernel.postgres.connect import open_pool
from canglian.kernel.postgres.reader import Reader
from canglian.ledger.bench.ground import BOOK, bars, flush_microseconds, fresh_postgres
from canglian.ledger.bench.product import Product
from canglian.ledger.bench.report import Bar, Report
from canglian.ledger.queries.trial_balance import trial_balance
from canglian.web.services import Services

FULL = Size(accounts=1_000_000, merchants=100_000, orders=20_000, contracts=1_000, kills=4)
QUICK = Size(accounts=20_000, merchants=2_000, orders=400, contracts=20, kills=3)
TINY = Size(accounts=500, merchants=50, orders=20, contracts=5, kills=2)

SECONDS_MAX = 120
COPY = "killed"


class Step(msgspec.Struct, frozen=True):
    """What a step has noted: how many items were due, and how many seconds it took."""

    name: str
    state: str
    rows: int
    seconds: float


class Run(NamedTuple):
    """What became of a process: its seconds, the most memory that it had, and whether it ended by itself."""

    seconds: float
    resident_mib: float
    ended: bool


class Result(msgspec.Struct, frozen=True):
    """What a day came to: by table, how many rows and a sum of their hashes; the book's date; what does not add up.

    ``reconciled`` are the state of the channel's day, and how many lines its file had; ``found`` the differences.
    """

    tables: dict[str, tuple[int, int]]
    today: str
    out_of_balance: int
    owed: Owed
    settlements: int
    reconciled: tuple[str, int]
    found: int


def run(folder: Path, size: Size, product: Product) -> Report:
    """Measure in databases of its own below ``folder``."""
    with fresh_postgres(folder, product.packages) as postgres, bars() as progress:
        task = progress.add_task("filling the branch", total=None)
        owed, environment = uvloop.run(
            _fill(postgres.url, folder, size, product, lambda count: progress.advance(task, count))
        )
        uvloop.run(_copy(postgres.url))
        world = folder / "sandbox"
        channel.seed_sandbox(world, size)
        with product.sandbox("channel", world) as connected:
            environment |= connected
            task = progress.add_task("ending the day", total=2)
            whole = _run(product, environment)
            progress.advance(task)
            steps = uvloop.run(_steps(postgres.url))
            other = _named(postgres.url, COPY)
            killed = _run_killed(product, {**environment, "CANGLIAN_DATABASE_URL": other}, steps, size.kills)
            progress.advance(task)
        results = [uvloop.run(_result(url)) for url in (postgres.url, other)]
    return _report(size, owed, whole, killed, steps, results, flush_microseconds(folder))


def _report(
    size: Size, owed: Owed, whole: Run, killed: list[Run], steps: list[Step], results: list[Result], flush: float
) -> Report:
    undisturbed, resumed = results
    names = undisturbed.tables.keys()
    differing = [name for name in names if undisturbed.tables[name] != resumed.tables[name]]
    apart = [abs(getattr(undisturbed.owed, name) - getattr(owed, name)) for name in Owed.__struct_fields__]
    kills = sum(not run.ended for run in killed)
    ended = whole.ended and all(step.state == "done" for step in steps)
    opened = undisturbed.today == resumed.today > TODAY.isoformat()
    state, lines = undisturbed.reconciled
    return Report(
        "eod",
        {
            "accounts": size.accounts,
            "merchants": size.merchants,
            "seconds": round(whole.seconds, 2),
            "steps": {
                step.name: {
                    "rows": step.rows,
                    "seconds": round(step.seconds, 2),
                    "rows_per_second": round(step.rows / step.seconds) if step.seconds else None,
                }
                for step in steps
            },
            "reconciled": {"state": state, "lines": lines, "differences": undisturbed.found},
            "resident_mib_most": round(max(run.resident_mib for run in (whole, *killed)), 1),
            "killed": kills,
            "killed_seconds": round(sum(run.seconds for run in killed), 2),
            "compared": {name: count for name, (count, _) in undisturbed.tables.items()},
            "differing": differing,
            "flush_microseconds": flush,
        },
        [
            Bar("seconds", whole.seconds, SECONDS_MAX, at_most=True),
            Bar("days not ended, or the next one not opened", 0 if ended and opened else 1, 0, at_most=True),
            Bar("times killed", kills, size.kills),
            Bar("tables that differ after the kills", len(differing), 0, at_most=True),
            Bar("merchants not settled", size.merchants - undisturbed.settlements, 0, at_most=True),
            Bar("fen settled but not booked, or booked but not settled", sum(apart), 0, at_most=True),
            Bar("differences too few or too many", abs(undisturbed.found - channel.planted(size)), 0, at_most=True),
            Bar("fen that came from nowhere or went there", undisturbed.out_of_balance, 0, at_most=True),
        ],
    )


# -- the branch ----------------------------------------------------------------------------------------------------


async def _fill(
    url: str, folder: Path, size: Size, product: Product, progress: Callable[[int], None]
) -> tuple[Owed, dict[str, str]]:
    async def nothing(_: Services) -> None:
        """The branch is filled when nobody else has the book."""

    installation = await product.install(url, folder, nothing)
    owed = await build(url, size, progress)
    await channel.put(url)
    return owed, installation.environment


def _named(url: str, database: str) -> str:
    """Another database of the same server."""
    return urlsplit(url)._replace(path=f"/{database}").geturl()


async def _copy(url: str) -> None:
    connection: Any = await asyncpg.connect(_named(url, "postgres"))
    try:
        template = urlsplit(url).path[1:]
        await connection.execute(f"CREATE DATABASE {COPY} TEMPLATE {template} STRATEGY FILE_COPY")
    finally:
        await connection.close()


# -- the process that ends the day ---------------------------------------------------------------------------------


def _run(product: Product, environment: dict[str, str], steps: Sequence[str] = (), after: float = 0) -> Run:
    """Run the end of the day; kill it so many seconds after the first of some steps was heard of."""
    begun, resident, line, waiting = time.perf_counter(), 0.0, "", list[threading.Timer]()
    with product.start(environment, "eod", "run") as process:
        assert process.stderr is not None
        for line in process.stderr:
            resident = max(resident, _resident_mib(process.pid))
            if not waiting and line.partition(":")[0] in steps:
                waiting.append(threading.Timer(after, process.kill))
                waiting[0].start()
    for timer in waiting:
        timer.cancel()
    if process.returncode not in (0, -signal.SIGKILL):
        raise RuntimeError(f"the end of the day ended with {process.returncode}: {line}")
    return Run(time.perf_counter() - begun, resident, process.returncode == 0)


def _run_killed(product: Product, environment: dict[str, str], steps: list[Step], kills: int) -> list[Run]:
    """Run it until it ends by itself, killed so many times in the middle of steps that are taken at random.

    The last step is too short to be killed in. A run that ended the day before it was killed is the last one, also
    where its process was killed while it ended: another would end the next day.
    """
    chance, runs, names = random.Random(), list[Run](), [step.name for step in steps]  # noqa: S311 - another each time
    for place in sorted(chance.sample(range(len(steps) - 1), kills)):
        runs.append(_run(product, environment, names[place:], chance.uniform(0, 0.8) * steps[place].seconds))
        if runs[-1].ended or uvloop.run(_is_over(environment["CANGLIAN_DATABASE_URL"])):
            return runs
    return [*runs, _run(product, environment)]


def _resident_mib(process: int) -> float:
    try:
        return psutil.Process(process).memory_info().rss / 2**20
    except psutil.Error:
        return 0.0


# -- what came of it -----------------------------------------------------------------------------------------------


async def _steps(url: str) -> list[Step]:
    sql = (
        "SELECT name, state, total, coalesce(extract(epoch FROM ended_at - started_at), 0)::float8 FROM eod_step "
        "WHERE book = $1 AND date = $2 ORDER BY position"
    )
    pool = await open_pool(url, most=1)
    try:
        return [Step(*row) for row in await pool.fetch(sql, BOOK, TODAY)]
    finally:
        await pool.close()


async def _is_over(url: str) -> bool:
    """Whether the next day is open."""
    connection: Any = await asyncpg.connect(url)
    try:
        today = await connection.fetchval("SELECT today FROM book WHERE book = $1", BOOK)
        return bool(today > TODAY)
    finally:
        await connection.close()


_SETTLED = (
    "account, merchant, asset, date, carried_in, gross, refunds, fees, tax, splits_in, splits_out, claims_in, other, "
    "net, kept_back, claims_out, paid_out, carried_out, state, reason, destination, after_transfer, last_transfer"
)
_COMPARED = {
    "settlement": f"SELECT {_SETTLED} FROM settlement WHERE book = $1",
    "payout": f"SELECT debit, credit, amount, asset, date FROM transfer WHERE book = $1 AND code = '{PAYOUT}'",
    "claim": "SELECT id, collected, collected_on FROM split_claim WHERE book = $1",
    "deposit_interest": "SELECT account, accrued, remainder, until, settled_on FROM deposit_interest WHERE book = $1",
    "wallet_interest": "SELECT account, accrued, remainder, until, settled_on FROM wallet_interest WHERE book = $1",
    "balance": "SELECT account, debits, credits, debits_held, credits_held, entries FROM balance WHERE book = $1",
    "order": "SELECT id, state FROM payment_order WHERE book = $1",
    "contract": "SELECT id, state, unallotted, allotted FROM purpose_contract WHERE book = $1",
    "grant": "SELECT id, state, remaining FROM purpose_grant WHERE book = $1",
    "reconciliation": "SELECT date, channel, state, sides, bridges, matched, pending, breaks, digest "
    "FROM reconciliation_day WHERE book = $1",
    "difference": "SELECT id, side, kind, key, found, expected, priority, state, grace_until, lines "
    "FROM reconciliation_difference WHERE book = $1",
}
"""What has to be the same whatever was killed: all but ids made by chance, numbers in the ledger, and instants."""


async def _result(url: str) -> Result:
    pool = await open_pool(url, most=2)
    try:
        tables: dict[str, tuple[int, int]] = {}
        for name, rows in _COMPARED.items():
            sql = f"SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)), 0)::text FROM ({rows}) AS t"
            count, hashes = await pool.fetchrow(sql, BOOK)
            tables[name] = (count, int(hashes))
        trial = await trial_balance(Reader(pool), BOOK)
        digest = hashlib.sha256(msgspec.json.encode(trial.lines)).digest()
        tables["trial balance"] = (len(trial.lines), int.from_bytes(digest))
        sums = await pool.fetchrow(
            "SELECT count(*), coalesce(sum(gross), 0)::bigint, coalesce(sum(refunds), 0)::bigint, "
            "coalesce(sum(fees + tax), 0)::bigint FROM settlement WHERE book = $1 AND date = $2",
            BOOK,
            TODAY,
        )
        today = await pool.fetchval("SELECT today FROM book WHERE book = $1", BOOK)
        out = sum(abs(total.difference) for total in trial.totals)
        sql = (
            "SELECT state, coalesce((SELECT (side->>'lines')::bigint FROM jsonb_array_elements(sides) side "
            "WHERE side->>'side' = 'channel'), 0) FROM reconciliation_day WHERE book = $1 AND date = $2"
        )
        state, lines = await pool.fetchrow(sql, BOOK, TODAY) or ("none", 0)
        found = tables["difference"][0]
        return Result(tables, today.isoformat(), out, Owed(*sums[1:]), sums[0], (state, lines), found)
    finally:
        await pool.close()
