"""A loan bears another rate from a day on; others approve."""

from datetime import date
from typing import Annotated

from canglian.bank.approval import Approvable, Description, Fact, approvable
from canglian.bank.credit.loans.agreed import Agreed, Before, agreed_plan, require_to_come
from canglian.bank.credit.loans.commands.agreeing import go_by, standing
from canglian.bank.credit.loans.commands.values import LoanId
from canglian.bank.credit.loans.model import Loan, LoanPlan, LoanRate, PlanReason, TransactionKind
from canglian.bank.credit.loans.terms import penalty_ppm_of
from canglian.bank.credit.products.commands import RatePpm
from canglian.kernel.command import Command
from canglian.kernel.errors import Rejection
from canglian.kernel.fields import Field, Reason, Unit, doc
from canglian.ledger.book import Book


class ChangeLoanRate(Command[Loan], kind="credit.change_rate"):
    """Agree another rate for one loan from a day on, today or later. The plan before stays to be seen.

    It takes the place of what was agreed for that day or a later one. The penalty rate is the product's by the new
    rate. Rejects ``loan.state``, ``.reschedule_bill``, ``.reschedule_over``, ``.reschedule_same``,
    ``.reschedule_floating``, ``.rate_day`` and ``.rate_zero``.
    """

    loan: LoanId
    rate_ppm: Annotated[
        RatePpm,
        doc("The yearly rate from that day on, in millionths; a rate of nothing is a pause."),
        Field(label="Interest a year (%)", unit=Unit.RATE_PPM),
    ]
    reason: Reason
    since: Annotated[
        date | None,
        doc("The first business date that costs it; null for the one on which it is approved."),
        Field(label="From", help="Empty for the day on which it is approved."),
    ] = None

    def decide(self, book: Book) -> Loan:
        before = standing(book, self.loan)
        kept = go_by(book, before, self.plan_of(before), TransactionKind.RATE_CHANGE, self.reason)
        book.emit("loan.rate_changed", f"loan:{kept.id}", loan=kept.id, plan=kept.plan, rate_ppm=self.rate_ppm)
        return kept

    def plan_of(self, before: Before) -> LoanPlan:
        """The plan that is asked for; nothing is changed."""
        loan, today = require_to_come(before), before.today
        since = self.since or today
        if before.product.is_floating:
            raise Rejection("loan.reschedule_floating", loan=loan.id, field="rate_ppm")
        if not self.rate_ppm:
            raise Rejection("loan.rate_zero", field="rate_ppm")
        if not today <= since < loan.matures_on:
            raise Rejection("loan.rate_day", today=today.isoformat(), end=loan.matures_on.isoformat(), field="since")
        kept = [change for change in loan.rate_changes if change.on < since]
        in_force = kept[-1].rate_ppm if kept else loan.rate_ppm
        if self.rate_ppm == in_force and len(kept) == len(loan.rate_changes):
            raise Rejection("loan.reschedule_same", loan=loan.id)
        rate = loan.rate_ppm
        if since == today:
            rate = self.rate_ppm
        else:
            kept.append(LoanRate(since, self.rate_ppm, penalty_ppm_of(before.product, self.rate_ppm)))
        return agreed_plan(before, Agreed(PlanReason.RATE_CHANGED, rate, tuple(kept), loan.pauses))


def _describe(book: Book, command: ChangeLoanRate) -> Description:
    loan = book.get(Loan, command.loan)
    facts = [
        Fact("Loan", "code", loan.id),
        Fact("Borrower", "holder", loan.party),
        Fact("Outstanding", "money", loan.outstanding, asset=loan.asset, watched=True),
        Fact("Interest a year now, in millionths", "number", loan.rate_ppm, watched=True),
        Fact("Interest a year, in millionths", "number", command.rate_ppm),
    ]
    if command.since is not None:
        facts.append(Fact("Counts from", "day", command.since.isoformat()))
    facts.append(Fact("Reason", "text", command.reason))
    return Description(f"loan:{loan.id}", facts, loan.outstanding, loan.asset)


approvable(
    Approvable(
        ChangeLoanRate,
        "Change the rate of a loan",
        _describe,
        outcome=lambda loan: f"loan:{loan.id}",
        reason="reason",
        always=True,
        matter=lambda command: f"loan_plan:{command.loan}",
    )
)
