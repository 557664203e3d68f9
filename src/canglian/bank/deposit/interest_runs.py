"""The run that brings the interest of a book up to date: it lists what is due and submits the commands.

A run may be killed anywhere and begun again: every command takes only what is still due, under a key that names it.
"""

import asyncio
import hashlib
from collections import deque
from collections.abc import AsyncIterator, Callable
from datetime import date, timedelta
from typing import Any

import msgspec

from canglian.bank.deposit.accruing import (
    CHUNK_MAX,
    Accrued,
    AccrueDay,
    BalanceThen,
    DailyInterest,
    FinishDay,
    SettleAccount,
)
from canglian.bank.deposit.queries import interest as due
from canglian.kernel.command import Outcome
from canglian.kernel.engine import Engine
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.observing import book_figures

TOGETHER = 512
"""How many settlements are in flight at once."""

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


class InterestRuns(msgspec.Struct, frozen=True, kw_only=True):
    """The runs of one kind of interest: who submits its three commands, and what their keys begin with."""

    actor: str
    prefix: str = ""
    accrue: type[AccrueDay]
    settle: type[SettleAccount]
    finish: type[FinishDay[Any]]

    @property
    def interest(self) -> DailyInterest[Any]:
        """What the commands are about."""
        return self.accrue.interest

    async def run(
        self,
        engine: Engine,
        reader: Reader,
        book: int,
        *,
        chunk: int = CHUNK_MAX,
        progress: Callable[[int], None] | None = None,
    ) -> list[DayRun]:
        """Bring the interest of a book up to the day before its business date; settle on the way where it is time to.

        ``progress`` is called with the number of accounts of each chunk. A day that cannot be finished (an account
        moved each time that it was read) ends the run; the next one continues there.
        """
        today = (await book_figures(reader, book)).today
        day = await due.first_open_day(reader, book, self.interest.kind, self.interest.day)
        runs: list[DayRun] = []
        while day is not None and day < today:
            runs.append(await self.run_day(engine, reader, book, day, chunk=chunk, progress=progress))
            if not runs[-1].finished:
                break
            day += timedelta(days=1)
        return runs

    async def run_day(
        self,
        engine: Engine,
        reader: Reader,
        book: int,
        day: date,
        *,
        chunk: int = CHUNK_MAX,
        progress: Callable[[int], None] | None = None,
    ) -> DayRun:
        """Accrue one day, settle if it is a settlement day, and note that it is finished."""
        accrued = booked = 0
        finished = False
        for _ in range(ROUNDS_MAX):
            left = 0
            async for done in self._accruing(engine, reader, book, day, chunk):
                accrued, booked, left = accrued + done.accrued, booked + done.booked, left + done.left
                if progress is not None:
                    progress(done.accrued)
            if not left:
                finished = True
                break
        settled, paid = await self._settle(engine, reader, book, day) if finished else (0, 0)
        if finished:
            key = f"{self.prefix}accrued:{day.isoformat()}"
            (await engine.submit(book, self.finish(date=day), actor=self.actor, key=key)).unwrap()
        return DayRun(day, accrued, booked, settled, paid, finished)

    async def _accruing(
        self, engine: Engine, reader: Reader, book: int, day: date, chunk: int
    ) -> AsyncIterator[Accrued]:
        """What each chunk came to, in order; the next one is listed meanwhile."""
        flying: deque[asyncio.Task[Outcome[Accrued]]] = deque()
        try:
            async for found in self._chunks(reader, book, day, chunk):
                moved = [BalanceThen(account, balance) for account, balance in found.moved]
                command = self.accrue(date=day, accounts=found.accounts, moved=moved)
                submitted = engine.submit(book, command, actor=self.actor, key=self.key_of(command))
                flying.append(asyncio.create_task(submitted))
                while len(flying) > AHEAD:
                    yield (await flying.popleft()).unwrap()
            while flying:
                yield (await flying.popleft()).unwrap()
        finally:
            await asyncio.gather(*flying, return_exceptions=True)

    async def _chunks(self, reader: Reader, book: int, day: date, most: int) -> AsyncIterator[due.Chunk]:
        after = 0
        while (found := await due.accruing(reader, book, self.interest.kind, day, after, most)).accounts:
            yield found
            after = found.accounts[-1]

    def key_of(self, command: AccrueDay) -> str:
        """A chunk's key: the day and what it is asked with, so that the same chunk asked for again is known."""
        asked = hashlib.sha256(msgspec.json.encode(command)).hexdigest()[:16]
        return f"{self.prefix}accrue:{command.date.isoformat()}:{command.accounts[0]}:{asked}"

    async def _settle(self, engine: Engine, reader: Reader, book: int, day: date) -> tuple[int, int]:
        """Pay every account its interest until a settlement day; nothing on another day."""
        count = paid = after = 0
        if not await due.is_settled_on(reader, book, day):
            return count, paid
        while accounts := await due.settling(reader, book, self.interest.kind, day, after, TOGETHER):
            submitted = [
                engine.submit(
                    book,
                    self.settle(account=account, date=day),
                    actor=self.actor,
                    key=f"{self.prefix}settle:{account}:{day.isoformat()}",
                )
                for account in accounts
            ]
            for outcome in await asyncio.gather(*submitted):
                count, paid = count + 1, paid + outcome.unwrap().paid
            after = accounts[-1]
        return count, paid
