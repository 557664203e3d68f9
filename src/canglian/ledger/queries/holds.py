"""Holds."""

from typing import Any

import msgspec

from canglian.kernel.errors import NotFound
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.paging import Listing, Order, Page, Where, by_number
from canglian.kernel.shape import shape
from canglian.ledger.model import Hold, HoldState


class HoldFilter(msgspec.Struct, frozen=True):
    """Which holds; None means any."""

    state: HoldState | None = None
    account: int | None = None
    debit: int | None = None
    credit: int | None = None
    code: str | None = None
    reference: str | None = None
    metadata: dict[str, str] | None = None


_FORM = shape(Hold)
_SELECT = f"{', '.join(_FORM.names)} FROM hold"
_FIELDS = {name.strip('"'): name for name in _FORM.names}
_HOLDS = Listing(_SELECT, by_number("id"), {"id": by_number("id")}, _FORM.make, "-id", fields=_FIELDS)


async def holds(reader: Reader, book: int, asked: HoldFilter, order: Order) -> Page[Hold]:
    """A page of holds, newest first."""
    where = Where("book = $1")
    where.add("state = ?", None if asked.state is None else asked.state.value)
    where.add("(debit = ? OR credit = ?)", asked.account)
    where.add("debit = ?", asked.debit)
    where.add("credit = ?", asked.credit)
    where.add("code = ?", asked.code)
    where.add("reference = ?", asked.reference)
    where.add("metadata @> ?::jsonb", asked.metadata)
    return await _HOLDS.page(reader, book, where, order)


async def hold(reader: Reader, book: int, number: int) -> Hold:
    """One hold; NotFound ``hold.not_found``."""
    row = await reader.row(f"SELECT {_SELECT} WHERE book = $1 AND id = $2", book, number)
    if row is None:
        raise NotFound("hold.not_found", hold=number)
    return _FORM.make(row)


async def due(reader: Reader, book: int, now: Any, limit: int = 1000) -> list[int]:
    """The numbers of pending holds whose time has passed."""
    rows = await reader.rows(
        "SELECT id FROM hold WHERE book = $1 AND state = 'pending' AND expires_at IS NOT NULL AND expires_at <= $2 "
        f"ORDER BY expires_at LIMIT {limit}",
        book,
        now,
    )
    return [row["id"] for row in rows]
