"""Merchants as they are shown, with what they are owed."""

from collections.abc import Iterable
from typing import Annotated

import msgspec

from canglian.bank.payment.model import Merchant, MerchantState
from canglian.kernel.fields import doc
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.entities import listing, one
from canglian.kernel.queries.paging import Order, Page, Where, by_instant, by_text
from canglian.kernel.shape import shape
from canglian.kernel.typed import typed_id


class MerchantFilter(msgspec.Struct, frozen=True):
    """Which merchants; None means any."""

    state: Annotated[MerchantState | None, doc("Only in this state.")] = None
    category: Annotated[str | None, doc("Only of this category.")] = None
    region: Annotated[str | None, doc("Only in this region.")] = None
    party: Annotated[str | None, doc("Only of this owner.")] = None


class Owed(msgspec.Struct, frozen=True):
    """What a merchant is owed in an asset: paid to it, less fees, refunds and what was paid out."""

    asset: Annotated[str, doc("The unit of value, such as `CNY`.")]
    account: Annotated[int, doc("The account's number in the ledger.")]
    balance: Annotated[int, doc("What it is owed, in fen; below nothing where more was refunded.")]


class MerchantWhole(msgspec.Struct, frozen=True):
    """A merchant with what it is owed."""

    merchant: Annotated[Merchant, doc("The merchant.")]
    owed: Annotated[list[Owed], doc("What it is owed, by asset.")]


_MERCHANTS = listing(Merchant, by_text("id"), registered_at=by_instant("registered_at"))


async def merchants(reader: Reader, book: int, asked: MerchantFilter, order: Order) -> Page[Merchant]:
    """A page of merchants, newest first."""
    where = Where("book = $1")
    where.add("state = ?", asked.state)
    where.add("category = ?", asked.category)
    where.add("region = ?", asked.region)
    where.add("party = ?", asked.party)
    return await _MERCHANTS.page(reader, book, where, order)


async def merchant(reader: Reader, book: int, identity: str) -> Merchant:
    """A merchant; NotFound ``merchant.not_found``."""
    return await one(reader, book, Merchant, identity)


async def whole(reader: Reader, book: int, identity: str) -> MerchantWhole:
    """A merchant with what it is owed; NotFound ``merchant.not_found``."""
    found = await merchant(reader, book, identity)
    sql = "SELECT account, credits - debits FROM balance WHERE book = $1 AND account = ANY($2::bigint[])"
    balances = {row[0]: row[1] for row in await reader.rows(sql, book, list(found.accounts.values()))}
    owed = [Owed(asset, account, balances[account]) for asset, account in sorted(found.accounts.items())]
    return MerchantWhole(found, owed)


async def names(reader: Reader, book: int, identities: list[str]) -> dict[str, str]:
    """The names of merchants by their ids."""
    sql = "SELECT id, name FROM merchant WHERE book = $1 AND id = ANY($2::text[])"
    return {row[0]: row[1] for row in await reader.rows(sql, book, list(dict.fromkeys(identities)))}


FOUND_MAX = 200
"""How many merchants are found at once."""

_SHAPE = shape(Merchant)
_COLUMNS = ", ".join(_SHAPE.names)


async def called(reader: Reader, book: int, text: str) -> list[Merchant]:
    """Merchants whose name has a text in it, or the one of this id; those that take payments first."""
    sql = (
        f"SELECT {_COLUMNS} FROM merchant WHERE book = $1 AND (position($2 in name) > 0 OR id = $3) "
        "ORDER BY state, name, id LIMIT 50"
    )
    return [_SHAPE.make(row) for row in await reader.rows(sql, book, text, typed_id(text))]


def of_merchant(where: Where, identity: str | None, named: str | None, column: str = "merchant") -> None:
    """Ask for what is one merchant's, or of those whose id or part of whose name was typed."""
    where.add(f"{column} = ?", identity)
    of_names = "SELECT m.id FROM merchant m WHERE m.book = $1 AND (m.id = ? OR position(? in m.name) > 0)"
    where.add(f"{column} IN ({of_names})", named)


async def by_ids(reader: Reader, book: int, identities: Iterable[str]) -> list[Merchant]:
    """Merchants by their ids."""
    sql = f"SELECT {_COLUMNS} FROM merchant WHERE book = $1 AND id = ANY($2::text[])"
    return [_SHAPE.make(row) for row in await reader.rows(sql, book, list(dict.fromkeys(identities)))]


async def taking(
    reader: Reader, book: int, ids: Iterable[str], categories: Iterable[str], regions: Iterable[str]
) -> list[Merchant]:
    """Merchants that take payments, of some ids, categories and regions; an empty list leaves nobody out."""
    sql = (
        f"SELECT {_COLUMNS} FROM merchant WHERE book = $1 AND state = 'active' "
        "AND (cardinality($2::text[]) = 0 OR id = ANY($2::text[])) "
        "AND (cardinality($3::text[]) = 0 OR category = ANY($3::text[])) "
        "AND (cardinality($4::text[]) = 0 OR EXISTS (SELECT 1 FROM unnest($4::text[]) part "
        f"WHERE starts_with(region, part))) ORDER BY name, id LIMIT {FOUND_MAX}"
    )
    return [_SHAPE.make(row) for row in await reader.rows(sql, book, list(ids), list(categories), list(regions))]
