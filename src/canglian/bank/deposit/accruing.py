"""Interest of accounts by the day, for every kind of account that bears any: deposit accounts, e-CNY wallets.

A day is accrued in its turn: an account takes the day after the last one that is in it, and no other, and none past a
settlement that has not happened. So whatever is asked for twice, or after a kill, comes to the same.

A room describes its kind by ``DailyInterest``, and declares the three commands by their bases here.
"""

from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Annotated, Any, ClassVar, Generic, NoReturn, Protocol, TypeVar

import msgspec
from msgspec import Meta

from canglian.bank.deposit.interest import settled, whole_units, with_day
from canglian.bank.deposit.model.interest import FinishedDay, UnsettledInterest
from canglian.bank.deposit.moving import Inside, internal_account, though_frozen
from canglian.bank.deposit.rules import is_settlement_day, settlement_before
from canglian.kernel.command import Command, Read
from canglian.kernel.values import Number
from canglian.ledger.book import Book
from canglian.ledger.model import Balance

CHUNK_MAX = 8192

I = TypeVar("I", bound=UnsettledInterest)  # noqa: E741 - the interest of one kind of account
D = TypeVar("D", bound=FinishedDay)

Day = date  # a field named date would hide the type


class Terms(Protocol):
    """What a version of a product says about interest."""

    @property
    def asset(self) -> str: ...
    @property
    def rate_ppm(self) -> int: ...
    @property
    def day_count(self) -> int: ...


class BalanceThen(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """What an account that has moved since had at the end of the day."""

    account: Number
    balance: int


class Accrued(msgspec.Struct, frozen=True):
    """How many accounts took the day, how many did not, and how much was booked as owed, in minor units."""

    accrued: int
    left: int
    booked: int


class Settled(msgspec.Struct, frozen=True):
    """What an account was paid, in minor units, and by which transfer; nothing moves for nothing."""

    account: int
    paid: int
    transfer: int | None


class DailyInterest(ABC, Generic[I]):
    """The interest of one kind of account. Its table begins the codes and events: ``deposit_interest.settled``.

    ``has_ahead`` says that there is a code of its own for a settlement day that the interest is past.
    """

    has_ahead: ClassVar[bool] = True

    def __init__(self, kind: type[I], day: type[FinishedDay]) -> None:
        self.kind = kind
        self.day = day
        self.noun = kind.__table__

    @abstractmethod
    def terms(self, book: Book, product: str, day: date) -> Terms:
        """The version of a product in force on a day."""

    @abstractmethod
    def refuse_behind(self, book: Book, interest: I, until: str, needed: str) -> NoReturn:
        """Refuse what needs days whose balances only a run of the job knows."""
        raise NotImplementedError

    @abstractmethod
    def note_settled(self, book: Book, interest: I, on: date, paid: int, asset: str | None) -> None:
        """Emit the event of a settlement; ``asset`` is None where nothing was paid."""

    def accrue(self, book: Book, day: date, accounts: list[int], moved: Iterable[BalanceThen]) -> Accrued:
        """Take one day into the interest of many accounts; what grows by a whole minor unit is booked as owed."""
        self._refuse_open(book, day)
        then = {balance.account: balance.balance for balance in moved}
        before, settlement = day - timedelta(days=1), settlement_before(book, day)
        products: dict[str, Terms] = {}
        owed: defaultdict[str, int] = defaultdict(int)
        left = 0
        for number in accounts:
            interest = book.maybe(self.kind, number)
            if interest is None or interest.closed or interest.until != before or interest.settled_on < settlement:
                left += 1
                continue
            balance = book.get(Balance, number)
            net = balance.credits - balance.debits if balance.date <= day else then.get(number)
            if net is None:
                left += 1
                continue
            code = interest.product_on(day)
            product = products.get(code)
            if product is None:
                product = products[code] = self.terms(book, code, day)
            grown = with_day(interest, net, product.rate_ppm, product.day_count, day)
            owed[product.asset] += whole_units(grown) - whole_units(interest)
            book.put(grown)
        for asset, amount in owed.items():
            _owe(book, asset, amount, day)
        return Accrued(len(accounts) - left, left, sum(owed.values()))

    def settle(self, book: Book, account: int, day: date) -> Settled:
        """Pay one account its interest until a settlement day, that day included; it is there from the day after."""
        interest = book.get(self.kind, account)
        if not is_settlement_day(book, day):
            book.reject(f"{self.noun}.not_settlement_day", date=day.isoformat())
        if interest.closed or interest.settled_on >= day:
            book.reject(f"{self.noun}.settled_already", settled_on=interest.settled_on.isoformat())
        if interest.until != day:
            days = {"until": interest.until.isoformat(), "date": day.isoformat()}
            if self.has_ahead and interest.until > day:
                book.reject(f"{self.noun}.ahead", **days)
            book.reject(f"{self.noun}.not_accrued", **days)
        return self.pay(book, interest, day)

    def finish(self, book: Book, day: date) -> Any:
        """Note that a day is in the interest of all accounts."""
        self._refuse_open(book, day)
        book.emit(f"{self.noun}.day_finished", f"{self.day.__table__}:{day.isoformat()}", date=day.isoformat())
        return book.add(self.day(day, book.now))

    def pay(self, book: Book, interest: I, on: date) -> Settled:
        """Pay what has become due and carry the rest on. A frozen account is paid too: what it bears is frozen with it.

        The payment carries the business date after the last day that is in it, however late it is made: so it bears
        interest from then on. Interest is the bank's own to pay: no limit counts it, and no cap stops it.
        """
        paid, transfer, asset = whole_units(interest), None, None
        if paid:
            asset = self.terms(book, interest.product, on).asset
            payable, reference = internal_account(book, Inside.INTEREST_PAYABLE, asset), f"interest:{on.isoformat()}"
            transfer = though_frozen(
                book,
                interest.account,
                lambda: book.transfer(
                    payable,
                    interest.account,
                    paid,
                    "interest.settled",
                    reference=reference,
                    on=min(on + timedelta(days=1), book.today),
                ),
            ).id
        book.put(settled(interest, on))
        self.note_settled(book, interest, on, paid, asset)
        return Settled(interest.account, paid, transfer)

    def caught_up(self, book: Book, interest: I, *, settling: bool = False) -> I:
        """The interest with all days until yesterday, as far as the balance has not changed since they ended.

        Refuses by ``refuse_behind`` where it has: the next run of the job knows what it was then. So it does where a
        settlement would be passed, unless ``settling`` pays each on the way.
        """
        balance, yesterday = book.get(Balance, interest.account), book.today - timedelta(days=1)
        net = balance.credits - balance.debits
        while interest.until < yesterday:
            day = interest.until + timedelta(days=1)
            settlement = settlement_before(book, day)
            unsettled = interest.settled_on < settlement
            if balance.date > day or (unsettled and not settling):
                self.refuse_behind(book, interest, interest.until.isoformat(), yesterday.isoformat())
            if unsettled:
                net += self.pay(book, interest, settlement).paid
                interest = book.get(self.kind, interest.account)
            product = self.terms(book, interest.product_on(day), day)
            grown = with_day(interest, net, product.rate_ppm, product.day_count, day)
            _owe(book, product.asset, whole_units(grown) - whole_units(interest), day)
            interest = book.put(grown)
        return interest

    def _refuse_open(self, book: Book, day: date) -> None:
        if day >= book.today:
            book.reject(f"{self.noun}.day_not_over", date=day.isoformat(), today=book.today.isoformat())


class AccrueDay(Command[Accrued]):
    """Take one day into the interest of many accounts, by their numbers in the ledger.

    An account that has moved since the day ended comes with its balance then, in ``moved``; without it, it is left for
    the next time. What grows by a whole minor unit is booked as owed, in one transfer for all that carries that day's
    date.
    """

    interest: ClassVar[DailyInterest[Any]]

    date: Day
    accounts: Annotated[list[Number], Meta(min_length=1, max_length=CHUNK_MAX)]
    moved: Annotated[list[BalanceThen], Meta(max_length=CHUNK_MAX)] = msgspec.field(default_factory=list[BalanceThen])

    def weight(self) -> int:
        return len(self.accounts)

    def reads(self) -> Iterable[Read]:
        return [(kind, number) for kind in (self.interest.kind, Balance) for number in self.accounts]

    def decide(self, book: Book) -> Accrued:
        return self.interest.accrue(book, self.date, self.accounts, self.moved)


class SettleAccount(Command[Settled]):
    """Pay an account the interest until a settlement day, that day included; less than a minor unit is carried on."""

    interest: ClassVar[DailyInterest[Any]]

    account: Number
    date: Day

    def reads(self) -> Iterable[Read]:
        return (self.interest.kind, self.account), (Balance, self.account)

    def decide(self, book: Book) -> Settled:
        return self.interest.settle(book, self.account, self.date)


class FinishDay(Command[D], Generic[D]):
    """Note that a day is in the interest of all accounts."""

    interest: ClassVar[DailyInterest[Any]]

    date: Day

    def decide(self, book: Book) -> D:
        return self.interest.finish(book, self.date)


def _owe(book: Book, asset: str, amount: int, day: date) -> None:
    """Book interest of a day as owed, on the date of that day."""
    if amount:
        expense = internal_account(book, Inside.INTEREST_EXPENSE, asset)
        payable = internal_account(book, Inside.INTEREST_PAYABLE, asset)
        book.transfer(expense, payable, amount, "interest.accrued", reference=f"interest:{day.isoformat()}", on=day)
