"""A loan as it begins: drawn today, with its plan, and nothing of it has fallen due."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from canglian.bank.credit.facilities.model import SubLimit
from canglian.bank.credit.loans.model import Loan, LoanClass, LoanState, Row
from canglian.bank.credit.loans.terms import next_repricing, penalty_ppm_of
from canglian.bank.credit.products.model import LoanProduct

NOTHING_OWED: Final[Mapping[str, Any]] = {
    **dict.fromkeys(
        ("accrued", "carried", "grown", "due_principal", "due_interest", "overdue_principal", "overdue_interest"), 0
    ),
    **dict.fromkeys(("penalty", "penalty_rest", "compounded", "compound_rest", "days_overdue", "bucket"), 0),
    "provision": 0,
    "oldest_due": None,
    "grace_ends": None,
}
"""The figures of a loan of which nothing is earned, due, late or set aside: as it begins, and after a write-off."""

NOTHING_TO_COME: Final[Mapping[str, Any]] = {"number": 0, "next_due": None, "next_principal": 0, "next_interest": 0}
"""The figures of a loan of which no instalment is to come: it has ended."""


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
        outstanding=amount,
        fees=fee,
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
        claim_principal=0,
        claim_interest=0,
        claim_fees=0,
        recovered=0,
        transactions=0,
        drawn_at=at,
        closed_on=None,
        updated_at=at,
        reprices_on=next_repricing(product, on, on) if months else None,
        **NOTHING_OWED,
    )
