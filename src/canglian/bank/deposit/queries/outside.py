"""Bound accounts, orders of the rail and differences, as they are shown."""

from datetime import date, datetime
from typing import Annotated

import msgspec

from canglian.bank.deposit.model import (
    BindingState,
    BoundAccount,
    Confirmation,
    DifferenceKind,
    RailDifference,
    RailKind,
    RailOrder,
    RailState,
)
from canglian.kernel.fields import doc
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.entities import listing, one, some
from canglian.kernel.queries.paging import Order, Page, Where, by_date, by_instant, by_text


class BoundView(msgspec.Struct, frozen=True):
    """A bound account by its mask."""

    id: Annotated[str, doc("Its number or id.")]
    account: Annotated[str, doc("The deposit account's id.")]
    party: Annotated[str, doc("The party's id.")]
    bank: Annotated[str, doc("The name of the other bank.")]
    number: Annotated[str, doc("The account number, masked.")]
    state: Annotated[BindingState, doc("The state it is in, or is to be in.")]
    elements: Annotated[int, doc("How many elements its bank compared.")]
    confirmation: Annotated[
        Confirmation | None,
        doc("How the holder shows that the account is theirs: `one_cent` or `sms`; null as long as open."),
    ]
    order: Annotated[str | None, doc("The small transfer, or null.")]
    tries: Annotated[int, doc("How many wrong confirmations there were.")]
    outcome: Annotated[str | None, doc("Why it was rejected or ended, or null.")]
    created_at: Annotated[datetime, doc("When it was made.")]
    created_by: Annotated[str, doc("Who made it.")]
    updated_at: Annotated[datetime, doc("When it was last changed.")]
    expires_at: Annotated[datetime, doc("When it ends by itself; null for never.")]
    code_until: Annotated[datetime | None, doc("Until when the code counts that was sent last, or null.")]


class RailOrderView(msgspec.Struct, frozen=True):
    """An order of the rail. The amount of a small transfer is what its holder has to confirm: it is not shown."""

    id: Annotated[str, doc("Its number or id.")]
    kind: Annotated[RailKind, doc("`pull` for money from the other bank, `push` for money to it.")]
    account: Annotated[str, doc("The deposit account's id.")]
    bound_account: Annotated[str, doc("The account at the other bank.")]
    amount: Annotated[int | None, doc("In the minor unit; null for a small transfer, which its holder confirms.")]
    asset: Annotated[str, doc("The unit of value, such as `CNY`.")]
    state: Annotated[RailState, doc("The state it is in, or is to be in.")]
    channel: Annotated[str, doc("Where it was asked for, such as `mobile`.")]
    transfer: Annotated[int | None, doc("The transfer's number.")]
    suspense: Annotated[bool, doc("Whether its money stands aside, because the account takes none.")]
    reference: Annotated[str | None, doc("Your own number for it, such as an order's.")]
    reason: Annotated[str | None, doc("Why; it stays on record.")]
    requested_on: Annotated[date, doc("The business date on which it was asked for.")]
    requested_at: Annotated[datetime, doc("When it was asked for.")]
    requested_by: Annotated[str, doc("Who asked for it.")]
    sent_at: Annotated[datetime | None, doc("When the rail took it, or null.")]
    answered_at: Annotated[datetime | None, doc("When the rail said how it ended, or null.")]
    filed_on: Annotated[date | None, doc("The date of the rail's file that agreed, or null.")]


class BoundFilter(msgspec.Struct, frozen=True):
    """Which bound accounts; None means any."""

    account: Annotated[str | None, doc("Only of this account.")] = None
    party: Annotated[str | None, doc("Only of this party.")] = None
    state: Annotated[BindingState | None, doc("Only in this state.")] = None


class RailOrderFilter(msgspec.Struct, frozen=True):
    """Which orders; None means any."""

    account: str | None = None
    bound_account: str | None = None
    kind: RailKind | None = None
    state: RailState | None = None
    reference: str | None = None
    since: date | None = None
    until: date | None = None


class DifferenceFilter(msgspec.Struct, frozen=True):
    """Which differences; None means any."""

    kind: DifferenceKind | None = None
    order: str | None = None
    resolved: bool | None = None


_BOUND = listing(BoundAccount, by_text("id"), created_at=by_instant("created_at"))
_ORDERS = listing(
    RailOrder, by_text("id"), requested_at=by_instant("requested_at"), requested_on=by_date("requested_on")
)
_DIFFERENCES = listing(RailDifference, by_text("id"), at=by_instant("at"))


def bound_view(found: BoundAccount) -> BoundView:
    """A bound account by its mask."""
    fields = {name: getattr(found, name) for name in BoundView.__struct_fields__ if name != "number"}
    return BoundView(number=found.number_mask, **fields)


def order_view(found: RailOrder) -> RailOrderView:
    """An order as it is shown."""
    fields = {name: getattr(found, name) for name in RailOrderView.__struct_fields__}
    if found.kind is RailKind.ONE_CENT:
        fields["amount"] = None
    return RailOrderView(**fields)


async def bound_accounts(reader: Reader, book: int, asked: BoundFilter, order: Order) -> Page[BoundView]:
    """A page of bound accounts, newest first."""
    where = Where("book = $1")
    where.add("account = ?", asked.account)
    where.add("party = ?", asked.party)
    where.add("state = ?", asked.state)
    page = await _BOUND.page(reader, book, where, order)
    return Page([bound_view(each) for each in page.items], page.next_cursor)


async def bound_account(reader: Reader, book: int, identity: str) -> BoundView:
    """A bound account; NotFound ``bound_account.not_found``."""
    return bound_view(await one(reader, book, BoundAccount, identity))


async def bound_to(reader: Reader, book: int, account: str) -> list[BoundView]:
    """The bound accounts of a deposit account, newest first."""
    return [bound_view(each) for each in await some(reader, book, BoundAccount, "account", account)]


async def orders(reader: Reader, book: int, asked: RailOrderFilter, order: Order) -> Page[RailOrderView]:
    """A page of orders, newest first."""
    where = Where("book = $1")
    where.add("account = ?", asked.account)
    where.add("bound_account = ?", asked.bound_account)
    where.add("kind = ?", asked.kind)
    where.add("state = ?", asked.state)
    where.add("reference = ?", asked.reference)
    where.add("requested_on >= ?", asked.since)
    where.add("requested_on <= ?", asked.until)
    page = await _ORDERS.page(reader, book, where, order)
    return Page([order_view(each) for each in page.items], page.next_cursor)


async def rail_order(reader: Reader, book: int, identity: str) -> RailOrderView:
    """An order; NotFound ``rail_order.not_found``."""
    return order_view(await one(reader, book, RailOrder, identity))


async def differences(reader: Reader, book: int, asked: DifferenceFilter, order: Order) -> Page[RailDifference]:
    """A page of differences, newest first."""
    where = Where("book = $1")
    where.add("kind = ?", asked.kind)
    where.add('"order" = ?', asked.order)
    where.add("(resolved_at IS NOT NULL) = ?", asked.resolved)
    return await _DIFFERENCES.page(reader, book, where, order)


async def difference(reader: Reader, book: int, identity: str) -> RailDifference:
    """A difference; NotFound ``rail_difference.not_found``."""
    return await one(reader, book, RailDifference, identity)


async def differences_of(reader: Reader, book: int, order: str) -> list[RailDifference]:
    """The differences of an order, newest first."""
    return await some(reader, book, RailDifference, "order", order)
