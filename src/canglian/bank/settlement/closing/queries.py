"""The end of days as it is shown, and what its steps count."""

from datetime import date, datetime, timedelta
from typing import Annotated

import msgspec

from canglian.bank.deposit.model.interest import UnsettledInterest
from canglian.bank.settlement.closing.model import EodFailure, EodRun, EodState, EodStep
from canglian.kernel.errors import NotFound
from canglian.kernel.fields import doc
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.entities import listing, some
from canglian.kernel.queries.paging import Order, Page, Where, by_date
from canglian.kernel.shape import quoted, shape

DAYS_LEFT = 7
"""Of so many days steps that hold nothing up are tried again."""


class EodFilter(msgspec.Struct, frozen=True):
    """Which runs; None means any."""

    state: Annotated[EodState | None, doc("Only in this state.")] = None


class EodWhole(msgspec.Struct, frozen=True):
    """The end of a day with its steps in their order, and the items that failed and are not done yet."""

    run: Annotated[EodRun, doc("The run.")]
    steps: Annotated[list[EodStep], doc("Its steps in their order.")]
    failures: Annotated[list[EodFailure], doc("Items that failed and are not done yet.")]


_RUNS = listing(EodRun, by_date("date"))


async def runs(reader: Reader, book: int, asked: EodFilter, order: Order) -> Page[EodRun]:
    """A page of runs, the last day first."""
    where = Where("book = $1")
    where.add("state = ?", asked.state)
    return await _RUNS.page(reader, book, where, order)


async def run_or_none(reader: Reader, book: int, day: date) -> EodRun | None:
    """The end of a day, None where it was not started."""
    return next(iter(await some(reader, book, EodRun, "date", day)), None)


async def whole(reader: Reader, book: int, day: date | str) -> EodWhole:
    """The end of a day; NotFound ``eod_run.not_found``."""
    try:
        asked = date.fromisoformat(day) if isinstance(day, str) else day
    except ValueError:
        raise NotFound("eod_run.not_found", eod_run=day) from None
    run = await run_or_none(reader, book, asked)
    if run is None:
        raise NotFound("eod_run.not_found", eod_run=asked.isoformat())
    steps = sorted(await some(reader, book, EodStep, "date", asked), key=lambda step: step.position)
    failures = await some(reader, book, EodFailure, "date", asked)
    return EodWhole(run, steps, [failure for failure in failures if failure.resolved_at is None])


async def open_run(reader: Reader, book: int) -> EodRun | None:
    """The run that is not done yet: the last one at most is."""
    found = (await runs(reader, book, EodFilter(), Order("-date", None, 1))).items
    return found[0] if found and found[0].state is not EodState.DONE else None


async def step_or_none(reader: Reader, book: int, day: date, name: str) -> EodStep | None:
    """A step of the end of a day, None where it is none of its steps."""
    return next((step for step in await some(reader, book, EodStep, "date", day) if step.name == name), None)


async def left_steps(reader: Reader, book: int, name: str, before: datetime) -> list[EodStep]:
    """What a step is left with on the last days, where it was not tried since."""
    form = shape(EodStep)
    sql = (
        f"SELECT {', '.join(form.names)} FROM eod_step WHERE book = $1 AND name = $2 AND state = 'incomplete' "
        "AND updated_at < $3 AND date > (SELECT max(date) FROM eod_step WHERE book = $1) - $4::integer ORDER BY date"
    )
    return [form.make(row) for row in await reader.rows(sql, book, name, before, DAYS_LEFT)]


async def interest_due(reader: Reader, book: int, kind: type[UnsettledInterest], day: date) -> int:
    """How many days of interest accounts still lack before a business date, over all accounts."""
    sql = (
        f"SELECT coalesce(sum($2::date - until), 0)::bigint FROM {quoted(kind.__table__)} "
        "WHERE book = $1 AND NOT closed AND until < $2"
    )
    return await reader.value(sql, book, day - timedelta(days=1))
