"""Documents are made beside the event loop, one at a time: a long one takes seconds, and nobody else waits for it."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

_MAKER: Final = ThreadPoolExecutor(1, "paper")


async def made(make: Callable[[], bytes]) -> bytes:
    """What ``make`` makes."""
    return await asyncio.get_running_loop().run_in_executor(_MAKER, make)
