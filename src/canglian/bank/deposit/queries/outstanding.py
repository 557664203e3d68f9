"""What the lines to services outside read: things as they are stored, and what waits for an answer."""

from datetime import datetime
from typing import TypeVar

from canglian.kernel.entity import Entity
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.entities import one

E = TypeVar("E", bound=Entity)

ASKED_MAX = 200


async def stored(reader: Reader, book: int, entity: type[E], identity: str) -> E:
    """A thing as it is stored, for who opens its seals; NotFound ``<noun>.not_found``."""
    return await one(reader, book, entity, identity)


async def unanswered(reader: Reader, book: int, before: datetime) -> list[str]:
    """Orders that the rail took before an instant and has said no more of, oldest first, some of them."""
    rows = await reader.rows(
        "SELECT id FROM rail_order WHERE book = $1 AND state = 'sent' AND sent_at < $2 "
        "ORDER BY requested_at, id LIMIT $3",
        book,
        before,
        ASKED_MAX,
    )
    return [row[0] for row in rows]
