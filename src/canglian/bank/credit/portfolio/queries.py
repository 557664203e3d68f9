"""The loans of a book as they have aged and will fall due; sums alone, no loan by itself."""

from datetime import date, timedelta
from typing import Annotated

import msgspec

from canglian.bank.credit.loans.model import LoanClass
from canglian.bank.credit.portfolio.forecasting import WHAT_IF_DAYS, Group, WhatIf, what_if
from canglian.bank.credit.products import queries as products
from canglian.kernel.fields import doc
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.observing import book_figures

LATE_DAYS = 30
"""From how many days overdue on a loan counts in a vintage, for ever."""
STEPS = (7, 30, 90, 180, WHAT_IF_DAYS)
"""Within how many days something falls due; the last step is what falls due later."""

_LIVING = "loan.state IN ('active', 'grace', 'overdue')"


class PortfolioFilter(msgspec.Struct, frozen=True):
    """Which loans; None means any."""

    product: Annotated[str | None, doc("Only of this loan product.")] = None


class Vintage(msgspec.Struct, frozen=True):
    """The loans that were drawn in a month, and how they have gone bad."""

    month: Annotated[date, doc("The first day of the month in which they were drawn.")]
    asset: Annotated[str, doc("In which money: `CNY` or `ECNY`.")]
    loans: Annotated[int, doc("How many loans.")]
    principal: Annotated[int, doc("What was drawn, in fen.")]
    late: Annotated[
        list[int],
        doc(
            "What was drawn of loans that were ever 30 days overdue by the end of the month of drawing, of the next "
            "month, and so on until now, in fen."
        ),
    ]


class Vintages(msgspec.Struct, frozen=True):
    """How the loans of each month have gone bad."""

    today: Annotated[date, doc("The business date.")]
    data: Annotated[list[Vintage], doc("The months in which anything was drawn, the first one first.")]


class Falling(msgspec.Struct, frozen=True):
    """What falls due within some days, of loans that bear interest."""

    asset: Annotated[str, doc("In which money: `CNY` or `ECNY`.")]
    days: Annotated[
        int | None, doc("Within so many days, and later than the step before; 0 has fallen due, null is all the rest.")
    ]
    principal: Annotated[int, doc("The principal, in fen.")]
    interest: Annotated[int, doc("The interest; of what has fallen due with penalty and compound interest, in fen.")]


class Ladder(msgspec.Struct, frozen=True):
    """What falls due when."""

    today: Annotated[date, doc("The business date.")]
    data: Annotated[list[Falling], doc("The steps of each money, what has fallen due first.")]


async def vintages(reader: Reader, book: int, asked: PortfolioFilter) -> Vintages:
    """How the loans of each month have gone bad. A loan counts from the day on which it was 30 days overdue."""
    today = (await book_figures(reader, book)).today
    drawn = (
        "SELECT date_trunc('month', drawn_on)::date, asset, count(*), sum(principal)::bigint FROM loan "
        "WHERE book = $1 AND ($2::text IS NULL OR product = $2) GROUP BY 1, 2 ORDER BY 1, 2"
    )
    late = (
        "SELECT date_trunc('month', bad.drawn_on)::date, bad.asset, "
        "(extract(year FROM bad.since) - extract(year FROM bad.drawn_on))::int * 12 "
        "+ (extract(month FROM bad.since) - extract(month FROM bad.drawn_on))::int, sum(bad.principal)::bigint FROM ("
        "SELECT loan.drawn_on, loan.asset, loan.principal, min(due.due) + $3::int AS since FROM loan "
        "JOIN loan_due due ON due.book = $1 AND due.loan = loan.id "
        "AND (due.settled_on IS NULL OR due.settled_on >= due.due + $3::int) "
        "WHERE loan.book = $1 AND loan.worst_days >= $3 AND ($2::text IS NULL OR loan.product = $2) "
        "GROUP BY loan.id, loan.drawn_on, loan.asset, loan.principal) bad GROUP BY 1, 2, 3"
    )
    found = {
        (row[0], row[1]): Vintage(row[0], row[1], row[2], row[3], [0] * (_months(row[0], today) + 1))
        for row in await reader.rows(drawn, book, asked.product)
    }
    for month, asset, after, principal in await reader.rows(late, book, asked.product, LATE_DAYS):
        ever = found[month, asset].late
        for place in range(after, len(ever)):
            ever[place] += principal
    return Vintages(today, list(found.values()))


def _months(first: date, last: date) -> int:
    return (last.year - first.year) * 12 + last.month - first.month


async def ladder(reader: Reader, book: int, asked: PortfolioFilter) -> Ladder:
    """What falls due when, by the plans in force."""
    today = (await book_figures(reader, book)).today
    return Ladder(today, _ladder(await _groups(reader, book, today, asked)))


async def forecast(reader: Reader, book: int, asked: PortfolioFilter, shift_bps: int, worse: int) -> WhatIf:
    """What the next 365 days earn and what is to be set aside, at another rate and after loans grew worse."""
    today = (await book_figures(reader, book)).today
    offered = {(each.code, each.version): each for each in await products.versions(reader, book)}
    return what_if(await _groups(reader, book, today, asked), offered, shift_bps, worse)


def _ladder(groups: list[Group]) -> list[Falling]:
    sums: dict[tuple[str, int], tuple[int, int]] = {}
    for group in groups:
        parts = [(0, group.fallen_principal, group.fallen_interest)]
        parts += [(place, *part) for place, part in enumerate(zip(group.principal, group.interest, strict=True), 1)]
        for place, principal, interest in parts:
            before = sums.get((group.asset, place), (0, 0))
            sums[group.asset, place] = before[0] + principal, before[1] + interest
    days = (0, *STEPS, None)
    return [Falling(asset, days[place], *part) for (asset, place), part in sorted(sums.items())]


async def _groups(reader: Reader, book: int, today: date, asked: PortfolioFilter) -> list[Group]:
    """Loans that bear interest by what they have in common, with what of them falls due at each step."""
    places = range(len(STEPS) + 1)
    sums = ", ".join(
        f"coalesce(sum(part.{what}) FILTER (WHERE part.place = {place}), 0)::bigint"
        for what in ("principal", "interest")
        for place in places
    )
    standing = (
        "SELECT product, version, asset, rate_ppm, bucket, accrual_stopped_on IS NOT NULL, class_floor, count(*), "
        "sum(outstanding)::bigint, sum(provision)::bigint, sum(due_principal)::bigint, "
        "sum(due_interest + penalty + compounded)::bigint FROM loan "
        f"WHERE book = $1 AND {_LIVING} AND ($2::text IS NULL OR product = $2) GROUP BY 1, 2, 3, 4, 5, 6, 7"
    )
    falling = (
        "SELECT part.product, part.version, part.asset, part.rate_ppm, part.bucket, part.stopped, part.class_floor, "
        f"{sums} FROM ("
        "SELECT loan.product, loan.version, loan.asset, loan.rate_ppm, loan.bucket, "
        "loan.accrual_stopped_on IS NOT NULL AS stopped, loan.class_floor, "
        "width_bucket(item.due, $3::date[]) AS place, "
        "sum(item.principal) AS principal, sum(item.interest) AS interest FROM loan "
        "JOIN loan_plan plan ON plan.book = $1 AND plan.loan = loan.id AND plan.version = loan.plan "
        "CROSS JOIN LATERAL jsonb_to_recordset(plan.rows) "
        "AS item(number int, due date, principal bigint, interest bigint) "
        f"WHERE loan.book = $1 AND {_LIVING} AND ($2::text IS NULL OR loan.product = $2) "
        "AND loan.number > 0 AND item.number >= loan.number GROUP BY 1, 2, 3, 4, 5, 6, 7, 8"
        ") part GROUP BY 1, 2, 3, 4, 5, 6, 7"
    )
    bounds = [today + timedelta(days=step + 1) for step in STEPS]
    parts = {tuple(row[:7]): tuple(row[7:]) for row in await reader.rows(falling, book, asked.product, bounds)}
    nothing = (0,) * (2 * len(places))
    groups = list[Group]()
    for row in await reader.rows(standing, book, asked.product):
        part = parts.get(tuple(row[:7]), nothing)
        floor = None if row[6] is None else LoanClass(row[6])
        standing_sums = (*row[:6], floor, *row[7:])
        groups.append(Group(*standing_sums, part[: len(places)], part[len(places) :]))  # pyright: ignore[reportCallIssue]
    return groups
