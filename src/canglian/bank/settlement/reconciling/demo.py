"""The demo's reconciled day: all agrees but one payment, which the channel has and nobody else knows."""

import csv
import io
from datetime import date
from pathlib import Path

from canglian.bank.payment.commands import AnswerChannelOrder, MarkChannelSent
from canglian.bank.payment.model.channel import ChannelKind, ChannelOrder, ChannelState
from canglian.bank.payment.queries import channel as channel_orders
from canglian.bank.payment.queries.channel import ChannelOrderFilter
from canglian.bank.payment.sandbox.channel import COLUMNS, remember
from canglian.bank.payment.sandbox.channel import Order as Asked
from canglian.bank.settlement.reconciling.arriving import Sent, reconcile_day
from canglian.kernel.queries.observing import book_figures
from canglian.kernel.queries.paging import Order
from canglian.kernel.values import utc_now
from canglian.web.services import Services

ACTOR = "system:demo"
CODE = "channel"
PLANTED, PLANTED_AMOUNT = "cho_00000000000000000000demo58", 5_800
"""A payment that stands in the channel's file alone."""


async def fill(services: Services, book: int) -> None:
    """Reconcile today by the channel's file; the sandbox beside the demo, which starts later, knows the same."""
    today = (await book_figures(services.reader, book)).today
    page = await channel_orders.channel_orders(services.reader, book, ChannelOrderFilter(), Order("id", None, 50))
    known = [order for order in page.items if order.on == today]
    moved = [order for order in known if order.kind is ChannelKind.REFUND or order.state is ChannelState.SUCCEEDED]
    if not moved:
        return
    for order in moved:
        if order.state is ChannelState.REQUESTED:
            await _arrived(services, book, order)
    sandbox = [Asked(order.id, order.kind.value, "qr", order.amount, today, order.original) for order in moved]
    sandbox.append(Asked(PLANTED, "pay", "qr", PLANTED_AMOUNT, today))
    remember(Path(services.settings.data_dir) / "sandbox", sandbox, utc_now().timestamp())
    await reconcile_day(services, book, today, CODE, Sent(file=_file(today, moved)), actor=ACTOR)


async def _arrived(services: Services, book: int, refund: ChannelOrder) -> None:
    """A refund has arrived at its payer."""
    answer = AnswerChannelOrder(channel_order=refund.id, succeeded=True, amount=refund.amount, reference="chdemo0002")
    for name, command in (("sent", MarkChannelSent(channel_order=refund.id)), ("arrived", answer)):
        await services.engine.execute(book, command, actor=ACTOR, key=f"reconciliation:refund-{name}")


def _file(today: date, moved: list[ChannelOrder]) -> bytes:
    text, total = io.StringIO(), 0
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(COLUMNS)
    rows = [
        (order.id, order.original or "", order.kind.value, order.amount, order.reference or f"ch{order.id[-8:]}")
        for order in moved
    ]
    for number, original, kind, amount, reference in [*rows, (PLANTED, "", "pay", PLANTED_AMOUNT, "chdemo0058")]:
        signed = -amount if kind == "refund" else amount
        total += signed
        lines.writerow((number, original, kind, "qr", signed, 0, today, f"{today}T12:00:00+08:00", reference))
    lines.writerow(("total", "", "", "", total, 0, today, "", len(rows) + 1))
    return text.getvalue().encode()
