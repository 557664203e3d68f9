"""The statement of a deposit account: to be read and printed, or taken as CSV, PDF or camt.053."""

from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from canglian.bank.deposit.console.accounts import day
from canglian.bank.deposit.queries import accounts
from canglian.bank.deposit.statements.files import Form, statement_file
from canglian.bank.deposit.statements.gathering import of_deposit
from canglian.kernel.queries.observing import book_figures
from canglian.kernel.queries.paging import LIMIT_MAX, Order
from canglian.kernel.values import utc_now
from canglian.ledger.queries import chart, statements
from canglian.web.console import Pages
from canglian.web.console.pages import SECURITY
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services


@get("/deposits/{account:str}/statement", guards=[needs(Permission.READ)])
async def deposit_statement(
    pages: NamedDependency[Pages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    account: FromPath[str],
) -> Response[Any]:
    """A period of an account with the balance after each entry; ``format`` saves all of it."""
    reader, book, query = services.reader, principal.book, request.query_params
    found = await accounts.account(reader, book, account)
    today = (await book_figures(reader, book)).today
    last = day(query.get("last")) or today
    first = day(query.get("first")) or last.replace(day=1)
    form = query.get("format")
    if form in set(Form):
        made = await statement_file(services, book, of_deposit(found), first, last, Form(form), pages.language)
        return Response(made.body, media_type=made.media_type, headers={**SECURITY, **made.headers})
    order = Order("id", query.get("cursor") or None, LIMIT_MAX)
    return await pages.render(
        "deposit/statement.html",
        account=found,
        statement=await statements.statement(reader, book, found.ledger_account, first, last, order),
        is_first=not query.get("cursor"),
        now=utc_now(),
        scales=await chart.scales(reader, book),
    )


handlers = (deposit_statement,)
