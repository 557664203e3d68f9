"""Stores of merchants, and who works for a merchant."""

import enum
from datetime import datetime
from typing import Annotated

from canglian.kernel.entity import Entity
from canglian.kernel.fields import doc


class StoreState(enum.StrEnum):
    """Closed takes no new order; those that it has can still be paid."""

    OPEN = "open"
    CLOSED = "closed"


class StaffRole(enum.StrEnum):
    """An owner does everything that a merchant does by itself; a cashier takes payments and sees them."""

    OWNER = "owner"
    CASHIER = "cashier"


class MerchantStore(
    Entity, frozen=True, table="merchant_store", indexes={"merchant": ("merchant",), "code": ("merchant", "code")}
):
    """A store (门店) of a merchant. ``code`` is the merchant's own, once for each merchant."""

    id: Annotated[str, doc("The store's id.")]
    merchant: Annotated[str, doc("The merchant's id.")]
    code: Annotated[str, doc("The merchant's own code of the store.")]
    name: Annotated[str, doc("What people read.")]
    region: Annotated[str, doc("The division of GB/T 2260 in which it is: 330106.")]
    address: Annotated[str, doc("Where it is, for people.")]
    state: Annotated[StoreState, doc("`open`; `closed` takes no new orders.")]
    added_at: Annotated[datetime, doc("When it was added.")]
    added_by: Annotated[str, doc("Who added it.")]
    updated_at: Annotated[datetime, doc("When it was last changed.")]


class MerchantStaff(
    Entity, frozen=True, table="merchant_staff", indexes={"merchant": ("merchant",), "party": ("party",)}
):
    """A person who works for a merchant on their own phone (店员)."""

    id: Annotated[str, doc("The id of the engagement.")]
    merchant: Annotated[str, doc("The merchant's id.")]
    party: Annotated[str, doc("The customer who works for it.")]
    role: Annotated[StaffRole, doc("`owner`, or `cashier`, who takes payments and sees them.")]
    added_at: Annotated[datetime, doc("When they were added.")]
    added_by: Annotated[str, doc("Who added them.")]
    removed_at: Annotated[datetime | None, doc("When they were removed, or null.")]
    removed_by: Annotated[str | None, doc("Who removed them, or null.")]
