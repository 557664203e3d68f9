"""The demo's calendar, how its merchants are settled, and the nights in which its business days end."""

from datetime import date

from canglian.bank.payment.queries.merchants import MerchantFilter, merchants
from canglian.bank.settlement.calendar import business_day_after, day_in
from canglian.bank.settlement.closing.running import run_end_of_day
from canglian.bank.settlement.gazetted import year_as_announced, years
from canglian.bank.settlement.model import CalendarYear
from canglian.bank.settlement.reconciling.demo import brief_channel, reconcile_today
from canglian.bank.settlement.settling.commands import HoldSettlement, SetSettlementTerms
from canglian.kernel.queries.observing import book_figures
from canglian.kernel.queries.paging import Order
from canglian.kernel.values import SHANGHAI, utc_now
from canglian.web.services import Services

ACTOR = "system:demo"
DAYS = 5
"""So many business days have ended before the one on which a demo is left."""


def span(day: date) -> tuple[date, date]:
    """The business date on which a demo begins, and that on which it is left: the day, or the last one before."""
    last = day if day_in(_announced, day).is_business_day else business_day_after(_announced, day, -1).day
    return business_day_after(_announced, last, -DAYS).day, last


def _announced(year: int) -> CalendarYear | None:
    command = year_as_announced(year)
    if command is None:
        return None
    holidays = {entry.day.isoformat(): entry.name for entry in command.holidays}
    workdays = {entry.day.isoformat(): entry.name for entry in command.workdays}
    return CalendarYear(year, holidays, workdays, command.source, utc_now(), ACTOR)


async def fill(services: Services, book: int) -> None:
    """Fill the calendar, and say how merchants are settled."""
    await fill_calendar(services, book)
    await set_terms(services, book)


async def live_day(services: Services, book: int) -> None:
    """On the last business date the channel knows of a payment too many."""
    today, last = (await book_figures(services.reader, book)).today, span(utc_now().astimezone(SHANGHAI).date())[1]
    if today >= last:
        await brief_channel(services, book, planted=True)


async def end_day(services: Services, book: int) -> None:
    """End the business date: its channel is reconciled, its merchants are settled, and the next one begins."""
    await brief_channel(services, book, planted=False)
    await reconcile_today(services, book)
    await run_end_of_day(services, book)


async def set_terms(services: Services, book: int) -> None:
    """Set terms for some merchants."""
    page = await merchants(services.reader, book, MerchantFilter(), Order("id", None, 4))
    for turn, merchant in enumerate(page.items[:2]):
        asked = SetSettlementTerms(merchant=merchant.id, cycle=turn, minimum=100 * turn)
        await services.engine.submit(book, asked, actor=ACTOR, key=f"settlement:terms-{turn}")
    if len(page.items) > 2:
        held = HoldSettlement(merchant=page.items[2].id, reason="资料待补")
        await services.engine.submit(book, held, actor=ACTOR, key="settlement:hold")


async def fill_calendar(services: Services, book: int) -> None:
    """Put the years around the business date into the calendar."""
    today = (await book_figures(services.reader, book)).today
    for year in (each for each in years() if abs(each - today.year) <= 1):
        command = year_as_announced(year)
        assert command is not None
        await services.engine.submit(book, command, actor=ACTOR, key=f"calendar:{year}")
