"""The trial balance, now or at the end of a past business date."""

from datetime import date
from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency

from canglian.ledger.queries import chart
from canglian.ledger.queries.trial_balance import TrialLine, trial_balance
from canglian.web.console import Pages
from canglian.web.console.pages import SECURITY
from canglian.web.csv import CSV, as_csv
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services


@get("/trial-balance", guards=[needs(Permission.READ)])
async def trial_balance_page(
    pages: NamedDependency[Pages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[Any]:
    """Every head of every asset; debits and credits agree, or the page says by how much they do not."""
    text = request.query_params.get("date", "")
    try:
        day = date.fromisoformat(text) if text else None
    except ValueError:
        day = None
    found = await trial_balance(services.standby, principal.book, day)
    if request.query_params.get("format") == "csv":
        headers = {**SECURITY, "content-disposition": f'attachment; filename="trial-balance-{found.date}.csv"'}
        return Response(as_csv(found.lines, TrialLine), media_type=CSV, headers=headers)
    scales = await chart.scales(services.standby, principal.book)
    return await pages.render("ledger/trial_balance.html", trial=found, scales=scales)


handlers = (trial_balance_page,)
