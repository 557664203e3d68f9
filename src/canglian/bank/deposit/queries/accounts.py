"""Deposit accounts as they are shown: numbers and names by masks, with what is on them."""

from datetime import date, datetime
from typing import Annotated, Any

import msgspec

from canglian.bank.deposit.model import (
    AccountFreeze,
    AccountState,
    DepositAccount,
    DepositInterest,
    ProductClass,
)
from canglian.bank.party import Level
from canglian.kernel.errors import NotFound
from canglian.kernel.fields import doc
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.entities import one, some
from canglian.kernel.queries.paging import Listing, Order, Page, Where, by_date, by_instant, by_number, by_text


class DepositView(msgspec.Struct, frozen=True):
    """An account by its masks, with its money."""

    id: Annotated[str, doc("Its number or id.")]
    product: Annotated[str, doc("The code of the product, such as `deposit.class2`.")]
    product_class: Annotated[ProductClass, doc("Its class: `class1`, `class2`, `class3`, `corporate` or `internal`.")]
    party: Annotated[str | None, doc("The party's id.")]
    holder: Annotated[str | None, doc("A party, or one account or wallet: `pty_…`, `deposit:dep_…`, `wallet:wal_…`.")]
    number: Annotated[str, doc("The account number, masked.")]
    level: Annotated[Level, doc("How well the party is known: `none`, `remote` or `face_to_face`.")]
    state: Annotated[AccountState, doc("The state it is in, or is to be in.")]
    stops_in: Annotated[bool, doc("Whether it takes no money in.")]
    stops_out: Annotated[bool, doc("Whether it gives no money out.")]
    counter_only: Annotated[bool, doc("Whether it is served at the counter only, because of a freeze.")]
    balance: Annotated[int, doc("In the direction of the normal side, in the minor unit.")]
    available: Annotated[
        int,
        doc("What can still be paid out: the balance less what is held, and nothing while a freeze stops it."),
    ]
    held: Annotated[int, doc("What pending holds reserve.")]
    asset: Annotated[str, doc("The unit of value, such as `CNY`.")]
    channel: Annotated[str, doc("Where it was opened, such as `counter`.")]
    opening: Annotated[str | None, doc("The remote opening that it came from, or null.")]
    bound_inflow: Annotated[bool, doc("Whether money of a bound account has come in.")]
    opened_on: Annotated[date, doc("The business date on which it was opened.")]
    dormant_on: Annotated[date | None, doc("Without a movement it is dormant from this date on; null for never.")]
    moved_on: Annotated[date | None, doc("The date of the first movement that the holder caused, or null.")]
    closed_on: Annotated[date | None, doc("The business date on which it was closed, or null.")]
    ledger_account: Annotated[int, doc("Its account in the ledger, where its money is.")]
    opened_at: Annotated[datetime, doc("When it was opened.")]
    opened_by: Annotated[str, doc("Who opened it.")]
    updated_at: Annotated[datetime, doc("When it was last changed.")]


class DepositFilter(msgspec.Struct, frozen=True):
    """Which accounts; None means any."""

    party: Annotated[str | None, doc("Only of this party.")] = None
    product: Annotated[str | None, doc("Only of this product.")] = None
    product_class: Annotated[ProductClass | None, doc("Only of this class.")] = None
    state: Annotated[AccountState | None, doc("Only in this state.")] = None
    stopped: Annotated[bool | None, doc("Only those that a freeze holds (true), or that none does (false).")] = None
    index: str | None = None
    opened_since: Annotated[date | None, doc("Only opened on this business date or later.")] = None
    opened_until: Annotated[date | None, doc("Only opened on this business date or earlier.")] = None


_SELECT = (
    "d.id, d.product, d.product_class, d.party, p.name_mask, d.number_mask, d.level, d.state, d.stops_in, d.stops_out, "
    "d.counter_only, b.credits - b.debits, "
    "CASE WHEN d.stops_out THEN 0 ELSE b.credits - b.debits - b.debits_held END, b.debits_held, d.asset, d.channel, "
    "d.opening, d.bound_inflow, d.opened_on, d.dormant_on, d.moved_on, d.closed_on, d.account, d.opened_at, "
    "d.opened_by, d.updated_at FROM deposit_account d "
    "JOIN balance b ON b.book = $1 AND b.account = d.account "
    "LEFT JOIN party p ON p.book = $1 AND p.id = d.party"
)


def _make(row: Any) -> DepositView:
    values = list(row)
    values[2], values[6], values[7] = ProductClass(values[2]), Level(values[6]), AccountState(values[7])
    return DepositView(*values)


_ACCOUNTS: Listing[DepositView] = Listing(
    _SELECT,
    by_text("d.id"),
    {
        "id": by_text("d.id"),
        "opened_on": by_date("d.opened_on"),
        "opened_at": by_instant("d.opened_at"),
        "balance": by_number("(b.credits - b.debits)"),
    },
    _make,
    "-id",
    fields={
        "balance": "(b.credits - b.debits)",
        **{name: f"d.{name}" for name in ("product_class", "state", "opened_on", "channel")},
    },
)


async def accounts(reader: Reader, book: int, asked: DepositFilter, order: Order) -> Page[DepositView]:
    """A page of accounts, newest first."""
    where = Where("d.book = $1")
    where.add("d.party = ?", asked.party)
    where.add("d.product = ?", asked.product)
    where.add("d.product_class = ?", asked.product_class)
    where.add("d.state = ?", asked.state)
    where.add("(d.stops_in OR d.stops_out OR d.counter_only) = ?", asked.stopped)
    where.add("d.number_index = ?", asked.index)
    where.add("d.opened_on >= ?", asked.opened_since)
    where.add("d.opened_on <= ?", asked.opened_until)
    return await _ACCOUNTS.page(reader, book, where, order)


async def opened(reader: Reader, book: int, first: date, last: date) -> dict[date, int]:
    """How many accounts were opened, by business date; days without any are left out."""
    sql = (
        "SELECT opened_on, count(*) FROM deposit_account "
        "WHERE book = $1 AND opened_on BETWEEN $2 AND $3 GROUP BY opened_on"
    )
    return dict(await reader.rows(sql, book, first, last))


async def account(reader: Reader, book: int, identity: str) -> DepositView:
    """An account; NotFound ``deposit_account.not_found``."""
    row = await reader.row(f"SELECT {_SELECT} WHERE d.book = $1 AND d.id = $2", book, identity)
    if row is None:
        raise NotFound("deposit_account.not_found", deposit_account=identity)
    return _make(row)


async def stored(reader: Reader, book: int, identity: str) -> DepositAccount:
    """An account as it is stored; NotFound ``deposit_account.not_found``."""
    return await one(reader, book, DepositAccount, identity)


async def by_index(reader: Reader, book: int, index: str) -> DepositView | None:
    """The account whose number has a blind index."""
    row = await reader.row(f"SELECT {_SELECT} WHERE d.book = $1 AND d.number_index = $2", book, index)
    return None if row is None else _make(row)


async def freezes_of(reader: Reader, book: int, identity: str) -> list[AccountFreeze]:
    """What freezes an account, and what did, newest first."""
    return await some(reader, book, AccountFreeze, "account", identity)


async def interest_of(reader: Reader, book: int, ledger_account: int) -> DepositInterest:
    """The interest of an account that is not settled yet."""
    return await one(reader, book, DepositInterest, ledger_account)


async def holder_of(reader: Reader, book: int, ledger_account: int) -> str | None:
    """Whose deposit account an account of the ledger is, by the mask of the name; None where it is no party's."""
    row = await reader.row(
        "SELECT p.name_mask FROM deposit_account d JOIN party p ON p.book = $1 AND p.id = d.party "
        "WHERE d.book = $1 AND d.account = $2",
        book,
        ledger_account,
    )
    return None if row is None else row[0]
