"""Reading the outbox: for screens, and for the dispatcher."""

from datetime import datetime
from typing import Annotated, Any

import msgspec

from canglian.kernel.errors import NotFound
from canglian.kernel.fields import doc
from canglian.kernel.outbox.model import DeadLetter, Delivery, Receiver, ReceiverState
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.entities import listing
from canglian.kernel.queries.paging import Listing, Order, Page, Where, by_instant, by_number, by_text
from canglian.kernel.records import Event
from canglian.kernel.shape import shape

BEHIND_MAX = 10_000
"""How far the events that wait for a receiver are counted."""

OWN_KINDS = "outbox.%"
"""Events about the outbox itself are not sent: a receiver that is down would make ever more of them."""


class ReceiverView(msgspec.Struct, frozen=True):
    """A receiver without its secrets; ``behind`` counts the events after its cursor that it takes, up to
    ``BEHIND_MAX``, ``dead`` its dead letters."""

    id: Annotated[str, doc("Its number or id.")]
    name: Annotated[str, doc("What people read.")]
    url: Annotated[str, doc("Where events are sent.")]
    kinds: Annotated[list[str], doc("Kinds (`transfer.posted`), families (`transfer.*`) or `*` for all.")]
    state: Annotated[ReceiverState, doc("The state it is in, or is to be in.")]
    cursor: Annotated[int, doc("The last event that is done with.")]
    tries: Annotated[int, doc("How often it was tried.")]
    tries_max: Annotated[int, doc("After so many failed tries an event becomes a dead letter.")]
    delay_ms: Annotated[int, doc("The pause after the first failed try; it doubles, up to six hours.")]
    next_at: Annotated[datetime | None, doc("When the next try is due, or null.")]
    problem: Annotated[str | None, doc("What went wrong the last time, or null.")]
    leased_until: Annotated[datetime | None, doc("Until when a process has the sending to itself.")]
    created_at: Annotated[datetime, doc("When it was made.")]
    updated_at: Annotated[datetime, doc("When it was last changed.")]
    behind: Annotated[int, doc("How many events that it takes wait for it, counted up to 10,000.")]
    dead: Annotated[int, doc("How many of its events did not arrive.")]
    ladder: Annotated[list[int], doc("The pauses in seconds after each failed attempt of an event; empty for none.")]
    about: Annotated[dict[str, str], doc("What an event has to carry, by its fields; empty for any.")]


class DeliveryFilter(msgspec.Struct, frozen=True):
    """Which attempts; None means any."""

    receiver: str | None = None
    event: int | None = None
    delivered: bool | None = None


class DeadLetterFilter(msgspec.Struct, frozen=True):
    """Which dead letters; None means any."""

    receiver: str | None = None
    event: int | None = None
    state: str | None = None


_TAKEN = (
    f"e.kind NOT LIKE '{OWN_KINDS}' AND e.payload @> r.about "
    "AND EXISTS (SELECT FROM jsonb_array_elements_text(r.kinds) AS wanted WHERE wanted IN ('*', e.kind) "
    "OR right(wanted, 1) = '*' AND starts_with(e.kind, left(wanted, -1)))"
)
"""Whether an event is one of those that a receiver asks for."""

_VIEW = (
    "r.id, r.name, r.url, r.kinds, r.state, r.cursor, r.tries, r.tries_max, r.delay_ms, r.next_at, r.problem, "
    "r.leased_until, r.created_at, r.updated_at, "
    f"(SELECT count(*) FROM (SELECT FROM event AS e WHERE e.book = $1 AND e.number > r.cursor AND {_TAKEN} "
    f"LIMIT {BEHIND_MAX}) AS waiting), "
    "(SELECT count(*) FROM dead_letter AS d WHERE d.book = $1 AND d.receiver = r.id AND d.state = 'dead'), "
    "r.ladder, r.about FROM receiver AS r"
)


def _view(row: Any) -> ReceiverView:
    values = list(row)
    values[4] = ReceiverState(values[4])
    return ReceiverView(*values)


_RECEIVERS = Listing(
    _VIEW,
    by_text("r.id"),
    {"created_at": by_instant("r.created_at"), "name": by_text("r.name"), "id": by_text("r.id")},
    _view,
    "created_at",
)
_DELIVERIES = listing(Delivery, by_number("id"))
_DEAD_LETTERS = listing(DeadLetter, by_number("id"))


async def receivers(reader: Reader, book: int, order: Order, about: dict[str, str] | None = None) -> Page[ReceiverView]:
    """Receivers that were not removed, oldest first; ``about`` has those of the events about one thing."""
    where = Where("r.book = $1", "r.state <> 'removed'")
    where.add("r.about @> (?::text)::jsonb", None if about is None else msgspec.json.encode(about).decode())
    return await _RECEIVERS.page(reader, book, where, order)


async def receiver(reader: Reader, book: int, identity: str) -> ReceiverView:
    """One receiver; NotFound ``receiver.not_found``."""
    row = await reader.row(f"SELECT {_VIEW} WHERE r.book = $1 AND r.id = $2", book, identity)
    if row is None:
        raise NotFound("receiver.not_found", receiver=identity)
    return _view(row)


async def deliveries(reader: Reader, book: int, asked: DeliveryFilter, order: Order) -> Page[Delivery]:
    """Attempts, newest first."""
    where = Where("book = $1")
    where.add("receiver = ?", asked.receiver)
    where.add("event = ?", asked.event)
    where.add("delivered = ?", asked.delivered)
    return await _DELIVERIES.page(reader, book, where, order)


async def dead_letters(reader: Reader, book: int, asked: DeadLetterFilter, order: Order) -> Page[DeadLetter]:
    """Dead letters, newest first."""
    where = Where("book = $1")
    where.add("receiver = ?", asked.receiver)
    where.add("event = ?", asked.event)
    where.add("state = ?", asked.state)
    return await _DEAD_LETTERS.page(reader, book, where, order)


async def dead_letter(reader: Reader, book: int, number: int) -> DeadLetter:
    """One dead letter; NotFound ``dead_letter.not_found``."""
    row = await reader.row(
        f"SELECT {', '.join(shape(DeadLetter).names)} FROM dead_letter WHERE book = $1 AND id = $2", book, number
    )
    if row is None:
        raise NotFound("dead_letter.not_found", dead_letter=number)
    return shape(DeadLetter).make(row)


class DeliveryAttempt(msgspec.Struct, frozen=True):
    """One attempt to deliver, and the event that it carries."""

    delivery: Delivery
    kind: str
    subject: str


async def sent(reader: Reader, book: int, receivers: list[str], limit: int) -> list[DeliveryAttempt]:
    """The last attempts to deliver to some receivers, the newest first."""
    names = [f"d.{name}" for name in shape(Delivery).names]
    rows = await reader.rows(
        f"SELECT {', '.join(names)}, e.kind, e.subject FROM delivery AS d "
        "JOIN event AS e ON e.book = $1 AND e.number = d.event "
        "WHERE d.book = $1 AND d.receiver = ANY($2::text[]) ORDER BY d.id DESC LIMIT $3",
        book,
        receivers,
        limit,
    )
    return [DeliveryAttempt(shape(Delivery).make(tuple(row)[:-2]), row[-2], row[-1]) for row in rows]


class Undelivered(msgspec.Struct, frozen=True):
    """What has not arrived, and the event that it carries."""

    letter: DeadLetter
    kind: str
    subject: str


async def undelivered(reader: Reader, book: int, receivers: list[str], limit: int) -> list[Undelivered]:
    """What has not arrived at some receivers and was not given up, the newest first."""
    names = [f"d.{name}" for name in shape(DeadLetter).names]
    rows = await reader.rows(
        f"SELECT {', '.join(names)}, e.kind, e.subject FROM dead_letter AS d "
        "JOIN event AS e ON e.book = $1 AND e.number = d.event "
        "WHERE d.book = $1 AND d.receiver = ANY($2::text[]) AND d.state IN ('waiting', 'dead', 'queued') "
        "ORDER BY d.id DESC LIMIT $3",
        book,
        receivers,
        limit,
    )
    return [Undelivered(shape(DeadLetter).make(tuple(row)[:-2]), row[-2], row[-1]) for row in rows]


# -- for the dispatcher ------------------------------------------------------------------------------------------


class EventHead(msgspec.Struct, frozen=True):
    """What of an event says who wants to hear of it."""

    number: int
    kind: str
    payload: dict[str, Any]


async def standing(reader: Reader, book: int, now: datetime) -> tuple[int, set[str]]:
    """The number of the book's last event, and the receivers whose dead letters are to be sent now."""
    row = await reader.row(
        "SELECT b.events, ARRAY(SELECT d.receiver FROM dead_letter AS d WHERE d.book = $1 AND d.state = 'queued' "
        "UNION SELECT d.receiver FROM dead_letter AS d WHERE d.book = $1 AND d.next_at <= $2) "
        "FROM book AS b WHERE b.book = $1",
        book,
        now,
    )
    return (0, set()) if row is None else (row[0], set(row[1]))


async def active(reader: Reader, book: int) -> list[Receiver]:
    """All active receivers."""
    form = shape(Receiver)
    sql = f"SELECT {', '.join(form.names)} FROM receiver WHERE book = $1 AND state = 'active' ORDER BY id"
    return [form.make(row) for row in await reader.rows(sql, book)]


async def heads(reader: Reader, book: int, after: int, limit: int) -> list[EventHead]:
    """The next events, those about the outbox itself among them."""
    sql = "SELECT number, kind, payload FROM event WHERE book = $1 AND number > $2 ORDER BY number LIMIT $3"
    return [EventHead(*row) for row in await reader.rows(sql, book, after, limit)]


async def events_after(
    reader: Reader, book: int, after: int, kinds: list[str], limit: int, about: dict[str, str] | None = None
) -> list[Event]:
    """The next events of some kinds that carry what they have to, in the order of their numbers."""
    exact = [kind for kind in kinds if not kind.endswith("*")]
    families = [f"{kind[:-1]}%".replace("_", r"\_") for kind in kinds if kind.endswith("*")]
    rows = await reader.rows(
        f"SELECT {', '.join(shape(Event).names)} FROM event WHERE book = $1 AND number > $2 "
        "AND kind NOT LIKE $5 AND (kind = ANY($3::text[]) OR kind LIKE ANY($4::text[])) "
        "AND payload @> ($7::text)::jsonb ORDER BY number LIMIT $6",
        book,
        after,
        exact,
        families,
        OWN_KINDS,
        limit,
        msgspec.json.encode(about or {}).decode(),
    )
    return [Event(*row) for row in rows]


async def queued_letters(
    reader: Reader, book: int, receiver: str, now: datetime, limit: int
) -> list[tuple[DeadLetter, Event]]:
    """What did not arrive and is to be sent again now, with its events."""
    letter = [f"d.{name}" for name in shape(DeadLetter).names]
    event = [f"e.{name}" for name in shape(Event).names]
    rows = await reader.rows(
        f"SELECT {', '.join((*letter, *event))} FROM dead_letter AS d "
        "JOIN event AS e ON e.book = $1 AND e.number = d.event "
        "WHERE d.book = $1 AND d.receiver = $2 AND (d.state = 'queued' OR d.next_at <= $3) ORDER BY d.id LIMIT $4",
        book,
        receiver,
        now,
        limit,
    )
    split = len(letter)
    return [(shape(DeadLetter).make(tuple(row)[:split]), Event(*tuple(row)[split:])) for row in rows]
