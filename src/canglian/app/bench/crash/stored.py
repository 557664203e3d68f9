"""What the database holds after a crash: the rows of the requests, the sums, the chain and the log."""

from collections import defaultdict

import asyncpg
import msgspec

from canglian.app.bench.crash.judging import Row, Stored
from canglian.kernel.auditing import Replayed, Verified, replay, verify
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.postgres.store import PostgresStore
from canglian.ledger import AUDITED, Book
from canglian.ledger.bench.ground import BOOK

_TRANSFERS = """
SELECT reference, id, debit, credit, amount, "group", hold FROM transfer WHERE book = $1 AND id > $2 ORDER BY id
"""
_HOLDS = "SELECT reference, id, debit, credit, amount FROM hold WHERE book = $1 AND id > $2 ORDER BY id"
_ENDS = """
SELECT (SELECT coalesce(max(id), 0) FROM transfer WHERE book = $1) AS transfer,
       (SELECT coalesce(max(id), 0) FROM hold WHERE book = $1) AS hold
"""
_ACCOUNTS = """
WITH moved AS (
    SELECT account, sum(debits) AS debits, sum(credits) AS credits, count(*) AS entries FROM (
        SELECT debit AS account, amount AS debits, 0 AS credits FROM transfer WHERE book = $1
        UNION ALL SELECT credit, 0, amount FROM transfer WHERE book = $1
    ) AS sides GROUP BY account
), held AS (
    SELECT account, sum(debits) AS debits, sum(credits) AS credits FROM (
        SELECT debit AS account, amount - captured AS debits, 0 AS credits FROM hold
        WHERE book = $1 AND state = 'pending'
        UNION ALL SELECT credit, 0, amount - captured FROM hold WHERE book = $1 AND state = 'pending'
    ) AS sides GROUP BY account
)
SELECT account FROM (SELECT * FROM balance WHERE book = $1) AS balance
FULL JOIN moved USING (account) FULL JOIN held USING (account)
WHERE (balance.debits, balance.credits, balance.entries, balance.debits_held, balance.credits_held)
    IS DISTINCT FROM (coalesce(moved.debits, 0), coalesce(moved.credits, 0), coalesce(moved.entries, 0),
                      coalesce(held.debits, 0), coalesce(held.credits, 0))
ORDER BY account
"""
_ASSETS = """
SELECT asset FROM account JOIN balance ON balance.book = $1 AND balance.account = account.id
WHERE account.book = $1 GROUP BY asset HAVING sum(debits) <> sum(credits) OR sum(debits_held) <> sum(credits_held)
"""


class Place(msgspec.Struct, frozen=True):
    """A place in the history: the last transfer and the last hold."""

    transfer: int = 0
    hold: int = 0


class Database:
    """Looks at the database behind the server's back."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def place(self) -> Place:
        """Where the history stands."""
        async with Connection(self._url) as connection:
            (row,) = await connection.fetch(_ENDS, BOOK)
            return Place(*row)

    async def rows(self, after: Place) -> Stored:
        """Everything that was written after a place, by reference."""
        stored: defaultdict[str, list[Row]] = defaultdict(list)
        async with Connection(self._url) as connection:
            for row in await connection.fetch(_TRANSFERS, BOOK, after.transfer):
                stored[row[0] or ""].append(Row("transfer", *row[1:]))
            for row in await connection.fetch(_HOLDS, BOOK, after.hold):
                stored[row[0] or ""].append(Row("hold", *row[1:]))
        return stored

    async def unbalanced(self) -> set[str]:
        """The accounts whose figures are not the sums of their transfers and pending holds, and the assets whose
        debits are not their credits."""
        async with Connection(self._url) as connection:
            accounts = await connection.fetch(_ACCOUNTS, BOOK)
            assets = await connection.fetch(_ASSETS, BOOK)
        return {f"account {row[0]}" for row in accounts} | {f"asset {row[0]}" for row in assets}

    async def chain(self) -> Verified:
        """The audit chain computed again."""
        store = await PostgresStore.open(self._url)
        try:
            return await verify(Reader(store.pool), BOOK, AUDITED)
        finally:
            await store.close()

    async def replayed(self) -> Replayed:
        """The log decided again."""
        store = await PostgresStore.open(self._url)
        try:
            return await replay(store, BOOK, Book)
        finally:
            await store.close()


class Connection:
    """A connection for a moment."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def __aenter__(self) -> asyncpg.Connection:
        self._connection = await asyncpg.connect(self._url)
        return self._connection

    async def __aexit__(self, *_: object) -> None:
        await self._connection.close()
