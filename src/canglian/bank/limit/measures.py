"""The words that rules are made of, and the periods over which they measure."""

import enum
from datetime import date, datetime, timedelta

from canglian.kernel.values import SHANGHAI


class Direction(enum.StrEnum):
    """Whether money comes to the subject or leaves it."""

    IN = "in"
    OUT = "out"


class Counterparty(enum.StrEnum):
    """Who is on the other side, as the regulations distinguish it.

    Bound is the holder's bound account; own another account or wallet of the same holder; wealth and loan the bank's
    own products and its lending; bank stands for interest and fees.
    """

    BOUND = "bound"
    UNBOUND = "unbound"
    OWN = "own"
    WEALTH = "wealth"
    LOAN = "loan"
    MERCHANT = "merchant"
    CASH = "cash"
    BANK = "bank"


class Holder(enum.StrEnum):
    """Whose movements are added up: those of the one account or wallet, or all those of its party."""

    SUBJECT = "subject"
    PARTY = "party"


class Measure(enum.StrEnum):
    """What a rule measures. Days are business days; the balance is that after the movement."""

    SINGLE = "single"
    DAY_SUM = "day_sum"
    DAY_COUNT = "day_count"
    MONTH_SUM = "month_sum"
    MONTH_COUNT = "month_count"
    YEAR_SUM = "year_sum"
    YEAR_COUNT = "year_count"
    BALANCE = "balance"

    @property
    def adds_up(self) -> bool:
        """Whether it goes over a period."""
        return self not in (Measure.SINGLE, Measure.BALANCE)

    @property
    def counts(self) -> bool:
        """Whether it counts movements instead of money."""
        return self.value.endswith("_count")

    def period(self, day: date) -> str | None:
        """The period that a day lies in: ``2026-11-23``, ``2026-11`` or ``2026``."""
        lengths = {"day": 10, "month": 7, "year": 4}
        return day.isoformat()[: lengths[self.value.partition("_")[0]]] if self.adds_up else None

    def renews_on(self, day: date) -> date | None:
        """The first day of the next period."""
        match self.value.partition("_")[0]:
            case "day":
                return day + timedelta(days=1)
            case "month":
                return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
            case "year":
                return date(day.year + 1, 1, 1)
            case _:
                return None

    def renews_at(self, day: date) -> datetime | None:
        """When the next period begins: at midnight in Shanghai."""
        first = self.renews_on(day)
        return None if first is None else datetime(first.year, first.month, first.day, tzinfo=SHANGHAI)


def periods(day: date) -> frozenset[str]:
    """The periods that a day lies in."""
    text = day.isoformat()
    return frozenset((text, text[:7], text[:4]))
