"""A borrower pays before it falls due: all of a loan, or a part of it, after which the plan is another one."""

import enum
from typing import Annotated

from canglian.bank.credit.loans.books import brought, ended, give_back, note, paying_wallet, put_loan, receive, spread
from canglian.bank.credit.loans.commands.repaying import pay_dues
from canglian.bank.credit.loans.commands.values import Channel, LoanId, Payer, Pin
from canglian.bank.credit.loans.model import Loan, LoanPlan, PlanReason, TransactionKind
from canglian.bank.credit.loans.terms import rows_of, schedule_of
from canglian.bank.credit.plan import prepaid
from canglian.bank.credit.plan.prepaying import Keep
from canglian.bank.credit.products.model import LoanProduct
from canglian.kernel.command import Command
from canglian.kernel.fields import Field, doc
from canglian.kernel.values import Amount
from canglian.ledger.book import Book


class PrepayEffect(enum.StrEnum):
    """What becomes less after a part is paid early: the term, or the instalments."""

    SHORTER = "shorter"
    LOWER = "lower"


_KEEP = {PrepayEffect.SHORTER: Keep.INSTALMENT, PrepayEffect.LOWER: Keep.TERM}
_REASON = {PrepayEffect.SHORTER: PlanReason.SHORTENED, PrepayEffect.LOWER: PlanReason.LOWERED}


class PrepayLoan(Command[Loan], kind="credit.prepay"):
    """Pay a loan back early: what has fallen due first, then the interest until today, then principal.

    Without an amount it is paid off. Rejects ``loan.state``, ``.too_much``, ``.prepay_small``, ``.wallet``,
    ``.wallet_asset``, and what the wallet does.
    """

    loan: LoanId
    wallet: Payer
    channel: Channel
    amount: Annotated[
        Amount | None,
        doc("How much is paid, in fen; null for all that is owed."),
        Field(label="Amount", help="Empty for all that is owed."),
    ] = None
    effect: Annotated[
        PrepayEffect,
        doc("What becomes less after a part is paid: `shorter` for the term, `lower` for the instalments."),
        Field(label="What becomes less"),
    ] = PrepayEffect.SHORTER
    pin: Pin = None

    def decide(self, book: Book) -> Loan:
        loan = brought(book, self.loan)
        owed, in_all = loan.owed_now, loan.owed_in_all
        amount = in_all if self.amount is None else self.amount
        if amount > in_all:
            book.reject("loan.too_much", loan=loan.id, balance=in_all, amount=amount, asset=loan.asset, field="amount")
        least = owed + loan.accrued
        if amount < in_all and (amount <= least or loan.next_due is None):
            book.reject("loan.prepay_small", loan=loan.id, floor=least, asset=loan.asset, field="amount")
        wallet = paying_wallet(book, loan, self.wallet, self.channel, self.pin)
        paid = receive(book, loan, wallet, amount, self.channel)
        found = pay_dues(book, loan, owed)
        interest = loan.accrued
        principal = amount - owed - interest
        spread(
            book,
            loan,
            fees=found.fees,
            penalty=found.penalty + found.compounded,
            interest=found.interest + interest,
            principal=found.principal + principal,
        )
        give_back(book, loan, found.principal + principal)
        after = found.loan.replace(
            accrued=0,
            carried=0,
            outstanding=found.loan.outstanding - principal,
            paid_interest=found.loan.paid_interest + interest,
            paid_principal=found.loan.paid_principal + principal,
        )
        if amount < in_all:
            after = self._replanned(book, loan, after, interest + principal)
        noted = note(
            book,
            after,
            TransactionKind.PREPAYMENT,
            channel=self.channel,
            wallet=wallet.id,
            transfer=paid.id,
            parts=(
                found.fees,
                found.penalty,
                found.compounded,
                found.interest + interest,
                found.principal + principal,
            ),
        )
        book.emit("loan.prepaid", f"loan:{loan.id}", loan=loan.id, amount=amount)
        return put_loan(book, ended(book, noted))

    def _replanned(self, book: Book, before: Loan, after: Loan, amount: int) -> Loan:
        """The loan by the plan that is left; the one before stays to be seen."""
        product = book.get(LoanProduct, (before.product, before.version))
        plan = schedule_of(product, before, book.get(LoanPlan, (before.id, before.plan)))
        left = prepaid(plan, book.today, amount, _KEEP[self.effect])
        assert left.schedule is not None
        assert left.interest == before.accrued
        rows, opening = rows_of(left.schedule), left.schedule.opening
        assert opening.balance == after.outstanding
        first = rows[0]
        version = before.plan + 1
        book.add(
            LoanPlan(
                loan=before.id,
                version=version,
                reason=_REASON[self.effect],
                made_on=opening.on,
                balance=opening.balance,
                before=opening.number,
                level=opening.level,
                rows=rows,
                made_at=book.now,
                by=book.actor,
                deferred=0,
                rate_ppm=before.rate_ppm,
            )
        )
        return after.replace(
            plan=version,
            number=first.number,
            period_from=opening.on,
            next_due=first.due,
            next_principal=first.principal,
            next_interest=first.interest,
            matures_on=rows[-1].due,
        )
