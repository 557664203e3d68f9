"""A flash sale by one SQL statement a claim: the stock is taken down where some is left, and the claim's row put in.

What a bank's team would write that knows PostgreSQL. The claim's row is unique for each person, so that two claims of
one person at once take one piece of the stock: the second is undone as a whole. The stock lies in one row, or spread
over 16, of which each person has one to begin with; whoever finds that empty looks for another with something in it.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from canglian.ledger.bench.ground import BOOK

BUCKETS = 16
CONNECTIONS = 20

Claim = Callable[[str], Awaitable[bool]]

_TABLES = """
CREATE TABLE flash_stock (
    book   integer NOT NULL,
    offer  text    NOT NULL,
    bucket integer NOT NULL,
    stock  bigint  NOT NULL,
    PRIMARY KEY (book, offer, bucket)
) WITH (fillfactor = 50);
CREATE TABLE flash_claim (
    book       integer     NOT NULL,
    offer      text        NOT NULL,
    party      text        NOT NULL,
    claimed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (book, offer, party)
);
"""

_ROW = """
WITH taken AS (
    UPDATE flash_stock SET stock = stock - 1
    WHERE book = $1 AND offer = $2 AND bucket = 0 AND stock > 0
      AND NOT EXISTS (SELECT FROM flash_claim WHERE book = $1 AND offer = $2 AND party = $3)
    RETURNING offer
)
INSERT INTO flash_claim (book, offer, party) SELECT $1, offer, $3 FROM taken RETURNING 1
"""

_BUCKET = """
WITH taken AS (
    UPDATE flash_stock SET stock = stock - 1
    WHERE book = $1 AND offer = $2 AND stock > 0 AND bucket = (
        SELECT bucket FROM flash_stock WHERE book = $1 AND offer = $2 AND stock > 0
        ORDER BY (bucket + $4) % 16 LIMIT 1
    ) AND NOT EXISTS (SELECT FROM flash_claim WHERE book = $1 AND offer = $2 AND party = $3)
    RETURNING offer
), entered AS (
    INSERT INTO flash_claim (book, offer, party) SELECT $1, offer, $3 FROM taken RETURNING 1
)
SELECT EXISTS (SELECT FROM entered),
       EXISTS (SELECT FROM flash_stock WHERE book = $1 AND offer = $2 AND stock > 0)
       AND NOT EXISTS (SELECT FROM flash_claim WHERE book = $1 AND offer = $2 AND party = $3)
"""
"""Whether the claim won; and whether it found a bucket that somebody emptied meanwhile, so that it tries again."""


async def prepare(url: str) -> None:
    """Make the tables."""
    connection: Any = await asyncpg.connect(url)
    try:
        await connection.execute(_TABLES)
    finally:
        await connection.close()


class Rival:
    """One sale."""

    def __init__(self, pool: Any, offer: str, buckets: int) -> None:
        self._pool = pool
        self._offer = offer
        self._buckets = buckets

    @classmethod
    async def open(cls, url: str, offer: str, buckets: int, stock: int) -> "Rival":
        """Put the stock in, in so many parts."""
        pool: Any = await asyncpg.create_pool(url, min_size=CONNECTIONS, max_size=CONNECTIONS)
        parts = [(BOOK, offer, number, stock // buckets + (number < stock % buckets)) for number in range(buckets)]
        await pool.executemany("INSERT INTO flash_stock (book, offer, bucket, stock) VALUES ($1, $2, $3, $4)", parts)
        return cls(pool, offer, buckets)

    async def close(self) -> None:
        """Disconnect."""
        await self._pool.close()

    @asynccontextmanager
    async def connected(self) -> AsyncGenerator[Claim]:
        """Claim on a connection of one's own."""
        async with self._pool.acquire() as connection:
            statement = await connection.prepare(_ROW if self._buckets == 1 else _BUCKET)

            async def by_row(party: str) -> bool:
                try:
                    return await statement.fetchval(BOOK, self._offer, party) is not None
                except asyncpg.UniqueViolationError:
                    return False

            async def by_bucket(party: str) -> bool:
                while True:
                    try:
                        won, again = await statement.fetchrow(BOOK, self._offer, party, hash(party) % BUCKETS)
                    except asyncpg.UniqueViolationError:
                        return False
                    if won or not again:
                        return won

            yield by_row if self._buckets == 1 else by_bucket
