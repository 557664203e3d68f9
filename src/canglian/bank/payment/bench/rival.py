"""A payment as a transaction of an ORM: as the wallet's rival, with order, lines, fee, shares and codes beside it.

What a bank's team would write that knows its tools. One transaction a request: the idempotency key is looked up, then
the merchant's number; the codes that were shown are locked; wallets with accounts and PINs, deposit accounts and all
merchants come in a query each; the payer's counters are locked before the balances, both in the order of their keys, so
that nothing waits in a circle; figures of fees and limits are held in memory; everything is flushed in two turns, the
transfers first for their numbers. The bank's own accounts of fees and tax, which every payment would wait for, have no
balance that is kept at once: their postings are summed up later. Overrides, families, events, an audit log and the
versions of figures are left out. All of this is in its favour.

``Rival`` in this module is also served over HTTP, by ``canglian.ledger.bench.rivals``.
"""

import datetime as clock
import uuid
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import asyncpg
import msgspec
from msgspec import Meta
from sqlalchemy import BigInteger, Boolean, Column, Date, DateTime, Integer, Table, Text, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from canglian.bank.deposit import DepositAccount
from canglian.bank.payment import model
from canglian.bank.payment.arithmetic import allot, fee_of, filled, tax_in
from canglian.bank.payment.bench.street import Payer, rival_codes, rival_digest
from canglian.bank.payment.rules import STANDARD, first_schedules
from canglian.bank.wallet.bench import rival as wallets
from canglian.bank.wallet.bench.rival import Counter, Pin, Wallet
from canglian.bank.wallet.model import WalletCode
from canglian.kernel.entity import Entity
from canglian.kernel.shape import shape
from canglian.ledger.bench.rivals.endpoint import Moved
from canglian.ledger.bench.rivals.orm import BOOK, POOL, Account, Balance, Base, KnownRequest, Transfer

SINGLE_MAX, WALLET_DAY_MAX = 5_000_000, 10_000_000
"""What a tier 2 wallet may pay at once and on a day, in fen, as the engine's book begins with."""
DEPOSIT_DAY_MAX, DEPOSIT_YEAR_MAX = 1_000_000, 20_000_000
"""What a Class II account may pay on a day and in a year."""

_SQL: dict[str, Any] = {
    "bigint": BigInteger,
    "text": Text,
    "boolean": Boolean,
    "date": Date,
    "timestamptz": DateTime(timezone=True),
    "jsonb": JSONB,
}


def _mapped(kind: type[Entity]) -> Any:
    """A class of the ORM over a table of the same columns as the product's own."""
    keys = {column.name for column in shape(kind).key}
    columns = [
        Column(column.name, _SQL[column.type], primary_key=column.name in keys, nullable=column.nullable)
        for column in shape(kind).columns
    ]
    table = Table(f"orm_{kind.__table__}", Base.metadata, Column("book", Integer, primary_key=True), *columns)
    return type(kind.__name__, (Base,), {"__table__": table})


Merchant, Order, Payment = _mapped(model.Merchant), _mapped(model.PaymentOrder), _mapped(model.Payment)
Line, Share = _mapped(model.PaymentLine), _mapped(model.SplitShare)
Deposit, Code = _mapped(DepositAccount), _mapped(WalletCode)

_COPIED = ("merchant", "deposit_account", "payment_order", "payment", "payment_line", "split_share", "wallet_code")

_PAYERS = (
    select(Wallet, Account, Pin)
    .join(Account, (Account.book == Wallet.book) & (Account.id == Wallet.account))
    .join(Pin, (Pin.book == Wallet.book) & (Pin.wallet == Wallet.id))
    .where(Wallet.book == BOOK)
)
_DEPOSITS = select(Deposit).where(Deposit.book == BOOK)
_MERCHANTS = select(Merchant).where(Merchant.book == BOOK)
_CODES = select(Code).where(Code.book == BOOK).order_by(Code.digest).with_for_update()
_COUNTERS = select(Counter).where(Counter.book == BOOK).order_by(Counter.holder, Counter.period).with_for_update()
_BALANCES = select(Balance).where(Balance.book == BOOK).order_by(Balance.account).with_for_update()


class Receiver(msgspec.Struct, frozen=True):
    """Who gets which share of the payment."""

    merchant: str
    share_bps: int


class Asked(msgspec.Struct, frozen=True):
    """What is asked for: with the codes that were shown, or with wallets whose PIN of version ``pin`` was looked at."""

    merchant: str
    number: str
    subject: str
    amount: Annotated[int, Meta(gt=0, le=10**15)]
    receivers: list[Receiver]
    codes: list[str] = []
    wallets: list[tuple[str, int | None]] = []
    pin: int | None = None


BODY = Asked


async def prepare(url: str, today: clock.date, payers: Iterable[Payer]) -> None:
    """Make the tables, filled with what there is; everybody has the counters of the day and the year."""
    await wallets.prepare(url, today)
    connection: Any = await asyncpg.connect(url)
    try:
        for table in _COPIED:
            await connection.execute(f"CREATE TABLE orm_{table} (LIKE {table} INCLUDING ALL)")
        for table in ("merchant", "deposit_account"):
            await connection.execute(f"INSERT INTO orm_{table} SELECT * FROM {table}")
        await connection.execute(
            "CREATE TEMPORARY TABLE shown (book int, id text, wallet text, digest text, most bigint)"
        )
        await connection.copy_records_to_table("shown", records=rival_codes(payers))
        await connection.execute(
            "INSERT INTO orm_wallet_code (book, id, kind, wallet, digest, amount, issued_at, issued_by, expires_at) "
            "SELECT book, id, 'pay', wallet, digest, most, now(), 'bench', now() + interval '1 day' FROM shown"
        )
        for period in (f"day:{today.isoformat()}", f"year:{today.year}"):
            await connection.execute("INSERT INTO orm_counter SELECT book, id, $1, 0 FROM deposit_account", period)
        for table in (*_COPIED, "counter"):
            await connection.execute(f"ANALYZE orm_{table}")
    finally:
        await connection.close()


class Rival:
    """Pays by a session for each request."""

    def __init__(self, sessions: async_sessionmaker[AsyncSession], engine: Any, today: clock.date) -> None:
        self._sessions = sessions
        self._engine = engine
        self._today = today
        self._periods = (f"day:{today.isoformat()}", f"year:{today.year}")
        self._schedule = next(found for found in first_schedules(datetime.now(UTC)) if found.code == STANDARD)

    @classmethod
    async def open(cls, url: str) -> "Rival":
        """Make the engine; it connects when it is first used."""
        connection: Any = await asyncpg.connect(url)
        today = await connection.fetchval("SELECT today FROM book WHERE book = $1", BOOK)
        await connection.close()
        address = url.replace("postgresql://", "postgresql+asyncpg://", 1)
        engine = create_async_engine(address, pool_size=POOL, max_overflow=0, pool_timeout=60)
        return cls(async_sessionmaker(engine, expire_on_commit=False, autoflush=False), engine, today)

    async def close(self) -> None:
        """Disconnect."""
        await self._engine.dispose()

    async def post(self, key: str, move: Asked) -> Moved:
        """Pay, or find what was paid by its key; the number of its first transfer, None where it was refused."""
        async with self._sessions() as session, session.begin():
            known = await session.get(KnownRequest, (BOOK, key))
            if known is not None:
                return Moved(known.transfer, replayed=True)
            return Moved(await _Paying(session, self._today, self._periods, self._schedule).pay(key, move))


class _Refused(Exception):
    """A rule refuses it."""


class _Paying:
    """One payment in its session."""

    def __init__(
        self, session: AsyncSession, today: clock.date, periods: tuple[str, str], schedule: model.FeeSchedule
    ) -> None:
        self._session = session
        self._today = today
        self._periods = periods
        self._schedule = schedule
        self._now = datetime.now(UTC)
        self._balances: dict[int, Balance] = {}
        self._transfers: list[Transfer] = []

    async def pay(self, key: str, asked: Asked) -> int | None:
        """The number of the first transfer, None where it is refused."""
        try:
            return await self._pay(key, asked)
        except _Refused:
            await self._session.rollback()
            return None

    async def _pay(self, key: str, asked: Asked) -> int:
        session = self._session
        numbered = select(Order.id).where(
            Order.book == BOOK, Order.merchant == asked.merchant, Order.number == asked.number
        )
        _need((await session.execute(numbered)).first() is None)
        codes = await self._codes(asked)
        uses = [(code.wallet, code.amount) for code in codes] if codes else asked.wallets
        payers = await self._payers([wallet for wallet, _ in uses], None if codes else asked.pin)
        merchant, receivers = await self._merchants(asked)
        amounts = filled(asked.amount, [asked.amount if most is None else most for _, most in uses])
        _need(sum(amounts) == asked.amount)
        fee = fee_of(self._schedule, asked.amount)
        tax = tax_in(self._schedule, fee)
        charged = list(zip(allot(fee - tax, amounts), allot(tax, amounts), strict=True))
        rooms = [amount - sum(of) for amount, of in zip(amounts, charged, strict=True)]
        given = self._shares(asked, rooms)
        await self._count(payers, amounts)
        await self._lock(payers, merchant, receivers, given)
        payment = f"pay_{uuid.uuid4().hex}"
        lines = self._lines(payment, payers, merchant, amounts, charged)
        shares = self._split(payment, asked, merchant, receivers, given, lines)
        session.add_all(self._transfers)
        await session.flush()
        for line, transfer in zip(lines, self._transfers, strict=False):
            line.transfer = transfer.id
        order = f"ord_{uuid.uuid4().hex}"
        session.add_all([*lines, *shares, self._order(order, payment, asked)])
        session.add(self._payment(payment, order, asked, fee, tax, codes))
        for code in codes:
            code.used_at, code.transfer = self._now, payment
        first = self._transfers[0].id
        session.add(KnownRequest(book=BOOK, key=key, payload=msgspec.json.encode(asked).decode(), transfer=first))
        await session.flush()
        return first

    async def _codes(self, asked: Asked) -> list[Any]:
        """The codes that were shown, in their order, each of which counts once."""
        if not asked.codes:
            return []
        digests = [rival_digest(code) for code in asked.codes]
        rows = (await self._session.execute(_CODES.where(Code.digest.in_(digests)))).scalars()
        found = {code.digest: code for code in rows}
        _need(len(found) == len(digests))
        _need(all(code.used_at is None and code.expires_at > self._now for code in found.values()))
        return [found[digest] for digest in digests]

    async def _payers(self, names: Sequence[str], pin: int | None) -> list[tuple[Wallet, Account, Any]]:
        """The wallets that pay with their accounts in the ledger and their deposit accounts, all of them active."""
        rows = await self._session.execute(_PAYERS.where(Wallet.id.in_(names)))
        found = {wallet.id: (wallet, account, stored) for wallet, account, stored in rows.all()}
        _need(len(found) == len(names))
        accounts = [account.id for wallet, account, _ in found.values() if wallet.asset == "CNY"]
        rows = await self._session.execute(_DEPOSITS.where(Deposit.account.in_(accounts)))
        deposits = {deposit.account: deposit for deposit in rows.scalars()}
        for wallet, account, stored in found.values():
            _need(wallet.state == "active" and account.state == "open")
            _need(pin is None or (stored.digest is not None and not stored.locked and stored.version == pin))
            deposit = deposits.get(account.id)
            _need(
                wallet.asset != "CNY" or (deposit is not None and deposit.state == "active" and not deposit.stops_out)
            )
        return [(found[name][0], found[name][1], deposits.get(found[name][1].id)) for name in names]

    async def _merchants(self, asked: Asked) -> tuple[Any, list[Any]]:
        names = {asked.merchant, *(receiver.merchant for receiver in asked.receivers)}
        rows = await self._session.execute(_MERCHANTS.where(Merchant.id.in_(names)))
        found = {merchant.id: merchant for merchant in rows.scalars()}
        _need(len(found) == len(names) and all(merchant.state == "active" for merchant in found.values()))
        return found[asked.merchant], [found[receiver.merchant] for receiver in asked.receivers]

    def _shares(self, asked: Asked, rooms: list[int]) -> list[list[int]]:
        """What each receiver gets of each line."""
        amounts = [asked.amount * receiver.share_bps // 10_000 for receiver in asked.receivers]
        _need(all(amounts) and sum(amounts) <= asked.amount * 3_000 // 10_000)
        given: list[list[int]] = []
        for amount in amounts:
            parts = filled(amount, rooms)
            rooms = [room - part for room, part in zip(rooms, parts, strict=True)]
            given.append(parts)
        return given

    async def _count(self, payers: Sequence[tuple[Wallet, Account, Any]], amounts: Sequence[int]) -> None:
        """Count what is paid against the limits of the wallets and the deposit account."""
        more = {
            (wallet.id if deposit is None else deposit.id): amount
            for (wallet, _, deposit), amount in zip(payers, amounts, strict=True)
        }
        most = {wallet.id: (WALLET_DAY_MAX, WALLET_DAY_MAX) for wallet, _, deposit in payers if deposit is None}
        wanted = _COUNTERS.where(Counter.holder.in_(list(more)), Counter.period.in_(self._periods))
        for counter in (await self._session.execute(wanted)).scalars():
            day, year = most.get(counter.holder, (DEPOSIT_DAY_MAX, DEPOSIT_YEAR_MAX))
            counter.used += more[counter.holder]
            _need(counter.used <= (day if counter.period == self._periods[0] else year))
        _need(all(amount <= SINGLE_MAX for amount in amounts))

    async def _lock(
        self,
        payers: Sequence[tuple[Wallet, Account, Any]],
        merchant: Any,
        receivers: Sequence[Any],
        given: list[list[int]],
    ) -> None:
        """Lock every balance that moves, in the order of their accounts."""
        numbers = {account.id for _, account, _ in payers} | {
            merchant.accounts[wallet.asset] for wallet, _, _ in payers
        }
        for receiver, parts in zip(receivers, given, strict=True):
            numbers |= {
                receiver.accounts[wallet.asset] for (wallet, _, _), part in zip(payers, parts, strict=True) if part
            }
        rows = await self._session.execute(_BALANCES.where(Balance.account.in_(numbers)))
        self._balances = {balance.account: balance for balance in rows.scalars()}

    def _move(
        self, debit: int, credit: int, amount: int, asset: str, code: str, *, floor: int | None = None
    ) -> Transfer:
        source, target = self._balances[debit], self._balances.get(credit)
        source.debits += amount
        _need(floor is None or source.credits - source.debits - source.debits_held >= floor)
        if target is not None:
            target.credits += amount
        for balance in (source, target):
            if balance is not None:
                balance.entries += 1
                balance.date, balance.happened_at = self._today, self._now
        moved = Transfer(
            book=BOOK,
            debit=debit,
            credit=credit,
            amount=amount,
            asset=asset,
            code=code,
            date=self._today,
            happened_at=self._now,
            booked_at=self._now,
            debit_balance=source.debits - source.credits,
            credit_balance=0 if target is None else target.debits - target.credits,
            command=0,
            flags=0,
        )
        self._transfers.append(moved)
        return moved

    def _lines(
        self,
        payment: str,
        payers: Sequence[tuple[Wallet, Account, Any]],
        merchant: Any,
        amounts: Sequence[int],
        charged: Sequence[tuple[int, int]],
    ) -> list[Any]:
        lines: list[Any] = []
        for (wallet, account, _), amount in zip(payers, amounts, strict=True):
            payable = merchant.accounts[wallet.asset]
            self._move(account.id, payable, amount, wallet.asset, "payment.paid", floor=account.floor)
        for position, ((wallet, _, _), amount, (net, tax)) in enumerate(zip(payers, amounts, charged, strict=True), 1):
            payable = merchant.accounts[wallet.asset]
            for part, code, income in ((net, "payment.fee", 1), (tax, "payment.tax", 2)):
                if part:
                    self._move(payable, -income, part, wallet.asset, code)
            lines.append(self._line(payment, position, wallet, amount, net + tax, tax))
        return lines

    def _line(self, payment: str, position: int, wallet: Wallet, amount: int, fee: int, tax: int) -> Any:
        return Line(
            book=BOOK,
            id=f"pln_{uuid.uuid4().hex}",
            payment=payment,
            position=position,
            source="wallet",
            item=wallet.id,
            holder=wallet.party,
            discount=False,
            asset=wallet.asset,
            amount=amount,
            captured=amount,
            refunded=0,
            fee=fee,
            tax=tax,
            fee_refunded=0,
            tax_refunded=0,
            split=0,
        )

    def _split(
        self,
        payment: str,
        asked: Asked,
        merchant: Any,
        receivers: Sequence[Any],
        given: list[list[int]],
        lines: Sequence[Any],
    ) -> list[Any]:
        shares: list[Any] = []
        for position, (receiver, parts) in enumerate(zip(receivers, given, strict=True), 1):
            legs: list[dict[str, Any]] = []
            for line, part in zip(lines, parts, strict=True):
                if part:
                    self._move(
                        merchant.accounts[line.asset], receiver.accounts[line.asset], part, line.asset, "payment.split"
                    )
                    line.split += part
                    legs.append({"line": line.id, "asset": line.asset, "amount": part, "returned": 0})
            shares.append(self._share(payment, asked, position, receiver.id, sum(parts), legs))
        return shares

    def _share(
        self, payment: str, asked: Asked, position: int, receiver: str, amount: int, legs: list[dict[str, Any]]
    ) -> Any:
        return Share(
            book=BOOK,
            id=f"shr_{uuid.uuid4().hex}",
            payment=payment,
            merchant=asked.merchant,
            number=asked.number,
            position=position,
            receiver=receiver,
            amount=amount,
            returned=0,
            legs=legs,
            state="done",
            until=self._today + timedelta(days=30),
            asked_on=self._today,
            asked_at=self._now,
            asked_by="bench",
            refunded_before=0,
            updated_at=self._now,
        )

    def _order(self, identity: str, payment: str, asked: Asked) -> Any:
        return Order(
            book=BOOK,
            id=identity,
            merchant=asked.merchant,
            number=asked.number,
            subject=asked.subject,
            amount=asked.amount,
            discount=0,
            shipping=0,
            code=f"48{uuid.uuid4().int % 10**16:016d}",
            state="paid",
            payment=payment,
            opened_on=self._today,
            opened_at=self._now,
            opened_by="bench",
            expires_at=self._now + timedelta(minutes=30),
            updated_at=self._now,
            split=False,
            goods=[],
        )

    def _payment(self, identity: str, order: str, asked: Asked, fee: int, tax: int, codes: Sequence[Any]) -> Any:
        return Payment(
            book=BOOK,
            id=identity,
            order=order,
            merchant=asked.merchant,
            gross=asked.amount,
            amount=asked.amount,
            gross_captured=asked.amount,
            captured=asked.amount,
            gross_refunded=0,
            capturing=0,
            refunded=0,
            refunds=0,
            fee=fee,
            tax=tax,
            schedule=f"{self._schedule.code}:{self._schedule.version}",
            state="paid",
            channel="api",
            code=codes[0].id if codes else None,
            on=self._today,
            at=self._now,
            by="bench",
            updated_at=self._now,
        )


def _need(so: bool) -> None:
    """Refuse what is not so."""
    if not so:
        raise _Refused
