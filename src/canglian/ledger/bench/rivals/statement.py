"""A transfer as one SQL statement: the key, both balances, the check, the transfer and the key's row."""

from typing import Any

import asyncpg

from canglian.ledger.bench.rivals.endpoint import Move, Moved

POOL = 20

_POST = """
WITH locked AS MATERIALIZED (
    SELECT b.account, a.asset, a.purpose, a.floor, a.state, b.credits - b.debits - b.debits_held AS available
    FROM statement_balance AS b JOIN statement_account AS a ON a.book = b.book AND a.id = b.account
    WHERE b.book = $1 AND b.account IN ($4, $5) ORDER BY b.account FOR UPDATE OF b
), allowed AS MATERIALIZED (
    SELECT d.asset FROM locked AS d, locked AS c
    WHERE d.account = $4 AND c.account = $5 AND d.asset = c.asset AND d.purpose IS NOT DISTINCT FROM c.purpose
      AND d.state = 'open' AND c.state = 'open' AND (d.floor IS NULL OR d.available - $6 >= d.floor)
), moved AS (
    UPDATE statement_balance AS b SET
        debits = debits + CASE WHEN account = $4 THEN $6 ELSE 0 END,
        credits = credits + CASE WHEN account = $5 THEN $6 ELSE 0 END,
        entries = entries + 1, date = current_date, happened_at = now()
    WHERE b.book = $1 AND b.account IN ($4, $5) AND EXISTS (SELECT FROM allowed)
    RETURNING account, debits - credits AS net
), posted AS (
    INSERT INTO statement_transfer (book, debit, credit, amount, asset, code, date, happened_at, booked_at,
                                    debit_balance, credit_balance, command, flags)
    SELECT $1, $4, $5, $6, a.asset, $7, current_date, now(), now(), d.net, c.net, 0, 0
    FROM moved AS d, moved AS c, allowed AS a WHERE d.account = $4 AND c.account = $5
    RETURNING id
)
INSERT INTO statement_request (book, key, payload, transfer) SELECT $1, $2, $3, id FROM posted RETURNING transfer
"""
_KNOWN = "SELECT transfer FROM statement_request WHERE book = $1 AND key = $2"


class Rival:
    """Posts by the statement; a key that is there already makes its insertion fail, and with it everything."""

    def __init__(self, pool: Any) -> None:
        self._pool = pool

    @classmethod
    async def open(cls, url: str) -> "Rival":
        """Connect."""
        return cls(await asyncpg.create_pool(url, min_size=POOL, max_size=POOL, reset=_keep))

    async def post(self, key: str, move: Move) -> Moved:
        """Post it, or find it by its key."""
        payload = f"{move.debit}:{move.credit}:{move.amount}:{move.code}"
        try:
            number = await self._pool.fetchval(_POST, 1, key, payload, move.debit, move.credit, move.amount, move.code)
        except asyncpg.UniqueViolationError:
            return Moved(await self._pool.fetchval(_KNOWN, 1, key), replayed=True)
        return Moved(number)


async def _keep(_connection: Any) -> None:
    """Nothing to reset: a statement leaves nothing behind in its session, so the round trip is saved."""
