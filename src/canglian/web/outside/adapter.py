"""Adapters: a room's connection to an external service: the events that it handles, the answers that it submits."""

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


async def submit_answer(
    services: Services, service: str, book: int, command: Command[R], key: str
) -> Outcome[R] | None:
    """Submit what a service answered, once for each key.

    A refusal by a rule is final too: the state has changed, and a retry would not help. None where an earlier,
    different answer to the same request was accepted: that one stands. Raises Unavailable or Busy.
    """
    try:
        outcome = await services.engine.submit(book, command, actor=f"system:{service}", key=key)
    except Conflict:
        log.warning("another answer stands", service=service, book=book, key=key)
        return None
    if isinstance(outcome.error, Unavailable | Busy):
        raise outcome.error.again()
    if isinstance(outcome.error, Conflict):
        log.warning("another answer stands", service=service, book=book, key=key)
        return None
    if outcome.error is not None:
        log.info("answer not taken", service=service, book=book, key=key, code=outcome.error.code)
    return outcome


@dataclass(frozen=True)
class Outside:
    """What an adapter works with: the services of this process, and the client of the external services."""

    services: Services
    client: Client
    memory: dict[Any, Any] = field(default_factory=dict[Any, Any])
    """What adapters keep in memory while the process runs."""

    async def submit_answer(self, service: str, book: int, command: Command[R], key: str) -> Outcome[R] | None:
        """The same, with what this adapter works with."""
        return await submit_answer(self.services, service, book, command, key)


Hear = Callable[[Outside, int, Event], Awaitable[None]]
"""Handles an event of a book. It is called at least once for each event, in order; after a CanglianError it is called
again later, so it is idempotent."""


Take = Callable[[Services, int, Any], Awaitable[None]]
"""Handles a notification from a service to a book, as JSON whose signature was verified. Idempotent. Raises Malformed
for what cannot be read."""


@dataclass(frozen=True)
class Errand:
    """A periodic request to a service, for every book; idempotent."""

    name: str
    every_seconds: float
    run: Callable[[Outside, int], Awaitable[None]]


@dataclass(frozen=True)
class Adapter:
    """A room's connection to a service: ``name`` is the room's and the service's (``party.identity``)."""

    name: str
    service: str
    kinds: tuple[str, ...]
    hear: Hear
    take: Take | None = None
    errands: tuple[Errand, ...] = ()


def key_of(book: int, event: Event, *more: Any) -> str:
    """The idempotency key of what is asked, or answered, because of an event."""
    return ":".join([message_id(book, event.number), *map(str, more)])
