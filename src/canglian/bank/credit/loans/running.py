"""Bringing loans to the business date, many at once. Killed anywhere and begun again, it goes on with what is left."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from datetime import date

import msgspec

from canglian.bank.credit.loans import queries
from canglian.bank.credit.loans.commands import BringLoans, FinishLoanDay
from canglian.bank.credit.loans.commands.bringing import CHUNK_MAX, Brought
from canglian.kernel.command import Outcome
from canglian.kernel.engine import Engine
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.observing import book_figures

ACTOR = "job:credit"
AHEAD = 1
"""So many chunks are decided and committed while the next one is listed."""


class BroughtRun(msgspec.Struct, frozen=True):
    """How many loans a run has brought to the business date, and what they earned, in fen."""

    loans: int
    interest: int
    penalty: int


async def bring_loans(
    engine: Engine,
    reader: Reader,
    book: int,
    *,
    chunk: int = CHUNK_MAX,
    progress: Callable[[int], None] | None = None,
) -> BroughtRun:
    """Bring all loans of a book to its business date. A loan that is there is left as it is, whoever brought it."""
    today = (await book_figures(reader, book)).today
    loans = interest = penalty = 0
    if await queries.is_brought(reader, book, today):
        return BroughtRun(loans, interest, penalty)
    async for done in _bringing(engine, reader, book, today, chunk):
        loans, interest, penalty = loans + done.loans, interest + done.interest, penalty + done.penalty
        if progress is not None:
            progress(done.loans)
    (await engine.submit(book, FinishLoanDay(date=today), actor=ACTOR)).unwrap()
    return BroughtRun(loans, interest, penalty)


async def _bringing(engine: Engine, reader: Reader, book: int, today: date, chunk: int) -> AsyncIterator[Brought]:
    """What each chunk came to, in order; the next one is listed meanwhile."""
    flying: deque[asyncio.Task[Outcome[Brought]]] = deque()
    after = ""
    try:
        while found := await queries.behind(reader, book, today, after, chunk):
            after = found[-1]
            flying.append(asyncio.create_task(engine.submit(book, BringLoans(loans=found), actor=ACTOR)))
            while len(flying) > AHEAD:
                yield (await flying.popleft()).unwrap()
        while flying:
            yield (await flying.popleft()).unwrap()
    finally:
        await asyncio.gather(*flying, return_exceptions=True)
