"""Verifying the audit chain from the console: it runs beside the server, is followed from any page, and can be left.

One verification of a book runs at a time in a process; what the last one found is kept until the process ends.
"""

import asyncio
from datetime import datetime

import msgspec
import structlog

from canglian.kernel.auditing import Verified, verify
from canglian.kernel.errors import CanglianError
from canglian.kernel.values import utc_now
from canglian.web.services import Services

log = structlog.get_logger(__name__)


class Verification(msgspec.Struct):
    """One verification: who asked for it and when, how far it is, and what it found or why it stopped."""

    actor: str
    started_at: datetime
    done: int = 0
    total: int = 0
    ended_at: datetime | None = None
    found: Verified | None = None
    stopped_by: str | None = None

    @property
    def is_running(self) -> bool:
        """Whether it is still at work."""
        return self.ended_at is None

    def reach(self, done: int, total: int) -> None:
        """So many commands of so many are verified."""
        self.done, self.total = done, total


class Verifications:
    """The last verification of each book in this process."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._last: dict[int, Verification] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def last(self, book: int) -> Verification | None:
        """The one that runs, or the last one that ended: as it is now, so that a page shows one moment of it."""
        last = self._last.get(book)
        return None if last is None else msgspec.structs.replace(last)

    def start(self, book: int, actor: str) -> Verification:
        """Begin one, unless one runs already, which is then the answer."""
        last = self._last.get(book)
        if last is not None and last.is_running:
            return last
        begun = self._last[book] = Verification(actor, utc_now())
        task = asyncio.create_task(self._run(book, begun))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return begun

    async def _run(self, book: int, verification: Verification) -> None:
        services = self._services
        try:
            verification.found = await verify(services.standby, book, services.audited, verification.reach)
        except CanglianError as error:
            verification.stopped_by = error.code
        except Exception:
            verification.stopped_by = "server.fault"
            log.exception("verification failed", book=book)
        finally:
            verification.ended_at = utc_now()
