"""Merchants: registered, changed, suspended and resumed, closed for ever; how the bank sees their risk."""

from typing import Annotated

from msgspec import UNSET, UnsetType, structs

from canglian.bank.party import Party
from canglian.bank.payment.accounts import ASSETS, open_payable
from canglian.bank.payment.closing import closed
from canglian.bank.payment.commands.values import (
    Category,
    Lists,
    MerchantId,
    MerchantName,
    Origins,
    Owner,
    PayoutAccount,
    PayoutWallet,
    Region,
    ScheduleCode,
    Store,
)
from canglian.bank.payment.model import Merchant, MerchantRisk, MerchantState
from canglian.bank.payment.rules import STANDARD, require_active_merchant, schedule_in_force
from canglian.bank.wallet import require_active_wallet
from canglian.kernel.command import Command
from canglian.kernel.fields import Field, Reason, doc
from canglian.ledger.book import Book
from canglian.ledger.model import Account


class RegisterMerchant(Command[Merchant], kind="payment.register_merchant"):
    """Register a merchant and open the accounts in which it is owed what is paid to it.

    Rejects ``merchant.payout_twice``, ``fee_schedule.not_found``, and what is not there of what it names.
    """

    name: MerchantName
    category: Category
    region: Region
    store: Store = None
    party: Owner = None
    payout_wallet: PayoutWallet = None
    payout_account: PayoutAccount = None
    fees: ScheduleCode = STANDARD
    lists: Lists = ()
    origins: Origins = ()

    def decide(self, book: Book) -> Merchant:
        identity = book.new_id("mer")
        merchant = Merchant(
            id=identity,
            accounts={asset: open_payable(book, identity, self.name, asset) for asset in ASSETS},
            state=MerchantState.ACTIVE,
            reason=None,
            registered_at=book.now,
            registered_by=book.actor,
            updated_at=book.now,
            **{name: getattr(self, name) for name in self.__struct_fields__},
        )
        _check(book, merchant)
        book.emit("merchant.registered", f"merchant:{merchant.id}", merchant=merchant.id, name=merchant.name)
        return book.add(merchant)


class ChangeMerchant(Command[Merchant], kind="payment.change_merchant"):
    """Change what is known of a merchant; what is left out stays, null clears. Rejects as registering does."""

    merchant: MerchantId
    name: MerchantName | UnsetType = UNSET
    category: Category | UnsetType = UNSET
    region: Region | UnsetType = UNSET
    store: Store | UnsetType = UNSET
    party: Owner | UnsetType = UNSET
    payout_wallet: PayoutWallet | UnsetType = UNSET
    payout_account: PayoutAccount | UnsetType = UNSET
    fees: ScheduleCode | UnsetType = UNSET
    lists: Lists | UnsetType = UNSET
    origins: Origins | UnsetType = UNSET

    def decide(self, book: Book) -> Merchant:
        merchant = book.get(Merchant, self.merchant)
        asked = {name: getattr(self, name) for name in self.__struct_fields__ if name != "merchant"}
        changes = {name: value for name, value in asked.items() if value is not UNSET}
        changed = structs.replace(merchant, **changes, updated_at=book.now)
        _check(book, changed)
        book.emit("merchant.changed", f"merchant:{merchant.id}", merchant=merchant.id, fields=" ".join(sorted(changes)))
        return book.put(changed)


class SuspendMerchant(Command[Merchant], kind="payment.suspend_merchant"):
    """Take no new order and no payment for a merchant. Rejects ``merchant.suspended`` for one that is."""

    merchant: MerchantId
    reason: Reason

    def decide(self, book: Book) -> Merchant:
        merchant = require_active_merchant(book, self.merchant)
        book.emit("merchant.suspended", f"merchant:{merchant.id}", merchant=merchant.id, reason=self.reason)
        return book.put(merchant.replace(state=MerchantState.SUSPENDED, reason=self.reason, updated_at=book.now))


class ResumeMerchant(Command[Merchant], kind="payment.resume_merchant"):
    """Take orders and payments for a merchant again. Rejects ``merchant.not_suspended``."""

    merchant: MerchantId
    reason: Reason

    def decide(self, book: Book) -> Merchant:
        merchant = book.get(Merchant, self.merchant)
        if merchant.state is not MerchantState.SUSPENDED:
            book.reject("merchant.not_suspended", merchant=merchant.id)
        book.emit("merchant.resumed", f"merchant:{merchant.id}", merchant=merchant.id, reason=self.reason)
        return book.put(merchant.replace(state=MerchantState.ACTIVE, reason=None, updated_at=book.now))


class CloseMerchant(Command[Merchant], kind="payment.close_merchant"):
    """Close a merchant for ever: it takes no orders and no payments; what was paid may still be refunded.

    What is left on its prepaid cards goes back to their buyers, in steps.

    Rejects ``merchant.closed`` for one that is.
    """

    merchant: MerchantId
    reason: Reason

    def decide(self, book: Book) -> Merchant:
        merchant = book.get(Merchant, self.merchant)
        if merchant.state is MerchantState.CLOSED:
            book.reject("merchant.closed", merchant=merchant.id)
        after = book.put(merchant.replace(state=MerchantState.CLOSED, reason=self.reason, updated_at=book.now))
        closed(book, after)
        book.emit("merchant.closed", f"merchant:{merchant.id}", merchant=merchant.id, reason=self.reason)
        return after


class SetMerchantRisk(Command[Merchant], kind="payment.set_merchant_risk"):
    """Say how the bank sees a merchant. Rejects ``merchant.closed``."""

    merchant: MerchantId
    risk: Annotated[
        MerchantRisk,
        doc("`normal`, `watch`, or `high`: nothing is split and nothing paid out."),
        Field(label="Risk"),
    ]
    reason: Reason

    def decide(self, book: Book) -> Merchant:
        merchant = book.get(Merchant, self.merchant)
        if merchant.state is MerchantState.CLOSED:
            book.reject("merchant.closed", merchant=merchant.id)
        book.emit(
            "merchant.risk_set",
            f"merchant:{merchant.id}",
            merchant=merchant.id,
            risk=self.risk.value,
            reason=self.reason,
        )
        return book.put(merchant.replace(risk=self.risk, updated_at=book.now))


def _check(book: Book, merchant: Merchant) -> None:
    """What a merchant names is there."""
    if merchant.party is not None:
        book.get(Party, merchant.party)
    wallet = None if merchant.payout_wallet is None else require_active_wallet(book, merchant.payout_wallet)
    account = None if merchant.payout_account is None else book.get(Account, merchant.payout_account)
    if wallet is not None and account is not None and wallet.asset == account.asset:
        book.reject("merchant.payout_twice", asset=account.asset, field="payout_account")
    schedule_in_force(book, merchant.fees)
