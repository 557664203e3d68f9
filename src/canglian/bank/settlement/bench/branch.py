"""A branch at the end of a day: accounts that bear interest, merchants that were paid on two days, what expires.

Accounts, wallets, merchants, orders and contracts are put into the database by COPY, as their commands would have left
them. What merchants and people were paid is posted by the engine, in bulk commands.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from itertools import islice
from typing import Any, TypeVar

import asyncpg
import msgspec

from canglian.bank.approval import Book
from canglian.bank.deposit import DepositAccount
from canglian.bank.deposit.bench.interest import PRODUCT as DEPOSIT
from canglian.bank.deposit.bench.interest import account_row as deposit_row
from canglian.bank.deposit.model import DepositInterest
from canglian.bank.payment.accounts import PAYABLE_HEAD, TAX_HEAD, OfFees, fee_reference
from canglian.bank.payment.from_wallets import PAID, REFUNDED
from canglian.bank.payment.model import Merchant, MerchantState, OrderState, PaymentOrder, SplitClaim
from canglian.bank.payment.paying import FEE, TAX
from canglian.bank.payment.rules import STANDARD
from canglian.bank.purpose.model import ContractState, GrantState, PurposeContract, PurposeGrant
from canglian.bank.purpose.rules import Rules
from canglian.bank.settlement.settling.model import SettlementTerms
from canglian.bank.settlement.settling.running import cut_off
from canglian.bank.wallet import Wallet, WalletKind
from canglian.bank.wallet.bench.wallet import PRODUCT as WALLET
from canglian.bank.wallet.bench.wallet import wallet_row
from canglian.bank.wallet.model import WalletInterest
from canglian.kernel import Engine
from canglian.kernel.encoding import encode
from canglian.kernel.entity import Entity
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.postgres.store import PostgresStore
from canglian.kernel.postgres.writing import copy
from canglian.kernel.values import utc_now
from canglian.ledger import AUDITED
from canglian.ledger.bench.ground import BOOK, LINES
from canglian.ledger.bench.ground import TODAY as YESTERDAY
from canglian.ledger.commands import CloseDay, DefineHead, Line, OpenAccount, PostTransfers
from canglian.ledger.model import Account, AccountState, Balance, Side

T = TypeVar("T")

TODAY = YESTERDAY + timedelta(days=1)
BEFORE = YESTERDAY - timedelta(days=1)
SETTLED = date(2025, 12, 20)
ASSETS = ("CNY", "ECNY")
CORPORATE = "wallet.ecny_corporate"
COPIED = 20_000
IN_FLIGHT = 24
"""Bulk commands waiting at a time: three batches."""

EARLIER, LATER = 2, 1
"""Payments of each merchant on the day before, and on the day that ends."""
CLAIMED, GRANTED = 500, 10_000
"""What a claim and a grant come to, in fen."""


class Size(msgspec.Struct, frozen=True):
    """How many there are of each. A fifth of the accounts are e-CNY wallets, the others deposit accounts."""

    accounts: int
    merchants: int
    orders: int
    contracts: int
    kills: int

    @property
    def wallets(self) -> int:
        """The first of the accounts."""
        return self.accounts // 5


class Numbers(msgspec.Struct, frozen=True):
    """Where the accounts of each kind begin in the ledger."""

    payers: int
    size: Size

    @property
    def own(self) -> int:
        """Accounts that bear interest: wallets first."""
        return self.payers + len(ASSETS)

    @property
    def payable(self) -> int:
        """Two for each merchant."""
        return self.own + self.size.accounts

    @property
    def contracts(self) -> int:
        """One for each contract."""
        return self.payable + len(ASSETS) * self.size.merchants

    @property
    def last(self) -> int:
        """The last of all."""
        return self.contracts + self.size.contracts - 1

    def paid_to(self, merchant: int) -> int:
        """The account in which a merchant is paid: every other one in e-CNY."""
        return self.payable + len(ASSETS) * merchant + asset_of(merchant)

    def destination(self, merchant: int) -> int:
        """The account to which a merchant is paid out: a wallet's, or a deposit account."""
        return self.own + merchant // 2 + (0 if asset_of(merchant) else self.size.wallets)


class Owed(msgspec.Struct, frozen=True):
    """What the settlements of the day come to, as it was booked: in fen."""

    gross: int
    refunds: int
    fees: int


def asset_of(merchant: int) -> int:
    """Which of ``ASSETS`` a merchant is paid in."""
    return merchant % 2


async def build(url: str, size: Size, progress: Callable[[int], None]) -> Owed:
    """Fill the book of an installation; ``progress`` is called with the accounts and movements as they are there."""
    store = await PostgresStore.open(url)
    numbers = Numbers((await store.state(BOOK)).counters.get(Account.__table__, 0) + 1, size)
    connection: Any = await asyncpg.connect(url)
    engine = Engine(store, Book, audited=AUDITED, queue_max=100_000)
    try:
        for rows in _all_rows(numbers):
            for kind, things in rows.items():
                await copy(connection, kind.__table__, kind, encode(kind, BOOK, things))
            progress(len(rows.get(Account, ())))
        await connection.execute(
            "UPDATE book SET today = $2, counters = counters || jsonb_build_object('account', $3::bigint) "
            "WHERE book = $1",
            BOOK,
            YESTERDAY,
            numbers.last,
        )
        await connection.execute("VACUUM ANALYZE")
        owed = await _trade(engine, Reader(store.pool), numbers, progress)
        await engine.stop()
        await connection.execute("VACUUM ANALYZE")
        await connection.execute("CHECKPOINT")
    finally:
        await engine.stop()
        await store.close()
        await connection.close()
    return owed


# -- what is copied ------------------------------------------------------------------------------------------------

Rows = dict[type[Entity], list[Any]]


def _all_rows(numbers: Numbers) -> Iterator[Rows]:
    size, total = numbers.size, Counter[str]()
    for some in _in_groups(range(size.accounts), COPIED):
        for wallets in (True, False):
            of_kind = [number for number in some if (number < size.wallets) is wallets]
            total["ECNY" if wallets else "CNY"] += sum(map(balance_of, of_kind))
            yield (_wallets if wallets else _deposits)(numbers, of_kind)
    for some in _in_groups(range(size.merchants), COPIED):
        yield _merchants(numbers, some)
    yield _orders(size)
    yield _contracts(numbers)
    total["ECNY"] += 2 * GRANTED * size.contracts
    yield _payers(numbers, total)


def balance_of(number: int) -> int:
    """What an account had before the day."""
    return number * 2_654_435_761 % 5_000_000


def _opened(
    number: int,
    asset: str,
    owner: str,
    head: str = "2011",
    *,
    side: Side = Side.CREDIT,
    floor: int | None = 0,
    purpose: str | None = None,
) -> Account:
    now, none = utc_now(), None
    return Account(
        number, asset, head, side, AccountState.OPEN, floor, none, purpose, owner, none, none, none, now, none
    )


def _balance(number: int, credits: int, debits: int = 0) -> Balance:
    return Balance(number, debits, credits, 0, 0, 1, 0, SETTLED, utc_now())


_UNSETTLED: dict[str, Any] = {
    "accrued": 0,
    "remainder": 0,
    "day_count": 360,
    "until": BEFORE,
    "settled_on": SETTLED,
    "closed": False,
}


def _deposits(numbers: Numbers, some: Iterable[int]) -> Rows:
    now, first = utc_now(), numbers.own
    own = [deposit_row(first + number, now) for number in some]
    return {
        Account: [_opened(deposit.account, "CNY", deposit.id) for deposit in own],
        Balance: [_balance(deposit.account, balance_of(deposit.account - first)) for deposit in own],
        DepositAccount: own,
        DepositInterest: [
            DepositInterest(account=deposit.account, deposit=deposit.id, product=DEPOSIT, **_UNSETTLED)
            for deposit in own
        ],
    }


def _wallets(numbers: Numbers, some: Iterable[int]) -> Rows:
    own = [_wallet(numbers, number) for number in some]
    return {
        Account: [_opened(wallet.account, "ECNY", wallet.id) for wallet in own],
        Balance: [_balance(wallet.account, balance_of(wallet.account - numbers.own)) for wallet in own],
        Wallet: own,
        WalletInterest: [
            WalletInterest(
                account=wallet.account,
                wallet=wallet.id,
                product=wallet.product,
                earlier_product=None,
                changed_on=None,
                **_UNSETTLED,
            )
            for wallet in own
        ],
    }


def _wallet(numbers: Numbers, number: int) -> Wallet:
    """The first are merchants', to which every other merchant is paid out."""
    wallet = wallet_row(numbers.own + number, _id("wal", number), utc_now())
    if number >= numbers.size.merchants // 2:
        return wallet.replace(product=WALLET)
    return wallet.replace(kind=WalletKind.ECNY_CORPORATE, tier=None, product=CORPORATE)


def _merchants(numbers: Numbers, some: Iterable[int]) -> Rows:
    rows: Rows = {Account: [], Balance: [], Merchant: [], SettlementTerms: [], SplitClaim: []}
    for number in some:
        merchant = _merchant(numbers, number)
        rows[Merchant].append(merchant)
        for asset, account in merchant.accounts.items():
            rows[Account].append(_opened(account, asset, merchant.id, PAYABLE_HEAD, floor=None))
            rows[Balance].append(Balance(account, 0, 0, 0, 0, 0, 0, BEFORE, utc_now()))
        terms = _terms(number, merchant.id)
        if terms is not None:
            rows[SettlementTerms].append(terms)
        if number % 1_000 == 500 and number + 2 < numbers.size.merchants:
            rows[SplitClaim].append(_claim(number))
    return rows


def _merchant(numbers: Numbers, number: int) -> Merchant:
    now, by_wallet = utc_now(), bool(asset_of(number))
    return Merchant(
        id=_id("mer", number),
        name=f"商户{number}",
        category="5411",
        region="330106",
        store=None,
        party=None,
        accounts={asset: numbers.payable + 2 * number + place for place, asset in enumerate(ASSETS)},
        payout_wallet=_id("wal", number // 2) if by_wallet else None,
        payout_account=None if by_wallet else numbers.destination(number),
        fees=STANDARD,
        state=MerchantState.ACTIVE,
        reason=None,
        registered_at=now,
        registered_by="bench",
        updated_at=now,
    )


def cycle_of(merchant: int) -> int:
    """Every tenth merchant gets its money on the day itself."""
    return 0 if merchant % 10 == 3 else 1


def _terms(number: int, merchant: str) -> SettlementTerms | None:
    """Some merchants have terms of their own: T+0, a minimum that is not reached, on hold."""
    cycle, minimum = cycle_of(number), 10**9 if number % 50 == 7 else 1
    reason = "on hold" if number % 100 == 9 else None
    if cycle == 1 and minimum == 1 and reason is None:
        return None
    return SettlementTerms(merchant, cycle, minimum, reason, utc_now(), "bench")


def _claim(number: int) -> SplitClaim:
    owner = _id("mer", number + 2)
    return SplitClaim(
        id=_id("scl", number),
        share=_id("shr", number),
        refund=_id("rfd", number),
        receiver=_id("mer", number),
        merchant=owner,
        asset=ASSETS[asset_of(number)],
        amount=CLAIMED,
        on=YESTERDAY,
        at=utc_now(),
    )


def _orders(size: Size) -> Rows:
    """Orders that nobody has paid in time."""
    now = utc_now()
    return {
        PaymentOrder: [
            PaymentOrder(
                id=_id("ord", number),
                merchant=_id("mer", number % size.merchants),
                number=f"unpaid-{number}",
                subject="鲜果一篮",
                amount=1_000,
                discount=0,
                code=f"{number:018d}",
                state=OrderState.OPEN,
                payment=None,
                reason=None,
                opened_on=YESTERDAY,
                opened_at=now,
                opened_by="bench",
                expires_at=now,
                updated_at=now,
            )
            for number in range(size.orders)
        ]
    }


def _contracts(numbers: Numbers) -> Rows:
    """Contracts whose last day was the day before, each with two grants of which nothing was used."""
    rows: Rows = {Account: [], Balance: [], PurposeContract: [], PurposeGrant: []}
    now, size = utc_now(), numbers.size
    for number in range(size.contracts):
        identity, account = _id("pur", number), numbers.contracts + number
        rows[Account].append(_opened(account, "ECNY", identity, PAYABLE_HEAD, purpose=identity))
        rows[Balance].append(_balance(account, 2 * GRANTED))
        payer = size.merchants // 2 + number
        rows[PurposeContract].append(
            PurposeContract(
                id=identity,
                template="welfare",
                version=1,
                name="福利",
                payer=_id("wal", payer),
                asset="ECNY",
                rules=Rules(),
                valid_from=SETTLED,
                valid_until=YESTERDAY,
                account=account,
                state=ContractState.ACTIVE,
                funded=2 * GRANTED,
                funded_on=SETTLED,
                channel="counter",
                unallotted=0,
                allotted=2 * GRANTED,
                released_by=(),
                reason=None,
                drafted_at=now,
                drafted_by="bench",
                updated_at=now,
            )
        )
        for half in (0, 1):
            holder = _id("wal", (payer + half + 1) % size.wallets)
            grant = _id("pgr", 2 * number + half)
            rows[PurposeGrant].append(
                PurposeGrant(grant, identity, holder, GRANTED, GRANTED, 0, 0, GrantState.ISSUED, now, now)
            )
    return rows


def _payers(numbers: Numbers, total: Counter[str]) -> Rows:
    """What everything was paid from, and is paid from: an account for each asset."""
    pairs = [(numbers.payers + place, asset) for place, asset in enumerate(ASSETS)]
    return {
        Account: [_opened(number, asset, "bench", "1003", floor=None, side=Side.DEBIT) for number, asset in pairs],
        Balance: [_balance(number, 0, total[asset]) for number, asset in pairs],
    }


def _id(prefix: str, number: int) -> str:
    return f"{prefix}_{number:026d}"


def _in_groups(things: Iterable[T], most: int) -> Iterator[list[T]]:
    left = iter(things)
    while group := list(islice(left, most)):
        yield group


# -- what is posted ------------------------------------------------------------------------------------------------


async def _trade(engine: Engine, reader: Reader, numbers: Numbers, progress: Callable[[int], None]) -> Owed:
    """Two days of payments, with the cut-off between them; every twentieth account moves on the second."""
    await engine.execute(BOOK, DefineHead(**msgspec.structs.asdict(TAX_HEAD)), actor="bench")
    fees = {
        (kind, asset): (
            await engine.execute(
                BOOK,
                OpenAccount(asset=asset, head=kind.value, floor=None, reference=fee_reference(kind, asset)),
                actor="bench",
            )
        ).id
        for kind in OfFees
        for asset in ASSETS
    }
    await _post(engine, _payments(numbers, fees, range(EARLIER)), progress)
    await cut_off(engine, reader, BOOK, YESTERDAY)
    await engine.execute(BOOK, CloseDay(next_day=TODAY), actor="bench")
    await _post(engine, _payments(numbers, fees, range(EARLIER, EARLIER + LATER)), progress)
    await _post(engine, _moved(numbers), progress)
    return _owed(numbers.size)


async def _post(engine: Engine, lines: Iterable[Line], progress: Callable[[int], None]) -> None:
    for commands in _in_groups(_in_groups(lines, LINES), IN_FLIGHT):
        posted = [engine.execute(BOOK, PostTransfers(lines=some, atomic=True), actor="bench") for some in commands]
        progress(sum(done.posted for done in await asyncio.gather(*posted)))


def payment_of(merchant: int, turn: int) -> tuple[int, int, int]:
    """What a merchant is paid in a turn, the fee of it, and the tax on that."""
    amount = 1_000 + (merchant * 7_919 + turn * 104_729) % 90_000
    fee = amount * 6 // 1_000
    return amount, fee - fee * 6 // 106, fee * 6 // 106


def _refund_of(merchant: int) -> int:
    """What is given back of the first payment: a third, of every tenth merchant."""
    return payment_of(merchant, 0)[0] // 3 if merchant % 10 == 5 else 0


def _payments(numbers: Numbers, fees: dict[tuple[OfFees, str], int], turns: range) -> Iterator[Line]:
    for turn in turns:
        for merchant in range(numbers.size.merchants):
            place, account = asset_of(merchant), numbers.paid_to(merchant)
            amount, net, tax = payment_of(merchant, turn)
            payers, reference = numbers.payers + place, _id("pay", merchant * (EARLIER + LATER) + turn)
            yield Line(debit=payers, credit=account, amount=amount, code=PAID, reference=reference)
            for kind, part, code in ((OfFees.INCOME, net, FEE), (OfFees.TAX, tax, TAX)):
                if part:
                    taken_to = fees[kind, ASSETS[place]]
                    yield Line(debit=account, credit=taken_to, amount=part, code=code, reference=reference)
            if turn == 0 and _refund_of(merchant):
                given = _refund_of(merchant)
                yield Line(debit=account, credit=payers, amount=given, code=REFUNDED, reference=reference)


def _moved(numbers: Numbers) -> Iterator[Line]:
    for number in range(0, numbers.size.accounts, 20):
        payers = numbers.payers + int(number < numbers.size.wallets)
        yield Line(debit=payers, credit=numbers.own + number, amount=12_345, code="bench.moved")


def _owed(size: Size) -> Owed:
    gross = refunds = fees = 0
    for merchant in range(size.merchants):
        for turn in range(EARLIER + (LATER if cycle_of(merchant) == 0 else 0)):
            amount, net, tax = payment_of(merchant, turn)
            gross, fees = gross + amount, fees + net + tax
        refunds += _refund_of(merchant)
    return Owed(gross, refunds, fees)
