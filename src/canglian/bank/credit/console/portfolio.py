"""All loans together: by bucket and class, by month of drawing, by when they fall due, and if things were otherwise."""

from collections.abc import Sequence
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency

from canglian.bank.credit.console.drawing import (
    buckets_chart,
    ladder_chart,
    shares,
    step_title,
    vintage_chart,
)
from canglian.bank.credit.loans import queries as loans
from canglian.bank.credit.portfolio import queries
from canglian.bank.credit.portfolio.forecasting import SHIFT_MAX_BPS, WORSE_MAX
from canglian.bank.credit.portfolio.queries import Falling, PortfolioFilter, Vintage
from canglian.bank.credit.products import queries as products
from canglian.kernel.amounts import major
from canglian.ledger.queries import chart
from canglian.web.console import Pages
from canglian.web.csv import BOM, CSV, csv_lines, file_headers
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

_SHIFTS = (-100, -50, -25, 0, 25, 50, 100)


@get("/loan-portfolio", guards=[needs(Permission.READ)])
async def portfolio_page(
    pages: NamedDependency[Pages], services: NamedDependency[Services], principal: NamedDependency[Principal]
) -> Response[Any]:
    """The portfolio, of all products or of one; ``?format=csv&table=vintages`` or ``maturities`` as a file."""
    reader, book, asked = services.reader, principal.book, pages.request.query_params
    offered = {each.code: each for each in await products.versions(reader, book)}
    product = asked.get("product") or None
    only = PortfolioFilter(product if product in offered else None)
    if asked.get("format") == "csv":
        if asked.get("table") == "maturities":
            return _as_file("loan-maturities", _ladder_lines(pages, (await queries.ladder(reader, book, only)).data))
        return _as_file("loan-vintages", _vintage_lines(pages, (await queries.vintages(reader, book, only)).data))
    shift = _number(asked.get("shift_bps"), -SHIFT_MAX_BPS, SHIFT_MAX_BPS)
    worse = _number(asked.get("worse"), 0, WORSE_MAX)
    found = await loans.portfolio(reader, book, only.product)
    months = await queries.vintages(reader, book, only)
    ladder = await queries.ladder(reader, book, only)
    return await pages.render(
        "credit/portfolio.html",
        today=months.today,
        product=only.product,
        products=[(code, each.name) for code, each in sorted(offered.items())],
        buckets=found.data,
        classes=found.classes,
        written_off=found.written_off,
        chart=buckets_chart(found.data, pages._),
        vintages=vintage_chart(months.data, pages._),
        ladder=[(step_title(step.days, pages._), step) for step in ladder.data],
        ladder_chart=ladder_chart(ladder.data, pages._),
        shift=shift,
        shifts=_SHIFTS,
        worse=worse,
        worse_max=WORSE_MAX,
        then=(await queries.forecast(reader, book, only, shift, worse)).data,
        scales=await chart.scales(reader, book),
    )


def _number(typed: str | None, least: int, most: int) -> int:
    """A whole number that stands in the address; nothing where there is none, or one out of bounds."""
    try:
        found = int(typed or 0)
    except ValueError:
        return 0
    return found if least <= found <= most else 0


def _as_file(name: str, lines: list[list[Any]]) -> Response[Any]:
    return Response(BOM + csv_lines(lines), media_type=CSV, headers=file_headers(name))


def _vintage_lines(pages: Pages, vintages: Sequence[Vintage]) -> list[list[Any]]:
    """A line for each month of drawing: what was drawn, and the share that was ever late, month after month."""
    longest = max((len(each.late) for each in vintages), default=0)
    titles = [pages._("Month of drawing"), pages._("Paid out in"), pages._("Loans"), pages._("Drawn")]
    lines: list[list[Any]] = [[*titles, *range(longest)]]
    for each in vintages:
        row = [each.month.strftime("%Y-%m"), each.asset, each.loans, major(each.principal)]
        lines.append([*row, *(f"{major(share)}%" for share in shares([each]))])
    return lines


def _ladder_lines(pages: Pages, steps: Sequence[Falling]) -> list[list[Any]]:
    titles = [pages._("Falls due"), pages._("Paid out in"), pages._("Principal"), pages._("Interest")]
    rows = ([step_title(each.days, pages._), each.asset, major(each.principal), major(each.interest)] for each in steps)
    return [titles, *rows]


handlers = (portfolio_page,)
