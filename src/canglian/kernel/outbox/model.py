"""What the outbox keeps in a book: receivers, attempts to deliver, and dead letters."""

import enum
from datetime import datetime
from typing import Annotated

import msgspec

from canglian.kernel.entity import Entity, Record
from canglian.kernel.fields import doc


class ReceiverState(enum.StrEnum):
    """Active; paused keeps its place and receives nothing; removed is the end."""

    ACTIVE = "active"
    PAUSED = "paused"
    REMOVED = "removed"


class DeadLetterState(enum.StrEnum):
    """Waiting is tried again by the receiver's ladder; dead waits for an operator; queued is sent once more at once;
    delivered and skipped are the ends."""

    WAITING = "waiting"
    DEAD = "dead"
    QUEUED = "queued"
    DELIVERED = "delivered"
    SKIPPED = "skipped"


ADAPTER = "adapter:"
"""What the address of an adapter begins with."""


def adapter_id(name: str) -> str:
    """The id of the receiver that an adapter is."""
    return f"rcv_{name.replace('.', '_')}"


SEALED_FOR = "receiver.secret"
"""What a receiver's secret is sealed for."""


class Receiver(Entity, frozen=True, table="receiver", sealed={"secret": SEALED_FOR, "previous_secret": SEALED_FOR}):
    """Who wants to hear of events.

    ``kinds`` has kinds (``transfer.posted``), families (``transfer.*``) or ``*``. ``secret`` is sealed; the one before
    it signs too until ``previous_until``. ``cursor`` is the last event that is done with; ``tries`` counts the failed
    attempts at the next one, which is due at ``next_at``. ``leased_by`` names the one dispatcher that sends.
    ``ladder`` has the pauses in seconds after each failed attempt of an event: then events do not wait for one another,
    each that fails is tried again by itself. ``about`` has what an event has to carry (``{"merchant": "mer_…"}``).
    """

    id: str
    name: str
    url: str
    kinds: list[str]
    secret: str | None
    previous_secret: str | None
    previous_until: datetime | None
    state: ReceiverState
    cursor: int
    tries: int
    tries_max: int
    delay_ms: int
    next_at: datetime | None
    problem: str | None
    leased_by: str | None
    leased_until: datetime | None
    created_at: datetime
    updated_at: datetime
    ladder: list[int] = msgspec.field(default_factory=list[int])
    about: dict[str, str] = msgspec.field(default_factory=dict[str, str])

    @property
    def adapter(self) -> str | None:
        """The name of the adapter that this is, or None."""
        return self.url.removeprefix(ADAPTER) if self.url.startswith(ADAPTER) else None


class Delivery(Record, frozen=True, table="delivery"):
    """One attempt to deliver an event. ``status`` is the HTTP status that came back, if any did."""

    id: Annotated[int, doc("Its number or id.")]
    receiver: Annotated[str, doc("The receiver's id.")]
    event: Annotated[int, doc("The event's number.")]
    dead_letter: Annotated[int | None, doc("The dead letter that was sent again, or null.")]
    attempt: Annotated[int, doc("Which try it was, from 1.")]
    at: Annotated[datetime, doc("When.")]
    delivered: Annotated[bool, doc("Whether it arrived.")]
    status: Annotated[int | None, doc("The HTTP status that came back, or null.")]
    problem: Annotated[str | None, doc("What went wrong the last time, or null.")]
    duration_ms: Annotated[int, doc("How long the receiver took.")]


class DeadLetter(Entity, frozen=True, table="dead_letter"):
    """An event that could not be delivered at once, or in all its tries; the receiver went on to the next one."""

    id: Annotated[int, doc("Its number or id.")]
    receiver: Annotated[str, doc("The receiver's id.")]
    event: Annotated[int, doc("The event's number.")]
    tries: Annotated[int, doc("How often it was tried.")]
    status: Annotated[int | None, doc("The HTTP status of the last try, or null.")]
    problem: Annotated[str, doc("What went wrong the last time, or null.")]
    state: Annotated[DeadLetterState, doc("The state it is in, or is to be in.")]
    created_at: Annotated[datetime, doc("When it was made.")]
    updated_at: Annotated[datetime, doc("When it was last changed.")]
    next_at: Annotated[datetime | None, doc("When it is tried again by itself, or null.")] = None
