"""What is done at the day's turn. Killed anywhere and begun again, it goes on with what is left."""

import asyncio
from collections.abc import Callable
from datetime import date

import msgspec

from canglian.bank.credit.collection import queries
from canglian.bank.credit.collection.commands import DebitLoan
from canglian.bank.credit.loans import queries as loans
from canglian.bank.credit.loans.running import ACTOR
from canglian.kernel.engine import Engine
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.observing import book_figures

BORROWERS = 128
"""So many borrowers are debited at once; the loans of each one after the other."""


class Debited(msgspec.Struct, frozen=True):
    """How many loans a run has debited, and what came in, in fen."""

    loans: int = 0
    taken: int = 0


async def debit_loans(
    engine: Engine, reader: Reader, book: int, *, progress: Callable[[int], None] | None = None
) -> Debited:
    """Debit what is due of the agreed loans of a book on its business date, once all loans were brought there."""
    today = (await book_figures(reader, book)).today
    tried = taken = 0
    if not await loans.is_brought(reader, book, today):
        return Debited()
    after = ""
    while found := await queries.to_debit(reader, book, today, after, BORROWERS):
        after = max(found)
        for sums in await asyncio.gather(*(_debit(engine, book, today, own) for own in found.values())):
            tried, taken = tried + len(sums), taken + sum(sums)
            if progress is not None:
                progress(len(sums))
    return Debited(tried, taken)


async def _debit(engine: Engine, book: int, today: date, own: list[str]) -> list[int]:
    """Debit the loans of a borrower in their order; what was taken of each. One that was paid since is left."""
    sums = list[int]()
    for loan in own:
        command = DebitLoan(loan=loan, on=today)
        outcome = await engine.submit(book, command, actor=ACTOR, key=f"debit:{loan}:{today.isoformat()}")
        sums.append(outcome.unwrap().taken if outcome.error is None else 0)
    return sums
