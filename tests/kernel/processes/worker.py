"""A process of its own that works on book 1 until it is told to stop or killed.

``python -m tests.kernel.processes.worker URL post NAME COUNT`` posts COUNT transfers, each with its own key, light and
heavy ones mixed, and prints every acknowledged key with its transfer. ``… hold`` takes the book's row and keeps it.
``… endless`` posts without end, insisting on every key until it is answered.
"""

import asyncio
import sys

from canglian import ledger
from canglian.kernel import Busy, Engine, Status, Unavailable
from canglian.kernel.postgres.store import PostgresStore
from canglian.ledger.commands import Line, PostTransfer, PostTransfers

WINDOW = 24


async def main(url: str, mode: str, name: str = "", count: str = "0") -> None:
    store = await PostgresStore.open(url)
    if mode == "hold":
        async with store.lock(1):
            print("holding", flush=True)
            await asyncio.sleep(600)
    engine = Engine(store, ledger.Book, audited=ledger.AUDITED)
    room = asyncio.Semaphore(WINDOW)
    numbers = range(10**9) if mode == "endless" else range(int(count))
    asked: set[asyncio.Task[None]] = set()
    for number in numbers:
        await room.acquire()
        task = asyncio.create_task(_insist(engine, f"{name}-{number}", number, room))
        asked.add(task)
        task.add_done_callback(asked.discard)
    await asyncio.gather(*asked)
    await engine.stop()
    await store.close()


async def _insist(engine: Engine, key: str, number: int, room: asyncio.Semaphore) -> None:
    """Ask until there is an answer, as a client with an idempotency key does."""
    line = Line(debit=1, credit=2 + number % 3, amount=1 + number % 7, code="pay", reference=key)
    command = PostTransfer(debit=line.debit, credit=line.credit, amount=line.amount, code="pay", reference=key)
    heavy = PostTransfers(lines=[line] * 1100) if number % 40 == 39 else None
    print("ask", key, line.amount * (1 if heavy is None else 1100), flush=True)
    while True:
        try:
            outcome = await engine.submit(1, heavy or command, actor="t", key=key, scope="s")
        except (Busy, Unavailable):
            await asyncio.sleep(0.1)
            continue
        if isinstance(outcome.error, Unavailable):
            await asyncio.sleep(0.1)
            continue
        assert outcome.status is Status.APPLIED, outcome
        assert outcome.result is not None
        first = outcome.result.id if heavy is None else outcome.result.transfers[0]  # pyright: ignore[reportAttributeAccessIssue]
        print("done", key, first, flush=True)
        break
    room.release()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
