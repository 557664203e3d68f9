"""Demand interest of e-CNY wallets: tiers 1 to 3 and corporate ones bear it, tier 4 at a rate of nothing.

The arithmetic, the calendar and the turn of the days are those of deposit accounts. A wallet that changed its tier
bears the interest of the earlier product for the days before.
"""

from datetime import date, timedelta
from typing import Final, NoReturn

from canglian.bank.deposit.accruing import AccrueDay, DailyInterest, FinishDay, SettleAccount
from canglian.bank.wallet.model import Wallet, WalletInterest, WalletInterestDay, WalletProduct
from canglian.bank.wallet.rules import PRODUCTS
from canglian.ledger.book import Book


class _WalletInterest(DailyInterest[WalletInterest]):
    has_ahead = False

    def terms(self, book: Book, product: str, day: date) -> WalletProduct:
        return PRODUCTS.get(book, product, day)

    def refuse_behind(self, book: Book, interest: WalletInterest, until: str, needed: str) -> NoReturn:
        book.reject("wallet_interest.behind", wallet=interest.wallet, until=until, needed=needed)

    def note_settled(self, book: Book, interest: WalletInterest, on: date, paid: int, asset: str | None) -> None:
        if paid:
            subject, day = f"wallet:{interest.wallet}", on.isoformat()
            book.emit("wallet_interest.settled", subject, wallet=interest.wallet, date=day, amount=paid, asset=asset)


WALLET_INTEREST: Final = _WalletInterest(WalletInterest, WalletInterestDay)


class AccrueWalletInterest(AccrueDay, kind="wallet.accrue_interest"):
    """Take one day into the interest of many wallets. Rejects ``wallet_interest.day_not_over``."""

    interest = WALLET_INTEREST


class SettleWalletInterest(SettleAccount, kind="wallet.settle_interest"):
    """Pay a wallet the interest until a settlement day.

    Rejects ``wallet_interest.not_settlement_day``, ``.settled_already`` and ``.not_accrued``.
    """

    interest = WALLET_INTEREST


class FinishWalletInterestDay(FinishDay[WalletInterestDay], kind="wallet.finish_interest_day"):
    """Note that a day is in the interest of all wallets. Rejects ``wallet_interest.day_not_over``, ``….exists``."""

    interest = WALLET_INTEREST


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
    interest = WALLET_INTEREST.caught_up(book, book.get(WalletInterest, wallet.account))
    WALLET_INTEREST.pay(book, interest, interest.until)
    book.put(book.get(WalletInterest, wallet.account).replace(closed=True))
