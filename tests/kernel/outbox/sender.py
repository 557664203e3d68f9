"""A process of its own that sends what is due in book 1, to be killed by a test."""

import asyncio
import sys

from canglian.kernel import Engine
from canglian.kernel.outbox import Dispatcher, Policy
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.postgres.store import PostgresStore
from tests.kernel.outbox.conftest import KEYRING


async def main(url: str) -> None:
    """Send until killed."""
    store = await PostgresStore.open(url)
    policy = Policy(allow_private=True, lease_seconds=1.0, poll_seconds=0.05, timeout_seconds=20)
    await Dispatcher(Engine(store), Reader(store.pool), KEYRING, policy).run(1)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
