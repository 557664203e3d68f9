"""Stores of merchants, and who works for them."""

from typing import Annotated

import msgspec

from canglian.bank.payment.model import MerchantStaff, MerchantStore, StaffRole, StoreState
from canglian.kernel.fields import doc
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.entities import listing, one, some
from canglian.kernel.queries.paging import Order, Page, Where, by_instant, by_text


class StoreFilter(msgspec.Struct, frozen=True):
    """Which stores; None means any."""

    merchant: Annotated[str | None, doc("Only of this merchant.")] = None
    state: Annotated[StoreState | None, doc("Only in this state.")] = None
    region: Annotated[str | None, doc("Only in this region.")] = None


class StaffFilter(msgspec.Struct, frozen=True):
    """Which people who work for merchants; None means any."""

    merchant: Annotated[str | None, doc("Only of this merchant.")] = None
    party: Annotated[str | None, doc("Only this customer.")] = None
    role: Annotated[StaffRole | None, doc("Only in this role.")] = None


_STORES = listing(MerchantStore, by_text("id"), added_at=by_instant("added_at"))
_STAFF = listing(MerchantStaff, by_text("id"), added_at=by_instant("added_at"))


async def stores(reader: Reader, book: int, asked: StoreFilter, order: Order) -> Page[MerchantStore]:
    """A page of stores, newest first."""
    where = Where("book = $1")
    where.add("merchant = ?", asked.merchant)
    where.add("state = ?", asked.state)
    where.add("region = ?", asked.region)
    return await _STORES.page(reader, book, where, order)


async def store(reader: Reader, book: int, identity: str) -> MerchantStore:
    """A store; NotFound ``merchant_store.not_found``."""
    return await one(reader, book, MerchantStore, identity)


async def staff(reader: Reader, book: int, asked: StaffFilter, order: Order) -> Page[MerchantStaff]:
    """A page of people who work for merchants, newest first; those who do no more, too."""
    where = Where("book = $1")
    where.add("merchant = ?", asked.merchant)
    where.add("party = ?", asked.party)
    where.add("role = ?", asked.role)
    return await _STAFF.page(reader, book, where, order)


async def engagement(reader: Reader, book: int, identity: str) -> MerchantStaff:
    """Somebody's engagement; NotFound ``merchant_staff.not_found``."""
    return await one(reader, book, MerchantStaff, identity)


async def stores_of(reader: Reader, book: int, merchant: str) -> list[MerchantStore]:
    """The stores of a merchant, the oldest first."""
    return (await some(reader, book, MerchantStore, "merchant", merchant))[::-1]


async def staff_of(reader: Reader, book: int, merchant: str) -> list[MerchantStaff]:
    """Who works for a merchant now, the longest first."""
    found = await some(reader, book, MerchantStaff, "merchant", merchant)
    return [staff for staff in reversed(found) if staff.removed_at is None]


async def engagements(reader: Reader, book: int, party: str) -> list[MerchantStaff]:
    """For whom somebody works now."""
    found = await some(reader, book, MerchantStaff, "party", party)
    return [staff for staff in reversed(found) if staff.removed_at is None]
