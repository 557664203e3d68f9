"""Accounts with their figures.

The name of an account with an owner is masked, as names of customers are, whoever asks and with whatever role, and is
looked for whole; rooms above name the accounts that they keep so that nobody has to. ``keeping.shown_name`` is the one
place that decides. Only the copy of a whole book, which whoever runs the installation writes beside its database, is in
plain.
"""

from datetime import date, datetime
from typing import Annotated, Any

import msgspec

from canglian.kernel.errors import NotFound
from canglian.kernel.fields import doc
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.paging import Listing, Order, Page, Where, by_number, escaped
from canglian.ledger.keeping import shown_name
from canglian.ledger.model import Account, AccountState, Side


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

    id: Annotated[int, doc("Its number or id.")]
    asset: Annotated[str, doc("The unit of value, such as `CNY`.")]
    head: Annotated[str, doc("The head of the chart of accounts, such as `2011`.")]
    normal_side: Annotated[Side, doc("The side on which its balance grows; left out, that of its head.")]
    state: Annotated[AccountState, doc("The state it is in, or is to be in.")]
    balance: Annotated[int, doc("In the direction of the normal side, in the minor unit.")]
    available: Annotated[
        int | None,
        doc("What can still be paid out: the balance above the floor, less what is held. Null without a floor."),
    ]
    held: Annotated[int, doc("What pending holds reserve.")]
    debits: Annotated[int, doc("All that was ever debited.")]
    credits: Annotated[int, doc("All that was ever credited.")]
    entries: Annotated[int, doc("How many entries there are.")]
    floor: Annotated[int | None, doc("The lowest balance that it may have; null for none.")]
    ceiling: Annotated[int | None, doc("The highest balance that it may have; null for none.")]
    purpose: Annotated[str | None, doc("Its money moves only among accounts of the same purpose; null for free money.")]
    owner: Annotated[str | None, doc("Whose it is: an id of yours.")]
    name: Annotated[str | None, doc("What people read; masked where it has an owner.")]
    reference: Annotated[str | None, doc("Your own number for it, such as an order's.")]
    metadata: Annotated[dict[str, str] | None, doc("Your own facts, text by name; lists can be filtered by them.")]
    opened_at: Annotated[datetime, doc("When it was opened.")]
    closed_at: Annotated[datetime | None, doc("When it was closed; null while it is not.")]
    last_transfer: Annotated[int, doc("The newest transfer of the account, or null.")]
    last_date: Annotated[date | None, doc("The last business date.")]


_BALANCE = "CASE WHEN a.normal_side = 'debit' THEN b.debits - b.credits ELSE b.credits - b.debits END"
_HELD = "CASE WHEN a.normal_side = 'debit' THEN b.credits_held ELSE b.debits_held END"
_VIEW = (
    f"a.id, a.asset, a.head, a.normal_side, a.state, {_BALANCE}, "
    f"CASE WHEN a.floor IS NULL THEN NULL ELSE greatest(0, {_BALANCE} - {_HELD} - a.floor) END, {_HELD}, "
    "b.debits, b.credits, b.entries, a.floor, a.ceiling, a.purpose, a.owner, a.name, a.reference, a.metadata, "
    "a.opened_at, a.closed_at, b.last_transfer, CASE WHEN b.entries > 0 THEN b.date END "
    "FROM account a JOIN balance b ON b.book = $1 AND b.account = a.id"
)


def _make(row: Any) -> AccountView:
    values = list(row)
    values[3], values[4] = Side(values[3]), AccountState(values[4])
    return AccountView(*values)


def _masked(view: AccountView) -> AccountView:
    return msgspec.structs.replace(view, name=shown_name(view.name, view.owner))


def masked(account: Account) -> Account:
    """An account as a command leaves it, as it is answered."""
    return msgspec.structs.replace(account, name=shown_name(account.name, account.owner))


_FIELDS = ("state", "head", "asset", "purpose", "reference", "owner", "opened_at")
_ACCOUNTS = Listing(
    _VIEW,
    by_number("a.id"),
    {"id": by_number("a.id"), "balance": by_number(f"({_BALANCE})")},
    _make,
    "id",
    fields={"balance": f"({_BALANCE})", **{name: f"a.{name}" for name in _FIELDS}},
)


async def accounts(
    reader: Reader, book: int, asked: AccountFilter, order: Order, *, plain: bool = False
) -> Page[AccountView]:
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
    page = await _ACCOUNTS.page(reader, book, where, order)
    return page if plain else Page([_masked(view) for view in page.items], page.next_cursor)


def _search(where: Where, text: str) -> None:
    words = text.strip()
    place = where.parameter(f"%{escaped(words)}%")
    parts = [f"a.{column} ILIKE {place}" for column in ("reference", "owner")]
    parts.append(f"a.name = {where.parameter(words)} OR (a.owner IS NULL AND a.name ILIKE {place})")
    if words.isdecimal() and len(words) < 19:
        parts.append(f"a.id = {where.parameter(int(words))}")
    where.conditions.append(f"({' OR '.join(parts)})")


async def account(reader: Reader, book: int, number: int) -> AccountView:
    """One account; NotFound ``account.not_found``."""
    row = await reader.row(f"SELECT {_VIEW} WHERE a.book = $1 AND a.id = $2", book, number)
    if row is None:
        raise NotFound("account.not_found", account=number)
    return _masked(_make(row))


class AccountName(msgspec.Struct, frozen=True):
    """What an account is called where it is only mentioned."""

    id: Annotated[int, doc("Its number or id.")]
    name: Annotated[str | None, doc("What people read; masked where it has an owner.")]
    reference: Annotated[str | None, doc("Your own number for it, such as an order's.")]
    head: Annotated[str, doc("The head of the chart of accounts, such as `2011`.")]
    asset: Annotated[str, doc("The unit of value, such as `CNY`.")]
    normal_side: Annotated[str, doc("The side on which its balance grows; left out, that of its head.")]


async def names(reader: Reader, book: int, numbers: set[int]) -> dict[int, AccountName]:
    """What these accounts are called, by number."""
    rows = await reader.rows(
        "SELECT id, name, reference, head, asset, normal_side, owner FROM account "
        "WHERE book = $1 AND id = ANY($2::bigint[])",
        book,
        list(numbers),
    )
    return {row["id"]: AccountName(row["id"], shown_name(row["name"], row["owner"]), *tuple(row)[2:-1]) for row in rows}
