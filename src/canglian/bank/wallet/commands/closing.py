"""Closing a wallet."""

from canglian.bank.wallet.commands.interest import close_interest
from canglian.bank.wallet.commands.money import exchanged
from canglian.bank.wallet.commands.opening import own_deposit
from canglian.bank.wallet.commands.values import Channel, Funding, PinVersion, WalletId
from canglian.bank.wallet.model import ExchangeDirection, LockedBy, Wallet, WalletPocket, WalletState
from canglian.bank.wallet.moving import balance_of, pay, refuse_without_pin
from canglian.bank.wallet.rules import require_active_wallet
from canglian.kernel.command import Command
from canglian.kernel.fields import Reason
from canglian.ledger.book import Book
from canglian.ledger.commands import CloseAccount
from canglian.ledger.model import Balance


class CloseWallet(Command[Wallet], kind="wallet.close"):
    """Close a wallet for good. What it still has goes to its holder's deposit account, of a sub-wallet to its parent.

    An e-wallet leaves its deposit account as it is. Rejects ``wallet.has_sub_wallets``, ``.has_pockets``,
    ``.not_empty``, ``.locked_whole``, ``.lost`` and ``wallet_pin.*``.
    """

    wallet: WalletId
    channel: Channel
    reason: Reason
    deposit: Funding = None
    pin: PinVersion | None = None

    def decide(self, book: Book) -> Wallet:
        wallet = require_active_wallet(book, self.wallet)
        if wallet.locked_by is LockedBy.BANK:
            book.reject("wallet.locked_whole", wallet=wallet.id)
        if wallet.state is WalletState.LOST:
            book.reject("wallet.lost", wallet=wallet.id)
        refuse_without_pin(book, wallet, self.channel, self.pin)
        if wallet.sub_wallets:
            book.reject("wallet.has_sub_wallets", wallet=wallet.id, held=wallet.sub_wallets)
        if any(pocket.closed_at is None for pocket in book.find(WalletPocket, "wallet", wallet.id)):
            book.reject("wallet.has_pockets", wallet=wallet.id)
        if wallet.is_ecny:
            close_interest(book, wallet)
            self._empty(book, wallet)
            CloseAccount(account=wallet.account).decide(book)
        if wallet.parent is not None:
            parent = book.get(Wallet, wallet.parent)
            book.put(parent.replace(sub_wallets=parent.sub_wallets - 1, updated_at=book.now))
        book.emit("wallet.closed", f"wallet:{wallet.id}", wallet=wallet.id, reason=self.reason)
        return book.put(
            wallet.replace(state=WalletState.CLOSED, locked_by=None, closed_on=book.today, updated_at=book.now)
        )

    def _empty(self, book: Book, wallet: Wallet) -> None:
        """Move what it has to where its holder keeps it."""
        left = balance_of(book, wallet)
        balance = book.get(Balance, wallet.account)
        chosen = self.deposit or wallet.deposit
        nowhere = wallet.parent is None and chosen is None
        if balance.debits_held or balance.credits_held or (left and nowhere):
            book.reject("wallet.not_empty", wallet=wallet.id, balance=left, asset=wallet.asset)
        if not left:
            return
        if wallet.parent is not None:
            open_again = wallet.replace(state=WalletState.ACTIVE, locked_by=None)
            pay(book, open_again, book.get(Wallet, wallet.parent), left, channel=self.channel)
        elif chosen is not None:
            deposit = own_deposit(book, chosen, wallet.party)
            exchanged(book, wallet, deposit.id, ExchangeDirection.TO_DEPOSIT, left, self.channel, closing=True)
