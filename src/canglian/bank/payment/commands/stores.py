"""Stores of merchants, and who works for them."""

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from canglian.bank.party import Party
from canglian.bank.party.commands.parties import PartyId
from canglian.bank.payment.commands.values import MerchantId, Region, StaffId, StoreId
from canglian.bank.payment.model import Merchant, MerchantStaff, MerchantState, MerchantStore, StaffRole, StoreState
from canglian.kernel.book import Book
from canglian.kernel.command import Command
from canglian.kernel.fields import Field, PlainText, Reason, doc, impersonal

StoreCode = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z0-9_.-]+\Z",
        min_length=1,
        max_length=32,
        description="The merchant's own code of the store, once for each merchant.",
    ),
    Field(label="Store code", check=impersonal),
]
StoreName = Annotated[PlainText, doc("What people read."), Field(label="Name", check=impersonal)]
Address = Annotated[PlainText, doc("Where it is, for people."), Field(label="Store address", check=impersonal)]


class AddStore(Command[MerchantStore], kind="payment.add_store"):
    """Add a store of a merchant. Rejects ``merchant.closed`` and ``merchant_store.code_taken``."""

    merchant: MerchantId
    code: StoreCode
    name: StoreName
    region: Region
    address: Address

    def decide(self, book: Book) -> MerchantStore:
        if book.get(Merchant, self.merchant).state is MerchantState.CLOSED:
            book.reject("merchant.closed", merchant=self.merchant)
        if book.find(MerchantStore, "code", (self.merchant, self.code)):
            book.reject("merchant_store.code_taken", code=self.code, field="code")
        store = MerchantStore(
            id=book.new_id("sto"),
            merchant=self.merchant,
            code=self.code,
            name=self.name,
            region=self.region,
            address=self.address,
            state=StoreState.OPEN,
            added_at=book.now,
            added_by=book.actor,
            updated_at=book.now,
        )
        book.emit("merchant_store.added", f"merchant:{self.merchant}", merchant=self.merchant, store=store.id)
        return book.add(store)


class ChangeStore(Command[MerchantStore], kind="payment.change_store"):
    """Change what is known of a store; what is left out stays."""

    store: StoreId
    name: StoreName | UnsetType = UNSET
    region: Region | UnsetType = UNSET
    address: Address | UnsetType = UNSET

    def decide(self, book: Book) -> MerchantStore:
        store = book.get(MerchantStore, self.store)
        asked = {"name": self.name, "region": self.region, "address": self.address}
        changes = {name: value for name, value in asked.items() if value is not UNSET}
        book.emit("merchant_store.changed", f"merchant:{store.merchant}", merchant=store.merchant, store=store.id)
        return book.put(store.replace(**changes, updated_at=book.now))


class CloseStore(Command[MerchantStore], kind="payment.close_store"):
    """A store takes no new orders. Rejects ``merchant_store.closed`` for one that does not."""

    store: StoreId
    reason: Reason

    def decide(self, book: Book) -> MerchantStore:
        return _set_state(book, self.store, StoreState.CLOSED, self.reason)


class ReopenStore(Command[MerchantStore], kind="payment.reopen_store"):
    """A store takes orders again. Rejects ``merchant_store.open`` for one that does."""

    store: StoreId
    reason: Reason

    def decide(self, book: Book) -> MerchantStore:
        return _set_state(book, self.store, StoreState.OPEN, self.reason)


class AddMerchantStaff(Command[MerchantStaff], kind="payment.add_staff"):
    """Let a person work for a merchant on their own phone. Rejects ``merchant.closed`` and ``merchant_staff.twice``."""

    merchant: MerchantId
    party: Annotated[PartyId, Field(label="Customer")]
    role: Annotated[StaffRole, doc("`owner`, or `cashier`, who takes payments and sees them."), Field(label="Role")] = (
        StaffRole.CASHIER
    )

    def decide(self, book: Book) -> MerchantStaff:
        if book.get(Merchant, self.merchant).state is MerchantState.CLOSED:
            book.reject("merchant.closed", merchant=self.merchant)
        book.get(Party, self.party)
        working = [staff for staff in book.find(MerchantStaff, "party", self.party) if staff.removed_at is None]
        if any(staff.merchant == self.merchant for staff in working):
            book.reject("merchant_staff.twice", field="party")
        staff = MerchantStaff(
            book.new_id("stf"), self.merchant, self.party, self.role, book.now, book.actor, None, None
        )
        book.emit("merchant_staff.added", f"merchant:{self.merchant}", merchant=self.merchant, staff=staff.id)
        return book.add(staff)


class RemoveMerchantStaff(Command[MerchantStaff], kind="payment.remove_staff"):
    """A person works for a merchant no more. Rejects ``merchant_staff.removed``."""

    staff: StaffId

    def decide(self, book: Book) -> MerchantStaff:
        staff = book.get(MerchantStaff, self.staff)
        if staff.removed_at is not None:
            book.reject("merchant_staff.removed", merchant_staff=staff.id)
        book.emit("merchant_staff.removed", f"merchant:{staff.merchant}", merchant=staff.merchant, staff=staff.id)
        return book.put(staff.replace(removed_at=book.now, removed_by=book.actor))


def _set_state(book: Book, identity: str, state: StoreState, reason: str) -> MerchantStore:
    store = book.get(MerchantStore, identity)
    if store.state is state:
        book.reject(f"merchant_store.{state.value}", merchant_store=store.id)
    about = {"merchant": store.merchant, "store": store.id, "reason": reason}
    if state is StoreState.CLOSED:
        book.emit("merchant_store.closed", f"merchant:{store.merchant}", **about)
    else:
        book.emit("merchant_store.reopened", f"merchant:{store.merchant}", **about)
    return book.put(store.replace(state=state, updated_at=book.now))
