"""What asyncpg raises when the server is not there, goes away, or cannot."""

import re

import asyncpg

from canglian.kernel.store import Exhausted, Lost

AWAY = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.IdleInTransactionSessionTimeoutError,
)
"""The server is not there, or goes. The driver's internal error is what it raises on a connection that the server has
given up with a last word, as long as the socket is still open."""

RESOURCES = (
    asyncpg.InsufficientResourcesError,
    asyncpg.LockNotAvailableError,
    asyncpg.PostgresIOError,
    asyncpg.ReadOnlySQLTransactionError,
)
"""The server is there but cannot: a full disk, no memory, too many connections, a lock that does not come."""

CROSSED = (asyncpg.UniqueViolationError, asyncpg.DeadlockDetectedError)
"""What two processes that write to one book at the same time may run into."""


def is_repeated(problem: asyncpg.UniqueViolationError) -> bool:
    """Whether it is an idempotency key that is taken; a distributed table's index has a number behind its name."""
    return str(getattr(problem, "constraint_name", None)).startswith("command_key")


def lost(problem: BaseException) -> Lost:
    """The store's own word for one of the above."""
    if isinstance(problem, RESOURCES):
        return Exhausted(_words(type(problem).__name__))
    return Lost(str(problem))


def _words(name: str) -> str:
    """``DiskFullError`` as ``disk full``."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name.removesuffix("Error")).lower()
