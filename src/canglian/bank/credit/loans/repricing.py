"""A loan whose rate follows a published one: brought through its days of repricing, as pure arithmetic.

On such a day a loan has another rate, if the published one comes to another one then, and goes on by another plan; the
interest that was earned until then is due with its next instalment. Business dates need not fall on these days: whoever
brings a loan over one of them reprices it.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from canglian.bank.credit.loans.accruing import Advanced, Posting, advance
from canglian.bank.credit.loans.agreed import Agreed, Before, agreed_plan, by_agreed
from canglian.bank.credit.loans.model import Loan, LoanDue, LoanPlan, PlanReason, Row
from canglian.bank.credit.loans.paying.spreading import Making
from canglian.bank.credit.loans.terms import days_of, next_repricing
from canglian.bank.credit.products.model import LoanProduct

RateOn = Callable[[date], int]
"""The yearly rate of a loan on a day, in millionths, as the published one stood then."""


def brought_to(
    loan: Loan,
    unpaid: Sequence[LoanDue],
    known: Callable[[], LoanPlan],
    product: LoanProduct,
    to: date,
    rate_on: RateOn,
    making: Making,
) -> Advanced:
    """Bring a loan to the beginning of a day, and reprice it on the days of that on the way.

    ``known`` gives the plan that it goes by; it is asked for only where an instalment falls due or the rate changes.
    """
    days = days_of(product, loan.drawn_on)
    dues, changed = {due.number: due for due in unpaid}, dict[int, LoanDue]()
    postings, plans = list[Posting](), list[LoanPlan]()

    def plan() -> LoanPlan:
        return plans[-1] if plans else known()

    def rows() -> Mapping[int, Row]:
        return {row.number: row for row in plan().rows}

    def go(loan: Loan, day: date) -> Loan:
        found = advance(loan, [due for due in dues.values() if due.unpaid is not None], rows, days, day)
        fallen = {due.number: due for due in found.dues}
        dues.update(fallen)
        changed.update(fallen)
        postings.extend(found.postings)
        return found.loan

    while loan.is_living and loan.reprices_on is not None and loan.reprices_on <= to:
        day = loan.reprices_on
        loan = go(loan, day)
        rate = rate_on(day)
        if loan.next_due is not None and rate != loan.rate_ppm:
            loan, made = at_rate(loan, plan(), product, rate, day, making)
            plans.append(made)
        loan = loan.replace(reprices_on=next_repricing(product, loan.drawn_on, day))
    loan = go(loan, to)
    return Advanced(loan, tuple(changed.values()), tuple(postings), tuple(plans))


def at_rate(
    loan: Loan, stored: LoanPlan, product: LoanProduct, rate_ppm: int, day: date, making: Making
) -> tuple[Loan, LoanPlan]:
    """A loan that stands at the beginning of a day by another rate from then on, and its plan."""
    before = Before(loan, product, stored, stored, day, making)
    plan = agreed_plan(before, Agreed(PlanReason.REPRICED, rate_ppm, pauses=loan.pauses))
    return by_agreed(loan, plan, product), plan
