"""What runs by the clock: discounts are earned by the day; the steps of the end of day that pay what has matured."""

from collections.abc import Callable
from datetime import date

from canglian.bank.chain import queries
from canglian.bank.chain.commands import AccrueDiscounts, RedeemVouchers
from canglian.bank.chain.trade import queries as trade
from canglian.bank.chain.trade.commands import SettleContracts
from canglian.bank.settlement.closing.steps import Step, Turn, register
from canglian.kernel.engine import Engine
from canglian.kernel.errors import Busy, Unavailable
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.observing import book_figures
from canglian.web.services import Services

ACTOR = "job:chain"
EVERY_SECONDS = 30.0


async def run(services: Services, book: int) -> None:
    """Earn what is due; whatever stops it, the next turn goes on there."""
    try:
        await accrue(services.engine, services.reader, book)
    except (Busy, Unavailable):
        return


async def accrue(engine: Engine, reader: Reader, book: int, progress: Callable[[int], None] | None = None) -> int:
    """Earn all discounts of a book up to its business date; what that came to, in fen."""
    today, earned = (await book_figures(reader, book)).today, 0
    while found := await queries.accruing(reader, book, today):
        done = (await engine.submit(book, AccrueDiscounts(vouchers=found), actor=ACTOR)).unwrap()
        earned += done.earned
        if progress is not None:
            progress(done.financings)
    return earned


async def _count(services: Services, book: int, day: date) -> int:
    return await queries.count_due(services.reader, book, day)


async def _run(turn: Turn) -> None:
    turn.add("interest", await accrue(turn.engine, turn.reader, turn.book))
    while found := await queries.due(turn.reader, turn.book, turn.date):
        done = (await turn.engine.submit(turn.book, RedeemVouchers(vouchers=found), actor=ACTOR)).unwrap()
        turn.advance(len(found))
        turn.add("paid", done.paid)
        turn.add("defaulted", done.defaulted)


async def _count_contracts(services: Services, book: int, day: date) -> int:
    return await trade.count_due(services.reader, book, day)


async def _settle(turn: Turn) -> None:
    after = ""
    while found := await trade.due(turn.reader, turn.book, turn.date, after):
        after = found[-1]
        done = (await turn.engine.submit(turn.book, SettleContracts(contracts=found), actor=ACTOR)).unwrap()
        turn.advance(len(found))
        turn.add("repaid", done.repaid)
        turn.add("unpaid", done.unpaid)


register(Step("voucher-redemption", 24, _count, _run))
register(Step("trade-settlement", 25, _count_contracts, _settle))
