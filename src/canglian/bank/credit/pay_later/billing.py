"""The protocol by which scenes use pay-later, inside of their own decisions.

An estimate is held by ``HoldLimit`` or ``limits.hold``; ``open_bill`` captures it for what was really spent and pays
whom the scene says; ``refund`` takes money back from there: it lowers what is owed first, the rest is the customer's.
Both are given a function that moves the money between the clearing account of loans and the scene's own.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple

from canglian.bank.credit.facilities import limits
from canglian.bank.credit.facilities.commands import require_pending
from canglian.bank.credit.facilities.model import Facility, LimitHoldState, SubLimit
from canglian.bank.credit.loans import accounts, money
from canglian.bank.credit.loans.accounts import Pool, pool
from canglian.bank.credit.loans.beginning import Parties, begun
from canglian.bank.credit.loans.books import brought, note
from canglian.bank.credit.loans.interest import interest_of
from canglian.bank.credit.loans.model import Loan, LoanPlan, PlanReason, Row, TransactionKind
from canglian.bank.credit.loans.owing import refuse_owing
from canglian.bank.credit.loans.paying.settling import Paid, PrepayEffect, settle
from canglian.bank.credit.pay_later.model import Bill, BillState
from canglian.bank.credit.products.model import LoanProduct
from canglian.bank.wallet import Wallet
from canglian.ledger.book import Book
from canglian.ledger.model import Transfer

Move = Callable[[int, str], Transfer]
"""Moves an amount out of the clearing account of loans, or into it, given its number and the reference."""


def open_bill(
    book: Book, hold: str, amount: int, pay: Move, *, wallet: Wallet, payee: str | None, channel: str
) -> Bill:
    """Capture a hold as a bill; what is held beyond it is let go of. ``wallet`` is the customer's own.

    Rejects ``limit_hold.*``, ``facility.*``, ``bill.not_pay_later``, ``loan.party_overdue`` and
    ``loan.party_written_off``, and what ``pay`` does.
    """
    held = require_pending(book, hold)
    if held.until < book.today:
        book.reject("limit_hold.over", limit_hold=held.id, until=held.until.isoformat())
    if amount > held.amount:
        book.reject("limit_hold.exceeded", limit_hold=held.id, held=held.amount, asset="CNY", field="amount")
    facility = book.get(Facility, held.facility)
    part = limits.require_part(book, facility, held.product)
    product = book.get(LoanProduct, (part.product, part.version))
    if not product.is_pay_later:
        book.reject("bill.not_pay_later", product=product.code)
    refuse_owing(book, facility.party)
    limits.end_hold(book, held, LimitHoldState.CAPTURED, amount)
    limits.take(book, book.get(Facility, facility.id), product.code, amount)
    identity = book.new_id("bil")
    due = book.today + timedelta(days=product.due_days)
    asked = Drawn(amount, 0, 0, (Row(1, due, amount, 0, 0),))
    loan = draw(book, facility, part, product, asked, wallet.id, identity)
    paid = pay(pool(book, Pool.CLEARING, loan.asset), loan.id)
    keep_drawn(book, loan, product, channel, paid.id)
    bill = Bill(
        id=identity,
        party=facility.party,
        facility=facility.id,
        product=product.code,
        version=product.version,
        asset=loan.asset,
        limit_hold=held.id,
        loan=loan.id,
        instalments=None,
        wallet=wallet.id,
        payee=payee,
        note=held.note,
        amount=amount,
        refunded=0,
        state=BillState.OPEN,
        unpaid=facility.party,
        captured_on=book.today,
        due_on=due,
        settled_on=None,
        at=book.now,
        by=book.actor,
        updated_at=book.now,
    )
    book.emit("bill.open", f"bill:{bill.id}", bill=bill.id, party=bill.party, loan=loan.id, days=0)
    return book.add(bill)


class Drawn(NamedTuple):
    """A loan of a bill: how much, for how many months, its fee and its instalments; 0 months for the bill itself."""

    amount: int
    months: int
    fee: int
    rows: tuple[Row, ...]


def draw(
    book: Book, facility: Facility, part: SubLimit, product: LoanProduct, asked: Drawn, wallet: str, bill: str
) -> Loan:
    """A loan of a bill: its principal is in the clearing account, its plan is kept, and it is not yet."""
    identity, asset = book.new_id("lon"), product.asset.value
    account = accounts.open_principal(book, identity, asset, product.name)
    code = accounts.CONVERTED if asked.months else accounts.DRAWN
    accounts.move(book, account, pool(book, Pool.CLEARING, asset), asked.amount, code, identity)
    fees, earned = pool(book, Pool.FEES, asset), pool(book, Pool.FEE_INCOME, asset)
    accounts.move(book, fees, earned, asked.fee, accounts.FEE, identity)
    of = Parties(facility.id, facility.party, wallet, account)
    terms = asked.amount, asked.months, asked.fee
    loan = begun(identity, of, part, product, terms, asked.rows, on=book.today, at=book.now)
    loan = loan.replace(bill=bill, rate_ppm=loan.rate_ppm if asked.months else 0)
    book.add(
        LoanPlan(
            loan=identity,
            version=1,
            reason=PlanReason.DRAWDOWN,
            made_on=book.today,
            balance=asked.amount,
            before=0,
            level=None,
            rows=asked.rows,
            made_at=book.now,
            by=book.actor,
            deferred=0,
            rate_ppm=loan.rate_ppm,
        )
    )
    return loan


def keep_drawn(book: Book, loan: Loan, product: LoanProduct, channel: str, transfer: int | None) -> Loan:
    """Note the drawdown of a loan of a bill, and its fee, and keep it."""
    drawn = (0, 0, 0, 0, loan.principal)
    loan = note(book, loan, TransactionKind.DRAWDOWN, channel=channel, transfer=transfer, parts=drawn)
    if loan.fees:
        loan = note(book, loan, TransactionKind.FEE, channel=channel, parts=(loan.fees, 0, 0, 0, 0))
    book.add(interest_of(loan, product))
    return book.add(loan)


def refund(book: Book, bill: Bill, amount: int, take: Move, channel: str) -> Bill:
    """Money of a bill comes back: it lowers what is owed first, and the rest goes to the customer's wallet.

    Rejects ``bill.refund_too_much`` and ``bill.state`` for one that was written off, and what ``take`` does.
    """
    left = bill.amount - bill.refunded
    if bill.state is BillState.WRITTEN_OFF:
        book.reject("bill.state", bill=bill.id, state=bill.state.value)
    if amount > left:
        book.reject("bill.refund_too_much", bill=bill.id, left=left, amount=amount, asset=bill.asset, field="amount")
    clearing = pool(book, Pool.CLEARING, bill.asset)
    taken = take(clearing, bill.owed_by)
    lowered = 0
    if bill.unpaid is not None:
        loan = brought(book, bill.owed_by)
        lowered = _most(loan, amount)
        if lowered:
            settle(book, loan, lowered, Paid(TransactionKind.REFUND, channel, None, taken.id), PrepayEffect.LOWER)
    if amount > lowered:
        pass_on(book, book.get(Wallet, bill.wallet), bill.owed_by, amount - lowered, channel)
    now = book.get(Bill, bill.id)
    book.emit("bill.refunded", f"bill:{bill.id}", bill=bill.id, amount=amount, lowered=lowered)
    return book.put(now.replace(refunded=now.refunded + amount, updated_at=book.now))


def _most(loan: Loan, amount: int) -> int:
    """How much of a refund lowers what is owed: where interest alone would be left, a fen of the principal stays."""
    early, bearing = amount - loan.owed_now, loan.outstanding - loan.due_principal
    if amount >= loan.owed_in_all:
        return loan.owed_in_all
    if bearing <= early <= loan.accrued:
        return loan.owed_now + bearing - 1
    return amount


def pass_on(book: Book, wallet: Wallet, loan: str, amount: int, channel: str) -> Transfer:
    """Money that is not owed goes to the customer's wallet."""
    book.require(money.reads(wallet))
    clearing = pool(book, Pool.CLEARING, wallet.asset)
    return money.pay_out(book, wallet, clearing, amount, code=accounts.PASSED_ON, channel=channel, reference=loan)
