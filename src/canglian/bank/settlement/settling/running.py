"""The run that settles the merchants of a book on its business date: it lists what is due and submits the commands.

A run may be killed anywhere and begun again: a command settles only what is not settled yet, and what has moved since
it was read is read again.
"""

import asyncio
import hashlib
from collections import deque
from collections.abc import AsyncIterator, Callable
from datetime import date

import msgspec

from canglian.bank.settlement.calendar import day_in
from canglian.bank.settlement.settling import queries
from canglian.bank.settlement.settling.commands import CutOffDay, LeftAccount, SettleAccounts, SettledAccounts
from canglian.bank.settlement.settling.model import Cutoff
from canglian.bank.settlement.settling.settle import DueSettlement
from canglian.kernel.command import Outcome
from canglian.kernel.engine import Engine
from canglian.kernel.postgres.reader import Reader

ACTOR = "job:settlement"
CHUNK = 512
"""How many merchants are read and settled at once."""

AHEAD = 1
"""So many chunks are decided and committed while the next one is read."""

ROUNDS_MAX = 5
"""How often merchants are gone over for accounts that moved while they were read."""


class SettlementRun(msgspec.Struct, frozen=True):
    """What a run came to: accounts settled, what was paid out in fen by asset, and the accounts that were left."""

    settled: int
    paid: dict[str, int]
    left: list[LeftAccount]


async def cut_off(engine: Engine, reader: Reader, book: int, day: date) -> Cutoff:
    """Note where the movements of the business date end; done once."""
    command = CutOffDay(date=day, last_transfer=await queries.last_transfer(reader, book))
    return (await engine.submit(book, command, actor=ACTOR, key=f"cut-off:{day.isoformat()}")).unwrap()


async def settle_day(
    engine: Engine,
    reader: Reader,
    book: int,
    day: date,
    *,
    chunk: int = CHUNK,
    progress: Callable[[int], None] | None = None,
) -> SettlementRun:
    """Settle every merchant that is due on the business date; nothing on a day that is no business day.

    ``progress`` is called with the number of accounts settled by each command.
    """
    years = await queries.years_of(reader, book, day)
    if not day_in(years, day).is_business_day:
        return SettlementRun(0, {}, [])
    boundaries = {
        cycle: await queries.boundary(reader, book, years, day, cycle) for cycle in await queries.cycles(reader, book)
    }
    settled, paid, left = 0, dict[str, int](), list[LeftAccount]()
    for _ in range(ROUNDS_MAX):
        left = []
        async for done in _settling(engine, reader, book, day, boundaries, chunk):
            settled += done.settled
            left += done.left
            for asset, amount in done.paid.items():
                paid[asset] = paid.get(asset, 0) + amount
            if progress is not None:
                progress(done.settled)
        if not left:
            break
    return SettlementRun(settled, paid, left)


async def _settling(
    engine: Engine, reader: Reader, book: int, day: date, boundaries: dict[int, int], chunk: int
) -> AsyncIterator[SettledAccounts]:
    """What each chunk came to, in order; the next one is read meanwhile."""
    flying: deque[asyncio.Task[Outcome[SettledAccounts]]] = deque()
    try:
        async for items in _chunks(reader, book, day, boundaries, chunk):
            command = SettleAccounts(date=day, accounts=items)
            flying.append(asyncio.create_task(engine.submit(book, command, actor=ACTOR, key=_key(command))))
            while len(flying) > AHEAD:
                yield (await flying.popleft()).unwrap()
        while flying:
            yield (await flying.popleft()).unwrap()
    finally:
        await asyncio.gather(*flying, return_exceptions=True)


async def _chunks(
    reader: Reader, book: int, day: date, boundaries: dict[int, int], most: int
) -> AsyncIterator[list[DueSettlement]]:
    after = ""
    while found := await queries.standings(reader, book, after, most):
        after = found[-1].merchant
        items = await queries.due(reader, book, day, found, boundaries)
        if items:
            yield items


def _key(command: SettleAccounts) -> str:
    """The day and what it is asked with, so that the same chunk asked for again is known."""
    asked = hashlib.sha256(msgspec.json.encode(command)).hexdigest()[:24]
    return f"settle:{command.date.isoformat()}:{asked}"
