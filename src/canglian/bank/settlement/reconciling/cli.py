"""``canglian reconcile run``, ``day`` and ``days``."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from rich.console import Group
from rich.text import Text

from canglian.bank.settlement.reconciling import queries
from canglian.bank.settlement.reconciling.arriving import ArrivedFiles, reconcile_day
from canglian.bank.settlement.reconciling.channels import CHANNELS
from canglian.bank.settlement.reconciling.matching import Side
from canglian.bank.settlement.reconciling.model import ReconciliationDay
from canglian.bank.settlement.reconciling.queries import DayFilter, DayWhole
from canglian.kernel.amounts import major
from canglian.kernel.queries.paging import Order
from canglian.web.cli import BookContext
from canglian.web.cli.output import Answer, table
from canglian.web.outside.connections import is_connected

Date = Annotated[datetime, typer.Argument(help="The business date.", formats=["%Y-%m-%d"])]
ChannelOption = Annotated[str, typer.Option("--channel", help="The channel: channel, or wallet.")]
FileOption = Annotated[
    Path | None,
    typer.Option("--file", exists=True, dir_okay=False, help="The channel's file; else its service is asked for it."),
]
OrdersOption = Annotated[
    Path | None,
    typer.Option("--orders", exists=True, dir_okay=False, help="Merchants' orders as they say them, as CSV."),
]


async def run(
    context: BookContext,
    on: Date,
    channel: ChannelOption = "channel",
    file: FileOption = None,
    orders: OrdersOption = None,
) -> Answer:
    """Reconcile a day: compare the channel's file, the ledger and the merchants' orders. Twice finds the same."""
    sent = ArrivedFiles(file, orders)
    await reconcile_day(context.services, context.book, on.date(), channel, sent, actor=context.actor)
    return await _answer(context, on, channel)


async def day(context: BookContext, on: Date, channel: ChannelOption = "channel") -> Answer:
    """Show a day: its sides, how the ledger leads to each other, and its open differences."""
    return await _answer(context, on, channel)


async def days(
    context: BookContext,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many at most.")] = 50,
) -> Answer:
    """List the days that were reconciled, the last one first."""
    found = (await queries.days(context.reader, context.book, DayFilter(), Order("-date", None, limit))).items
    rows = [(each.date, each.channel, each.state, each.pending, each.breaks, each.updated_at) for each in found]
    heads = ["date", "channel", "state", ">pending", ">breaks", "last run"]
    return Answer({"data": msgspec.to_builtins(found)}, table(heads, rows))


async def _answer(context: BookContext, on: datetime, channel: str) -> Answer:
    whole = await queries.whole(context.reader, context.book, on.date(), channel)
    rows = table(["", "", ">count", ">amount"], _rows(whole))
    hint = None if whole.day.has(Side.CHANNEL) else _hint(context, whole.day)
    return Answer(msgspec.to_builtins(whole), rows if hint is None else Group(rows, Text(hint)))


def _rows(whole: DayWhole) -> list[tuple[Any, ...]]:
    found: ReconciliationDay = whole.day
    rows: list[tuple[Any, ...]] = [(f"{found.date} {found.channel}", found.state.value, "", "")]
    for side in found.sides:
        rows.append((f"side {side.side}", "whole" if side.whole else "not whole", side.lines, _yuan(side.amount)))
        rows += [(f"  line {line}", code, "", "") for line, code in side.problems.items()]
        if side.fee is not None:
            rows.append(("  fee", "", "", _yuan(side.fee)))
            rows += [(f"  paid out {number}", "", "", _yuan(amount)) for number, amount in side.payouts.items()]
    missing = [side for side in Side if not found.has(side)]
    rows += [(f"side {side}", "has not arrived", "", "") for side in missing]
    for shape, count in found.matched.items():
        rows.append((f"matched {shape}", "", count, ""))
    rows += [
        (f"differs {count.side} {count.kind}", f"pending {count.pending}", count.total, _yuan(count.amount))
        for count in whole.counts
    ]
    for bridge in found.bridges:
        rows.append((f"bridge to {bridge.side}", "", "", _yuan(bridge.ledger)))
        rows += [(f"  {step}", "", "", _yuan(amount)) for step, amount in bridge.steps.items()]
        rows.append(("  total", "", "", _yuan(bridge.total)))
        rows.append(("  residual", "", "", _yuan(bridge.residual)))
    return rows


def _yuan(amount: int) -> str:
    return major(amount, 2)


def _hint(context: BookContext, found: ReconciliationDay) -> str:
    """How the file that is missing comes."""
    known = CHANNELS[found.channel]
    again = f"canglian reconcile run {found.date} --channel {found.channel}"
    if known.service is None:
        return f"The channel's file has not arrived. Send it with: {again} --file FILE"
    if is_connected(context.services.settings, known.service):
        return f"The channel has no file of this day, or is away. Ask again with: {again}, or send it with --file FILE"
    setting = f"CANGLIAN_{known.service.upper()}_URL"
    return f"The channel is not connected ({setting}), so it was not asked. Send its file with: {again} --file FILE"
