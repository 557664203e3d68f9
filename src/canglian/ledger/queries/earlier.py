"""Transfers that an import may bring again: found by their references, or by account and business date."""

from datetime import date
from typing import Any

from canglian.kernel.postgres.reader import Reader
from canglian.kernel.shape import shape
from canglian.ledger.model import Transfer

_COLUMNS = ", ".join(f"t.{name}" for name in shape(Transfer).names)
_BY_REFERENCE = f"""
    SELECT {_COLUMNS} FROM transfer t
    WHERE t.book = $1 AND t.reference = ANY($2::text[]) AND t.reverses IS NULL
    ORDER BY t.id
"""


def _side(name: str) -> str:
    """The transfers of accounts on days. Dates of an account never go back, so its marks bound where a day lies."""
    return f"""
    SELECT {_COLUMNS}
    FROM unnest($2::bigint[], $3::date[]) AS asked (account, day)
    JOIN transfer t ON t.book = $1 AND t.{name} = asked.account AND t.date = asked.day AND t.reverses IS NULL
        AND t.id > coalesce((SELECT max(m.transfer) FROM balance_mark m
                             WHERE m.book = $1 AND m.account = asked.account AND m.date < asked.day), 0)
"""


_BY_DAY = f"({_side('debit')}) UNION ALL ({_side('credit')}) ORDER BY id"


class StoredTransfers:
    """The transfers of a book, without reversals."""

    def __init__(self, reader: Reader, book: int) -> None:
        self._reader = reader
        self._book = book

    async def by_reference(self, references: list[str]) -> list[Transfer]:
        """Those with one of these references, in their order."""
        return [_made(row) for row in await self._reader.rows(_BY_REFERENCE, self._book, references)]

    async def by_day(self, pairs: list[tuple[int, date]]) -> list[Transfer]:
        """Those of these accounts on these business dates, in their order."""
        accounts, days = [account for account, _ in pairs], [day for _, day in pairs]
        found = (_made(row) for row in await self._reader.rows(_BY_DAY, self._book, accounts, days))
        return list({transfer.id: transfer for transfer in found}.values())


def _made(row: Any) -> Transfer:
    return Transfer(*row)
