"""Why the business day cannot be ended now, and what is asked before it is."""

from datetime import date

import msgspec

from canglian.bank.settlement.calendar import BusinessDay
from canglian.web.form import Message


class DayShown(msgspec.Struct, frozen=True):
    """The open business date, the one that follows it, and whether its end is under way."""

    today: date
    following: BusinessDay
    running: bool


def started(shown: DayShown) -> Message | None:
    """The end of the day is started, or what failed in it tried again."""
    return "The end of day is under way." if shown.running else None


def ask_to_start(shown: DayShown) -> Message:
    """Which day ends, and which begins."""
    days = {"today": shown.today.isoformat(), "following": shown.following.day.isoformat()}
    return "End the business day %(today)s now? %(following)s begins when all steps are done.", days
