"""A loan goes on by another plan: more months to pay it back, or another rate; others approve."""

from datetime import date
from typing import Annotated

from msgspec import Meta
from msgspec.structs import replace

from canglian.bank.approval import Approvable, Description, Fact, approvable
from canglian.bank.credit.loans.accruing import Advanced
from canglian.bank.credit.loans.books import brought, keep, note
from canglian.bank.credit.loans.commands.values import LoanId
from canglian.bank.credit.loans.model import Loan, LoanClass, LoanPlan, PlanReason, Row, TransactionKind
from canglian.bank.credit.loans.risk.classing import worst
from canglian.bank.credit.loans.risk.posting import Totals
from canglian.bank.credit.loans.terms import penalty_ppm_of, rows_of, schedule_of
from canglian.bank.credit.plan import Method
from canglian.bank.credit.plan.prepaying import reopened
from canglian.bank.credit.products.business_days import calendar_of
from canglian.bank.credit.products.commands import RatePpm
from canglian.bank.credit.products.model import LoanProduct
from canglian.kernel.command import Command
from canglian.kernel.fields import Field, Reason, Unit, doc
from canglian.ledger.book import Book

CHANNEL = "console"
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
    ``.reschedule_overdue``, ``.reschedule_same`` and ``.extension_long``.
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
        loan = brought(book, self.loan)
        if loan.is_bill:
            book.reject("loan.reschedule_bill", loan=loan.id)
        if loan.next_due is None:
            book.reject("loan.reschedule_over", loan=loan.id)
        if loan.overdue_principal or loan.overdue_interest:
            book.reject("loan.reschedule_overdue", loan=loan.id)
        rate = loan.rate_ppm if self.rate_ppm is None else self.rate_ppm
        if not self.months_more and rate == loan.rate_ppm:
            book.reject("loan.reschedule_same", loan=loan.id)
        product = book.get(LoanProduct, (loan.product, loan.version))
        self._refuse_long(book, loan)
        after = self._replanned(book, loan, product, rate)
        if self.months_more:
            floor = LoanClass.NORMAL if loan.class_floor is None else loan.class_floor
            after = after.replace(class_floor=worst(floor, LoanClass.SPECIAL_MENTION))
        noted = note(book, after, TransactionKind.RESCHEDULE, channel=CHANNEL)
        totals = Totals()
        kept = keep(book, loan, Advanced(noted, (), ()), totals, self.reason)
        totals.post(book, loan.id)
        book.emit("loan.rescheduled", f"loan:{loan.id}", loan=loan.id, plan=kept.plan, rate_ppm=rate)
        return kept

    def _refuse_long(self, book: Book, loan: Loan) -> None:
        first = book.get(LoanPlan, (loan.id, 1))
        original = _months_between(loan.drawn_on, first.rows[-1])
        left = max(0, original + longest_extension(original) - loan.months)
        if self.months_more > left:
            book.reject("loan.extension_long", months=left, field="months_more")

    def _replanned(self, book: Book, loan: Loan, product: LoanProduct, rate: int) -> Loan:
        """The loan by a plan from today on; interest until then comes with its first instalment."""
        plan = schedule_of(product, loan, book.get(LoanPlan, (loan.id, loan.plan)))
        count = loan.months if plan.terms.method is Method.BULLET else plan.terms.instalments
        terms = replace(plan.terms, rate_ppm=rate, instalments=count + self.months_more)
        bearing = loan.outstanding - loan.due_principal
        calendar = calendar_of(book, product, loan.drawn_on, loan.months + self.months_more)
        left = reopened(plan, book.today, balance=bearing, deferred=loan.accrued, terms=terms, calendar=calendar)
        rows, opening, version = rows_of(left), left.opening, loan.plan + 1
        book.add(
            LoanPlan(
                loan=loan.id,
                version=version,
                reason=PlanReason.EXTENDED if self.months_more else PlanReason.REPRICED,
                made_on=opening.on,
                balance=opening.balance,
                before=opening.number,
                level=None,
                rows=rows,
                made_at=book.now,
                by=book.actor,
                deferred=opening.deferred,
                rate_ppm=rate,
            )
        )
        first = rows[0]
        return loan.replace(
            plan=version,
            months=loan.months + self.months_more,
            rate_ppm=rate,
            penalty_ppm=penalty_ppm_of(product, rate),
            number=first.number,
            period_from=opening.on,
            carried=loan.accrued,
            next_due=first.due,
            next_principal=first.principal,
            next_interest=first.interest,
            matures_on=rows[-1].due,
        )


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
