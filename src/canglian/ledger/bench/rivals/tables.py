"""The tables of the rivals: copies of the ledger's own, with the same indexes, and a table of idempotency keys."""

import asyncpg

NAMES = ("orm", "statement")

_TABLES = """
CREATE TABLE {name}_account (LIKE account INCLUDING ALL);
INSERT INTO {name}_account SELECT * FROM account;
CREATE TABLE {name}_balance (LIKE balance INCLUDING ALL) WITH (fillfactor = 50);
INSERT INTO {name}_balance SELECT * FROM balance;
CREATE TABLE {name}_transfer (LIKE transfer INCLUDING ALL);
CREATE SEQUENCE {name}_transfer_id CACHE 100;
ALTER TABLE {name}_transfer ALTER COLUMN id SET DEFAULT nextval('{name}_transfer_id');
CREATE TABLE {name}_request (
    book integer NOT NULL, key text NOT NULL, payload text NOT NULL, transfer bigint NOT NULL, PRIMARY KEY (book, key)
);
ANALYZE {name}_account; ANALYZE {name}_balance;
"""


async def create(url: str) -> None:
    """Make them, filled with the accounts and balances that the ledger has now."""
    connection = await asyncpg.connect(url)
    try:
        for name in NAMES:
            await connection.execute(_TABLES.format(name=name))
    finally:
        await connection.close()
