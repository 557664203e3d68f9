"""A run of reconciliation: the sides are read and compared, and what was found is recorded in chunks.

A run may be killed anywhere and begun again: nothing is recorded twice, and what it does not find any more is cleared.
The same file again finds the same.
"""

import asyncio
import hashlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from canglian.bank.settlement.reconciling import queries
from canglian.bank.settlement.reconciling.channels import Channel, channel_of
from canglian.bank.settlement.reconciling.commands import (
    LINES_MAX,
    BeginReconciliation,
    ClearDifferences,
    EndReconciliation,
    FoundDifference,
    MarkBreaks,
    RecordDifferences,
)
from canglian.bank.settlement.reconciling.formats import ORDERS, FileFormat
from canglian.bank.settlement.reconciling.matching import Bridges, Found, Matching, Side
from canglian.bank.settlement.reconciling.model import (
    BridgeFigures,
    ReconciliationDay,
    SideFigures,
    SideLine,
)
from canglian.bank.settlement.reconciling.payouts import KEY, payout_difference, payout_lines
from canglian.bank.settlement.reconciling.reading import SideFile
from canglian.bank.settlement.reconciling.rules import difference_id
from canglian.kernel.command import Command
from canglian.kernel.engine import Engine
from canglian.kernel.errors import Rejection
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.observing import book_figures
from canglian.ledger.importing.reading import examine

ACTOR = "job:reconciliation"
CHUNK = 500
DIFFERENCES_MAX = 100_000
"""More than these are no differences, but another day's file."""


class Comparison(msgspec.Struct, frozen=True):
    """What came of comparing the sides that have arrived."""

    sides: list[SideFigures]
    bridges: list[BridgeFigures]
    matched: dict[str, int]
    found: list[Found]
    lines: dict[str, list[SideLine]] = {}


async def reconcile(
    engine: Engine,
    reader: Reader,
    book: int,
    on: date,
    channel: str,
    *,
    file: Path | None = None,
    orders: Path | None = None,
    actor: str = ACTOR,
) -> ReconciliationDay:
    """Reconcile a day of a channel: with its file, and with the orders that merchants say, or those of the book.

    Rejects ``reconciliation_day.not_over`` and ``reconciliation.too_many``, raises ``reconciliation.file_*``. Without a
    file the day stays incomplete. Of several runs at once the one that began last records what it finds; the others
    end with ``reconciliation_day.superseded``.
    """
    known = channel_of(channel)
    for path, form in ((file, known.form), (orders, ORDERS)):
        if path is not None:
            await asyncio.to_thread(_require_readable, path, form, on)
    begin = BeginReconciliation(date=on, channel=channel)
    day = (await engine.submit(book, begin, actor=actor)).unwrap()
    compared = await compare(reader, book, on, known, file, orders)
    return await _record(engine, reader, book, day, compared, actor)


def _require_readable(path: Path, form: FileFormat, on: date) -> None:
    """What is no such file at all is refused before the run begins. Raises Malformed ``reconciliation.file_*``."""
    next(SideFile(path, form, on).batches(), None)


async def compare(
    reader: Reader, book: int, on: date, channel: Channel, file: Path | None, orders: Path | None
) -> Comparison:
    """Read the sides and compare them; changes nothing."""
    merchants = await queries.merchants(reader, book)
    sides = [Side.LEDGER, Side.ORDERS] if file is None else list(Side)
    with Matching(sides) as matching:
        figures = list[SideFigures]()
        async for batch in queries.ledger_side(reader, book, on, channel):
            await asyncio.to_thread(matching.add, Side.LEDGER, batch)
        figures.append(_from_book(matching, Side.LEDGER))
        if file is not None:
            figures.append(
                await asyncio.to_thread(_from_file, matching, Side.CHANNEL, file, channel.form, on, merchants)
            )
        if orders is not None:
            figures.append(await asyncio.to_thread(_from_file, matching, Side.ORDERS, orders, ORDERS, on, merchants))
        else:
            async for batch in queries.orders_side(reader, book, on, channel):
                await asyncio.to_thread(matching.add, Side.ORDERS, batch)
            figures.append(_from_book(matching, Side.ORDERS))
        return await asyncio.to_thread(_compared, matching, figures)


def _from_book(matching: Matching, side: Side) -> SideFigures:
    total = matching.totals[side]
    return SideFigures(side=side, whole=True, lines=total.lines, amount=total.amount)


def _from_file(
    matching: Matching, side: Side, path: Path, form: FileFormat, on: date, merchants: frozenset[str]
) -> SideFigures:
    digest = examine(path).digest
    file = SideFile(path, form, on, merchants)
    for batch in file.batches():
        matching.add(side, batch)
    tally = file.tally
    return SideFigures(
        side=side,
        whole=tally.is_whole,
        lines=tally.taken,
        amount=tally.payments - tally.refunds,
        digest=digest,
        fee=None if form.fee is None else tally.fees,
        payouts=tally.payouts if form.fee is not None else {},
        unsettled=tally.unsettled,
        refused=tally.refused,
        foreign=tally.foreign,
        other_day=tally.other_day,
        problems={str(problem.line): problem.code for problem in tally.problems},
    )


def _compared(matching: Matching, figures: list[SideFigures]) -> Comparison:
    bridges, found = Bridges(matching.totals), list[Found]()
    for difference in matching.differences():
        if len(found) == DIFFERENCES_MAX:
            raise Rejection("reconciliation.too_many", most=DIFFERENCES_MAX)
        bridges.add(difference)
        found.append(difference)
    payouts = [side for side in figures if side.side is Side.CHANNEL]
    found += filter(None, map(payout_difference, payouts))
    figured = [BridgeFigures(b.side, b.ledger, b.steps, b.total, b.residual) for b in bridges.bridges]
    beside = matching.lines_of({difference.key for difference in found}, LINES_MAX)
    lines = {
        key: [SideLine(side=side, number=number, amount=amount) for side, number, amount in sorted(taken)]
        for key, taken in beside.items()
    }
    lines[KEY] = [line for side in payouts for line in payout_lines(side, LINES_MAX)]
    return Comparison(figures, figured, dict(sorted(matching.matched.items())), sorted(found), lines)


async def _record(
    engine: Engine, reader: Reader, book: int, day: ReconciliationDay, compared: Comparison, actor: str
) -> ReconciliationDay:
    """Record what was found, clear what was not found again, and end the run."""
    on, channel = day.date, day.channel
    digest = _digest(compared)
    run, begun = f"reconcile:{on}:{channel}:{day.begun}", day.begun

    async def ask(key: str, command: Command[Any]) -> Any:
        return (await engine.submit(book, command, actor=actor, key=f"{run}:{key}")).unwrap()

    for number, chunk in enumerate(_chunks(compared.found)):
        found = [_difference(difference, compared.lines) for difference in chunk]
        await ask(f"found:{number}", RecordDifferences(date=on, channel=channel, differences=found, begun=begun))
    again = {difference_id(on, channel, each.side, each.kind, each.key) for each in compared.found}
    arrived = {figures.side for figures in compared.sides}
    gone = [
        identity
        for identity, side in await queries.open_ids(reader, book, on, channel)
        if identity not in again and side in arrived
    ]
    for number, ids in enumerate(_chunks(gone)):
        await ask(f"gone:{number}:{_fingerprint(ids)}", ClearDifferences(differences=ids, begun=begun))
    end = EndReconciliation(
        date=on,
        channel=channel,
        sides=compared.sides,
        bridges=compared.bridges,
        matched=compared.matched,
        digest=digest,
        begun=begun,
    )
    return await ask("end", end)


def _difference(found: Found, lines: dict[str, list[SideLine]]) -> FoundDifference:
    beside = lines.get(found.key, [])
    return FoundDifference(found.side, found.kind, found.key, found.found, found.expected, beside)


async def mark_breaks(engine: Engine, reader: Reader, book: int) -> int:
    """What is pending beyond its grace becomes a break; how many did."""
    today = (await book_figures(reader, book)).today
    marked = 0
    while ids := await queries.over_grace(reader, book, today, CHUNK):
        command = MarkBreaks(differences=ids)
        key = f"reconciliation-breaks:{today}:{_fingerprint(ids)}"
        done = (await engine.submit(book, command, actor=ACTOR, key=key)).unwrap()
        marked += done
        if not done:
            break
    return marked


def _chunks(items: list[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(items), CHUNK):
        yield items[start : start + CHUNK]


def _digest(compared: Comparison) -> str:
    return hashlib.sha256(msgspec.json.encode(compared, order="sorted")).hexdigest()[:32]


def _fingerprint(ids: list[str]) -> str:
    return hashlib.sha256("\n".join(ids).encode()).hexdigest()[:16]
