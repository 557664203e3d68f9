"""A statement over HTTP: a page as JSON, or the whole as a file."""

from datetime import date
from typing import Annotated, Any

from litestar import Request, Response
from litestar.params import QueryParameter

from canglian.bank.deposit.statements.disclosing import with_whole_name
from canglian.bank.deposit.statements.files import TYPES, Form, statement_file
from canglian.bank.deposit.statements.gathering import Subject
from canglian.kernel.queries.observing import book_figures
from canglian.kernel.queries.paging import Order
from canglian.ledger.api.accounts import StatementAnswer
from canglian.ledger.queries import statements
from canglian.web.operations import FILES, as_json
from canglian.web.principal import Principal
from canglian.web.services import Services
from canglian.web.words import preferred

FILE_KINDS = {FILES: tuple(kind for kind, _ in TYPES.values())}
"""What the operations of statements answer beside JSON."""

First = Annotated[date | None, QueryParameter(description="The first business date.")]
Last = Annotated[date | None, QueryParameter(description="The last business date.")]
AskedForm = Annotated[
    Form | None,
    QueryParameter(
        name="format",
        description="`csv`, `pdf` or `camt053` for the whole as a file, of which the last two hold 10,000 "
        "entries at most; left out, a page as JSON.",
    ),
]
AskedUnmasking = Annotated[
    str | None,
    QueryParameter(
        description="An unmasking of your own of the holder's name, which a PDF or camt.053 then has in full.",
        max_length=64,
    ),
]


async def answer_statement(
    request: Request[Any, Any, Any],
    services: Services,
    principal: Principal,
    order: Order,
    subject: Subject,
    party: str | None,
    first: date | None,
    last: date | None,
    form: Form | None,
    unmasking: str | None,
) -> Response[Any]:
    """A period of an account or wallet in the form that is asked for."""
    reader, book = services.reader, principal.book
    until = (await book_figures(reader, book)).today if last is None else last
    since = until.replace(day=1) if first is None else first
    if form is None:
        period = await statements.statement(reader, book, subject.ledger_account, since, until, order)
        plain = {name: getattr(period, name) for name in period.__struct_fields__ if name != "page"}
        return as_json(StatementAnswer(**plain, data=period.page.items, next_cursor=period.page.next_cursor))
    if unmasking is not None:
        subject = await with_whole_name(services, principal, subject, party, unmasking)
    language = preferred(request.headers.get("accept-language"))
    made = await statement_file(services, book, subject, since, until, form, language)
    return made.response()
