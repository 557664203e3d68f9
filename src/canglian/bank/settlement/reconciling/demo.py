"""The demo's reconciled day: all agrees but one payment, which the channel has and nobody else knows."""

import contextlib
import csv
import io
from datetime import date

from canglian.bank.payment.model.channel import ChannelKind, ChannelOrder, ChannelState
from canglian.bank.payment.queries import channel as channel_orders
from canglian.bank.payment.queries.channel import ChannelOrderFilter
from canglian.bank.settlement.reconciling.arriving import Sent, reconcile_day
from canglian.bank.settlement.reconciling.channels import CHANNELS
from canglian.kernel.errors import Busy, Rejection, Unavailable
from canglian.kernel.queries.observing import book_figures
from canglian.kernel.queries.paging import Order
from canglian.web.outside.client import Client
from canglian.web.outside.connections import connections, is_connected
from canglian.web.services import Services

ACTOR = "system:demo"
CODE = "channel"
PLANTED, PLANTED_AMOUNT = "cho_00000000000000000000demo58", 5_800
"""A payment that stands in the channel's file alone."""

COLUMNS = ("number", "original", "kind", "method", "amount", "fee", "date", "at", "reference")


async def fill(services: Services, book: int) -> None:
    """Reconcile today by the channel's file, and tell the channel, where it is connected, of what stands in it."""
    today = (await book_figures(services.reader, book)).today
    page = await channel_orders.channel_orders(services.reader, book, ChannelOrderFilter(), Order("id", None, 50))
    known = [order for order in page.items if order.on == today]
    moved = [order for order in known if order.kind is ChannelKind.REFUND or order.state is ChannelState.SUCCEEDED]
    if not moved:
        return
    await _tell(services, today, [order for order in moved if order.kind is ChannelKind.PAY])
    await reconcile_day(services, book, today, CODE, Sent(file=_file(today, moved)), actor=ACTOR)


async def _tell(services: Services, today: date, paid: list[ChannelOrder]) -> None:
    service = CHANNELS[CODE].service
    if service is None or not is_connected(services.settings, service):
        return
    orders = [*((order.id, order.amount) for order in paid), (PLANTED, PLANTED_AMOUNT)]
    async with Client(connections(services.settings), timeout_seconds=5) as client:
        for number, amount in orders:
            body = {"number": number, "kind": "pay", "method": "qr", "amount": amount, "date": today}
            with contextlib.suppress(Unavailable, Busy, Rejection):
                await client.call(service, "POST", "/orders", body)


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
