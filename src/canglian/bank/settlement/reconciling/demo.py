"""The demo's reconciled days. One had a difference that somebody has resolved, and the last one, which nobody has
reconciled yet, has another: a payment that the channel collected and nobody else knows."""

import csv
import io
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from canglian.bank.payment.model.channel import ChannelKind, ChannelOrder, ChannelState
from canglian.bank.payment.queries import channel as channel_orders
from canglian.bank.payment.queries.channel import ChannelOrderFilter
from canglian.bank.payment.sandbox.channel import COLUMNS, fee_of, payout_line, remember
from canglian.bank.payment.sandbox.channel import Order as Asked
from canglian.bank.settlement.reconciling import queries
from canglian.bank.settlement.reconciling.arriving import ArrivedFiles, reconcile_day
from canglian.bank.settlement.reconciling.commands import AssignDifference, ResolveDifference
from canglian.bank.settlement.reconciling.model import ResolutionKind
from canglian.bank.settlement.reconciling.queries import DayFilter, DifferenceFilter
from canglian.kernel.queries.observing import book_figures
from canglian.kernel.queries.paging import LIMIT_MAX, Order
from canglian.kernel.values import utc_now
from canglian.web.services import Services

ACTOR = "system:demo"
CODE = "channel"
PLANTED, PLANTED_AMOUNT = "cho_00000000000000000000demo58", 5_800
"""A payment that stands in the channel's file alone."""

EARLIER, EARLIER_AMOUNT = "cho_00000000000000000000demo26", 2_600
"""Another one, of an earlier day."""

_MOVING = (ChannelKind.PAY, ChannelKind.CAPTURE, ChannelKind.REFUND)
"""What a line of the file may be: all else moves no money."""

DAYS_BEFORE = 2
"""So many days were reconciled before the one with the earlier difference."""


async def brief_channel(services: Services, book: int, *, planted: bool) -> None:
    """The sandbox beside the demo, which starts later, knows what the channel has carried out on the business date."""
    today = (await book_figures(services.reader, book)).today
    moved = await _moved(services, book, today)
    sandbox = [
        (Asked(order.id, order.kind.value, order.method.value, order.amount, today, order.original), order.at)
        for order in moved
    ]
    if planted:
        sandbox.append((Asked(PLANTED, "pay", "qr", PLANTED_AMOUNT, today), utc_now()))
    remember(Path(services.settings.data_dir) / "sandbox", sandbox)


async def reconcile_today(services: Services, book: int) -> None:
    """Reconcile the business date by the channel's file; on one day it has a line too many, which is resolved."""
    today = (await book_figures(services.reader, book)).today
    days = await queries.days(services.reader, book, DayFilter(), Order("-date", None, DAYS_BEFORE + 1))
    moved = await _moved(services, book, today)
    differs = len(days.items) == DAYS_BEFORE
    more = [(EARLIER, "", "pay", EARLIER_AMOUNT, "chdemo0026")] if differs else []
    await reconcile_day(services, book, today, CODE, ArrivedFiles(file=_file(today, moved, more)), actor=ACTOR)
    if differs:
        await _resolve(services, book, today)


async def _moved(services: Services, book: int, day: date) -> list[ChannelOrder]:
    asked = ChannelOrderFilter(state=ChannelState.SUCCEEDED, first_date=day, last_date=day)
    return (await channel_orders.channel_orders(services.reader, book, asked, Order("id", None, LIMIT_MAX))).items


async def _resolve(services: Services, book: int, day: date) -> None:
    asked = DifferenceFilter(on=day, channel=CODE)
    for found in (await queries.differences(services.reader, book, asked, Order("id", None, LIMIT_MAX))).items:
        given = AssignDifference(difference=found.id, assignee="王芳")
        resolved = ResolveDifference(
            difference=found.id, resolution=ResolutionKind.CORRECTED_THERE, reason="通道重复入账，次日已退回付款方"
        )
        for name, command in (("assign", given), ("resolve", resolved)):
            await services.engine.execute(book, command, actor=ACTOR, key=f"reconciliation:{found.id}:{name}")


def _file(today: date, moved: Sequence[ChannelOrder], more: Sequence[tuple[str, str, str, int, str]]) -> bytes:
    text, total, fees = io.StringIO(), 0, 0
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(COLUMNS)
    rows = [
        (order.id, order.original or "", order.kind.value, order.amount, order.reference or f"ch{order.id[-8:]}")
        for order in moved
        if order.kind in _MOVING
    ]
    for number, original, kind, amount, reference in [*rows, *more]:
        signed, fee = -amount if kind == ChannelKind.REFUND else amount, fee_of(kind, amount)
        total, fees = total + signed, fees + fee
        lines.writerow((number, original, kind, "qr", signed, fee, today, f"{today}T12:00:00+08:00", reference))
    if total != fees:
        lines.writerow(payout_line(today.isoformat(), total - fees))
    lines.writerow(("total", "", "", "", total, fees, today, "", len(rows) + len(more)))
    return text.getvalue().encode()
