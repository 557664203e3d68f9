"""Assets and heads of a book."""

from canglian.kernel.postgres.reader import Reader
from canglian.kernel.shape import shape
from canglian.ledger.model import Asset, Head


async def assets(reader: Reader, book: int) -> list[Asset]:
    """All units of value, by code."""
    form = shape(Asset)
    rows = await reader.rows(
        f"SELECT {', '.join(form.names)} FROM asset WHERE book = $1 ORDER BY code LIMIT 1000", book
    )
    return [form.make(row) for row in rows]


async def heads(reader: Reader, book: int) -> list[Head]:
    """The whole chart of accounts, by code."""
    form = shape(Head)
    rows = await reader.rows(f"SELECT {', '.join(form.names)} FROM head WHERE book = $1 ORDER BY code LIMIT 5000", book)
    return [form.make(row) for row in rows]


async def scales(reader: Reader, book: int) -> dict[str, int]:
    """The decimals of each asset by its code."""
    return {asset.code: asset.scale for asset in await assets(reader, book)}
