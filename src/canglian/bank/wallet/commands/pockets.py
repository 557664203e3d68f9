"""Pockets beside the money: points of a scheme, benefit money of a purpose. Rooms above fill and spend them."""

from typing import Annotated

from msgspec import Meta

from canglian.bank.wallet.commands.values import Label, PocketId, WalletId
from canglian.bank.wallet.model import PocketKind, WalletPocket
from canglian.bank.wallet.rules import policy_in_force, require_active_wallet
from canglian.kernel.command import Command
from canglian.kernel.fields import doc
from canglian.kernel.values import AssetCode
from canglian.ledger.book import Book
from canglian.ledger.commands import CloseAccount, OpenAccount
from canglian.ledger.model import Balance

POINTS_HEAD = "2241"
"""What the scheme owes for points (其他应付款)."""

BENEFIT_HEAD = "2011"

Purpose = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_.:-]*\Z", max_length=120, description="benefit:village7")]


class OpenPocket(Command[WalletPocket], kind="wallet.open_pocket"):
    """Open a pocket: of points with a points asset, of benefits with a purpose that its money is bound to.

    Rejects ``wallet_pocket.asset_unlike``, ``.open_already``, ``.too_many`` and ``asset.not_found``.
    """

    wallet: WalletId
    pocket_kind: Annotated[PocketKind, doc("`points` of a scheme or `benefit` money of a purpose.")]
    name: Label
    asset: AssetCode
    purpose: Annotated[
        Purpose | None,
        doc("Its money moves only among accounts of the same purpose; null for free money."),
    ] = None

    def decide(self, book: Book) -> WalletPocket:
        wallet = require_active_wallet(book, self.wallet)
        points = self.pocket_kind is PocketKind.POINTS
        fits = self.asset.startswith("PTS:") if points else self.asset == wallet.asset
        if not fits or points is not (self.purpose is None):
            book.reject("wallet_pocket.asset_unlike", field="asset")
        there = [pocket for pocket in book.find(WalletPocket, "wallet", wallet.id) if pocket.closed_at is None]
        for other in there:
            if (other.asset, other.purpose) == (self.asset, self.purpose):
                book.reject("wallet_pocket.open_already", wallet=wallet.id, other=other.id)
        most = policy_in_force(book).pockets_max
        if len(there) >= most:
            book.reject("wallet_pocket.too_many", wallet=wallet.id, held=len(there), most=most)
        account = OpenAccount(
            asset=self.asset,
            head=POINTS_HEAD if points else BENEFIT_HEAD,
            purpose=self.purpose,
            owner=wallet.id,
            name=self.name,
        ).decide(book)
        identity = book.new_id("pkt")
        book.emit("wallet_pocket.opened", f"wallet:{wallet.id}", wallet=wallet.id, pocket=identity, asset=self.asset)
        return book.add(
            WalletPocket(
                identity,
                wallet.id,
                self.pocket_kind,
                self.asset,
                self.purpose,
                self.name,
                account.id,
                book.now,
                book.actor,
                None,
            )
        )


class ClosePocket(Command[WalletPocket], kind="wallet.close_pocket"):
    """Close an empty pocket. Rejects ``wallet_pocket.foreign``, ``.closed`` and ``.not_empty``."""

    wallet: WalletId
    pocket: PocketId

    def decide(self, book: Book) -> WalletPocket:
        require_active_wallet(book, self.wallet)
        pocket = book.get(WalletPocket, self.pocket)
        if pocket.wallet != self.wallet:
            book.reject("wallet_pocket.foreign", pocket=pocket.id, wallet=self.wallet)
        if pocket.closed_at is not None:
            book.reject("wallet_pocket.closed", closed_at=pocket.closed_at.isoformat(timespec="seconds"))
        balance = book.get(Balance, pocket.account)
        net = balance.credits - balance.debits
        if net or balance.debits_held or balance.credits_held:
            book.reject("wallet_pocket.not_empty", pocket=pocket.id, balance=net, asset=pocket.asset)
        CloseAccount(account=pocket.account).decide(book)
        book.emit("wallet_pocket.closed", f"wallet:{self.wallet}", wallet=self.wallet, pocket=pocket.id)
        return book.put(pocket.replace(closed_at=book.now))


def pocket_of(book: Book, wallet: str, asset: str, purpose: str | None = None) -> WalletPocket | None:
    """The open pocket of a wallet for an asset and a purpose, for rooms above."""
    for pocket in book.find(WalletPocket, "wallet", wallet):
        if pocket.closed_at is None and (pocket.asset, pocket.purpose) == (asset, purpose):
            return pocket
    return None
