"""Reserving money, taking it in parts, and letting it go."""

from collections.abc import Iterable
from typing import Annotated

from canglian.kernel.command import Command, Read
from canglian.kernel.fields import doc
from canglian.kernel.values import Amount, AssetCode, Code, Metadata, Number, OwnReference
from canglian.ledger.book import Book
from canglian.ledger.commands.transfers import Instant
from canglian.ledger.model import Account, Balance, Hold, Transfer


class HoldFunds(Command[Hold], kind="ledger.hold_funds"):
    """Reserve an amount on the debit account for the credit account. Rejects as a transfer would."""

    debit: Annotated[Number, doc("The account that is debited.")]
    credit: Annotated[Number, doc("The account that is credited.")]
    amount: Amount
    code: Code
    asset: Annotated[AssetCode | None, doc("The unit of value, such as `CNY`.")] = None
    reference: Annotated[OwnReference | None, doc("Your own number for it, such as an order's.")] = None
    metadata: Annotated[Metadata | None, doc("Your own facts, text by name; lists can be filtered by them.")] = None
    expires_at: Annotated[Instant | None, doc("When it lets go by itself; null for never.")] = None

    def reads(self) -> Iterable[Read]:
        return [(kind, number) for kind in (Account, Balance) for number in (self.debit, self.credit)]

    def decide(self, book: Book) -> Hold:
        asset = book.get(Account, self.debit).asset
        if self.asset is not None and self.asset != asset:
            book.reject("transfer.asset_unexpected", asset=asset, expected=self.asset)
        hold = book.hold(
            self.debit,
            self.credit,
            self.amount,
            self.code,
            reference=self.reference,
            metadata=self.metadata,
            expires_at=self.expires_at,
        )
        book.emit(
            "hold.placed", f"hold:{hold.id}", hold=hold.id, debit=hold.debit, credit=hold.credit, amount=hold.amount
        )
        return hold


class CaptureHold(Command[Transfer], kind="ledger.capture_hold"):
    """Take part of a hold, or all that is left; ``final`` releases the rest.

    Rejects ``hold.not_found``, ``hold.not_pending``, ``hold.expired`` and ``hold.exceeded``.
    """

    hold: Number
    amount: Amount | None = None
    final: bool = False
    reference: OwnReference | None = None
    metadata: Metadata | None = None

    def decide(self, book: Book) -> Transfer:
        transfer = book.capture(
            self.hold, self.amount, final=self.final, reference=self.reference, metadata=self.metadata
        )
        book.emit("hold.captured", f"hold:{self.hold}", hold=self.hold, transfer=transfer.id, amount=transfer.amount)
        return transfer


class ReleaseHold(Command[Hold], kind="ledger.release_hold"):
    """Let go of what a hold still reserves. Rejects ``hold.not_found`` and ``hold.not_pending``."""

    hold: Number

    def decide(self, book: Book) -> Hold:
        hold = book.release(self.hold)
        book.emit("hold.released", f"hold:{hold.id}", hold=hold.id, amount=hold.amount - hold.captured)
        return hold


class ExpireHold(Command[Hold], kind="ledger.expire_hold"):
    """Let go of a hold whose time has passed; ``hold.not_due`` before that."""

    hold: Number

    def decide(self, book: Book) -> Hold:
        hold = book.release(self.hold, expired=True)
        book.emit("hold.expired", f"hold:{hold.id}", hold=hold.id, amount=hold.amount - hold.captured)
        return hold
