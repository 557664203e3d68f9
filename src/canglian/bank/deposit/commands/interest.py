"""Interest: a day for many accounts at once, and settling one account.

A day is accrued in its turn: an account takes the day after the last one that is in it, and no other, and none past a
settlement that has not happened. So whatever is asked for twice, or after a kill, comes to the same.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Annotated

import msgspec
from msgspec import Meta

from canglian.bank.deposit.interest import settled, whole_units, with_day
from canglian.bank.deposit.model import DepositInterest, DepositProduct, InterestDay
from canglian.bank.deposit.moving import Inside, internal_account, though_frozen
from canglian.bank.deposit.rules import is_settlement_day, product_on, settlement_before
from canglian.kernel.command import Command, Read
from canglian.kernel.values import Number
from canglian.ledger.book import Book
from canglian.ledger.model import Balance

CHUNK_MAX = 8192

Day = date  # the field of the same name would hide the type


class BalanceThen(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """What an account that has moved since had at the end of the day."""

    account: Number
    balance: int


class Accrued(msgspec.Struct, frozen=True):
    """How many accounts took the day, how many did not, and how much was booked as owed, in minor units."""

    accrued: int
    left: int
    booked: int


class AccrueInterest(Command[Accrued], kind="deposit.accrue_interest"):
    """Take one day into the interest of many accounts, by their numbers in the ledger.

    An account that has moved since the day ended comes with its balance then, in ``moved``; without it, it is left for
    the next time. What grows by a whole minor unit is booked as owed, in one transfer for all. Rejects
    ``deposit_interest.day_not_over``.
    """

    date: Day
    accounts: Annotated[list[Number], Meta(min_length=1, max_length=CHUNK_MAX)]
    moved: Annotated[list[BalanceThen], Meta(max_length=CHUNK_MAX)] = msgspec.field(default_factory=list[BalanceThen])

    def weight(self) -> int:
        return len(self.accounts)

    def reads(self) -> Iterable[Read]:
        return [(kind, number) for kind in (DepositInterest, Balance) for number in self.accounts]

    def decide(self, book: Book) -> Accrued:
        if self.date >= book.today:
            book.reject("deposit_interest.day_not_over", date=self.date.isoformat(), today=book.today.isoformat())
        then = {one.account: one.balance for one in self.moved}
        before = self.date - timedelta(days=1)
        settlement = settlement_before(book, self.date)
        products: dict[str, DepositProduct] = {}
        owed: defaultdict[str, int] = defaultdict(int)
        left = 0
        for number in self.accounts:
            interest = book.maybe(DepositInterest, number)
            if interest is None or interest.closed or interest.until != before or interest.settled_on < settlement:
                left += 1
                continue
            balance = book.get(Balance, number)
            net = balance.credits - balance.debits if balance.date <= self.date else then.get(number)
            if net is None:
                left += 1
                continue
            product = products.get(interest.product)
            if product is None:
                product = products[interest.product] = product_on(book, interest.product, self.date)
            grown = with_day(interest, net, product.rate_ppm, product.day_count, self.date)
            owed[product.asset] += whole_units(grown) - whole_units(interest)
            book.put(grown)
        for asset, amount in owed.items():
            _owe(book, asset, amount, self.date)
        return Accrued(len(self.accounts) - left, left, sum(owed.values()))


class Settled(msgspec.Struct, frozen=True):
    """What an account was paid, in minor units, and by which transfer; nothing moves for nothing."""

    account: int
    paid: int
    transfer: int | None


class SettleInterest(Command[Settled], kind="deposit.settle_interest"):
    """Pay an account the interest until a settlement day, that day included; less than a minor unit is carried on.

    A frozen account is paid too: what it bears is frozen with it. Rejects ``deposit_interest.not_settlement_day``,
    ``.settled_already``, ``.not_accrued``, ``.ahead``.
    """

    account: Number
    date: Day

    def reads(self) -> Iterable[Read]:
        return (DepositInterest, self.account), (Balance, self.account)

    def decide(self, book: Book) -> Settled:
        interest = book.get(DepositInterest, self.account)
        if not is_settlement_day(book, self.date):
            book.reject("deposit_interest.not_settlement_day", date=self.date.isoformat())
        if interest.closed or interest.settled_on >= self.date:
            book.reject("deposit_interest.settled_already", settled_on=interest.settled_on.isoformat())
        if interest.until != self.date:
            code = "deposit_interest.not_accrued" if interest.until < self.date else "deposit_interest.ahead"
            book.reject(code, until=interest.until.isoformat(), date=self.date.isoformat())
        return pay_interest(book, interest, self.date)


class FinishInterestDay(Command[InterestDay], kind="deposit.finish_interest_day"):
    """Note that a day is in the interest of all accounts. Rejects ``interest_day.exists``, ``.day_not_over``."""

    date: Day

    def decide(self, book: Book) -> InterestDay:
        if self.date >= book.today:
            book.reject("deposit_interest.day_not_over", date=self.date.isoformat(), today=book.today.isoformat())
        book.emit("deposit_interest.day_finished", f"interest_day:{self.date.isoformat()}", date=self.date.isoformat())
        return book.add(InterestDay(self.date, book.now))


def pay_interest(book: Book, interest: DepositInterest, on: date) -> Settled:
    """Pay what has become due and carry the rest on."""
    paid, transfer = whole_units(interest), None
    if paid:
        payable = internal_account(book, Inside.INTEREST_PAYABLE, product_on(book, interest.product, on).asset)
        moved = though_frozen(
            book,
            interest.account,
            lambda: book.transfer(
                payable, interest.account, paid, "interest.settled", reference=f"interest:{on.isoformat()}"
            ),
        )
        transfer = moved.id
    book.put(settled(interest, on))
    book.emit(
        "deposit_interest.settled",
        f"deposit_account:{interest.deposit}",
        deposit_account=interest.deposit,
        date=on.isoformat(),
        amount=paid,
    )
    return Settled(interest.account, paid, transfer)


def caught_up(book: Book, interest: DepositInterest, *, settling: bool = False) -> DepositInterest:
    """The interest with all days until yesterday, as far as the balance has not changed since they ended.

    Rejects ``deposit_account.interest_behind`` where it has: the next run of the job knows what it was then. So it does
    where a settlement would be passed, unless ``settling`` pays it on the way.
    """
    balance, yesterday = book.get(Balance, interest.account), book.today - timedelta(days=1)
    net, passed = balance.credits - balance.debits, None
    while interest.until < yesterday:
        day = interest.until + timedelta(days=1)
        settlement = settlement_before(book, day)
        if settling and interest.settled_on < settlement:
            passed = settlement
        elif balance.date > day or interest.settled_on < settlement:
            book.reject(
                "deposit_account.interest_behind",
                deposit_account=interest.deposit,
                until=interest.until.isoformat(),
                needed=yesterday.isoformat(),
            )
        product = product_on(book, interest.product, day)
        grown = with_day(interest, net, product.rate_ppm, product.day_count, day)
        _owe(book, product.asset, whole_units(grown) - whole_units(interest), day)
        interest = book.put(grown)
    if passed is not None:
        pay_interest(book, interest, passed)
    return book.get(DepositInterest, interest.account)


def _owe(book: Book, asset: str, amount: int, day: date) -> None:
    """Book interest of a day as owed."""
    if amount:
        expense = internal_account(book, Inside.INTEREST_EXPENSE, asset)
        payable = internal_account(book, Inside.INTEREST_PAYABLE, asset)
        book.transfer(expense, payable, amount, "interest.accrued", reference=f"interest:{day.isoformat()}")
