"""The book engine and the value types: what every floor stands on.

A ``Command`` is decided on a ``Book`` by plain synchronous code; the ``Engine`` decides a batch of them in memory,
commits their effects in one PostgreSQL transaction, and answers only then. Owns the tables book, batch, command and
event. Promises: nothing acknowledged is lost or done twice; a refused command leaves only its line in the log.
"""

from canglian.kernel.book import Book
from canglian.kernel.command import Command, Outcome, Read, Status
from canglian.kernel.engine import Engine
from canglian.kernel.entity import Entity, Record
from canglian.kernel.errors import (
    Busy,
    CanglianError,
    Conflict,
    Forbidden,
    Malformed,
    NotFound,
    Rejection,
    Unauthenticated,
    Unavailable,
)
from canglian.kernel.memory import MemoryStore
from canglian.kernel.sealed import Reseal
from canglian.kernel.store import Store

__all__ = [
    "Book",
    "Busy",
    "CanglianError",
    "Command",
    "Conflict",
    "Engine",
    "Entity",
    "Forbidden",
    "Malformed",
    "MemoryStore",
    "NotFound",
    "Outcome",
    "Read",
    "Record",
    "Rejection",
    "Reseal",
    "Status",
    "Store",
    "Unauthenticated",
    "Unavailable",
]
