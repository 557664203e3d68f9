"""Accounts with their figures."""

from datetime import date, datetime
from typing import Any

import msgspec

from canglian.kernel.errors import NotFound
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.paging import Listing, Order, Page, Where, by_number, escaped
from canglian.ledger.model import AccountState, Side


class AccountFilter(msgspec.Struct, frozen=True):
    """Which accounts; None means any. ``search`` looks into number, reference, name and owner."""

    state: AccountState | None = None
    head: str | None = None
    asset: str | None = None
    owner: str | None = None
    purpose: str | None = None
    reference: str | None = None
    search: str | None = None
    metadata: dict[str, str] | None = None


class AccountView(msgspec.Struct, frozen=True):
    """An account and its figures, in minor units of its asset.

    ``balance`` is signed in the direction of the normal side. ``available`` is what may still go out before the
    floor, pending holds counted in; None where nothing bounds it. ``held`` is reserved to go out.
    """

    id: int
    asset: str
    head: str
    normal_side: Side
    state: AccountState
    balance: int
    available: int | None
    held: int
    debits: int
    credits: int
    entries: int
    floor: int | None
    ceiling: int | None
    purpose: str | None
    owner: str | None
    name: str | None
    reference: str | None
    metadata: dict[str, str] | None
    opened_at: datetime
    closed_at: datetime | None
    last_transfer: int
    last_date: date | None


_BALANCE = "CASE WHEN a.normal_side = 'debit' THEN b.debits - b.credits ELSE b.credits - b.debits END"
_HELD = "CASE WHEN a.normal_side = 'debit' THEN b.credits_held ELSE b.debits_held END"
_VIEW = (
    f"a.id, a.asset, a.head, a.normal_side, a.state, {_BALANCE}, "
    f"CASE WHEN a.floor IS NULL THEN NULL ELSE greatest(0, {_BALANCE} - {_HELD} - a.floor) END, {_HELD}, "
    "b.debits, b.credits, b.entries, a.floor, a.ceiling, a.purpose, a.owner, a.name, a.reference, a.metadata, "
    "a.opened_at, a.closed_at, b.last_transfer, CASE WHEN b.entries > 0 THEN b.date END "
    "FROM account a JOIN balance b ON b.book = a.book AND b.account = a.id"
)


def _make(row: Any) -> AccountView:
    values = list(row)
    values[3], values[4] = Side(values[3]), AccountState(values[4])
    return AccountView(*values)


_ACCOUNTS = Listing(
    _VIEW, by_number("a.id"), {"id": by_number("a.id"), "balance": by_number(f"({_BALANCE})")}, _make, "id"
)


async def accounts(reader: Reader, book: int, asked: AccountFilter, order: Order) -> Page[AccountView]:
    """A page of accounts, by number; ``sort=-balance`` has the largest first."""
    where = Where("a.book = $1")
    where.add("a.state = ?", None if asked.state is None else asked.state.value)
    where.add("a.head = ?", asked.head)
    where.add("a.asset = ?", asked.asset)
    where.add("a.owner = ?", asked.owner)
    where.add("a.purpose = ?", asked.purpose)
    where.add("a.reference = ?", asked.reference)
    where.add("a.metadata @> ?::jsonb", asked.metadata)
    if asked.search:
        _search(where, asked.search)
    return await _ACCOUNTS.page(reader, book, where, order)


def _search(where: Where, text: str) -> None:
    words = text.strip()
    place = where.parameter(f"%{escaped(words)}%")
    parts = [f"a.{column} ILIKE {place}" for column in ("name", "reference", "owner")]
    if words.isdecimal() and len(words) < 19:
        parts.append(f"a.id = {where.parameter(int(words))}")
    where.conditions.append(f"({' OR '.join(parts)})")


async def account(reader: Reader, book: int, number: int) -> AccountView:
    """One account; NotFound ``account.not_found``."""
    row = await reader.row(f"SELECT {_VIEW} WHERE a.book = $1 AND a.id = $2", book, number)
    if row is None:
        raise NotFound("account.not_found", account=number)
    return _make(row)


class AccountName(msgspec.Struct, frozen=True):
    """What an account is called where it is only mentioned."""

    id: int
    name: str | None
    reference: str | None
    head: str
    asset: str
    normal_side: str


async def names(reader: Reader, book: int, numbers: set[int]) -> dict[int, AccountName]:
    """What these accounts are called, by number."""
    rows = await reader.rows(
        "SELECT id, name, reference, head, asset, normal_side FROM account WHERE book = $1 AND id = ANY($2::bigint[])",
        book,
        list(numbers),
    )
    return {row["id"]: AccountName(*row) for row in rows}
