"""Connects the rooms' adapters to the outbox: which of them handle events in this process, and since when."""

from collections.abc import Awaitable, Callable, Iterable
from functools import partial

from canglian.kernel.outbox import Adapters, ConnectAdapter, Receiver
from canglian.kernel.outbox.model import adapter_id
from canglian.web.outside.adapter import Adapter, Errand, Outside
from canglian.web.outside.client import Client
from canglian.web.outside.connections import connections
from canglian.web.services import Services

ACTOR = "system:outside"


class Wiring:
    """The adapters whose service is connected."""

    def __init__(self, services: Services, adapters: Iterable[Adapter]) -> None:
        """Raises Malformed ``settings.invalid`` where a connection is configured by half."""
        settings = services.settings
        self.client = Client(connections(settings), timeout_seconds=settings.outside_timeout_ms / 1000)
        self._services = services
        self._outside = Outside(services, self.client)
        self._adapters = [adapter for adapter in adapters if self.client.reaches(adapter.service)]
        self._known: set[int] = set()

    @property
    def adapters(self) -> Adapters:
        """The adapters by name, for the outbox's dispatcher."""
        return {adapter.name: partial(adapter.hear, self._outside) for adapter in self._adapters}

    @property
    def errands(self) -> list[tuple[Errand, Callable[[int], Awaitable[None]]]]:
        """The periodic requests, ready to run for a book."""
        return [(each, partial(each.run, self._outside)) for adapter in self._adapters for each in adapter.errands]

    async def introduce(self, book: int) -> None:
        """Make sure that the adapters are receivers in a book, each from the time when it first came."""
        if book in self._known or not self._adapters:
            return
        wanted = {adapter_id(adapter.name): adapter for adapter in self._adapters}
        stored = await self._services.store.load(book, Receiver, list(wanted))
        for identity, adapter in wanted.items():
            known = stored.get(identity)
            if known is None or known.kinds != list(adapter.kinds):
                command = ConnectAdapter(adapter=adapter.name, kinds=list(adapter.kinds))
                await self._services.engine.execute(book, command, actor=ACTOR)
        self._known.add(book)

    async def close(self) -> None:
        """Close the connections that are kept open."""
        await self.client.close()
