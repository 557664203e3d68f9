"""The runs of this room that list what is due and ask for it: interest, and the rail's daily file.

A run may be killed anywhere and begun again: every command takes only what is still due, under a key that names it.
"""

import asyncio
import hashlib
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated, Any, Final, TypeVar

import msgspec

from canglian.bank.deposit.commands import (
    AccrueInterest,
    FinishInterestDay,
    NoteMissingInFile,
    Reconciled,
    ReconcileRailLine,
    SettleInterest,
)
from canglian.bank.deposit.interest_runs import InterestRuns
from canglian.bank.deposit.queries import due
from canglian.kernel.command import Command, Outcome
from canglian.kernel.engine import Engine
from canglian.kernel.fields import doc
from canglian.kernel.postgres.reader import Reader

R = TypeVar("R")

RAIL_ACTOR = "job:rail-file"
TOGETHER = 512
"""How many single commands are in flight at once."""

INTEREST: Final = InterestRuns(
    actor="job:deposit-interest", accrue=AccrueInterest, settle=SettleInterest, finish=FinishInterestDay
)


async def _all(engine: Engine, book: int, asked: Mapping[str, Command[R]], actor: str) -> list[Outcome[R]]:
    return await asyncio.gather(*(engine.submit(book, command, actor=actor, key=key) for key, command in asked.items()))


class FileRun(msgspec.Struct, frozen=True):
    """What came of a file of the rail: lines that agreed, that settled an order, and differences in all."""

    agreed: Annotated[int, doc("Lines that agreed with an order that was answered before.")]
    settled: Annotated[int, doc("Lines that settled an order which was never answered.")]
    differs: Annotated[int, doc("Lines that stand as a difference now.")]
    missing: Annotated[int, doc("Orders that stand in no line, noted as differences.")]


async def run_rail_file(
    engine: Engine, reader: Reader, book: int, day: date, lines: Iterable[ReconcileRailLine]
) -> FileRun:
    """Hold the rail's file of a day against the book line by line, then note the orders that stand in none.

    A line refused ends the run with its error. The same file again changes nothing.
    """
    counts = {"agreed": 0, "settled": 0, "differs": 0}
    for some in _in_groups(lines, TOGETHER):
        asked: dict[str, Command[Reconciled]] = {
            f"rail-line:{day.isoformat()}:{hashlib.sha256(msgspec.json.encode(line)).hexdigest()[:24]}": line
            for line in some
        }
        for outcome in await _all(engine, book, asked, RAIL_ACTOR):
            counts[outcome.unwrap().outcome] += 1
    missing, after = 0, ""
    while orders := await due.missing_in_file(reader, book, day, after, TOGETHER):
        notes = {f"rail-missing:{order}": NoteMissingInFile(order=order, date=day) for order in orders}
        missing += sum(not outcome.replayed for outcome in await _all(engine, book, notes, RAIL_ACTOR))
        after = orders[-1]
    return FileRun(counts["agreed"], counts["settled"], counts["differs"], missing)


def _in_groups(lines: Iterable[Any], most: int) -> Iterable[list[Any]]:
    group: list[Any] = []
    for line in lines:
        group.append(line)
        if len(group) == most:
            yield group
            group = []
    if group:
        yield group
