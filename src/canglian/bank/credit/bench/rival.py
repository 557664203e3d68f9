"""A drawdown as a transaction of an ORM: as the wallet's rival, with limit, plan, loan and accounts beside it.

What a bank's team would write that knows its tools: the idempotency key is looked up; the facility is locked, then the
balance of the wallet's account; wallet, PIN, deposit account and account come in one query; the product is held in
memory; the plan is that of the engine's side; loan, plan, account, transfers, transaction and key are flushed as one
unit. The clearing account is not locked, and events, limits of wallets and an audit log are left out, which is in its
favour.
"""

import uuid
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

import asyncpg
import msgspec
from sqlalchemy import BigInteger, Boolean, Date, DateTime, Integer, Text, func, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import mapped_column

from canglian.bank.credit.applications.model import CreditApplication
from canglian.bank.credit.facilities.model import Facility, SubLimit
from canglian.bank.credit.loans.accounts import DRAWN, LOANS_HEAD, PAID_OUT
from canglian.bank.credit.loans.beginning import Parties, begun
from canglian.bank.credit.loans.model import Loan, LoanPlan, LoanTransaction
from canglian.bank.credit.loans.terms import planned, rows_of
from canglian.bank.credit.products.model import LoanProduct
from canglian.bank.deposit import DepositAccount
from canglian.bank.wallet import Wallet, WalletPin
from canglian.kernel.entity import Entity
from canglian.kernel.shape import shape
from canglian.ledger.bench.rivals.orm import BOOK, POOL, Account, Balance, Base, KnownRequest, Transfer
from canglian.ledger.bench.rivals.tables import create

PREFIX = "orm_credit_"
"""What the names of its tables begin with."""

COPIED: Sequence[type[Entity]] = (
    Facility,
    CreditApplication,
    Loan,
    LoanPlan,
    LoanTransaction,
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


def _mapped(entity: type[Entity]) -> Any:
    """The ORM's class of a table with the columns of an entity's."""
    columns = {
        column.name: mapped_column(_TYPES[column.type], primary_key=column.name in entity.__key__)
        for column in shape(entity).columns
    }
    names = {"__tablename__": f"{PREFIX}{entity.__table__}", "book": mapped_column(Integer, primary_key=True)}
    return type(f"Orm{entity.__name__}", (Base,), names | columns)


_MAPPED = {entity: _mapped(entity) for entity in COPIED}
_FACILITY, _APPLICATION, _LOAN = _MAPPED[Facility], _MAPPED[CreditApplication], _MAPPED[Loan]
_WALLET, _PIN, _DEPOSIT = _MAPPED[Wallet], _MAPPED[WalletPin], _MAPPED[DepositAccount]

_PAYEE = (
    select(_WALLET, _PIN, _DEPOSIT, Account)
    .join(_PIN, (_PIN.book == _WALLET.book) & (_PIN.wallet == _WALLET.id))
    .join(_DEPOSIT, (_DEPOSIT.book == _WALLET.book) & (_DEPOSIT.id == _WALLET.deposit))
    .join(Account, (Account.book == _WALLET.book) & (Account.id == _WALLET.account))
    .where(_WALLET.book == BOOK)
)
_BAD = select(func.count()).where(
    _LOAN.book == BOOK, (_LOAN.overdue_principal > 0) | (_LOAN.overdue_interest > 0) | (_LOAN.claim_principal > 0)
)

_OPEN = text(
    "WITH opened AS (INSERT INTO orm_account (book, id, asset, head, normal_side, state, floor, opened_at) "
    "VALUES (:book, nextval('orm_account_id'), 'CNY', :head, 'debit', 'open', 0, :at) RETURNING book, id) "
    "INSERT INTO orm_balance (book, account, debits, credits, debits_held, credits_held, entries, last_transfer, date, "
    "happened_at) SELECT book, id, CAST(:amount AS bigint), 0, 0, 0, 1, 0, CAST(:on AS date), "
    "CAST(:at AS timestamptz) FROM opened RETURNING account"
)
"""The account of a loan's principal, with its balance."""


class Drawing(NamedTuple):
    """What is asked for."""

    facility: str
    wallet: str
    amount: int
    months: int


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
        await connection.execute("CREATE SEQUENCE orm_account_id START 10000000 CACHE 100")
    finally:
        await connection.close()


class Rival:
    """Draws by a session for each request."""

    def __init__(self, url: str, today: date, product: LoanProduct) -> None:
        address = url.replace("postgresql://", "postgresql+asyncpg://", 1)
        self._engine = create_async_engine(address, pool_size=POOL, max_overflow=0, pool_timeout=60)
        self._sessions = async_sessionmaker(self._engine, expire_on_commit=False, autoflush=False)
        self._today = today
        self._product = product

    async def close(self) -> None:
        """Disconnect."""
        await self._engine.dispose()

    async def draw(self, key: str, asked: Drawing) -> None:
        """Draw, or find what was drawn by its key; Refused."""
        async with self._sessions() as session, session.begin():
            if await session.get(KnownRequest, (BOOK, key)) is not None:
                return
            wanted = select(_FACILITY).where(_FACILITY.book == BOOK, _FACILITY.id == asked.facility).with_for_update()
            facility = (await session.execute(wanted)).scalar_one()
            part = next(part for part in facility.parts if part["product"] == self._product.code)
            wallet, account = await self._payee(session, facility.party, asked.wallet)
            bad = (await session.execute(_BAD.where(_LOAN.party == facility.party))).scalar_one()
            self._allow(facility, part, asked, bad)
            locked = select(Balance).where(Balance.book == BOOK, Balance.account == account.id).with_for_update()
            balance = (await session.execute(locked)).scalar_one()
            opened = {"head": LOANS_HEAD, "amount": asked.amount, "on": self._today, "at": datetime.now(UTC)}
            number = (await session.execute(_OPEN, {"book": BOOK, **opened})).scalar_one()
            paid = self._move(session, facility, part, asked, number, balance)
            application = await session.get(_APPLICATION, (BOOK, part["application"]))
            if application is not None and application.state == "signed":
                application.state = "drawn"
            await session.flush()
            loan = self._loan(session, facility, part, asked, wallet, number, paid.id)
            session.add(KnownRequest(book=BOOK, key=key, payload=f"{loan}:{asked.amount}", transfer=paid.id))

    async def _payee(self, session: AsyncSession, party: str, identity: str) -> tuple[Any, Any]:
        wallet, pin, deposit, account = (await session.execute(_PAYEE.where(_WALLET.id == identity))).one()
        if (
            wallet.party != party
            or wallet.state != "active"
            or pin.locked
            or deposit.state != "active"
            or deposit.stops_in
            or account.state != "open"
        ):
            raise Refused
        return wallet, account

    def _allow(self, facility: Any, part: dict[str, Any], asked: Drawing, bad: int) -> None:
        room = min(facility.limit - facility.used - facility.held, part["limit"] - part["used"] - part["held"])
        product = self._product
        if (
            bad
            or facility.state != "active"
            or part["valid_until"] < self._today.isoformat()
            or asked.amount > room
            or not product.amount_min <= asked.amount <= product.amount_max
            or asked.months not in product.terms
        ):
            raise Refused

    def _move(
        self, session: AsyncSession, facility: Any, part: dict[str, Any], asked: Drawing, number: int, balance: Any
    ) -> Transfer:
        """Take from the limit, and move principal and money."""
        now = datetime.now(UTC)
        facility.used += asked.amount
        taken = {**part, "used": part["used"] + asked.amount}
        facility.parts = [taken if each is part else each for each in facility.parts]
        facility.updated_at = now
        balance.credits += asked.amount
        balance.entries += 1
        balance.date, balance.happened_at = self._today, now
        left = balance.debits - balance.credits
        both = (number, -1, DRAWN, asked.amount, 0), (-1, balance.account, PAID_OUT, 0, left)
        moved = [
            Transfer(
                book=BOOK,
                debit=debit,
                credit=credit,
                amount=asked.amount,
                asset="CNY",
                code=code,
                date=self._today,
                happened_at=now,
                booked_at=now,
                debit_balance=debit_balance,
                credit_balance=credit_balance,
                command=0,
                flags=0,
            )
            for debit, credit, code, debit_balance, credit_balance in both
        ]
        session.add_all(moved)
        return moved[1]

    def _loan(
        self,
        session: AsyncSession,
        facility: Any,
        part: dict[str, Any],
        asked: Drawing,
        wallet: Any,
        number: int,
        transfer: int,
    ) -> str:
        """Add the loan with its plan and its first transaction."""
        identity, now, product = f"lon_{uuid.uuid4().hex}", datetime.now(UTC), self._product
        rows = rows_of(planned(product, asked.amount, part["rate_ppm"], asked.months, self._today))
        of = Parties(facility.id, facility.party, wallet.id, number)
        agreed = msgspec.convert(part, SubLimit)
        loan = begun(identity, of, agreed, product, (asked.amount, asked.months, 0), rows, on=self._today, at=now)
        common = {"book": BOOK, "loan": identity, "by": "bench"}
        session.add(_LOAN(book=BOOK, **msgspec.structs.asdict(loan.replace(transactions=1))))
        session.add(
            _MAPPED[LoanPlan](
                version=1,
                reason="drawdown",
                made_on=self._today,
                balance=asked.amount,
                before=0,
                level=None,
                rows=msgspec.to_builtins(rows),
                made_at=now,
                deferred=0,
                rate_ppm=part["rate_ppm"],
                rate_changes=[],
                pauses=[],
                **common,
            )
        )
        spread = dict.fromkeys(("fees", "penalty", "compounded", "interest"), 0)
        session.add(
            _MAPPED[LoanTransaction](
                id=f"ltx_{uuid.uuid4().hex}",
                number=1,
                kind="drawdown",
                amount=asked.amount,
                principal=asked.amount,
                wallet=wallet.id,
                transfer=transfer,
                plan=1,
                on=self._today,
                at=now,
                channel="mobile",
                **spread,
                **common,
            )
        )
        return identity
