"""A wallet transfer as a transaction of an ORM: as the ledger's rival of that name, with wallets, PIN, limits and a
record beside it.

What a bank's team would write that knows its tools: the idempotency key is looked up; both wallets with their accounts
and the payer's PIN come in one query each; the payer's counters are locked before the balances, both in the order of
their keys, so that nothing waits in a circle; the rules are held in memory; counters, balances, transfer, record and
key are flushed as one unit. Overrides, families, events and an audit log are left out, which is in its favour.
"""

import datetime as clock
import uuid
from datetime import UTC, datetime
from typing import Any

import asyncpg
import msgspec
from sqlalchemy import BigInteger, Boolean, Date, DateTime, Text, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import Mapped, mapped_column

from canglian.ledger.bench.rivals.orm import BOOK, POOL, Account, Balance, Base, KnownRequest, Transfer
from canglian.ledger.bench.rivals.tables import create

SINGLE_MAX, DAY_MAX, BALANCE_MAX = 5_000_000, 10_000_000, 50_000_000
"""What a tier 2 wallet may pay at once and on a day, and hold, in fen, as the engine's book begins with."""


class Wallet(Base):
    """A wallet."""

    __tablename__ = "orm_wallet"
    book: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(Text, primary_key=True)
    party: Mapped[str | None] = mapped_column(Text)
    asset: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    account: Mapped[int] = mapped_column(BigInteger)


class Pin(Base):
    """The PIN of a wallet."""

    __tablename__ = "orm_wallet_pin"
    book: Mapped[int] = mapped_column(primary_key=True)
    wallet: Mapped[str] = mapped_column(Text, primary_key=True)
    digest: Mapped[str | None] = mapped_column(Text)
    version: Mapped[int] = mapped_column(BigInteger)
    locked: Mapped[bool] = mapped_column(Boolean)


class Counter(Base):
    """What a wallet has used of a limit in a period."""

    __tablename__ = "orm_counter"
    book: Mapped[int] = mapped_column(primary_key=True)
    holder: Mapped[str] = mapped_column(Text, primary_key=True)
    period: Mapped[str] = mapped_column(Text, primary_key=True)
    used: Mapped[int] = mapped_column(BigInteger)


class Record(Base):
    """A transfer between wallets."""

    __tablename__ = "orm_wallet_transfer"
    book: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(Text, primary_key=True)
    payer: Mapped[str] = mapped_column(Text)
    payee: Mapped[str] = mapped_column(Text)
    amount: Mapped[int] = mapped_column(BigInteger)
    asset: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    channel: Mapped[str] = mapped_column(Text)
    counted: Mapped[bool] = mapped_column(Boolean)
    transfer: Mapped[int] = mapped_column(BigInteger)
    on: Mapped[clock.date] = mapped_column(Date)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    by: Mapped[str] = mapped_column(Text)


_TABLES = """
CREATE TABLE orm_wallet (LIKE wallet INCLUDING ALL);
INSERT INTO orm_wallet SELECT * FROM wallet;
CREATE TABLE orm_wallet_pin (LIKE wallet_pin INCLUDING ALL);
INSERT INTO orm_wallet_pin SELECT * FROM wallet_pin;
CREATE TABLE orm_wallet_transfer (LIKE wallet_transfer INCLUDING ALL);
CREATE TABLE orm_counter (
    book integer NOT NULL, holder text NOT NULL, period text NOT NULL, used bigint NOT NULL,
    PRIMARY KEY (book, holder, period)
) WITH (fillfactor = 50);
INSERT INTO orm_counter SELECT book, id, 'day:' || $1, 0 FROM wallet;
"""

_PARTIES = (
    select(Wallet, Account)
    .join(Account, (Account.book == Wallet.book) & (Account.id == Wallet.account))
    .where(Wallet.book == BOOK)
)
_COUNTERS = select(Counter).where(Counter.book == BOOK).order_by(Counter.holder, Counter.period).with_for_update()
_BALANCES = select(Balance).where(Balance.book == BOOK).order_by(Balance.account).with_for_update()


class WalletMove(msgspec.Struct, frozen=True):
    """What is asked for."""

    payer: str
    payee: str
    amount: int
    pin: int


async def prepare(url: str, today: clock.date) -> None:
    """Make the tables, filled with the wallets and balances there are; every wallet has the counters of the day."""
    await create(url)
    connection: Any = await asyncpg.connect(url)
    try:
        for statement in _TABLES.strip().removesuffix(";").split(";\n"):
            values = [today.isoformat()] if "$1" in statement else []
            await connection.execute(statement, *values)
        for table in ("orm_wallet", "orm_wallet_pin", "orm_counter"):
            await connection.execute(f"ANALYZE {table}")
    finally:
        await connection.close()


class Rival:
    """Pays by a session for each request."""

    def __init__(self, sessions: async_sessionmaker[AsyncSession], engine: Any, today: clock.date) -> None:
        self._sessions = sessions
        self._engine = engine
        self._today = today
        self._period = f"day:{today.isoformat()}"

    @classmethod
    def open(cls, url: str, today: clock.date) -> "Rival":
        """Make the engine; it connects when it is first used."""
        address = url.replace("postgresql://", "postgresql+asyncpg://", 1)
        engine = create_async_engine(address, pool_size=POOL, max_overflow=0, pool_timeout=60)
        return cls(async_sessionmaker(engine, expire_on_commit=False, autoflush=False), engine, today)

    async def close(self) -> None:
        """Disconnect."""
        await self._engine.dispose()

    async def pay(self, key: str, move: WalletMove) -> str | None:
        """Pay, or find what was paid by its key; the number of the transfer, None where it was refused."""
        async with self._sessions() as session, session.begin():
            known = await session.get(KnownRequest, (BOOK, key))
            if known is not None:
                return str(known.transfer)
            rows = await session.execute(_PARTIES.where(Wallet.id.in_((move.payer, move.payee))))
            found = {wallet.id: (wallet, account) for wallet, account in rows.all()}
            pin = await session.get(Pin, (BOOK, move.payer))
            if len(found) < 2 or pin is None or not _may_pay(*found[move.payer], *found[move.payee], pin, move):
                return None
            wanted = _COUNTERS.where(Counter.holder == move.payer, Counter.period == self._period)
            counters = list((await session.execute(wanted)).scalars())
            payer, payee = found[move.payer][0].account, found[move.payee][0].account
            locked = await session.execute(_BALANCES.where(Balance.account.in_((payer, payee))))
            balances = {balance.account: balance for balance in locked.scalars()}
            if not _has_room(found[move.payer][1], balances[payer], balances[payee], counters, move.amount):
                return None
            for counter in counters:
                counter.used += move.amount
            transfer = self._moved(balances[payer], balances[payee], found[move.payer][1], move.amount)
            session.add(transfer)
            await session.flush()
            session.add(self._record(move, transfer))
            payload = f"{move.payer}:{move.payee}:{move.amount}"
            session.add(KnownRequest(book=BOOK, key=key, payload=payload, transfer=transfer.id))
        return str(transfer.id)

    def _moved(self, debit: Balance, credit: Balance, payer: Account, amount: int) -> Transfer:
        now = datetime.now(UTC)
        debit.debits += amount
        credit.credits += amount
        for balance in (debit, credit):
            balance.entries += 1
            balance.date, balance.happened_at = self._today, now
        return Transfer(
            book=BOOK,
            debit=debit.account,
            credit=credit.account,
            amount=amount,
            asset=payer.asset,
            code="wallet.transfer",
            date=self._today,
            happened_at=now,
            booked_at=now,
            debit_balance=debit.debits - debit.credits,
            credit_balance=credit.debits - credit.credits,
            command=0,
            flags=0,
        )

    def _record(self, move: WalletMove, transfer: Transfer) -> Record:
        return Record(
            book=BOOK,
            id=f"wtr_{uuid.uuid4().hex}",
            payer=move.payer,
            payee=move.payee,
            amount=move.amount,
            asset=transfer.asset,
            kind="transfer",
            channel="mobile",
            counted=True,
            transfer=transfer.id,
            on=self._today,
            at=transfer.booked_at,
            by="bench",
        )


def _may_pay(
    payer: Wallet, payer_account: Account, payee: Wallet, payee_account: Account, pin: Pin, move: WalletMove
) -> bool:
    """Both are there and open, it is one kind of money, and the PIN that was looked at is the one there is."""
    return (
        payer.asset == payee.asset
        and payer.state == payee.state == "active"
        and payer_account.state == payee_account.state == "open"
        and payer_account.purpose == payee_account.purpose
        and pin.digest is not None
        and not pin.locked
        and pin.version == move.pin
    )


def _has_room(payer: Account, debit: Balance, credit: Balance, counters: list[Counter], amount: int) -> bool:
    """The payer has the money and may pay it, at once and today; the payee may hold it."""
    left = debit.credits - debit.debits - debit.debits_held - amount
    if amount > SINGLE_MAX or any(counter.used + amount > DAY_MAX for counter in counters):
        return False
    if credit.credits - credit.debits + amount > BALANCE_MAX:
        return False
    return payer.floor is None or left >= payer.floor
