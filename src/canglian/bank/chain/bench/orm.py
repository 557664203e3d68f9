"""A split or a financing as one SQLAlchemy transaction: what most banks' teams would write.

The idempotency key is looked up; the voucher is locked, with its holder and core company; facility, wallet and PIN come
in two queries; a financing locks the balance of the supplier's account; parts, financing, transfers, the entry of the
record and the key are flushed as one unit. The bank's own accounts are not locked, and events and an audit log are left
out, which is in its favour.
"""

import uuid
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import asyncpg
from sqlalchemy import BigInteger, Boolean, Date, DateTime, Integer, Text, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import aliased, mapped_column

from canglian.bank.chain.bench.ground import FACE
from canglian.bank.chain.model import ChainMember, Voucher, VoucherFinancing, VoucherMove, quote
from canglian.bank.credit.facilities.model import Facility
from canglian.bank.deposit import DepositAccount
from canglian.bank.wallet import Wallet, WalletPin
from canglian.kernel.entity import Entity, Record
from canglian.kernel.shape import shape
from canglian.ledger.bench.rivals.orm import BOOK, POOL, Account, Balance, Base, KnownRequest, Transfer
from canglian.ledger.bench.rivals.tables import create

PREFIX = "orm_chain_"
"""What the names of its tables begin with."""

COPIED: Sequence[type[Entity | Record]] = (
    ChainMember,
    Voucher,
    VoucherFinancing,
    VoucherMove,
    Facility,
    Wallet,
    WalletPin,
    DepositAccount,
)
_TYPES: dict[str, Any] = {
    "bigint": BigInteger,
    "text": Text,
    "date": Date,
    "boolean": Boolean,
    "jsonb": JSONB,
    "timestamptz": DateTime(timezone=True),
}


def _mapped(entity: type[Entity | Record]) -> Any:
    """The ORM's class of a table with the columns of an entity's."""
    columns = {
        column.name: mapped_column(_TYPES[column.type], primary_key=column.name in entity.__key__)
        for column in shape(entity).columns
    }
    names = {"__tablename__": f"{PREFIX}{entity.__table__}", "book": mapped_column(Integer, primary_key=True)}
    return type(f"OrmChain{entity.__name__}", (Base,), names | columns)


_MAPPED = {entity: _mapped(entity) for entity in COPIED}
_VOUCHER, _MEMBER, _FACILITY = _MAPPED[Voucher], _MAPPED[ChainMember], _MAPPED[Facility]
_WALLET, _PIN, _DEPOSIT = _MAPPED[Wallet], _MAPPED[WalletPin], _MAPPED[DepositAccount]
_HOLDER, _CORE = aliased(_MEMBER), aliased(_MEMBER)
_ASKED = (
    select(_VOUCHER, _HOLDER, _CORE)
    .join(_HOLDER, (_HOLDER.book == _VOUCHER.book) & (_HOLDER.id == _VOUCHER.holder))
    .join(_CORE, (_CORE.book == _VOUCHER.book) & (_CORE.id == _VOUCHER.core))
    .where(_VOUCHER.book == BOOK)
    .with_for_update(of=_VOUCHER)
)
_SIGNER = (
    select(_WALLET, _PIN)
    .join(_PIN, (_PIN.book == _WALLET.book) & (_PIN.wallet == _WALLET.id))
    .where(_WALLET.book == BOOK)
)
_PAYEE = (
    select(_DEPOSIT, Account, Balance)
    .join(Account, (Account.book == _DEPOSIT.book) & (Account.id == _DEPOSIT.account))
    .join(Balance, (Balance.book == _DEPOSIT.book) & (Balance.account == _DEPOSIT.account))
    .where(_DEPOSIT.book == BOOK)
    .with_for_update(of=Balance)
)


class Refused(Exception):
    """What was asked for is not allowed."""


async def prepare(url: str) -> None:
    """Make the tables, filled with what there is now."""
    await create(url)
    connection: Any = await asyncpg.connect(url)
    try:
        for entity in COPIED:
            name = entity.__table__
            await connection.execute(f"CREATE TABLE {PREFIX}{name} (LIKE {name} INCLUDING ALL)")
            await connection.execute(f"INSERT INTO {PREFIX}{name} SELECT * FROM {name}")
            await connection.execute(f"ANALYZE {PREFIX}{name}")
    finally:
        await connection.close()


class Orm:
    """Splits and finances by a session for each request."""

    def __init__(self, url: str, today: date) -> None:
        address = url.replace("postgresql://", "postgresql+asyncpg://", 1)
        self._engine = create_async_engine(address, pool_size=POOL, max_overflow=0, pool_timeout=60)
        self._sessions = async_sessionmaker(self._engine, expire_on_commit=False, autoflush=False)
        self._today = today

    async def close(self) -> None:
        """Disconnect."""
        await self._engine.dispose()

    async def ask(self, key: str, voucher: str, wallet: str, split: bool) -> None:
        """Split a voucher in two or have it financed, once by its key; Refused."""
        async with self._sessions() as session, session.begin():
            if await session.get(KnownRequest, (BOOK, key)) is not None:
                return
            asked, holder, core = (await session.execute(_ASKED.where(_VOUCHER.id == voucher))).one()
            signing, pin = (await session.execute(_SIGNER.where(_WALLET.id == wallet))).one()
            if (
                asked.state not in ("accepted", "transferred")
                or asked.matures_on <= self._today
                or (signing.party, signing.state, pin.version, pin.locked) != (holder.party, "active", 1, False)
            ):
                raise Refused
            now = datetime.now(UTC)
            if split:
                _split(session, asked, now)
                transfer = 0
            else:
                transfer = await self._finance(session, asked, holder, core, now)
            session.add(KnownRequest(book=BOOK, key=key, payload=voucher, transfer=transfer))

    async def _finance(self, session: AsyncSession, asked: Any, holder: Any, core: Any, now: datetime) -> int:
        facility = await session.get(_FACILITY, (BOOK, core.facility))
        if facility is None:
            raise Refused
        rate = next(part["rate_ppm"] for part in facility.parts if part["product"] == core.product)
        offered = quote(asked.face, core.advance_bps, rate, self._today, asked.matures_on)
        deposit, account, balance = (await session.execute(_PAYEE.where(_DEPOSIT.id == holder.account))).one()
        if deposit.state != "active" or deposit.stops_in or account.state != "open":
            raise Refused
        balance.credits += offered.paid_out
        balance.entries += 1
        balance.date, balance.happened_at = self._today, now
        moved = [
            Transfer(
                book=BOOK,
                debit=debit,
                credit=credit,
                amount=amount,
                asset="CNY",
                code=code,
                date=self._today,
                happened_at=now,
                booked_at=now,
                debit_balance=0,
                credit_balance=0,
                command=0,
                flags=0,
            )
            for debit, credit, amount, code in (
                (-1, -2, offered.advance, "chain.advanced"),
                (-2, -3, offered.discount, "chain.discount"),
                (-2, account.id, offered.paid_out, "chain.paid_out"),
            )
        ]
        session.add_all(moved)
        await session.flush()
        paid = moved[-1].id
        session.add(
            _MAPPED[VoucherFinancing](
                book=BOOK,
                voucher=asked.id,
                member=holder.id,
                advance=offered.advance,
                discount=offered.discount,
                rate_ppm=offered.rate_ppm,
                recourse=True,
                begun_on=self._today,
                ends_on=asked.matures_on,
                accrued_to=self._today,
                earned=0,
                repaid=0,
                open=True,
                transfer=paid,
                at=now,
            )
        )
        asked.state = "financed"
        _note(session, asked, "financed", offered.advance, paid, now)
        return paid


def _split(session: AsyncSession, asked: Any, now: datetime) -> None:
    names = [column.name for column in shape(Voucher).columns]
    kept = {name: getattr(asked, name) for name in names}
    for place, face in enumerate((FACE // 4, asked.face - FACE // 4), 1):
        own = {
            "id": f"vch_{uuid.uuid4().hex[:26]}",
            "number": f"{asked.number}-{place}",
            "parent": asked.id,
            "face": face,
            "moves": 0,
            "updated_at": now,
        }
        session.add(_VOUCHER(book=BOOK, **(kept | own)))
    asked.state, asked.parts = "split", 2
    _note(session, asked, "split", asked.face, None, now)


def _note(session: AsyncSession, asked: Any, kind: str, amount: int, transfer: int | None, now: datetime) -> None:
    asked.moves += 1
    asked.updated_at = now
    session.add(
        _MAPPED[VoucherMove](
            book=BOOK,
            voucher=asked.id,
            number=asked.moves,
            root=asked.root,
            kind=kind,
            amount=amount,
            source=asked.holder,
            target=None,
            transfer=transfer,
            note=None,
            on=asked.issued_on,
            at=now,
            by="bench",
            channel="mobile",
        )
    )
