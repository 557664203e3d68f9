"""The statement of a deposit account: to be read and printed, or taken as CSV, PDF or camt.053."""

from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from canglian.bank.deposit.console.accounts import PATH
from canglian.bank.deposit.console.statement_pages import show_statement
from canglian.bank.deposit.queries import accounts
from canglian.bank.deposit.statements.gathering import of_deposit
from canglian.web.console import Pages
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
    found = await accounts.account(services.reader, principal.book, account)
    home = f"{PATH}/{found.id}"
    return await show_statement(pages, request, services, principal, of_deposit(found), found.party, home)


handlers = (deposit_statement,)
