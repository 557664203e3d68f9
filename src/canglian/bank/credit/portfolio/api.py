"""``/v1/loan-portfolio``: vintages, what falls due when, and what would be if."""

from typing import Annotated

from litestar import Response, Router, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from canglian.bank.credit.portfolio import queries
from canglian.bank.credit.portfolio.forecasting import SHIFT_MAX_BPS, WORSE_MAX, WhatIf
from canglian.bank.credit.portfolio.queries import Ladder, PortfolioFilter, Vintages
from canglian.web.operations import as_json, responses
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

_READ = [needs(Permission.READ)]
_Product = Annotated[str | None, QueryParameter(description="Only of this loan product.")]


@get("/vintages", operation_id="listVintages", guards=_READ, responses=responses(Vintages))
async def list_vintages(
    services: NamedDependency[Services], principal: NamedDependency[Principal], product: _Product = None
) -> Response[bytes]:
    """By month of drawing, what share of the principal was ever 30 days overdue, month after month."""
    return as_json(await queries.vintages(services.reader, principal.book, PortfolioFilter(product)))


@get("/maturities", operation_id="listMaturities", guards=_READ, responses=responses(Ladder))
async def list_maturities(
    services: NamedDependency[Services], principal: NamedDependency[Principal], product: _Product = None
) -> Response[bytes]:
    """What principal and interest fall due within 7, 30, 90, 180 and 365 days, and later."""
    return as_json(await queries.ladder(services.reader, principal.book, PortfolioFilter(product)))


@get("/what-if", operation_id="forecastPortfolio", guards=_READ, responses=responses(WhatIf))
async def forecast_portfolio(
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    product: _Product = None,
    shift_bps: Annotated[
        int,
        QueryParameter(
            description="By how many basis points the yearly rates are changed.", ge=-SHIFT_MAX_BPS, le=SHIFT_MAX_BPS
        ),
    ] = 0,
    worse: Annotated[
        int, QueryParameter(description="By how many buckets all loans grow worse.", ge=0, le=WORSE_MAX)
    ] = 0,
) -> Response[bytes]:
    """What the next 365 days earn and what is to be set aside, at other rates and after loans grew worse."""
    return as_json(await queries.forecast(services.reader, principal.book, PortfolioFilter(product), shift_bps, worse))


ROUTER = Router("/loan-portfolio", route_handlers=[list_vintages, list_maturities, forecast_portfolio], tags=["loans"])
