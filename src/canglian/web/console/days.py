"""Days by what people call them: today, the last seven, a month."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta

Days = tuple[date, date]
"""The first and the last day, both included."""

_DAY = timedelta(days=1)


def month_of(day: date) -> Days:
    """The whole month of a day."""
    first = day.replace(day=1)
    return first, (first + 31 * _DAY).replace(day=1) - _DAY


PRESETS: Mapping[str, Callable[[date], Days]] = {
    "today": lambda today: (today, today),
    "yesterday": lambda today: (today - _DAY, today - _DAY),
    "last_7_days": lambda today: (today - 6 * _DAY, today),
    "last_30_days": lambda today: (today - 29 * _DAY, today),
    "this_month": month_of,
    "last_month": lambda today: month_of(today.replace(day=1) - _DAY),
}
"""Days as they are seen from today, by the names that addresses have for them."""
