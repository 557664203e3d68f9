"""The command log, the batches of the audit chain, and events."""

from datetime import datetime
from typing import Annotated, Any

import msgspec

from canglian.kernel.errors import NotFound, declare
from canglian.kernel.fields import doc
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.entities import listing
from canglian.kernel.queries.paging import Listing, Order, Page, Where, by_number, escaped
from canglian.kernel.records import Batch, CommandLine, Event
from canglian.kernel.shape import shape

declare(
    {
        "command.not_found": "There is no command {command} in this book.",
        "batch.not_found": "There is no batch {batch} in this book.",
        "event.not_found": "There is no event {event} in this book.",
    }
)

PAYLOAD_SHOWN = 2000


class CommandFilter(msgspec.Struct, frozen=True):
    """Which commands; None means any."""

    kind: str | None = None
    actor: str | None = None
    status: str | None = None
    code: str | None = None
    key: str | None = None
    request_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None


class EventFilter(msgspec.Struct, frozen=True):
    """Which events; None means any. ``kind`` may name a family (``transfer.*``); ``after`` is the last one seen."""

    kind: str | None = None
    subject: str | None = None
    after: int | None = None
    since: datetime | None = None
    until: datetime | None = None


class CommandBrief(msgspec.Struct, frozen=True):
    """A line of the command log without its payload, which may be large."""

    number: Annotated[int, doc("Its number in the book.")]
    batch: Annotated[int, doc("The batch that committed it: one link of the audit chain.")]
    at: Annotated[datetime, doc("When.")]
    kind: Annotated[str, doc("What was asked, such as `ledger.post_transfer`.")]
    actor: Annotated[str, doc("Who asked: `user:ann`, `key:ck8f…` or `system:…`.")]
    key: Annotated[str | None, doc("The idempotency key with its sender, or null.")]
    status: Annotated[str, doc("How it ended.")]
    code: Annotated[str | None, doc("Why it was refused, or null.")]
    request_id: Annotated[str | None, doc("The number of the request, as in the header `Request-Id`.")]
    payload_bytes: Annotated[int, doc("How large the request was.")]


_BRIEF = "number, batch, at, kind, actor, key, status, code, request_id, octet_length(payload)::bigint FROM command"
_COMMANDS = Listing(
    _BRIEF,
    by_number("number"),
    {"number": by_number("number")},
    lambda row: CommandBrief(*row),
    "-number",
    fields={name: name for name in ("at", "kind", "actor", "status", "code")},
)
_BATCHES = listing(Batch, by_number("number"))
_EVENTS = listing(Event, by_number("number"))


async def commands(reader: Reader, book: int, asked: CommandFilter, order: Order) -> Page[CommandBrief]:
    """Lines of the command log, newest first."""
    where = Where("book = $1")
    where.add("kind = ?", asked.kind)
    where.add("actor = ?", asked.actor)
    where.add("status = ?", asked.status)
    where.add("code = ?", asked.code)
    where.add("key LIKE '%/' || ?", None if asked.key is None else escaped(asked.key))
    where.add("request_id = ?", asked.request_id)
    where.add("at >= ?", asked.since)
    where.add("at <= ?", asked.until)
    return await _COMMANDS.page(reader, book, where, order)


async def command(reader: Reader, book: int, number: int) -> CommandLine:
    """One line, whole; NotFound ``command.not_found``."""
    row = await reader.row(
        f"SELECT {', '.join(shape(CommandLine).names)} FROM command WHERE book = $1 AND number = $2", book, number
    )
    return _found(CommandLine, row, "command", number)


async def batches(reader: Reader, book: int, order: Order) -> Page[Batch]:
    """Links of the audit chain, newest first."""
    return await _BATCHES.page(reader, book, Where("book = $1"), order)


async def batch(reader: Reader, book: int, number: int) -> Batch:
    """One link; NotFound ``batch.not_found``."""
    row = await reader.row(
        f"SELECT {', '.join(shape(Batch).names)} FROM batch WHERE book = $1 AND number = $2", book, number
    )
    return _found(Batch, row, "batch", number)


async def events(reader: Reader, book: int, asked: EventFilter, order: Order) -> Page[Event]:
    """Events, newest first; ``sort=number`` with ``after`` reads on from where one was."""
    where = Where("book = $1")
    if asked.kind is not None and asked.kind.endswith(".*"):
        where.add("kind LIKE ?", escaped(asked.kind[:-1]) + "%")
    else:
        where.add("kind = ?", asked.kind)
    where.add("subject = ?", asked.subject)
    where.add("number > ?", asked.after)
    where.add("at >= ?", asked.since)
    where.add("at <= ?", asked.until)
    return await _EVENTS.page(reader, book, where, order)


async def event(reader: Reader, book: int, number: int) -> Event:
    """One event; NotFound ``event.not_found``."""
    row = await reader.row(
        f"SELECT {', '.join(shape(Event).names)} FROM event WHERE book = $1 AND number = $2", book, number
    )
    return _found(Event, row, "event", number)


class BookFigures(msgspec.Struct, frozen=True):
    """The book's row, for pages."""

    sequence: int
    commands: int
    events: int
    today: Any
    hash: str
    counters: dict[str, int]


async def book_figures(reader: Reader, book: int) -> BookFigures:
    """Where a book stands; NotFound ``book.not_found``."""
    row = await reader.row(
        "SELECT sequence, commands, events, today, encode(hash, 'hex'), counters FROM book WHERE book = $1", book
    )
    if row is None:
        raise NotFound("book.not_found", book=book)
    return BookFigures(*row)


def _found(kind: Any, row: Any, noun: str, number: int) -> Any:
    if row is None:
        raise NotFound(f"{noun}.not_found", **{noun: number})
    return shape(kind).make(row)
