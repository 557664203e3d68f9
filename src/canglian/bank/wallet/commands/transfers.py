"""Money from wallet to wallet, and undoing it."""

from collections.abc import Iterable

from canglian.bank import limit
from canglian.bank.wallet.commands.values import Channel, Note, PinVersion, TransferId, WalletId
from canglian.bank.wallet.limits import subject_of
from canglian.bank.wallet.model import MoveKind, Wallet, WalletPin, WalletReversal, WalletTransfer
from canglian.bank.wallet.moving import pay, refuse_payer, refuse_without_pin, undo
from canglian.kernel.command import Command, Read
from canglian.kernel.fields import Reason
from canglian.kernel.values import Amount, AssetCode, Reference
from canglian.ledger.book import Book


class TransferBetweenWallets(Command[WalletTransfer], kind="wallet.transfer"):
    """Move money from one wallet to another.

    ``pin`` is the version of the payer's PIN that the face has looked at; at the counter there is none. ``asset`` may
    be given to be checked. Rejects ``wallet.*``, ``wallet_pin.*``, ``limit.exceeded`` and what the ledger does.
    """

    payer: WalletId
    payee: WalletId
    amount: Amount
    channel: Channel
    pin: PinVersion | None = None
    asset: AssetCode | None = None
    reference: Reference | None = None
    note: Note | None = None

    def reads(self) -> Iterable[Read]:
        tallies = [read for wallet in (self.payer, self.payee) for read in limit.reads(subject_of(wallet), None)]
        return [(Wallet, self.payer), (Wallet, self.payee), (WalletPin, self.payer), *tallies]

    def decide(self, book: Book) -> WalletTransfer:
        payer, payee = book.get(Wallet, self.payer), book.get(Wallet, self.payee)
        if self.asset is not None and self.asset != payer.asset:
            book.reject("wallet.asset_unlike", wallet=payer.id, holds=payer.asset, asked=self.asset)
        refuse_without_pin(book, payer, self.channel, self.pin)
        return pay(book, payer, payee, self.amount, channel=self.channel, reference=self.reference, note=self.note)


class TryPayer(Command[Wallet], kind="wallet.try_payer"):
    """What a payment to another's wallet would be refused for on the payer's own side; it changes nothing.

    A face asks it where it has found no payee, so that an amount which nobody can pay is refused alike, whoever is
    named. Rejects ``wallet.*``, ``wallet_pin.*``, ``limit.exceeded`` and ``transfer.insufficient_funds``.
    """

    payer: WalletId
    amount: Amount
    channel: Channel
    pin: PinVersion | None = None

    def decide(self, book: Book) -> Wallet:
        payer = book.get(Wallet, self.payer)
        refuse_without_pin(book, payer, self.channel, self.pin)
        book.preview(lambda _: refuse_payer(book, payer, self.amount, self.channel))
        return payer


class ReverseWalletTransfer(Command[WalletTransfer], kind="wallet.reverse_transfer"):
    """Undo a transfer in full: the money goes back, and what was counted for it on its day is given back.

    Rejects ``wallet_transfer.not_found``, ``.reversed`` and ``.is_reversal``, and what the ledger does where the payee
    has not so much any more.
    """

    transfer: TransferId
    reason: Reason

    def reads(self) -> Iterable[Read]:
        return (WalletTransfer, self.transfer), (WalletReversal, self.transfer)

    def decide(self, book: Book) -> WalletTransfer:
        first = book.get(WalletTransfer, self.transfer)
        if first.kind is MoveKind.REVERSAL:
            book.reject("wallet_transfer.is_reversal", transfer=first.id)
        earlier = book.maybe(WalletReversal, first.id)
        if earlier is not None:
            book.reject("wallet_transfer.reversed", transfer=first.id, reversed_by=earlier.reversed_by)
        return undo(book, first, self.reason)
