"""The business calendar as it is stored."""

from datetime import datetime
from typing import Annotated

from canglian.kernel.entity import Entity
from canglian.kernel.fields import doc

YEAR_FIRST, YEAR_LAST = 1990, 2199
"""The years that a calendar may have."""


class CalendarYear(Entity, frozen=True, table="calendar_year", key=("year",)):
    """A year whose holidays are gazetted. Days are ISO dates, each with its holiday's name.

    ``holidays`` are days off, ``workdays`` the Saturdays and Sundays on which people work in exchange.
    """

    year: Annotated[int, doc("The year.")]
    holidays: Annotated[dict[str, str], doc("Days off, by date, with the holiday's name.")]
    workdays: Annotated[dict[str, str], doc("Weekend days that are worked, by date, with the holiday's name.")]
    source: Annotated[str, doc("Where it was announced.")]
    updated_at: Annotated[datetime, doc("When it was last changed.")]
    updated_by: Annotated[str, doc("Who changed it last.")]
