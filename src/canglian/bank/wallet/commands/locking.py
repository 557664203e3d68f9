"""Locking and unlocking, reporting lost and lifting it."""

from typing import Annotated

from canglian.bank.party import PartyDocument
from canglian.bank.party.commands.documents import DocumentId
from canglian.bank.party.rules import is_valid
from canglian.bank.wallet.commands.devices import distrust_all
from canglian.bank.wallet.commands.values import Channel, PinVersion, WalletId
from canglian.bank.wallet.model import LockedBy, Wallet, WalletState
from canglian.bank.wallet.moving import refuse_without_pin
from canglian.bank.wallet.rules import require_active_wallet
from canglian.kernel.command import Command
from canglian.kernel.fields import Reason, doc
from canglian.ledger.book import Book


class LockWallet(Command[Wallet], kind="wallet.lock"):
    """Let a wallet stand still. Locked by its holder it still takes money in; locked by the bank nothing moves.

    Rejects ``wallet.state_same``, and ``wallet.locked_by_bank`` for a holder.
    """

    wallet: WalletId
    locked_by: Annotated[
        LockedBy,
        doc("Who locked it: `holder` takes money in, with `bank` nothing moves. Null while it is not."),
    ]
    reason: Reason

    def decide(self, book: Book) -> Wallet:
        wallet = require_active_wallet(book, self.wallet)
        if wallet.locked_by is LockedBy.BANK or (wallet.locked_by is not None and wallet.locked_by is self.locked_by):
            book.reject("wallet.state_same", wallet=wallet.id, state=WalletState.LOCKED.value)
        state = WalletState.LOST if wallet.state is WalletState.LOST else WalletState.LOCKED
        book.emit("wallet.locked", f"wallet:{wallet.id}", wallet=wallet.id, by=self.locked_by.value, reason=self.reason)
        return book.put(wallet.replace(state=state, locked_by=self.locked_by, updated_at=book.now))


class UnlockWallet(Command[Wallet], kind="wallet.unlock"):
    """Let it move again. Its holder unlocks with the PIN what the holder locked; the bank unlocks either.

    Rejects ``wallet.not_locked``, ``wallet.locked_by_bank`` and ``wallet_pin.*``.
    """

    wallet: WalletId
    unlocked_by: Annotated[LockedBy, doc("Who unlocks it: `holder` with the PIN, `bank` without.")]
    channel: Channel
    reason: Reason
    pin: PinVersion | None = None

    def decide(self, book: Book) -> Wallet:
        wallet = require_active_wallet(book, self.wallet)
        if wallet.locked_by is None:
            book.reject("wallet.not_locked", wallet=wallet.id)
        if self.unlocked_by is LockedBy.HOLDER:
            if wallet.locked_by is LockedBy.BANK:
                book.reject("wallet.locked_by_bank", wallet=wallet.id)
            refuse_without_pin(book, wallet, self.channel, self.pin)
        state = WalletState.LOST if wallet.state is WalletState.LOST else WalletState.ACTIVE
        book.emit("wallet.unlocked", f"wallet:{wallet.id}", wallet=wallet.id, reason=self.reason)
        return book.put(wallet.replace(state=state, locked_by=None, updated_at=book.now))


class ReportLoss(Command[Wallet], kind="wallet.report_loss"):
    """The holder's phone is gone: nothing is paid out, and no device is trusted any more. Money still comes in.

    Rejects ``wallet.state_same``.
    """

    wallet: WalletId
    reason: Reason

    def decide(self, book: Book) -> Wallet:
        wallet = require_active_wallet(book, self.wallet)
        if wallet.state is WalletState.LOST:
            book.reject("wallet.state_same", wallet=wallet.id, state=wallet.state.value)
        distrust_all(book, wallet.id)
        book.emit("wallet.reported_lost", f"wallet:{wallet.id}", wallet=wallet.id, reason=self.reason)
        return book.put(wallet.replace(state=WalletState.LOST, updated_at=book.now))


class LiftLoss(Command[Wallet], kind="wallet.lift_loss"):
    """An operator has seen the holder, with a valid document where the holder is known.

    Rejects ``wallet.not_lost`` and ``wallet_product.document_needed``.
    """

    wallet: WalletId
    reason: Reason
    document: Annotated[DocumentId | None, doc("The document that was in hand.")] = None

    def decide(self, book: Book) -> Wallet:
        wallet = require_active_wallet(book, self.wallet)
        if wallet.state is not WalletState.LOST:
            book.reject("wallet.not_lost", wallet=wallet.id)
        if wallet.party is not None:
            paper = None if self.document is None else book.get(PartyDocument, self.document)
            if paper is None or paper.party != wallet.party or not is_valid(paper, book.today):
                book.reject("wallet_product.document_needed", product=wallet.product, field="document")
        state = WalletState.ACTIVE if wallet.locked_by is None else WalletState.LOCKED
        book.emit("wallet.loss_lifted", f"wallet:{wallet.id}", wallet=wallet.id, reason=self.reason)
        return book.put(wallet.replace(state=state, updated_at=book.now))
