"""Until when wrong codes count."""

from datetime import datetime

from canglian.kernel.postgres.reader import Reader


async def forgotten_at(reader: Reader, book: int, of: str) -> datetime | None:
    """When all wrong codes are forgotten; None where there were none."""
    return await reader.value("SELECT forgotten_at FROM typed_codes WHERE book = $1 AND of = $2", book, of)
