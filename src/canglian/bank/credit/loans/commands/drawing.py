"""A loan is drawn from a facility: the limit, the principal and the money move in one commit."""

from typing import Annotated

from msgspec.structs import replace

from canglian.bank.credit.applications.model import ApplicationState, CreditApplication
from canglian.bank.credit.facilities import limits
from canglian.bank.credit.facilities.commands import FacilityId, LimitHoldId, require_pending
from canglian.bank.credit.facilities.model import Facility, LimitHold, LimitHoldState, SubLimit
from canglian.bank.credit.loans import accounts, money
from canglian.bank.credit.loans.accounts import Pool, pool
from canglian.bank.credit.loans.beginning import Parties, begun
from canglian.bank.credit.loans.books import note, own_wallet
from canglian.bank.credit.loans.commands.values import Channel, Pin, WalletId
from canglian.bank.credit.loans.interest import interest_of
from canglian.bank.credit.loans.model import Loan, LoanPlan, PlanReason, TransactionKind
from canglian.bank.credit.loans.owing import refuse_owing
from canglian.bank.credit.loans.terms import planned, rows_of
from canglian.bank.credit.plan import Schedule
from canglian.bank.credit.products.business_days import calendar_of
from canglian.bank.credit.products.commands import LoanProductCode, Months
from canglian.bank.credit.products.model import LoanProduct
from canglian.bank.credit.products.rules import rate_today
from canglian.bank.wallet import Wallet
from canglian.kernel.command import Command
from canglian.kernel.fields import Field, doc
from canglian.kernel.values import Amount
from canglian.ledger.book import Book


class DrawLoan(Command[Loan], kind="credit.draw"):
    """Draw a loan: its money is in the customer's wallet at once, and its plan is made.

    With a hold it is drawn out of what is set aside, the rest of which is let go of. Rejects ``facility.*``,
    ``limit_hold.*``, ``loan.amount``, ``.term``, ``.pay_later``, ``.wallet``, ``.wallet_asset``, ``.party_overdue``,
    ``.party_written_off``, and what the wallet does.
    """

    facility: FacilityId
    product: LoanProductCode
    amount: Annotated[Amount, doc("How much is drawn, in fen.")]
    months: Annotated[Months, Field(label="Term in months")]
    wallet: Annotated[
        WalletId, doc("The wallet of the customer that it is paid out to."), Field(label="Wallet that it is paid to")
    ]
    channel: Channel
    pin: Pin = None
    hold: Annotated[LimitHoldId | None, doc("The hold out of which it is drawn, or null."), Field(label="Hold")] = None

    def decide(self, book: Book) -> Loan:
        facility = book.get(Facility, self.facility)
        part = limits.require_part(book, facility, self.product)
        product = book.get(LoanProduct, (part.product, part.version))
        if product.is_pay_later:
            book.reject("loan.pay_later", product=product.code, field="product")
        if not product.amount_min <= self.amount <= product.amount_max:
            book.reject(
                "loan.amount", floor=product.amount_min, ceiling=product.amount_max, asset="CNY", field="amount"
            )
        if self.months not in product.terms:
            book.reject("loan.term", terms=", ".join(map(str, product.terms)), field="months")
        wallet = own_wallet(book, facility.party, product.asset.value, self.wallet, self.channel, self.pin)
        refuse_owing(book, facility.party)
        part = replace(part, rate_ppm=rate_today(book, product, part.rate_ppm))
        calendar = calendar_of(book, product, book.today, self.months)
        plan = planned(product, self.amount, part.rate_ppm, self.months, book.today, calendar)
        if self.hold is not None:
            self._capture(book, require_pending(book, self.hold))
        facility = limits.take(book, book.get(Facility, self.facility), self.product, self.amount)
        return self._draw(book, facility, part, product, wallet, plan)

    def _capture(self, book: Book, hold: LimitHold) -> None:
        if (hold.facility, hold.product) != (self.facility, self.product):
            book.reject("limit_hold.other", limit_hold=hold.id, field="hold")
        if hold.until < book.today:
            book.reject("limit_hold.over", limit_hold=hold.id, until=hold.until.isoformat(), field="hold")
        if self.amount > hold.amount:
            book.reject("limit_hold.exceeded", limit_hold=hold.id, held=hold.amount, asset="CNY", field="amount")
        limits.end_hold(book, hold, LimitHoldState.CAPTURED, self.amount)

    def _draw(
        self, book: Book, facility: Facility, part: SubLimit, product: LoanProduct, wallet: Wallet, plan: Schedule
    ) -> Loan:
        book.require(money.reads(wallet))
        identity = book.new_id("lon")
        asset = product.asset.value
        account = accounts.open_principal(book, identity, asset, product.name)
        clearing = pool(book, Pool.CLEARING, asset)
        accounts.move(book, account, clearing, self.amount, accounts.DRAWN, identity)
        paid = money.pay_out(
            book, wallet, clearing, self.amount, code=accounts.PAID_OUT, channel=self.channel, reference=identity
        )
        fee = (self.amount * product.fee_bps + 5_000) // 10_000
        accounts.move(
            book, pool(book, Pool.FEES, asset), pool(book, Pool.FEE_INCOME, asset), fee, accounts.FEE, identity
        )
        rows = rows_of(plan)
        of = Parties(facility.id, facility.party, wallet.id, account)
        terms = (self.amount, self.months, fee)
        loan = begun(identity, of, part, product, terms, rows, on=book.today, at=book.now)
        book.add(
            LoanPlan(
                loan=identity,
                version=1,
                reason=PlanReason.DRAWDOWN,
                made_on=book.today,
                balance=self.amount,
                before=0,
                level=None,
                rows=rows,
                made_at=book.now,
                by=book.actor,
                deferred=0,
                rate_ppm=part.rate_ppm,
            )
        )
        drawn = (0, 0, 0, 0, self.amount)
        loan = note(
            book,
            loan,
            TransactionKind.DRAWDOWN,
            channel=self.channel,
            wallet=wallet.id,
            transfer=paid.id,
            parts=drawn,
        )
        if fee:
            loan = note(book, loan, TransactionKind.FEE, channel=self.channel, parts=(fee, 0, 0, 0, 0))
        application = book.get(CreditApplication, part.application)
        if application.state is ApplicationState.SIGNED:
            book.put(application.replace(state=ApplicationState.DRAWN, updated_at=book.now))
        book.emit("loan.drawn", f"loan:{identity}", loan=identity, facility=facility.id, amount=self.amount)
        book.add(interest_of(loan, product))
        return book.add(loan)
