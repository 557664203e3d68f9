"""The demo's calendar: every year that is known, this one and the next; and how its merchants are settled."""

from canglian.bank.payment.queries.merchants import MerchantFilter, merchants
from canglian.bank.settlement.gazetted import year_as_announced, years
from canglian.bank.settlement.reconciling import queries as reconciliation
from canglian.bank.settlement.reconciling.demo import fill as fill_reconciliation
from canglian.bank.settlement.reconciling.queries import DayFilter
from canglian.bank.settlement.settling.commands import HoldSettlement, SetSettlementTerms
from canglian.bank.settlement.settling.running import settle_day
from canglian.kernel.queries.observing import book_figures
from canglian.kernel.queries.paging import Order
from canglian.web.services import Services

ACTOR = "system:demo"


async def fill(services: Services, book: int) -> None:
    """Fill the calendar, settle the merchants that are settled on the day itself, and reconcile the day."""
    await fill_calendar(services, book)
    await fill_settlements(services, book)
    if not (await reconciliation.days(services.reader, book, DayFilter(), Order("-date", None, 1))).items:
        await fill_reconciliation(services, book)


async def fill_settlements(services: Services, book: int) -> None:
    """Set terms for some merchants, and settle those of T+0 where banks settle today."""
    page = await merchants(services.reader, book, MerchantFilter(), Order("id", None, 4))
    for turn, merchant in enumerate(page.items[:2]):
        asked = SetSettlementTerms(merchant=merchant.id, cycle=turn, minimum=100 * turn)
        await services.engine.submit(book, asked, actor=ACTOR, key=f"settlement:terms-{turn}")
    if len(page.items) > 2:
        held = HoldSettlement(merchant=page.items[2].id, reason="资料待补")
        await services.engine.submit(book, held, actor=ACTOR, key="settlement:hold")
    today = (await book_figures(services.reader, book)).today
    await settle_day(services.engine, services.reader, book, today)


async def fill_calendar(services: Services, book: int) -> None:
    """Put the years around the business date into the calendar."""
    today = (await book_figures(services.reader, book)).today
    for year in (each for each in years() if abs(each - today.year) <= 1):
        command = year_as_announced(year)
        assert command is not None
        await services.engine.submit(book, command, actor=ACTOR, key=f"calendar:{year}")
