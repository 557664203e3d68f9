"""Opening wallets and sub-wallets, and the numbers that they get."""

from datetime import timedelta
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

from canglian.bank.deposit import DepositAccount, ProductClass, require_active_account
from canglian.bank.party import Level, Party, PartyDocument, PartyKind
from canglian.bank.party.commands.parties import refuse_prohibited
from canglian.bank.party.model import Colour
from canglian.bank.party.numbering import Allotted
from canglian.bank.party.rules import active_party, is_valid, listed
from canglian.bank.party.sealing import SealedText
from canglian.bank.wallet.commands.values import (
    Channel,
    DayMax,
    Funding,
    Holder,
    Label,
    Merchant,
    ProductCode,
    SingleMax,
    WalletId,
)
from canglian.bank.wallet.model import Wallet, WalletInterest, WalletKind, WalletProduct, WalletState
from canglian.bank.wallet.rules import policy_in_force, product_in_force, refuse_stopped_out, require_active_wallet
from canglian.kernel.command import Command
from canglian.kernel.values import Reference
from canglian.ledger.book import Book
from canglian.ledger.commands import OpenAccount

ALLOT_MAX = 8192


class Row(msgspec.Struct, frozen=True):
    """Places in the row of wallet numbers, both included, and what the numbers begin with."""

    first: int
    last: int
    prefix: str


class AllotWalletNumbers(Command[Row], kind="wallet.allot_numbers"):
    """Hand out places in the row of wallet numbers. A place that is never used leaves a gap and does no harm."""

    count: Annotated[int, Meta(ge=1, le=ALLOT_MAX)] = 1

    def decide(self, book: Book) -> Row:
        prefix = policy_in_force(book).number_prefix
        first = book.counters.get(_ROW, 0) + 1
        last = first + self.count - 1
        book.counters[_ROW] = last
        return Row(first, last, prefix)


class OpenWallet(Command[Wallet], kind="wallet.open"):
    """Open a wallet of a product.

    An e-wallet stands on a Class II deposit account of its holder. An e-CNY wallet asks what its tier asks: tier 4 is
    opened with a mobile alone. Rejects ``wallet_product.*``, ``wallet.deposit_*``, ``wallet.holder_missing``,
    ``wallet.mobile_taken``, ``wallet.number_taken``, and what parties are refused for.
    """

    product: ProductCode
    number: Allotted
    channel: Channel
    party: Holder = None
    mobile: SealedText | None = None
    deposit: Funding = None
    name: Label | None = None
    within: Reference | None = None

    def decide(self, book: Book) -> Wallet:
        product = product_in_force(book, self.product)
        if not product.active:
            book.reject("wallet_product.ended", product=product.code)
        check_number(book, self.number)
        level = Level.NONE
        if self.party is not None:
            party = active_party(book, self.party)
            refuse_holder(book, party, product)
            refuse_many(book, party.id, product)
            level = party.level
        elif not product.anonymous:
            book.reject("wallet_product.party_needed", product=product.code, field="party")
        elif self.mobile is None:
            book.reject("wallet.holder_missing", field="mobile")
        else:
            _refuse_mobile(book, self.mobile)
        identity = book.new_id("wal")
        account = self._account(book, product, identity)
        known = self.mobile if self.party is None else None
        return opened(
            book,
            identity,
            product,
            self.number,
            self.channel,
            account,
            party=self.party,
            mobile=known,
            deposit=self.deposit,
            name=self.name or product.name,
            within=self.within,
            level=level,
        )

    def _account(self, book: Book, product: WalletProduct, identity: str) -> int:
        """The account of the ledger where its money is."""
        if product.kind is not WalletKind.EWALLET:
            if self.deposit is not None:
                own_deposit(book, self.deposit, self.party)
            elif product.account:
                book.reject("wallet_product.account_needed", product=product.code, field="deposit")
            return open_in_ledger(book, product, identity, self.number)
        if self.deposit is None:
            book.reject("wallet_product.account_needed", product=product.code, field="deposit")
        deposit = own_deposit(book, self.deposit, self.party)
        if deposit.product_class is not ProductClass.CLASS2:
            book.reject("wallet.deposit_class", deposit=deposit.id, field="deposit")
        for other in book.find(Wallet, "deposit", deposit.id):
            if other.kind is WalletKind.EWALLET and other.state is not WalletState.CLOSED:
                book.reject("wallet.deposit_taken", deposit=deposit.id, other=other.id, field="deposit")
        return deposit.account


class OpenSubWallet(Command[Wallet], kind="wallet.open_sub_wallet"):
    """Open a sub-wallet: money set apart for a merchant or a use, under the caps of its parent and bounds of its own.

    Rejects ``wallet.not_ecny``, ``wallet.not_parent``, ``wallet.sub_wallets_many``, ``wallet.sub_limits`` and what a
    locked or lost wallet is refused for.
    """

    parent: WalletId
    number: Allotted
    channel: Channel
    name: Label
    merchant: Merchant = None
    single_max: SingleMax = None
    day_max: DayMax = None

    def decide(self, book: Book) -> Wallet:
        parent = require_active_wallet(book, self.parent)
        refuse_stopped_out(book, parent)
        if not parent.is_ecny:
            book.reject("wallet.not_ecny", wallet=parent.id)
        if parent.parent is not None:
            book.reject("wallet.not_parent", wallet=parent.id)
        product = product_in_force(book, parent.product)
        if parent.sub_wallets >= product.sub_wallets_max:
            book.reject(
                "wallet.sub_wallets_many", wallet=parent.id, held=parent.sub_wallets, most=product.sub_wallets_max
            )
        refuse_bounds(book, self.single_max, self.day_max)
        if self.merchant is not None:
            require_active_wallet(book, self.merchant)
        check_number(book, self.number)
        identity = book.new_id("wal")
        account = open_in_ledger(book, product, identity, self.number)
        book.put(parent.replace(sub_wallets=parent.sub_wallets + 1, updated_at=book.now))
        return opened(
            book,
            identity,
            product,
            self.number,
            self.channel,
            account,
            party=parent.party,
            parent=parent.id,
            merchant=self.merchant,
            single_max=self.single_max,
            day_max=self.day_max,
            deposit=None,
            name=self.name,
            within=parent.within,
            level=parent.level,
        )


class ChangeSubWallet(Command[Wallet], kind="wallet.change_sub_wallet"):
    """Change the name, the merchant or the bounds of a sub-wallet; what is left out stays, null clears.

    Rejects ``wallet.not_sub`` and ``wallet.sub_limits``.
    """

    wallet: WalletId
    name: Label | UnsetType = UNSET
    merchant: Merchant | UnsetType = UNSET
    single_max: SingleMax | UnsetType = UNSET
    day_max: DayMax | UnsetType = UNSET

    def decide(self, book: Book) -> Wallet:
        wallet = require_active_wallet(book, self.wallet)
        if wallet.parent is None:
            book.reject("wallet.not_sub", wallet=wallet.id)
        changes: dict[str, Any] = {
            name: value
            for name in ("name", "merchant", "single_max", "day_max")
            if (value := getattr(self, name)) is not UNSET
        }
        if changes.get("merchant") is not None:
            require_active_wallet(book, changes["merchant"])
        changed = wallet.replace(**changes, updated_at=book.now)
        refuse_bounds(book, changed.single_max, changed.day_max)
        book.emit("wallet.changed", f"wallet:{wallet.id}", wallet=wallet.id, fields=",".join(sorted(changes)))
        return book.put(changed)


def refuse_holder(book: Book, party: Party, product: WalletProduct) -> None:
    """Refuse a party that a product is not for, or that has not shown enough."""
    corporate = product.kind is WalletKind.ECNY_CORPORATE
    if corporate is (party.kind is PartyKind.PERSON):
        book.reject("wallet_product.party_kind", product=product.code, party_kind=party.kind.value, field="party")
    refuse_prohibited(book, party)
    entry = listed(book, party.proven_number, party.mobile_index)
    if entry is not None and entry.colour is Colour.BLACK:
        book.reject("party.prohibited", party=party.id)
    if party.level.rank < product.level.rank:
        book.reject(
            "wallet_product.level_needed",
            product=product.code,
            needed=product.level.value,
            level=party.level.value,
            field="party",
        )
    if product.document and (party.claimed_until is not None or not _has_document(book, party)):
        book.reject("wallet_product.document_needed", product=product.code, field="party")


def own_deposit(book: Book, identity: str, party: str | None) -> DepositAccount:
    """A deposit account of the holder, that is not closed. Rejects ``wallet.deposit_foreign``."""
    deposit = require_active_account(book, identity)
    if party is None or deposit.party != party:
        book.reject("wallet.deposit_foreign", deposit=identity, field="deposit")
    return deposit


def refuse_many(book: Book, party: str, product: WalletProduct) -> None:
    """``wallet_product.per_party`` where a holder has as many wallets of a product as there may be."""
    if product.per_party_max is None:
        return
    held = [
        wallet
        for wallet in book.find(Wallet, "party", party)
        if wallet.product == product.code and wallet.parent is None and wallet.state is not WalletState.CLOSED
    ]
    if len(held) >= product.per_party_max:
        book.reject(
            "wallet_product.per_party",
            party=party,
            product=product.code,
            held=len(held),
            most=product.per_party_max,
        )


def refuse_bounds(book: Book, single_max: int | None, day_max: int | None) -> None:
    """``wallet.sub_limits`` where a bound could never be used up."""
    if single_max is not None and day_max is not None and single_max > day_max:
        book.reject("wallet.sub_limits", field="single_max")


def check_number(book: Book, number: Allotted) -> None:
    """A number that was allotted, and is nobody's yet. Rejects ``wallet.number_*``."""
    last = book.counters.get(_ROW, 0)
    if number.ordinal > last + 1:
        book.reject("wallet.number_not_allotted", ordinal=number.ordinal)
    book.counters[_ROW] = max(last, number.ordinal)  # a dry run takes the next one, which nobody was given
    if book.find(Wallet, "number", number.text.index):
        book.reject("wallet.number_taken")


def open_in_ledger(book: Book, product: WalletProduct, identity: str, number: Allotted) -> int:
    """An account of its own for a wallet, which never goes below nothing."""
    asked = OpenAccount(asset=product.asset, head=product.head, owner=identity, name=number.text.mask)
    return asked.decide(book).id


def opened(
    book: Book,
    identity: str,
    product: WalletProduct,
    number: Allotted,
    channel: str,
    account: int,
    *,
    party: str | None,
    deposit: str | None,
    name: str,
    within: str | None,
    level: Level,
    mobile: SealedText | None = None,
    parent: str | None = None,
    merchant: str | None = None,
    single_max: int | None = None,
    day_max: int | None = None,
) -> Wallet:
    """Put a new wallet into the book."""
    text = number.text
    if product.kind is not WalletKind.EWALLET:
        yesterday = book.today - timedelta(days=1)
        book.add(
            WalletInterest(
                account=account,
                product=product.code,
                accrued=0,
                remainder=0,
                day_count=product.day_count,
                until=yesterday,
                settled_on=yesterday,
                closed=False,
                wallet=identity,
                earlier_product=None,
                changed_on=None,
            )
        )
    book.emit(
        "wallet.opened",
        f"wallet:{identity}",
        wallet=identity,
        product=product.code,
        party=party,
        parent=parent,
        channel=channel,
    )
    return book.add(
        Wallet(
            id=identity,
            ordinal=number.ordinal,
            kind=product.kind,
            tier=product.tier,
            product=product.code,
            party=party,
            mobile_sealed=None if mobile is None else mobile.sealed,
            mobile_mask=None if mobile is None else mobile.mask,
            mobile_index=None if mobile is None else mobile.index,
            parent=parent,
            sub_wallets=0,
            merchant=merchant,
            single_max=single_max,
            day_max=day_max,
            deposit=deposit,
            account=account,
            asset=product.asset,
            number_sealed=text.sealed,
            number_mask=text.mask,
            number_index=text.index,
            name=name,
            within=within,
            level=level,
            state=WalletState.ACTIVE,
            locked_by=None,
            channel=channel,
            opened_on=book.today,
            closed_on=None,
            opened_at=book.now,
            opened_by=book.actor,
            updated_at=book.now,
        )
    )


_ROW = Wallet.__table__


def _has_document(book: Book, party: Party) -> bool:
    return any(is_valid(document, book.today) for document in book.find(PartyDocument, "party", party.id))


def _refuse_mobile(book: Book, mobile: SealedText) -> None:
    """One anonymous wallet a mobile; and nobody on the black list."""
    entry = listed(book, mobile.index)
    if entry is not None and entry.colour is Colour.BLACK:
        book.reject("wallet_product.party_needed", product="wallet.ecny4", field="mobile")
    for other in book.find(Wallet, "mobile", mobile.index):
        if other.state is not WalletState.CLOSED:
            book.reject("wallet.mobile_taken", other=other.id, field="mobile")
