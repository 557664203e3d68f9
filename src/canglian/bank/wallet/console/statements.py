"""The statement of a wallet: to be read and printed, or taken as CSV, PDF or camt.053."""

from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from canglian.bank.deposit.console.statement_pages import show_statement
from canglian.bank.wallet import statements
from canglian.bank.wallet.console.lists import PATH
from canglian.bank.wallet.queries import wallets
from canglian.web.console import Pages
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services


@get("/wallets/{wallet:str}/statement", guards=[needs(Permission.READ)])
async def wallet_statement(
    pages: NamedDependency[Pages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    wallet: FromPath[str],
) -> Response[Any]:
    """A period of a wallet with the balance after each entry; ``format`` saves all of it."""
    found = await wallets.wallet(services.reader, principal.book, wallet)
    subject = await statements.masked(services.reader, principal.book, found)
    home = f"{PATH}/{found.id}"
    return await show_statement(pages, request, services, principal, subject, found.party, home)


handlers = (wallet_statement,)
