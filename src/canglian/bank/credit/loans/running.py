"""Bringing loans to the business date, many at once. Killed anywhere and begun again, it goes on with what is left."""

from collections.abc import Callable

import msgspec

from canglian.bank.credit.loans import queries
from canglian.bank.credit.loans.commands import BringLoans
from canglian.bank.credit.loans.commands.bringing import CHUNK_MAX
from canglian.kernel.engine import Engine
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.observing import book_figures

ACTOR = "job:credit"


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
    after = ""
    while found := await queries.behind(reader, book, today, after, chunk):
        done = (await engine.submit(book, BringLoans(loans=found), actor=ACTOR)).unwrap()
        loans, interest, penalty = loans + done.loans, interest + done.interest, penalty + done.penalty
        after = found[-1]
        if progress is not None:
            progress(len(found))
    return BroughtRun(loans, interest, penalty)
