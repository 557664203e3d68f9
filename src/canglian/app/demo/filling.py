"""Filling the demo book once: a second run, or one after a kill, changes nothing twice.

Every command carries a key that names the thing and its date. What it says hangs only on the plan and on the
business date on which the book was founded, so the same key always comes with the same request.
"""

import asyncio
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from canglian.app.demo import counter
from canglian.app.demo.branch import plan
from canglian.app.demo.traffic import DAYS, history_and_on
from canglian.kernel import Command, Engine, Outcome, Store
from canglian.kernel.known import checked_key
from canglian.ledger.commands import HistoryLine, ImportHistory, OpenBook

ACTOR = "system:demo"
_LAST = "refused:wallet-full"
"""The key of the last step: where it is known, the book is full."""

Day = tuple[date, list[HistoryLine]]


class Filling:
    """The fill of one book."""

    def __init__(self, engine: Engine, store: Store, book: int) -> None:
        self._engine = engine
        self._store = store
        self._book = book
        self._coming: Iterator[Day] | None = None
        self._next: Day = (date.max, [])
        self._lived = 0

    async def is_done(self) -> bool:
        """Whether an earlier run has come to the end."""
        return bool(await self._store.known(self._book, [checked_key(_LAST, ACTOR)]))

    async def run(self, progress: Callable[[int, int], None]) -> None:
        """Fill; ``progress`` is called with the steps done and their total."""
        await self.live_until_now(progress)
        await self.end()
        progress(DAYS + 1, DAYS + 1)

    async def live_until_now(self, progress: Callable[[int, int], None] | None = None) -> None:
        """Open the accounts, and bring what moved on them up to the day before the business date."""
        if self._coming is None:
            await self._ask("book", OpenBook())
            self._coming = history_and_on(plan(), await self._open_accounts(), await self._first())
            self._next = next(self._coming)
        today = (await self._store.state(self._book)).today
        while self._next[0] < today:
            day, lines = self._next
            await self._ask(f"history:{day.isoformat()}", ImportHistory(lines=lines))
            self._next = next(self._coming)
            self._lived += 1
            if progress is not None:
                progress(self._lived, DAYS + 1)

    async def end(self) -> None:
        """What happens at the counter on the last day; then the book is full."""
        await counter.today(self._ask, await self._open_accounts(), await self._first())

    async def _first(self) -> date:
        """The business date on which the fill began, which stays when the day is closed."""
        key = checked_key("book", ACTOR)
        begun = (await self._store.known(self._book, [key]))[key]
        first = await self._store.batch(self._book, begun.batch)
        assert first is not None, "the batch of a command is there"
        return first.today

    async def _open_accounts(self) -> dict[str, int]:
        """Open every account of the plan; their numbers by reference."""
        accounts = plan().accounts
        opened = await asyncio.gather(
            *(self._ask(f"account:{reference}", command) for reference, command in accounts.items())
        )
        return {reference: outcome.unwrap().id for reference, outcome in zip(accounts, opened, strict=True)}

    async def _ask(self, key: str, command: Command[Any]) -> Outcome[Any]:
        return await self._engine.submit(self._book, command, actor=ACTOR, key=key)
