"""The part of a branch's day that came by the card and QR channel: as the book has it, and as the channel does.

Every other merchant was paid through it on the day that ends. The channel lacks some of these payments, and has others
with a fen more: so many differences are there to be found, and no others.
"""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import asyncpg

from canglian.bank.payment.from_wallets import PAID
from canglian.bank.payment.model import (
    ChannelKind,
    ChannelMethod,
    ChannelOrder,
    ChannelState,
    OrderState,
    Payment,
    PaymentLine,
    PaymentOrder,
    PaymentState,
)
from canglian.bank.payment.rules import STANDARD
from canglian.bank.payment.sandbox.channel import Order, remember
from canglian.bank.settlement.bench.branch import ASSETS, EARLIER, LATER, TODAY, Rows, Size, asset_of, payment_of
from canglian.kernel.encoding import encode
from canglian.kernel.postgres.writing import copy
from canglian.kernel.values import utc_now
from canglian.ledger.bench.ground import BOOK

COPIED = 10_000
LACKING, FEN_MORE = 4, 14
"""Of each fifty merchants, those whose payment the channel lacks, and has with a fen more."""

_TRANSFERS = """
SELECT t.id, t.reference FROM transfer t JOIN account a ON a.book = $1 AND a.id = t.credit
WHERE t.book = $1 AND t.date = $2 AND t.code = $3 AND a.asset = $4 ORDER BY t.id
"""


def by_channel(merchant: int) -> bool:
    """Whether what a merchant was paid on the day came by the channel."""
    return ASSETS[asset_of(merchant)] == "CNY"


def planted(size: Size) -> int:
    """How many differences there are."""
    return sum(merchant % 50 in (LACKING, FEN_MORE) for merchant in range(size.merchants) if by_channel(merchant))


async def put(url: str) -> None:
    """Put orders, payments and orders to the channel beside the transfers that are there."""
    connection: Any = await asyncpg.connect(url)
    try:
        moved = iter(await connection.fetch(_TRANSFERS, BOOK, TODAY, PAID, "CNY"))
        while some := list(islice(moved, COPIED)):
            for kind, things in _rows(some).items():
                await copy(connection, kind.__table__, kind, encode(kind, BOOK, things))
        await connection.execute("VACUUM ANALYZE")
    finally:
        await connection.close()


def seed_sandbox(folder: Path, size: Size) -> None:
    """Let the channel's sandbox know what it collected."""
    now = utc_now()
    remember(folder, ((order, now) for order in _known(size)))


def _known(size: Size) -> Iterator[Order]:
    for merchant in range(size.merchants):
        if by_channel(merchant) and merchant % 50 != LACKING:
            amount = payment_of(merchant, EARLIER)[0] + (merchant % 50 == FEN_MORE)
            yield Order(f"cho_{merchant:026d}", "pay", "qr", amount, TODAY)


def _rows(moved: list[Any]) -> Rows:
    rows: Rows = {PaymentOrder: [], Payment: [], PaymentLine: [], ChannelOrder: []}
    for transfer, reference in moved:
        merchant = int(reference.partition("_")[2]) // (EARLIER + LATER)
        for thing in _paid(merchant, reference, transfer):
            rows[type(thing)].append(thing)
    return rows


def _paid(merchant: int, payment: str, transfer: int) -> Iterator[Any]:
    """What a payment of a merchant by the channel leaves behind."""
    now, whose, number = utc_now(), f"mer_{merchant:026d}", f"{merchant:026d}"
    amount, net, tax = payment_of(merchant, EARLIER)
    order = f"ord_9{merchant:025d}"
    yield PaymentOrder(
        id=order,
        merchant=whose,
        number=f"paid-{merchant}",
        subject="鲜果一篮",
        amount=amount,
        discount=0,
        code=f"9{merchant:017d}",
        state=OrderState.PAID,
        payment=payment,
        reason=None,
        opened_on=TODAY,
        opened_at=now,
        opened_by="bench",
        expires_at=now,
        updated_at=now,
    )
    yield Payment(
        id=payment,
        order=order,
        merchant=whose,
        gross=amount,
        amount=amount,
        gross_captured=amount,
        captured=amount,
        gross_refunded=0,
        refunded=0,
        refunds=0,
        fee=net + tax,
        tax=tax,
        schedule=f"{STANDARD}:1",
        state=PaymentState.PAID,
        channel="channel",
        code=None,
        on=TODAY,
        at=now,
        by="bench",
        expires_at=None,
        updated_at=now,
    )
    yield PaymentLine(
        id=f"pln_{number}",
        payment=payment,
        position=1,
        source="channel",
        item=f"cho_{number}",
        holder=None,
        discount=False,
        asset="CNY",
        amount=amount,
        captured=amount,
        refunded=0,
        fee=net + tax,
        tax=tax,
        fee_refunded=0,
        tax_refunded=0,
        transfer=transfer,
        hold=None,
    )
    yield ChannelOrder(
        id=f"cho_{number}",
        kind=ChannelKind.PAY,
        method=ChannelMethod.QR,
        order=order,
        merchant=whose,
        original=None,
        payment=payment,
        amount=amount,
        asset="CNY",
        state=ChannelState.SUCCEEDED,
        sends=1,
        enquiries=0,
        next_at=None,
        code=None,
        reference=f"ch{number[-8:]}",
        fee=0,
        reason=None,
        transfer=transfer,
        late=False,
        on=TODAY,
        at=now,
        by="bench",
        answered_at=now,
        updated_at=now,
    )
