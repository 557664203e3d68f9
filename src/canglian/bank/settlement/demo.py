"""The demo's calendar: every year that is known, this one and the next."""

from canglian.bank.settlement.gazetted import year_as_announced, years
from canglian.kernel.queries.observing import book_figures
from canglian.web.services import Services

ACTOR = "system:demo"


async def fill_calendar(services: Services, book: int) -> None:
    """Put the years around the business date into the calendar."""
    today = (await book_figures(services.reader, book)).today
    for year in (each for each in years() if abs(each - today.year) <= 1):
        command = year_as_announced(year)
        assert command is not None
        await services.engine.submit(book, command, actor=ACTOR, key=f"calendar:{year}")
