"""An event loop in a thread of its own, for work that must not wait until the main loop has a moment.

Deciding keeps the main loop busy for milliseconds at a time; the steps of a commit are many and short. Beside the
main loop they follow each other at once, and PostgreSQL is never left waiting for the next one.
"""

import asyncio
import sys
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

import uvloop

R = TypeVar("R")

SWITCH_SECONDS = 0.0005
"""How long a thread that wants to run waits for the other one; Python's own default is ten times as long."""


class Beside:
    """A running loop in a daemon thread."""

    def __init__(self, name: str) -> None:
        self._loop = uvloop.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name=name, daemon=True)
        sys.setswitchinterval(min(sys.getswitchinterval(), SWITCH_SECONDS))
        self._thread.start()

    async def run(self, work: Coroutine[Any, Any, R]) -> R:
        """Run a coroutine there and wait for it here."""
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._loop))

    async def stop(self) -> None:
        """End the loop and its thread."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        await asyncio.get_running_loop().run_in_executor(None, self._thread.join)
        self._loop.close()
