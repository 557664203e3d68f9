"""Who belongs to the segments of this room."""

from collections.abc import Sequence
from datetime import datetime

from canglian.kernel.postgres.reader import Reader


async def verified(reader: Reader, book: int, parties: Sequence[str], levels: Sequence[str]) -> set[str]:
    """Which of some customers are verified as far as one of these levels."""
    sql = "SELECT id FROM party WHERE book = $1 AND id = ANY($2::text[]) AND level = ANY($3::text[])"
    return await _ids(reader, sql, book, list(parties), list(levels))


async def known_since(reader: Reader, book: int, parties: Sequence[str], since: datetime) -> set[str]:
    """Which of some customers the bank knows since an instant, or later."""
    sql = "SELECT id FROM party WHERE book = $1 AND id = ANY($2::text[]) AND created_at >= $3"
    return await _ids(reader, sql, book, list(parties), since)


async def paid_since(reader: Reader, book: int, parties: Sequence[str], since: datetime | None) -> set[str]:
    """Which of some customers have paid a merchant from a wallet of theirs since an instant; null for ever."""
    sql = (
        "SELECT DISTINCT w.party FROM wallet w WHERE w.book = $1 AND w.party = ANY($2::text[]) AND EXISTS ("
        "SELECT 1 FROM payment_line l JOIN payment p ON p.book = $1 AND p.id = l.payment "
        "WHERE l.book = $1 AND l.item = w.id AND p.state = 'paid' AND ($3::timestamptz IS NULL OR p.at >= $3))"
    )
    return await _ids(reader, sql, book, list(parties), since)


async def in_role(reader: Reader, book: int, parties: Sequence[str], role: str) -> set[str]:
    """Which of some customers play a part that goes on."""
    sql = "SELECT party FROM party_role WHERE book = $1 AND party = ANY($2::text[]) AND role = $3 AND ended_on IS NULL"
    return await _ids(reader, sql, book, list(parties), role)


async def sealed_numbers(reader: Reader, book: int, parties: Sequence[str]) -> dict[str, str]:
    """The sealed identity numbers of those of some customers who are people and have one."""
    sql = (
        "SELECT id, number_sealed FROM party WHERE book = $1 AND id = ANY($2::text[]) AND kind = 'person' "
        "AND number_sealed IS NOT NULL"
    )
    return {row[0]: row[1] for row in await reader.rows(sql, book, list(parties))}


async def _ids(reader: Reader, sql: str, book: int, *arguments: object) -> set[str]:
    return {row[0] for row in await reader.rows(sql, book, *arguments)}
