"""What a person has paid and got back: by what they pay with, and by money that is theirs wherever it is kept."""

from datetime import datetime
from typing import Annotated

import msgspec

from canglian.bank.payment.model import Payment
from canglian.kernel.fields import doc
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.shape import shape


class Payer(msgspec.Struct, frozen=True):
    """Whose payments: their party, and what they pay with, such as wallets."""

    party: str | None
    items: list[str]


class OwnPayment(msgspec.Struct, frozen=True):
    """A payment, and what of it was theirs."""

    payment: Annotated[Payment, doc("The payment.")]
    paid: Annotated[int, doc("What they paid, in fen.")]
    held: Annotated[int, doc("What of theirs is held and not taken, in fen.")]
    refunded: Annotated[int, doc("What of theirs came back, in fen.")]


class OwnRefund(msgspec.Struct, frozen=True):
    """What came back to them."""

    refund: Annotated[str, doc("The refund's id.")]
    payment: Annotated[str, doc("The payment's id.")]
    merchant: Annotated[str, doc("The merchant's id.")]
    at: Annotated[datetime, doc("When.")]
    amount: Annotated[int, doc("What came back to them, in fen.")]


_OURS = "(l.item = ANY($2::text[]) OR l.holder = $3)"


async def payments(reader: Reader, book: int, payer: Payer, most: int) -> list[OwnPayment]:
    """The newest payments with a line of theirs."""
    form = shape(Payment)
    sql = (
        f"SELECT {', '.join(f'p.{name}' for name in form.names)}, o.paid, "
        "CASE WHEN p.expires_at IS NULL THEN 0 ELSE o.held END, o.refunded FROM payment p JOIN ("
        "SELECT l.payment, sum(CASE WHEN l.discount THEN 0 ELSE l.captured END)::bigint AS paid, "
        "sum(CASE WHEN l.hold IS NULL OR l.discount THEN 0 ELSE l.amount - l.captured END)::bigint AS held, "
        "sum(CASE WHEN l.discount THEN 0 ELSE l.refunded END)::bigint AS refunded "
        f"FROM payment_line l WHERE l.book = $1 AND {_OURS} "
        "GROUP BY l.payment ORDER BY l.payment DESC LIMIT $4) o ON o.payment = p.id "
        "WHERE p.book = $1 ORDER BY p.id DESC"
    )
    rows = await reader.rows(sql, book, payer.items, payer.party, most)
    return [OwnPayment(form.make(row[:-3]), row[-3], row[-2], row[-1]) for row in rows]


async def refunds(reader: Reader, book: int, payer: Payer, most: int) -> list[OwnRefund]:
    """The newest refunds that gave something back to them."""
    sql = (
        "SELECT r.id, r.payment, r.merchant, r.at, sum(l.amount)::bigint "
        "FROM refund_line l JOIN refund r ON r.book = $1 AND r.id = l.refund "
        "JOIN payment_line p ON p.book = $1 AND p.id = l.line AND NOT p.discount "
        f"WHERE l.book = $1 AND {_OURS} GROUP BY r.id, r.payment, r.merchant, r.at ORDER BY r.id DESC LIMIT $4"
    )
    return [OwnRefund(*row) for row in await reader.rows(sql, book, payer.items, payer.party, most)]
