"""Demand interest of e-CNY wallets: tiers 1 to 3 and corporate ones bear it, tier 4 at a rate of nothing.

The arithmetic and the calendar are those of deposit accounts: a day is the balance at its end, nothing is rounded away
from day to day, and what is due is paid on the settlement days of the deposit figures. A wallet takes the day after the
last one that is in it, and no other, and none past a settlement that has not happened.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Annotated

import msgspec
from msgspec import Meta

from canglian.bank.deposit import DepositInterest
from canglian.bank.deposit.commands import Accrued, BalanceThen, Settled
from canglian.bank.deposit.commands.interest import CHUNK_MAX
from canglian.bank.deposit.interest import UNITS, with_day
from canglian.bank.deposit.moving import Inside, internal_account
from canglian.bank.deposit.rules import is_settlement_day, settlement_before
from canglian.bank.wallet.model import Wallet, WalletInterest, WalletInterestDay, WalletProduct
from canglian.bank.wallet.rules import newest, versions_of
from canglian.kernel.command import Command, Read
from canglian.kernel.values import Number
from canglian.ledger.book import Book
from canglian.ledger.model import Balance

Day = date  # the field of the same name would hide the type


class AccrueWalletInterest(Command[Accrued], kind="wallet.accrue_interest"):
    """Take one day into the interest of many wallets, by their accounts in the ledger.

    A wallet that has moved since the day ended comes with its balance then, in ``moved``; without it, it is left for
    the next time. What grows by a whole minor unit is booked as owed. Rejects ``wallet_interest.day_not_over``.
    """

    date: Day
    accounts: Annotated[list[Number], Meta(min_length=1, max_length=CHUNK_MAX)]
    moved: Annotated[list[BalanceThen], Meta(max_length=CHUNK_MAX)] = msgspec.field(default_factory=list[BalanceThen])

    def weight(self) -> int:
        return len(self.accounts)

    def reads(self) -> Iterable[Read]:
        return [(kind, number) for kind in (WalletInterest, Balance) for number in self.accounts]

    def decide(self, book: Book) -> Accrued:
        if self.date >= book.today:
            book.reject("wallet_interest.day_not_over", date=self.date.isoformat(), today=book.today.isoformat())
        then = {one.account: one.balance for one in self.moved}
        before, settlement = self.date - timedelta(days=1), settlement_before(book, self.date)
        products: dict[str, WalletProduct] = {}
        owed: defaultdict[str, int] = defaultdict(int)
        left = 0
        for number in self.accounts:
            interest = book.maybe(WalletInterest, number)
            if interest is None or interest.closed or interest.until != before or interest.settled_on < settlement:
                left += 1
                continue
            balance = book.get(Balance, number)
            net = balance.credits - balance.debits if balance.date <= self.date else then.get(number)
            if net is None:
                left += 1
                continue
            product = _product(book, interest.product_on(self.date), self.date, products)
            grown = _grown(interest, net, product, self.date)
            owed[product.asset] += grown.accrued // UNITS - interest.accrued // UNITS
            book.put(grown)
        for asset, amount in owed.items():
            _owe(book, asset, amount, self.date)
        return Accrued(len(self.accounts) - left, left, sum(owed.values()))


class SettleWalletInterest(Command[Settled], kind="wallet.settle_interest"):
    """Pay a wallet the interest until a settlement day, that day included; less than a minor unit is carried on.

    Rejects ``wallet_interest.not_settlement_day``, ``.settled_already`` and ``.not_accrued``.
    """

    account: Number
    date: Day

    def reads(self) -> Iterable[Read]:
        return (WalletInterest, self.account), (Balance, self.account)

    def decide(self, book: Book) -> Settled:
        interest = book.get(WalletInterest, self.account)
        if not is_settlement_day(book, self.date):
            book.reject("wallet_interest.not_settlement_day", date=self.date.isoformat())
        if interest.closed or interest.settled_on >= self.date:
            book.reject("wallet_interest.settled_already", settled_on=interest.settled_on.isoformat())
        if interest.until != self.date:
            book.reject("wallet_interest.not_accrued", until=interest.until.isoformat(), date=self.date.isoformat())
        return _pay(book, interest, self.date)


class FinishWalletInterestDay(Command[WalletInterestDay], kind="wallet.finish_interest_day"):
    """Note that a day is in the interest of all wallets. Rejects ``wallet_interest.day_not_over``, ``….exists``."""

    date: Day

    def decide(self, book: Book) -> WalletInterestDay:
        if self.date >= book.today:
            book.reject("wallet_interest.day_not_over", date=self.date.isoformat(), today=book.today.isoformat())
        day = self.date.isoformat()
        book.emit("wallet_interest.day_finished", f"wallet_interest_day:{day}", date=day)
        return book.add(WalletInterestDay(self.date, book.now))


def change_product(book: Book, wallet: Wallet, product: str) -> None:
    """From today on a wallet bears the interest of another product; days that are not in it yet bear that before."""
    interest = book.maybe(WalletInterest, wallet.account) if wallet.is_ecny else None
    if interest is None or interest.product == product:
        return
    pending = interest.changed_on is not None and interest.until < interest.changed_on - timedelta(days=1)
    earlier, changed_on = (interest.earlier_product, interest.changed_on) if pending else (interest.product, book.today)
    book.put(interest.replace(product=product, earlier_product=earlier, changed_on=changed_on))


def close_interest(book: Book, wallet: Wallet) -> None:
    """Pay what is due until yesterday, and accrue no more.

    Rejects ``wallet_interest.behind`` where the balance has moved since a day that is not in it: the next run of the
    job knows what it was then.
    """
    interest = book.get(WalletInterest, wallet.account)
    balance, yesterday = book.get(Balance, wallet.account), book.today - timedelta(days=1)
    products: dict[str, WalletProduct] = {}
    while interest.until < yesterday:
        day = interest.until + timedelta(days=1)
        if balance.date > day or interest.settled_on < settlement_before(book, day):
            until, needed = interest.until.isoformat(), yesterday.isoformat()
            book.reject("wallet_interest.behind", wallet=wallet.id, until=until, needed=needed)
        product = _product(book, interest.product_on(day), day, products)
        grown = _grown(interest, balance.credits - balance.debits, product, day)
        _owe(book, product.asset, grown.accrued // UNITS - interest.accrued // UNITS, day)
        products.clear()
        interest = grown
    book.put(interest)
    _pay(book, interest, yesterday)
    book.put(book.get(WalletInterest, wallet.account).replace(closed=True))


def _product(book: Book, code: str, day: date, known: dict[str, WalletProduct]) -> WalletProduct:
    if code not in known:
        found = newest(versions_of(book, code), day)
        if found is None:
            book.reject("wallet_product.not_found", wallet_product=code)
        known[code] = found
    return known[code]


def _grown(interest: WalletInterest, balance: int, product: WalletProduct, day: date) -> WalletInterest:
    """With one more day, by the arithmetic of deposit accounts."""
    plain = DepositInterest(
        interest.account,
        interest.wallet,
        interest.product,
        interest.accrued,
        interest.remainder,
        interest.day_count,
        interest.until,
        interest.settled_on,
        interest.closed,
    )
    grown = with_day(plain, balance, product.rate_ppm, product.day_count, day)
    return interest.replace(
        accrued=grown.accrued, remainder=grown.remainder, day_count=grown.day_count, until=grown.until
    )


def _owe(book: Book, asset: str, amount: int, day: date) -> None:
    """Book interest of a day as owed."""
    if amount:
        expense = internal_account(book, Inside.INTEREST_EXPENSE, asset)
        payable = internal_account(book, Inside.INTEREST_PAYABLE, asset)
        book.transfer(expense, payable, amount, "interest.accrued", reference=f"interest:{day.isoformat()}")


def _pay(book: Book, interest: WalletInterest, on: date) -> Settled:
    """Pay what has become due and carry the rest on. Interest is the bank's: it is not counted, and no cap stops it."""
    paid, transfer = interest.accrued // UNITS, None
    if paid:
        payable = internal_account(book, Inside.INTEREST_PAYABLE, "ECNY")
        reference = f"interest:{on.isoformat()}"
        transfer = book.transfer(payable, interest.account, paid, "interest.settled", reference=reference).id
        book.emit(
            "wallet_interest.settled",
            f"wallet:{interest.wallet}",
            wallet=interest.wallet,
            date=on.isoformat(),
            amount=paid,
            asset="ECNY",
        )
    book.put(interest.replace(accrued=interest.accrued % UNITS, settled_on=on))
    return Settled(interest.account, paid, transfer)
