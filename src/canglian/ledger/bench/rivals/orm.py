"""A transfer as a transaction of an ORM: SQLAlchemy 2 on asyncpg, rows locked in one order, flushed as one unit."""

import datetime as clock
from datetime import UTC, datetime

from sqlalchemy import BigInteger, Date, DateTime, Sequence, Text, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from canglian.ledger.bench.rivals.endpoint import Move, Moved

POOL = 20
BOOK = 1


class Base(DeclarativeBase):
    """The ORM's register of tables."""


class Account(Base):
    """The lasting facts of an account that a transfer is checked against."""

    __tablename__ = "orm_account"
    book: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    asset: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    floor: Mapped[int | None] = mapped_column(BigInteger)
    purpose: Mapped[str | None] = mapped_column(Text)


class Balance(Base):
    """The figures of an account."""

    __tablename__ = "orm_balance"
    book: Mapped[int] = mapped_column(primary_key=True)
    account: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    debits: Mapped[int] = mapped_column(BigInteger)
    credits: Mapped[int] = mapped_column(BigInteger)
    debits_held: Mapped[int] = mapped_column(BigInteger)
    entries: Mapped[int] = mapped_column(BigInteger)
    date: Mapped[clock.date] = mapped_column(Date)
    happened_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class Transfer(Base):
    """A movement."""

    __tablename__ = "orm_transfer"
    book: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, Sequence("orm_transfer_id"), primary_key=True)
    debit: Mapped[int] = mapped_column(BigInteger)
    credit: Mapped[int] = mapped_column(BigInteger)
    amount: Mapped[int] = mapped_column(BigInteger)
    asset: Mapped[str] = mapped_column(Text)
    code: Mapped[str] = mapped_column(Text)
    date: Mapped[clock.date] = mapped_column(Date)
    happened_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    booked_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    debit_balance: Mapped[int] = mapped_column(BigInteger)
    credit_balance: Mapped[int] = mapped_column(BigInteger)
    command: Mapped[int] = mapped_column(BigInteger)
    flags: Mapped[int] = mapped_column(BigInteger)


class KnownRequest(Base):
    """An idempotency key and what was done for it."""

    __tablename__ = "orm_request"
    book: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    payload: Mapped[str] = mapped_column(Text)
    transfer: Mapped[int] = mapped_column(BigInteger)


_BALANCES = (
    select(Balance, Account)
    .join(Account, (Account.book == Balance.book) & (Account.id == Balance.account))
    .order_by(Balance.account)
    .with_for_update(of=Balance)
)


class Rival:
    """Posts by a session for each request."""

    def __init__(self, sessions: async_sessionmaker[AsyncSession]) -> None:
        self._sessions = sessions

    @classmethod
    async def open(cls, url: str) -> "Rival":
        """Make the engine; it connects when it is first used."""
        address = url.replace("postgresql://", "postgresql+asyncpg://", 1)
        engine = create_async_engine(address, pool_size=POOL, max_overflow=0, pool_timeout=60)
        return cls(async_sessionmaker(engine, expire_on_commit=False, autoflush=False))

    async def post(self, key: str, move: Move) -> Moved:
        """Post it, or find it by its key."""
        async with self._sessions() as session, session.begin():
            known = await session.get(KnownRequest, (BOOK, key))
            if known is not None:
                return Moved(known.transfer, replayed=True)
            wanted = _BALANCES.where(Balance.book == BOOK, Balance.account.in_((move.debit, move.credit)))
            found = {balance.account: (balance, account) for balance, account in (await session.execute(wanted)).all()}
            if len(found) < 2 or not _allowed(move, *found[move.debit], found[move.credit][1]):
                return Moved(None)
            transfer = _move(move, *found[move.debit], found[move.credit][0])
            session.add(transfer)
            await session.flush()
            payload = f"{move.debit}:{move.credit}:{move.amount}:{move.code}"
            session.add(KnownRequest(book=BOOK, key=key, payload=payload, transfer=transfer.id))
        return Moved(transfer.id)


def _allowed(move: Move, balance: Balance, payer: Account, payee: Account) -> bool:
    if payer.asset != payee.asset or payer.purpose != payee.purpose or payer.state != "open" or payee.state != "open":
        return False
    left = balance.credits - balance.debits - balance.debits_held - move.amount
    return payer.floor is None or left >= payer.floor


def _move(move: Move, debit: Balance, payer: Account, credit: Balance) -> Transfer:
    now = datetime.now(UTC)
    debit.debits += move.amount
    credit.credits += move.amount
    for balance in (debit, credit):
        balance.entries += 1
        balance.date, balance.happened_at = now.date(), now
    return Transfer(
        book=BOOK,
        debit=move.debit,
        credit=move.credit,
        amount=move.amount,
        asset=payer.asset,
        code=move.code,
        date=now.date(),
        happened_at=now,
        booked_at=now,
        debit_balance=debit.debits - debit.credits,
        credit_balance=credit.debits - credit.credits,
        command=0,
        flags=0,
    )
