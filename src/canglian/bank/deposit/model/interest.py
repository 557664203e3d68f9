"""Interest that is not settled yet, of whatever bears it, and the days that are in all of it."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from canglian.kernel.entity import Entity


class UnsettledInterest(Entity, frozen=True):
    """The interest of one account that is not settled yet. ``account`` is the ledger's number.

    ``accrued`` counts ten-thousandths of a minor unit, ``remainder`` what is left of them in parts of ``day_count``
    hundredths, so that nothing is ever rounded away. ``until`` is the last day that is in it, ``settled_on`` the last
    day that was settled. ``closed`` accrues no more. Each kind declares the fields itself, in the order of its table.
    """

    if TYPE_CHECKING:
        account: int
        product: str
        accrued: int
        remainder: int
        day_count: int
        until: date
        settled_on: date
        closed: bool

    def product_on(self, day: date) -> str:
        """The product by which a day bears interest."""
        return self.product


class FinishedDay(Entity, frozen=True):
    """A day that is in all the interest of one kind."""

    date: date
    finished_at: datetime


class DepositInterest(UnsettledInterest, frozen=True, table="deposit_interest", key=("account",)):
    """The unsettled interest of a deposit account."""

    account: int
    deposit: str
    product: str
    accrued: int
    remainder: int
    day_count: int
    until: date
    settled_on: date
    closed: bool


class InterestDay(FinishedDay, frozen=True, table="interest_day", key=("date",)):
    """A day of which all deposit accounts have their interest."""
