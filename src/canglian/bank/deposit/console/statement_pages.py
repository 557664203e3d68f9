"""The page of a statement, of a deposit account or of what a room above keeps: to be read and printed, or saved."""

from typing import Any

from litestar import Request, Response

from canglian.bank.deposit.console.accounts import day
from canglian.bank.deposit.statements.disclosing import own_unmaskings, with_whole_name
from canglian.bank.deposit.statements.files import Form, statement_file
from canglian.bank.deposit.statements.gathering import ENTRIES_MAX, Subject
from canglian.bank.party.queries import lists
from canglian.bank.party.rules import readable_until
from canglian.kernel.queries.observing import book_figures
from canglian.kernel.queries.paging import LIMIT_MAX, Order
from canglian.kernel.values import utc_now
from canglian.ledger.queries import chart, statements
from canglian.web.console import Pages
from canglian.web.console.pages import SECURITY
from canglian.web.principal import Principal
from canglian.web.services import Services


async def show_statement(
    pages: Pages,
    request: Request[Any, Any, Any],
    services: Services,
    principal: Principal,
    subject: Subject,
    party: str | None,
    home: str,
) -> Response[Any]:
    """A period with the balance after each entry; ``format`` saves all of it. ``home`` is the subject's own page."""
    reader, book, query = services.reader, principal.book, request.query_params
    today = (await book_figures(reader, book)).today
    last = day(query.get("last")) or today
    first = day(query.get("first")) or last.replace(day=1)
    form = query.get("format")
    if form in set(Form):
        if unmasking := query.get("unmasking"):
            subject = await with_whole_name(services, principal, subject, party, unmasking)
        made = await statement_file(services, book, subject, first, last, Form(form), pages.language)
        return made.response(SECURITY)
    statement = await statements.statement(
        reader, book, subject.ledger_account, first, last, Order("id", query.get("cursor") or None, LIMIT_MAX)
    )
    find = subject.counterparties
    return await pages.render(
        "deposit/statement.html",
        account=subject,
        home=home,
        statement=statement,
        counterparties={} if find is None else await find(reader, book, list(statement.page.items)),
        unmasking=await _readable(services, principal, party),
        is_paper=statement.entries <= ENTRIES_MAX,
        most=ENTRIES_MAX,
        is_first=not query.get("cursor"),
        now=utc_now(),
        scales=await chart.scales(reader, book),
    )


async def _readable(services: Services, principal: Principal, party: str | None) -> str | None:
    """The unmasking with which whoever reads this may still see the holder's whole name."""
    own = await own_unmaskings(services, principal, party)
    if not own:
        return None
    today = (await book_figures(services.reader, principal.book)).today
    policy = await lists.policy_on(services.reader, principal.book, today)
    now = utc_now()
    return next((each.id for each in own if readable_until(each, policy) >= now), None)
