"""The plan that would come of what is asked for, before it is: nothing is changed."""

from typing import Protocol

from canglian.bank.credit.loans import queries
from canglian.bank.credit.loans.agreed import Before
from canglian.bank.credit.loans.model import LoanPlan
from canglian.bank.credit.loans.paying.spreading import Making
from canglian.bank.credit.products import queries as products
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.observing import book_figures

MONTHS_MORE_MAX = 360
"""No loan is given more months at once."""


class Planned(Protocol):
    """What makes another plan of a loan."""

    loan: str

    def plan_of(self, before: Before) -> LoanPlan:
        """The plan that is asked for."""
        ...


async def quoted_plan(reader: Reader, book: int, asked: Planned, by: str) -> LoanPlan:
    """The plan that a loan would go by from today on. Rejects what the command does; NotFound ``loan.not_found``."""
    figures = await book_figures(reader, book)
    loan = await queries.brought(reader, book, await queries.loan(reader, book, asked.loan), figures.today)
    plans = await queries.plans(reader, book, loan.id)
    product = await products.product(reader, book, loan.product, loan.version)
    making = Making(plans[0].made_at, by)
    calendar = await products.calendar(reader, book, product, loan.drawn_on, loan.months + MONTHS_MORE_MAX)
    return asked.plan_of(Before(loan, product, plans[-1], plans[0], figures.today, making, calendar))
