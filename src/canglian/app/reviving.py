"""Keeping the embedded PostgreSQL up: when it was killed, or ended for want of disk, it is started again.

An external server is its operator's; nothing here touches it.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator

import structlog

from canglian.kernel.errors import Unavailable
from canglian.kernel.postgres.embedded import EmbeddedPostgres

LOOK_SECONDS = 1.0
"""How often it is looked at; the pause doubles with each start that failed."""
PAUSE_SECONDS_MAX = 30.0

log = structlog.get_logger()


@contextlib.asynccontextmanager
async def kept_up(embedded: EmbeddedPostgres | None) -> AsyncGenerator[None]:
    """Look after the embedded server for as long as this lasts; a start that is under way at the end is finished."""
    if embedded is None:
        yield
        return
    leaving = asyncio.Event()
    task = asyncio.create_task(_look_after(embedded, leaving), name="database")
    try:
        yield
    finally:
        leaving.set()
        await task


async def _look_after(embedded: EmbeddedPostgres, leaving: asyncio.Event) -> None:
    pause = LOOK_SECONDS
    while not await _passed(leaving, pause):
        try:
            revived = await asyncio.to_thread(embedded.revive)
        except (Unavailable, OSError) as problem:
            pause = min(pause * 2, PAUSE_SECONDS_MAX)
            log.warning("database does not start", problem=str(problem), again_in_seconds=pause)
            continue
        pause = LOOK_SECONDS
        if revived:
            log.warning("database started again")


async def _passed(leaving: asyncio.Event, seconds: float) -> bool:
    """Wait so long; whether the end came meanwhile."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(leaving.wait(), seconds)
    return leaving.is_set()
