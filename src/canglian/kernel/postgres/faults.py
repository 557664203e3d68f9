"""What asyncpg raises when the server is not there, goes away, or cannot."""

import asyncpg

AWAY = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.IdleInTransactionSessionTimeoutError,
)
"""The server is not there, or goes."""

RESOURCES = (asyncpg.InsufficientResourcesError, asyncpg.LockNotAvailableError, asyncpg.PostgresIOError)
"""The server is there but cannot: a full disk, no memory, too many connections, a lock that does not come."""
