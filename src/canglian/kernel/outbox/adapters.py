"""Adapters: receivers that live in the server process and carry what events ask for to a system outside.

An adapter gets events as every receiver does: at least once, in order, with back-off and dead letters. Its address is
``adapter:<name>``; a process that does not have the adapter leaves the receiver alone, and its place is kept.
"""

from collections.abc import Awaitable, Callable, Mapping

from canglian.kernel.book import Book
from canglian.kernel.command import Command
from canglian.kernel.errors import declare
from canglian.kernel.outbox.commands import AdapterName, DelayMs, Kinds, Tries, receiver_of
from canglian.kernel.outbox.model import ADAPTER, Receiver, adapter_id
from canglian.kernel.records import Event

declare({"adapter.failed": "The adapter failed; the log has more."})

Deliver = Callable[[int, Event], Awaitable[None]]
"""Carries an event of a book outside. What it raises as a CanglianError is kept as the problem and tried again."""

Adapters = Mapping[str, Deliver]
"""What carries events outside, by the adapter's name."""


class ConnectAdapter(Command[Receiver], kind="outbox.connect_adapter"):
    """Let an adapter hear of events from now on. One that is known keeps its place and gets these kinds."""

    adapter: AdapterName
    kinds: Kinds
    tries_max: Tries = 10
    delay_ms: DelayMs = 1000

    def decide(self, book: Book) -> Receiver:
        identity = adapter_id(self.adapter)
        known = book.maybe(Receiver, identity)
        if known is not None:
            return book.put(known.replace(kinds=self.kinds, updated_at=book.now))
        receiver = receiver_of(
            book,
            identity,
            name=self.adapter,
            url=ADAPTER + self.adapter,
            kinds=self.kinds,
            secret=None,
            cursor=book.events,
            tries_max=self.tries_max,
            delay_ms=self.delay_ms,
        )
        book.emit("outbox.receiver_added", f"receiver:{identity}", receiver=identity, name=self.adapter)
        return book.add(receiver)
