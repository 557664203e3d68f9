"""The interest of deposit accounts: a day for many accounts at once, and settling one account."""

from datetime import date
from typing import Final, NoReturn

from canglian.bank.deposit.accruing import AccrueDay, DailyInterest, FinishDay, SettleAccount
from canglian.bank.deposit.model import DepositInterest, DepositProduct, InterestDay
from canglian.bank.deposit.rules import PRODUCTS
from canglian.ledger.book import Book


class _DepositInterest(DailyInterest[DepositInterest]):
    def terms(self, book: Book, product: str, day: date) -> DepositProduct:
        return PRODUCTS.get(book, product, day)

    def refuse_behind(self, book: Book, interest: DepositInterest, until: str, needed: str) -> NoReturn:
        account = interest.deposit
        book.reject("deposit_account.interest_behind", deposit_account=account, until=until, needed=needed)

    def note_settled(self, book: Book, interest: DepositInterest, on: date, paid: int, asset: str | None) -> None:
        subject, day = f"deposit_account:{interest.deposit}", on.isoformat()
        book.emit("deposit_interest.settled", subject, deposit_account=interest.deposit, date=day, amount=paid)


DEPOSIT_INTEREST: Final = _DepositInterest(DepositInterest, InterestDay)


class AccrueInterest(AccrueDay, kind="deposit.accrue_interest"):
    """Take one day into the interest of many accounts. Rejects ``deposit_interest.day_not_over``."""

    interest = DEPOSIT_INTEREST


class SettleInterest(SettleAccount, kind="deposit.settle_interest"):
    """Pay an account the interest until a settlement day.

    Rejects ``deposit_interest.not_settlement_day``, ``.settled_already``, ``.not_accrued``, ``.ahead``.
    """

    interest = DEPOSIT_INTEREST


class FinishInterestDay(FinishDay[InterestDay], kind="deposit.finish_interest_day"):
    """Note that a day is in the interest of all accounts. Rejects ``interest_day.exists``, ``.day_not_over``."""

    interest = DEPOSIT_INTEREST
