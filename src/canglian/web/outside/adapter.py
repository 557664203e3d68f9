"""What a room brings to speak with a service outside: which events it hears, and what it does then."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import structlog

from canglian.kernel.command import Command, Outcome
from canglian.kernel.errors import Busy, Conflict, Unavailable
from canglian.kernel.outbox.signing import message_id
from canglian.kernel.records import Event
from canglian.web.outside.client import Client
from canglian.web.services import Services

R = TypeVar("R")

log = structlog.get_logger()


async def tell(services: Services, service: str, book: int, command: Command[R], key: str) -> Outcome[R] | None:
    """Submit what a service answered, once for each key.

    A refusal by a rule is an end too: the thing has moved on, and trying again would not help. None where an
    earlier, different answer to the same question was taken: that one stands. Raises Unavailable or Busy.
    """
    try:
        outcome = await services.engine.submit(book, command, actor=f"system:{service}", key=key)
    except Conflict:
        log.warning("another answer stands", service=service, book=book, key=key)
        return None
    if isinstance(outcome.error, Unavailable | Busy):
        raise outcome.error
    if isinstance(outcome.error, Conflict):
        log.warning("another answer stands", service=service, book=book, key=key)
        return None
    if outcome.error is not None:
        log.info("answer not taken", service=service, book=book, key=key, code=outcome.error.code)
    return outcome


@dataclass(frozen=True)
class Outside:
    """What an adapter works with: the house's services, and the client of the services outside."""

    services: Services
    client: Client
    memory: dict[Any, Any] = field(default_factory=dict[Any, Any])
    """What adapters remember for as long as the process lives."""

    async def tell(self, service: str, book: int, command: Command[R], key: str) -> Outcome[R] | None:
        """Submit what a service answered; see ``tell``."""
        return await tell(self.services, service, book, command, key)


Hear = Callable[[Outside, int, Event], Awaitable[None]]
"""Does what an event of a book asks for. It is called at least once for each event, in order; what it raises as a
CanglianError is tried again later, so it does nothing twice when it is called twice."""


Take = Callable[[Services, int, Any], Awaitable[None]]
"""Takes what a service tells a book by itself, as JSON that came with its signature. Told twice, it does things once.
Raises Malformed for what cannot be read."""


@dataclass(frozen=True)
class Errand:
    """What is asked of a service from time to time, for every book; running it twice is harmless."""

    name: str
    every_seconds: float
    run: Callable[[Outside, int], Awaitable[None]]


@dataclass(frozen=True)
class Adapter:
    """A room's line to a service: ``name`` is the room's and the service's (``party.identity``)."""

    name: str
    service: str
    kinds: tuple[str, ...]
    hear: Hear
    take: Take | None = None
    errands: tuple[Errand, ...] = ()


def key_of(book: int, event: Event, *more: Any) -> str:
    """The idempotency key of what is asked, or answered, because of an event."""
    return ":".join([message_id(book, event.number), *map(str, more)])
