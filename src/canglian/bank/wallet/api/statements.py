"""``/v1/wallets/{wallet}/statement``: a period of a wallet, to be read or printed."""

from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency

from canglian.bank.deposit.api.statements import FILE_KINDS, AskedForm, AskedUnmasking, First, Last, answer_statement
from canglian.bank.wallet import statements
from canglian.bank.wallet.api.paths import WalletPath
from canglian.bank.wallet.queries import wallets
from canglian.kernel.queries.paging import Order
from canglian.ledger.api.accounts import StatementAnswer
from canglian.web.operations import responses
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services


@get(
    "/{wallet:str}/statement",
    operation_id="getWalletStatement",
    guards=[needs(Permission.READ)],
    responses=responses(StatementAnswer),
    opt=FILE_KINDS,
)
async def get_statement(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    order: NamedDependency[Order],
    wallet: WalletPath,
    first: First = None,
    last: Last = None,
    form: AskedForm = None,
    unmasking: AskedUnmasking = None,
) -> Response[bytes]:
    """A period of a wallet: a page as JSON, or the whole as CSV, PDF or ISO 20022 camt.053."""
    found = await wallets.wallet(services.reader, principal.book, wallet)
    subject = await statements.masked(services.reader, principal.book, found)
    return await answer_statement(
        request, services, principal, order, subject, found.party, first, last, form, unmasking
    )


handlers = (get_statement,)
