"""Money between a borrower's wallet and the bank's clearing account of loans.

What the bank pays out and takes back of its own loans through a deposit account is no payment to others: the limits of
the account's class do not count it. An e-CNY wallet keeps its caps and counts it like any payment.
"""

from canglian.bank.deposit import DepositAccount, move
from canglian.bank.deposit.moving import Counterparty
from canglian.bank.wallet import Wallet, spending
from canglian.bank.wallet.model import WalletKind, WalletState
from canglian.bank.wallet.rules import refuse_stopped_in, refuse_stopped_out
from canglian.kernel.command import Read
from canglian.ledger.book import Book
from canglian.ledger.model import Account, Balance, Transfer


def pay_out(
    book: Book, wallet: Wallet, account: int, amount: int, *, code: str, channel: str, reference: str
) -> Transfer:
    """Pay a loan out to a wallet. Rejects what the wallet, its account and the ledger do."""
    if wallet.kind is not WalletKind.EWALLET or wallet.deposit is None:
        return spending.receive(book, wallet, account, amount, code=code, channel=channel, reference=reference)
    refuse_stopped_in(book, wallet)
    return _move(book, account, wallet.deposit, amount, code, channel, reference)


def take_in(
    book: Book, wallet: Wallet, account: int, amount: int, *, code: str, channel: str, reference: str
) -> Transfer:
    """Take what a borrower repays out of a wallet. Rejects what the wallet, its account and the ledger do."""
    if wallet.kind is not WalletKind.EWALLET or wallet.deposit is None:
        return spending.spend(book, wallet, account, amount, code=code, channel=channel, reference=reference)
    if wallet.state is not WalletState.ACTIVE:
        refuse_stopped_out(book, wallet)
    return _move(book, wallet.deposit, account, amount, code, channel, reference)


def reads(wallet: Wallet) -> list[Read]:
    """What either of them will read."""
    if wallet.kind is not WalletKind.EWALLET or wallet.deposit is None:
        return spending.reads(wallet)
    return [(DepositAccount, wallet.deposit), (Account, wallet.account), (Balance, wallet.account)]


def _move(
    book: Book, payer: str | int, payee: str | int, amount: int, code: str, channel: str, reference: str
) -> Transfer:
    return move(
        book,
        payer=payer,
        payee=payee,
        amount=amount,
        code=code,
        channel=channel,
        counterparty=Counterparty.BANK,
        reference=reference,
    )
