"""A loan goes on by another plan: more months to pay it back, or another rate; others approve."""

from datetime import date
from typing import Annotated

from msgspec import Meta

from canglian.bank.approval import Approvable, Description, Fact, approvable
from canglian.bank.credit.loans.agreed import Agreed, Before, agreed_plan, require_to_come
from canglian.bank.credit.loans.commands.agreeing import go_by, standing
from canglian.bank.credit.loans.commands.values import LoanId
from canglian.bank.credit.loans.model import Loan, LoanClass, LoanPlan, PlanReason, Row, TransactionKind
from canglian.bank.credit.loans.risk.classing import worst
from canglian.bank.credit.products.commands import RatePpm
from canglian.kernel.command import Command
from canglian.kernel.errors import Rejection
from canglian.kernel.fields import Field, Reason, Unit, doc
from canglian.ledger.book import Book

SHORT_MONTHS = 12
MIDDLE_MONTHS = 60
_MONTHS_OF_A_CYCLE, _DAYS_OF_A_CYCLE = 4_800, 146_097  # 400 years
LONG_MONTHS_MORE = 36
"""A loan of at most a year is extended by its own term in all, one of at most five years by half of it, another by 36
months (贷款通则 art. 12)."""


class RescheduleLoan(Command[Loan], kind="credit.reschedule"):
    """Give a loan more months (展期), another rate from today on, or both. The plan before stays to be seen.

    Interest that was earned until today is due with the next instalment. What has fallen due stays due. A loan with
    more months is special mention at best until that is lifted. Rejects ``loan.state``, ``.reschedule_over``,
    ``.reschedule_overdue``, ``.reschedule_same``, ``.reschedule_floating`` and ``.extension_long``.
    """

    loan: LoanId
    reason: Reason
    months_more: Annotated[
        int,
        Meta(ge=0, le=360),
        doc("How many months more it is paid back in; 0 for no more."),
        Field(label="Months more"),
    ] = 0
    rate_ppm: Annotated[
        RatePpm | None,
        doc("The yearly rate from today on, in millionths; null for the one that it has."),
        Field(label="Interest a year (%)", unit=Unit.RATE_PPM, help="Empty for the rate that it has."),
    ] = None

    def decide(self, book: Book) -> Loan:
        more = self.months_more
        before = standing(book, self.loan, more)
        floor = before.loan.class_floor or LoanClass.NORMAL
        after = self.plan_of(before)
        kept = go_by(
            book,
            before,
            after,
            TransactionKind.RESCHEDULE,
            self.reason,
            months=before.loan.months + more,
            class_floor=worst(floor, LoanClass.SPECIAL_MENTION) if more else before.loan.class_floor,
        )
        book.emit("loan.rescheduled", f"loan:{kept.id}", loan=kept.id, plan=kept.plan, rate_ppm=kept.rate_ppm)
        return kept

    def plan_of(self, before: Before) -> LoanPlan:
        """The plan that is asked for; nothing is changed."""
        loan = require_to_come(before)
        if loan.overdue_principal or loan.overdue_interest:
            raise Rejection("loan.reschedule_overdue", loan=loan.id)
        rate = loan.rate_ppm if self.rate_ppm is None else self.rate_ppm
        if not self.months_more and rate == loan.rate_ppm:
            raise Rejection("loan.reschedule_same", loan=loan.id)
        if self.rate_ppm is not None and before.product.is_floating:
            raise Rejection("loan.reschedule_floating", loan=loan.id, field="rate_ppm")
        self._refuse_long(before)
        reason = PlanReason.EXTENDED if self.months_more else PlanReason.REPRICED
        later = loan.rate_changes if self.rate_ppm is None else ()
        return agreed_plan(before, Agreed(reason, rate, later, loan.pauses, self.months_more))

    def _refuse_long(self, before: Before) -> None:
        loan = before.loan
        original = _months_between(loan.drawn_on, before.first.rows[-1])
        left = max(0, original + longest_extension(original) - loan.months)
        if self.months_more > left:
            raise Rejection("loan.extension_long", months=left, field="months_more")


def longest_extension(months: int) -> int:
    """By how many months a loan of a term is extended at most, in all."""
    if months <= SHORT_MONTHS:
        return months
    return months // 2 if months <= MIDDLE_MONTHS else LONG_MONTHS_MORE


def _months_between(drawn_on: date, last: Row) -> int:
    """The term that was agreed first: a month without such a day, and holidays, may move its end by some days."""
    return ((last.due - drawn_on).days * _MONTHS_OF_A_CYCLE + _DAYS_OF_A_CYCLE // 2) // _DAYS_OF_A_CYCLE


def _describe(book: Book, command: RescheduleLoan) -> Description:
    loan = book.get(Loan, command.loan)
    facts = [
        Fact("Loan", "code", loan.id),
        Fact("Borrower", "holder", loan.party),
        Fact("Outstanding", "money", loan.outstanding, asset=loan.asset, watched=True),
        Fact("Months more", "number", command.months_more),
        Fact("Interest a year now, in millionths", "number", loan.rate_ppm, watched=True),
    ]
    if command.rate_ppm is not None:
        facts.append(Fact("Interest a year, in millionths", "number", command.rate_ppm))
    facts.append(Fact("Reason", "text", command.reason))
    return Description(f"loan:{loan.id}", facts, loan.outstanding, loan.asset)


approvable(
    Approvable(
        RescheduleLoan,
        "Reschedule a loan",
        _describe,
        outcome=lambda loan: f"loan:{loan.id}",
        reason="reason",
        always=True,
        matter=lambda command: f"loan_plan:{command.loan}",
    )
)
