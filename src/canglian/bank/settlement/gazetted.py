"""The calendar of China as it was announced year by year, from the package ``chinesecalendar``."""

from datetime import date
from functools import cache
from itertools import chain

from chinese_calendar.constants import holidays, workdays

from canglian.bank.settlement.commands import CalendarEntry, SetCalendarYear

SOURCE = "chinesecalendar"

NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "National Day": "国庆节",
    "Mid-autumn Festival": "中秋节",
    "Anti-Fascist 70th Day": "抗战胜利70周年纪念日",
}
"""What holidays are called here, by the package's names."""


@cache
def years() -> list[int]:
    """The years that are known, the last one first."""
    return sorted({day.year for day in chain(holidays, workdays)}, reverse=True)


def year_as_announced(year: int) -> SetCalendarYear | None:
    """A year as it was announced; None for one that is not known yet."""
    if year not in years():
        return None
    return SetCalendarYear(
        year=year, holidays=_entries(holidays, year), workdays=_entries(workdays, year), source=SOURCE
    )


def _entries(days: dict[date, str], year: int) -> list[CalendarEntry]:
    return [
        CalendarEntry(day=day, name=NAMES.get(name, name)) for day, name in sorted(days.items()) if day.year == year
    ]
