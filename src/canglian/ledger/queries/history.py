"""Who did what to an account or a hold, and when: its events with the actors of their commands."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.observing import EventFilter, events
from canglian.kernel.queries.paging import Order


class Step(msgspec.Struct, frozen=True):
    """One thing that happened; ``kind`` is the event's."""

    at: datetime
    kind: str
    actor: str
    command: int
    reason: str | None = None


async def actors(reader: Reader, book: int, commands: Iterable[int]) -> dict[int, str]:
    """Who asked for each of some commands."""
    rows = await reader.rows(
        "SELECT number, actor FROM command WHERE book = $1 AND number = ANY($2::bigint[])", book, sorted(set(commands))
    )
    return {row[0]: row[1] for row in rows}


async def history(reader: Reader, book: int, subject: str, limit: int = 30) -> list[Step]:
    """What happened to a subject (``account:12``), newest first."""
    found = (await events(reader, book, EventFilter(subject=subject), Order(limit=limit))).items
    asked = await actors(reader, book, (event.command for event in found))
    return [
        Step(event.at, event.kind, asked.get(event.command, "—"), event.command, _reason(event.payload.get("reason")))
        for event in found
    ]


def _reason(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
