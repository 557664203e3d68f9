"""A loan as it begins: drawn today, with its plan, and nothing of it has fallen due."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from canglian.bank.credit.facilities.model import SubLimit
from canglian.bank.credit.loans.model import Loan, LoanClass, LoanState, Row
from canglian.bank.credit.loans.terms import penalty_ppm_of
from canglian.bank.credit.products.model import LoanProduct


class Parties(NamedTuple):
    """Whose a loan is, and where its money is: facility, customer, wallet, and the account with its principal."""

    facility: str
    party: str
    wallet: str
    account: int


def begun(
    identity: str,
    of: Parties,
    part: SubLimit,
    product: LoanProduct,
    drawn: tuple[int, int, int],
    rows: Sequence[Row],
    *,
    on: date,
    at: datetime,
) -> Loan:
    """A loan drawn on a day by the contract of a part of a facility, with its plan's instalments.

    ``drawn`` are its amount, its term in months and the fee of the drawdown.
    """
    amount, months, fee = drawn
    first, last = rows[0], rows[-1]
    return Loan(
        id=identity,
        facility=of.facility,
        party=of.party,
        application=part.application,
        product=product.code,
        version=product.version,
        asset=product.asset.value,
        wallet=of.wallet,
        account=of.account,
        state=LoanState.ACTIVE,
        principal=amount,
        months=months,
        rate_ppm=part.rate_ppm,
        penalty_ppm=penalty_ppm_of(product, part.rate_ppm),
        grace_days=product.grace_days,
        compound=product.compound,
        allocation=product.allocation,
        drawn_on=on,
        matures_on=last.due,
        accrued_to=on,
        plan=1,
        number=first.number,
        period_from=on,
        next_due=first.due,
        next_principal=first.principal,
        next_interest=first.interest,
        accrued=0,
        outstanding=amount,
        due_principal=0,
        due_interest=0,
        overdue_principal=0,
        overdue_interest=0,
        penalty=0,
        penalty_rest=0,
        compounded=0,
        compound_rest=0,
        fees=fee,
        oldest_due=None,
        grace_ends=None,
        days_overdue=0,
        bucket=0,
        worst_days=0,
        paid_principal=0,
        paid_interest=0,
        paid_penalty=0,
        paid_fees=0,
        written_off=0,
        risk_class=LoanClass.NORMAL,
        class_floor=None,
        class_since=on,
        accrual_stopped_on=None,
        provision=0,
        claim_principal=0,
        claim_interest=0,
        claim_fees=0,
        recovered=0,
        transactions=0,
        drawn_at=at,
        closed_on=None,
        updated_at=at,
    )
