"""The run that brings the interest of e-CNY wallets up to date.

It may be killed anywhere and begun again: every command takes only what is still due, under a key that names it.
"""

import asyncio
import hashlib
from datetime import date, timedelta

import msgspec

from canglian.bank.deposit.commands import BalanceThen
from canglian.bank.deposit.commands.interest import CHUNK_MAX
from canglian.bank.deposit.queries.due import is_settled_on
from canglian.bank.deposit.running import ROUNDS_MAX, TOGETHER
from canglian.bank.wallet.commands import AccrueWalletInterest, FinishWalletInterestDay, SettleWalletInterest
from canglian.bank.wallet.queries import due
from canglian.kernel.engine import Engine
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.observing import book_figures

ACTOR = "job:wallet-interest"


class WalletDayRun(msgspec.Struct, frozen=True):
    """What a run made of one day: wallets accrued and settled, minor units paid, whether all is done."""

    date: date
    accrued: int
    settled: int
    paid: int
    finished: bool


async def run_interest(engine: Engine, reader: Reader, book: int, *, chunk: int = CHUNK_MAX) -> list[WalletDayRun]:
    """Bring the interest of a book up to the day before its business date; settle on the way where it is time to.

    A day that cannot be finished (a wallet moved each time that it was looked at) ends the run.
    """
    today = (await book_figures(reader, book)).today
    day = await due.first_open_day(reader, book)
    runs: list[WalletDayRun] = []
    while day is not None and day < today:
        runs.append(await run_day(engine, reader, book, day, chunk=chunk))
        if not runs[-1].finished:
            break
        day += timedelta(days=1)
    return runs


async def run_day(engine: Engine, reader: Reader, book: int, day: date, *, chunk: int = CHUNK_MAX) -> WalletDayRun:
    """Accrue one day, settle if it is a settlement day, and note that it is finished."""
    accrued = 0
    for _ in range(ROUNDS_MAX):
        left = after = 0
        while (found := await due.accruing(reader, book, day, after, chunk)).accounts:
            moved = [BalanceThen(account, balance) for account, balance in found.moved]
            command = AccrueWalletInterest(date=day, accounts=found.accounts, moved=moved)
            done = (await engine.submit(book, command, actor=ACTOR, key=_key(command))).unwrap()
            accrued, left = accrued + done.accrued, left + done.left
            after = found.accounts[-1]
        if not left:
            settled, paid = await _settle(engine, reader, book, day)
            finishing = FinishWalletInterestDay(date=day)
            key = f"wallet-accrued:{day.isoformat()}"
            (await engine.submit(book, finishing, actor=ACTOR, key=key)).unwrap()
            return WalletDayRun(day, accrued, settled, paid, finished=True)
    return WalletDayRun(day, accrued, 0, 0, finished=False)


async def _settle(engine: Engine, reader: Reader, book: int, day: date) -> tuple[int, int]:
    """Pay every wallet its interest until a settlement day; nothing on another day."""
    count = paid = after = 0
    if not await is_settled_on(reader, book, day):
        return count, paid
    while accounts := await due.settling(reader, book, day, after, TOGETHER):
        asked = [
            engine.submit(
                book,
                SettleWalletInterest(account=account, date=day),
                actor=ACTOR,
                key=f"wallet-settle:{account}:{day.isoformat()}",
            )
            for account in accounts
        ]
        for outcome in await asyncio.gather(*asked):
            count, paid = count + 1, paid + outcome.unwrap().paid
        after = accounts[-1]
    return count, paid


def _key(command: AccrueWalletInterest) -> str:
    """A chunk's key: the day and what it is asked with, so that the same chunk asked for again is known."""
    asked = hashlib.sha256(msgspec.json.encode(command)).hexdigest()[:16]
    return f"wallet-accrue:{command.date.isoformat()}:{command.accounts[0]}:{asked}"
