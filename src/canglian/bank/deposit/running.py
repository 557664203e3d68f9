"""The runs of this room that list what is due and ask for it: interest, and the rail's daily file.

A run may be killed anywhere and begun again: every command takes only what is still due, under a key that names it.
"""

import asyncio
import hashlib
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from datetime import date, timedelta
from typing import Annotated, Any, TypeVar

import msgspec

from canglian.bank.deposit.commands import (
    Accrued,
    AccrueInterest,
    BalanceThen,
    FinishInterestDay,
    NoteMissingInFile,
    Reconciled,
    ReconcileRailLine,
    SettleInterest,
)
from canglian.bank.deposit.commands.interest import CHUNK_MAX
from canglian.bank.deposit.queries import due
from canglian.kernel.command import Command, Outcome
from canglian.kernel.engine import Engine
from canglian.kernel.fields import doc
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.observing import book_figures

R = TypeVar("R")

ACTOR = "job:deposit-interest"
RAIL_ACTOR = "job:rail-file"
TOGETHER = 512
"""How many single commands are in flight at once."""

AHEAD = 1
"""So many chunks are decided and committed while the next one is listed."""

ROUNDS_MAX = 5
"""How often a day is gone over for accounts that moved while it was read."""


class DayRun(msgspec.Struct, frozen=True):
    """What a run made of one day: accounts accrued and settled, minor units booked and paid, whether all is done."""

    date: date
    accrued: int
    booked: int
    settled: int
    paid: int
    finished: bool


async def run_interest(
    engine: Engine, reader: Reader, book: int, *, chunk: int = CHUNK_MAX, told: Callable[[int], None] | None = None
) -> list[DayRun]:
    """Bring the interest of a book up to the day before its business date; settle on the way where it is time to.

    ``told`` hears how many accounts each chunk took. A day that cannot be finished (an account moved each time that it
    was looked at) ends the run; the next one goes on there.
    """
    today = (await book_figures(reader, book)).today
    day = await due.first_open_day(reader, book)
    runs: list[DayRun] = []
    while day is not None and day < today:
        runs.append(await run_day(engine, reader, book, day, chunk=chunk, told=told))
        if not runs[-1].finished:
            break
        day += timedelta(days=1)
    return runs


async def run_day(
    engine: Engine,
    reader: Reader,
    book: int,
    day: date,
    *,
    chunk: int = CHUNK_MAX,
    told: Callable[[int], None] | None = None,
) -> DayRun:
    """Accrue one day, settle if it is a settlement day, and note that it is finished."""
    accrued = booked = 0
    finished = False
    for _ in range(ROUNDS_MAX):
        left = 0
        async for done in _accruing(engine, reader, book, day, chunk):
            accrued, booked, left = accrued + done.accrued, booked + done.booked, left + done.left
            if told is not None:
                told(done.accrued)
        if not left:
            finished = True
            break
    settled, paid = await _settle(engine, reader, book, day) if finished else (0, 0)
    if finished:
        finishing = FinishInterestDay(date=day)
        (await engine.submit(book, finishing, actor=ACTOR, key=f"accrued:{day.isoformat()}")).unwrap()
    return DayRun(day, accrued, booked, settled, paid, finished)


async def _accruing(engine: Engine, reader: Reader, book: int, day: date, chunk: int) -> AsyncIterator[Accrued]:
    """What each chunk came to, in order; the next one is listed meanwhile."""
    flying: deque[asyncio.Task[Outcome[Accrued]]] = deque()
    try:
        async for found in _chunks(reader, book, day, chunk):
            moved = [BalanceThen(account, balance) for account, balance in found.moved]
            command = AccrueInterest(date=day, accounts=found.accounts, moved=moved)
            flying.append(asyncio.create_task(engine.submit(book, command, actor=ACTOR, key=_key(command))))
            while len(flying) > AHEAD:
                yield (await flying.popleft()).unwrap()
        while flying:
            yield (await flying.popleft()).unwrap()
    finally:
        await asyncio.gather(*flying, return_exceptions=True)


async def _chunks(reader: Reader, book: int, day: date, most: int) -> AsyncIterator[due.Chunk]:
    after = 0
    while (found := await due.accruing(reader, book, day, after, most)).accounts:
        yield found
        after = found.accounts[-1]


def _key(command: AccrueInterest) -> str:
    """A chunk's key: the day and what it is asked with, so that the same chunk asked for again is known."""
    asked = hashlib.sha256(msgspec.json.encode(command)).hexdigest()[:16]
    return f"accrue:{command.date.isoformat()}:{command.accounts[0]}:{asked}"


async def _settle(engine: Engine, reader: Reader, book: int, day: date) -> tuple[int, int]:
    """Pay every account its interest until a settlement day; nothing on another day."""
    count = paid = after = 0
    if not await due.is_settled_on(reader, book, day):
        return count, paid
    while accounts := await due.settling(reader, book, day, after, TOGETHER):
        asked = {
            f"settle:{account}:{day.isoformat()}": SettleInterest(account=account, date=day) for account in accounts
        }
        for outcome in await _all(engine, book, asked, ACTOR):
            count, paid = count + 1, paid + outcome.unwrap().paid
        after = accounts[-1]
    return count, paid


async def _all(engine: Engine, book: int, asked: Mapping[str, Command[R]], actor: str) -> list[Outcome[R]]:
    return await asyncio.gather(*(engine.submit(book, command, actor=actor, key=key) for key, command in asked.items()))


class FileRun(msgspec.Struct, frozen=True):
    """What came of a file of the rail: lines that agreed, that settled an order, and differences in all."""

    agreed: Annotated[int, doc("Lines that agreed with an order that was answered before.")]
    settled: Annotated[int, doc("Lines that settled an order which was never answered.")]
    differs: Annotated[int, doc("Lines that stand as a difference now.")]
    missing: Annotated[int, doc("Orders that stand in no line, noted as differences.")]


async def run_rail_file(
    engine: Engine, reader: Reader, book: int, day: date, lines: Iterable[ReconcileRailLine]
) -> FileRun:
    """Hold the rail's file of a day against the book line by line, then note the orders that stand in none.

    A line refused ends the run with its error. The same file again changes nothing.
    """
    counts = {"agreed": 0, "settled": 0, "differs": 0}
    for some in _in_groups(lines, TOGETHER):
        asked: dict[str, Command[Reconciled]] = {
            f"rail-line:{day.isoformat()}:{hashlib.sha256(msgspec.json.encode(line)).hexdigest()[:24]}": line
            for line in some
        }
        for outcome in await _all(engine, book, asked, RAIL_ACTOR):
            counts[outcome.unwrap().outcome] += 1
    missing, after = 0, ""
    while orders := await due.missing_in_file(reader, book, day, after, TOGETHER):
        notes = {f"rail-missing:{order}": NoteMissingInFile(order=order, date=day) for order in orders}
        missing += sum(not one.replayed for one in await _all(engine, book, notes, RAIL_ACTOR))
        after = orders[-1]
    return FileRun(counts["agreed"], counts["settled"], counts["differs"], missing)


def _in_groups(lines: Iterable[Any], most: int) -> Iterable[list[Any]]:
    group: list[Any] = []
    for line in lines:
        group.append(line)
        if len(group) == most:
            yield group
            group = []
    if group:
        yield group
