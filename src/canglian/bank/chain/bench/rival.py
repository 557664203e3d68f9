"""A split or a financing as one transaction of prepared statements, on tables like the product's.

What a bank's team would write that knows PostgreSQL: the voucher is locked with its holder, core company and facility
in one query; wallet and PIN come in another; the supplier's balance is locked; voucher, parts, financing, transfers,
the entry of the record and the idempotency key are written, and committed once. The bank's own accounts are not locked,
and events and an audit log are left out, which is in its favour.
"""

import uuid
from datetime import UTC, date, datetime
from typing import Any

import asyncpg
import msgspec

from canglian.bank.chain.bench.ground import FACE
from canglian.bank.chain.model import quote
from canglian.ledger.bench.ground import BOOK

PREFIX = "one_chain_"
"""What the names of its tables begin with."""

POOL = 20
_COPIED = (
    *("chain_member", "voucher", "voucher_financing", "voucher_move", "facility", "wallet", "wallet_pin"),
    *("deposit_account", "account", "balance"),
)
_MORE = """
CREATE TABLE {prefix}transfer (LIKE transfer INCLUDING ALL);
CREATE SEQUENCE {prefix}transfer_id CACHE 100;
ALTER TABLE {prefix}transfer ALTER COLUMN id SET DEFAULT nextval('{prefix}transfer_id');
CREATE TABLE {prefix}request (
    book integer NOT NULL, key text NOT NULL, result text NOT NULL, PRIMARY KEY (book, key)
);
"""
_KNOWN = f"SELECT result FROM {PREFIX}request WHERE book = $1 AND key = $2"
_VOUCHER = f"""
SELECT v.*, h.party, h.account AS paid, c.advance_bps, f.parts AS limits FROM {PREFIX}voucher v
JOIN {PREFIX}chain_member h ON h.book = v.book AND h.id = v.holder
JOIN {PREFIX}chain_member c ON c.book = v.book AND c.id = v.core
JOIN {PREFIX}facility f ON f.book = v.book AND f.id = c.facility
WHERE v.book = $1 AND v.id = $2 FOR UPDATE OF v
"""
_SIGNER = f"""
SELECT w.party, w.state, p.version, p.locked FROM {PREFIX}wallet w
JOIN {PREFIX}wallet_pin p ON p.book = w.book AND p.wallet = w.id WHERE w.book = $1 AND w.id = $2
"""
_ACCOUNT = f"""
SELECT d.state, d.stops_in, b.account, b.credits, b.debits FROM {PREFIX}deposit_account d
JOIN {PREFIX}account a ON a.book = d.book AND a.id = d.account AND a.state = 'open'
JOIN {PREFIX}balance b ON b.book = d.book AND b.account = d.account
WHERE d.book = $1 AND d.id = $2 FOR UPDATE OF b
"""
_PAY = f"""
UPDATE {PREFIX}balance SET credits = credits + $3, entries = entries + 1, date = $4, happened_at = $5
WHERE book = $1 AND account = $2
"""
_MOVE = f"""
INSERT INTO {PREFIX}transfer (book, debit, credit, amount, asset, code, date, happened_at, booked_at, debit_balance,
    credit_balance, command, flags, reference)
SELECT $1, debit, credit, amount, 'CNY', code, $2, $3, $3, 0, 0, 0, 0, $4
FROM unnest($5::bigint[], $6::bigint[], $7::bigint[], $8::text[]) AS moved (debit, credit, amount, code)
RETURNING id
"""
_PUT = (
    f"UPDATE {PREFIX}voucher SET state = $3, parts = $4, moves = moves + 1, updated_at = $5 WHERE book = $1 AND id = $2"
)
_PARTS = f"""
INSERT INTO {PREFIX}voucher
SELECT v.book, part.id, v.number || '-' || part.place, v.root, v.id, v.state, v.core, v.holder, part.face, v.invoice,
    v.issued_on, v.matures_on, v.reason, 0, 0, 0, NULL, 0, v.issued_at, $3
FROM {PREFIX}voucher v, unnest($4::text[], $5::bigint[]) WITH ORDINALITY AS part (id, face, place)
WHERE v.book = $1 AND v.id = $2
"""
_FINANCE = f"""
INSERT INTO {PREFIX}voucher_financing VALUES ($1, $2, $3, $4, $5, $6, true, $7, $8, $7, 0, 0, true, $9, $10)
"""
_NOTE = f"""
INSERT INTO {PREFIX}voucher_move VALUES ($1, $2, $3, $2, $4, $5, $6, NULL, $7, NULL, $8, $9, 'bench', 'mobile')
"""
_KEEP = f"INSERT INTO {PREFIX}request VALUES ($1, $2, $3)"


class Refused(Exception):
    """What was asked for is not allowed."""


async def prepare(url: str) -> None:
    """Make the tables, filled with what there is now."""
    connection: Any = await asyncpg.connect(url)
    try:
        for name in _COPIED:
            await connection.execute(f"CREATE TABLE {PREFIX}{name} (LIKE {name} INCLUDING ALL)")
            await connection.execute(f"INSERT INTO {PREFIX}{name} SELECT * FROM {name}")
            await connection.execute(f"ANALYZE {PREFIX}{name}")
        await connection.execute(_MORE.format(prefix=PREFIX))
    finally:
        await connection.close()


class Rival:
    """Splits and finances by a transaction for each request."""

    def __init__(self, pool: Any, today: date) -> None:
        self._pool = pool
        self._today = today

    @classmethod
    async def open(cls, url: str, today: date) -> "Rival":
        """Connect."""
        return cls(await asyncpg.create_pool(url, min_size=POOL, max_size=POOL), today)

    async def close(self) -> None:
        """Disconnect."""
        await self._pool.close()

    async def ask(self, key: str, voucher: str, wallet: str, split: bool) -> None:
        """Split a voucher in two or have it financed, once by its key; Refused."""
        async with self._pool.acquire() as connection, connection.transaction():
            if await connection.fetchval(_KNOWN, BOOK, key) is not None:
                return
            row = await connection.fetchrow(_VOUCHER, BOOK, voucher)
            signer = await connection.fetchrow(_SIGNER, BOOK, wallet)
            if (
                row["state"] not in ("accepted", "transferred")
                or row["matures_on"] <= self._today
                or (signer["party"], signer["state"], signer["version"], signer["locked"])
                != (row["party"], "active", 1, False)
            ):
                raise Refused
            await (self._split(connection, row) if split else self._finance(connection, row))
            await connection.execute(_KEEP, BOOK, key, voucher)

    async def _split(self, connection: Any, row: Any) -> None:
        now = datetime.now(UTC)
        faces = [FACE // 4, row["face"] - FACE // 4]
        await connection.execute(_PARTS, BOOK, row["id"], now, [f"vch_{uuid.uuid4().hex[:26]}" for _ in faces], faces)
        await connection.execute(_PUT, BOOK, row["id"], "split", len(faces), now)
        await self._note(connection, row, "split", row["face"], None, now)

    async def _finance(self, connection: Any, row: Any) -> None:
        now = datetime.now(UTC)
        rate = msgspec.json.decode(row["limits"])[0]["rate_ppm"]
        offered = quote(row["face"], row["advance_bps"], rate, self._today, row["matures_on"])
        account = await connection.fetchrow(_ACCOUNT, BOOK, row["paid"])
        if account is None or account["state"] != "active" or account["stops_in"]:
            raise Refused
        await connection.execute(_PAY, BOOK, account["account"], offered.paid_out, self._today, now)
        moved = await connection.fetch(
            _MOVE,
            BOOK,
            self._today,
            now,
            row["id"],
            [-1, -2, -2],
            [-2, -3, account["account"]],
            [offered.advance, offered.discount, offered.paid_out],
            ["chain.advanced", "chain.discount", "chain.paid_out"],
        )
        await connection.execute(_PUT, BOOK, row["id"], "financed", 0, now)
        paid = moved[-1]["id"]
        figures = (offered.advance, offered.discount, offered.rate_ppm, self._today, row["matures_on"])
        await connection.execute(_FINANCE, BOOK, row["id"], row["holder"], *figures, paid, now)
        await self._note(connection, row, "financed", offered.advance, paid, now)

    async def _note(
        self, connection: Any, row: Any, kind: str, amount: int, transfer: int | None, now: datetime
    ) -> None:
        number = row["moves"] + 1
        await connection.execute(
            _NOTE, BOOK, row["id"], number, kind, amount, row["holder"], transfer, self._today, now
        )
