"""A loan earns no interest for some days (停息); others approve."""

from datetime import date
from typing import Annotated

from canglian.bank.approval import Approvable, Description, Fact, approvable
from canglian.bank.credit.loans.agreed import Agreed, Before, agreed_plan, require_to_come
from canglian.bank.credit.loans.commands.agreeing import go_by, standing
from canglian.bank.credit.loans.commands.values import LoanId
from canglian.bank.credit.loans.model import Loan, LoanPause, LoanPlan, PlanReason, TransactionKind
from canglian.kernel.command import Command
from canglian.kernel.errors import Rejection
from canglian.kernel.fields import Field, Reason, doc
from canglian.ledger.book import Book


class PauseInterest(Command[Loan], kind="credit.pause_interest"):
    """Agree days on which a loan earns no interest, and no penalty where that is asked. The plan before stays.

    They begin today or later: what was earned on days that are over stays earned. Instalments fall due as before, and
    days overdue count on. Rejects ``loan.state``, ``.reschedule_bill``, ``.reschedule_over``, ``.pause_past``,
    ``.pause_order``, ``.pause_end`` and ``.pause_overlap``.
    """

    loan: LoanId
    start: Annotated[date, doc("The first day without interest."), Field(label="First day")]
    last: Annotated[date, doc("The last day without interest."), Field(label="Last day")]
    reason: Reason
    penalty: Annotated[
        bool,
        doc("Whether what is overdue costs no penalty on these days either."),
        Field(label="No penalty either"),
    ] = False

    def decide(self, book: Book) -> Loan:
        before = standing(book, self.loan)
        kept = go_by(book, before, self.plan_of(before), TransactionKind.PAUSE, self.reason)
        book.emit("loan.paused", f"loan:{kept.id}", loan=kept.id, plan=kept.plan)
        return kept

    def plan_of(self, before: Before) -> LoanPlan:
        """The plan that is asked for; nothing is changed."""
        loan, today = require_to_come(before), before.today
        if self.start < today:
            raise Rejection("loan.pause_past", today=today.isoformat(), field="start")
        if self.last < self.start:
            raise Rejection("loan.pause_order", field="last")
        if self.last >= loan.matures_on:
            raise Rejection("loan.pause_end", end=loan.matures_on.isoformat(), field="last")
        pause = LoanPause(self.start, self.last, self.penalty)
        for other in loan.pauses:
            if other.start < pause.end and pause.start < other.end:
                raise Rejection(
                    "loan.pause_overlap", start=other.start.isoformat(), last=other.last.isoformat(), field="start"
                )
        pauses = tuple(sorted([*loan.pauses, pause], key=lambda each: each.start))
        return agreed_plan(before, Agreed(PlanReason.PAUSED, loan.rate_ppm, loan.rate_changes, pauses))


def _describe(book: Book, command: PauseInterest) -> Description:
    loan = book.get(Loan, command.loan)
    facts = [
        Fact("Loan", "code", loan.id),
        Fact("Borrower", "holder", loan.party),
        Fact("Outstanding", "money", loan.outstanding, asset=loan.asset, watched=True),
        Fact("First day", "day", command.start.isoformat()),
        Fact("Last day", "day", command.last.isoformat()),
        Fact("No penalty either", "words", "yes" if command.penalty else "no"),
        Fact("Reason", "text", command.reason),
    ]
    return Description(f"loan:{loan.id}", facts, loan.outstanding, loan.asset)


approvable(
    Approvable(
        PauseInterest,
        "Pause the interest of a loan",
        _describe,
        outcome=lambda loan: f"loan:{loan.id}",
        reason="reason",
        always=True,
        matter=lambda command: f"loan_plan:{command.loan}",
    )
)
