"""What the kernel itself keeps of every book: its state, its batches, its command log and its events."""

from datetime import date, datetime
from typing import Annotated

import msgspec

from canglian.kernel.entity import Record
from canglian.kernel.fields import doc


class BookState(msgspec.Struct, frozen=True):
    """The one row of a book. ``sequence`` counts batches and orders processes; ``counters`` hand out numbers.

    ``commands`` and ``events`` count what was logged; ``seed`` feeds ``book.random``; ``hash`` is the newest link
    of the audit chain (32 bytes).
    """

    book: int
    sequence: int
    commands: int
    events: int
    today: date
    seed: bytes
    hash: bytes
    counters: dict[str, int]


class Batch(Record, frozen=True, table="batch", key=("number",)):
    """One committed batch: its commands are ``first_command`` to ``last_command``; ``hash`` covers them all."""

    number: int
    at: datetime
    today: date
    first_command: int
    last_command: int
    previous: bytes
    hash: bytes


class CommandLine(Record, frozen=True, table="command", key=("number",)):
    """One line of the command log: who asked what, when, and how it ended.

    ``payload`` is the command as JSON. ``result`` is the result as JSON, or the fields of the error when ``code``
    is set. ``key`` is the idempotency key behind the scope of its sender.
    """

    number: int
    batch: int
    at: datetime
    kind: str
    actor: str
    key: str | None
    status: str
    code: str | None
    payload: str
    result: str | None
    request_id: str | None


class Event(Record, frozen=True, table="event", key=("number",)):
    """A fact that others may want; it leaves through the outbox after the commit."""

    number: Annotated[int, doc("Its number in the book.")]
    command: Annotated[int, doc("The number of the command that made it, in the command log.")]
    at: Annotated[datetime, doc("When.")]
    kind: Annotated[str, doc("What kind it is, such as `transfer.posted`.")]
    subject: Annotated[str, doc("What it is about, such as `transfer:88213`.")]
    payload: Annotated[dict[str, str | int | bool | None], doc("The facts.")]


AUDITED: tuple[type[Record], ...] = (CommandLine, Event)
"""The kernel's own records that the audit chain covers; the engine's settings name the others (transfers)."""
