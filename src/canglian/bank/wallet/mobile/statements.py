"""What moved in a month, line by line, and each line by itself: who got how much from which pocket, what was left."""

from datetime import date, timedelta
from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from canglian.bank.wallet.mobile import others
from canglian.bank.wallet.mobile.lines import lines_of
from canglian.bank.wallet.mobile.owning import own_wallet, own_wallets
from canglian.bank.wallet.mobile.pin_pages import seen
from canglian.bank.wallet.queries import moves, wallets
from canglian.kernel.errors import NotFound
from canglian.kernel.queries.observing import book_figures
from canglian.kernel.queries.paging import Order
from canglian.ledger.queries import statements
from canglian.web.mobile import MobilePages, Person, signed_in
from canglian.web.services import Services

PAGE = 30


@get("/statements", guards=[signed_in])
async def month_page(
    pages: NamedDependency[MobilePages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
) -> Response[bytes]:
    """A month of a wallet, newest first."""
    mine = await own_wallets(services, person)
    chosen = request.query_params.get("wallet") or (mine[0].id if mine else None)
    if chosen is None:
        return pages.render("wallet/mobile/statements.html", wallet=None)
    wallet = await own_wallet(services, person, chosen)
    today = (await book_figures(services.reader, person.book)).today
    first = _month(request.query_params.get("month"), today)
    last = _next(first) - timedelta(days=1)
    order = Order("-id", request.query_params.get("cursor"), PAGE)
    statement = await statements.statement(services.reader, person.book, wallet.account, first, last, order)
    return pages.render(
        "wallet/mobile/statements.html",
        wallet=(await wallets.views(services.reader, person.book, [wallet]))[0],
        wallets=mine,
        statement=statement,
        lines=await lines_of(pages, services, person, [(wallet, entry) for entry in statement.page.items]),
        next_cursor=statement.page.next_cursor,
        month=f"{first:%Y-%m}",
        before=f"{first - timedelta(days=1):%Y-%m}",
        after=f"{_next(first):%Y-%m}" if _next(first) <= today else None,
    )


def _month(asked: str | None, today: date) -> date:
    """The first day of a month that was asked for, or of this one."""
    try:
        year, _, month = (asked or "").partition("-")
        found = date(int(year), int(month), 1)
    except ValueError:
        found = today.replace(day=1)
    return min(max(found, date(2000, 1, 1)), today.replace(day=1))


def _next(first: date) -> date:
    return (first + timedelta(days=32)).replace(day=1)


@get("/wallets/{wallet:str}/entries/{entry:int}", guards=[signed_in])
async def entry_page(
    pages: NamedDependency[MobilePages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
    wallet: FromPath[str],
    entry: FromPath[int],
) -> Response[Any]:
    """One line: a transfer between wallets has its own page, all else is shown here."""
    own, reader, book = await own_wallet(services, person, wallet), services.reader, person.book
    moved = (await moves.by_ledger(reader, book, [entry])).get(entry)
    if moved is not None and own.id in (moved.payer, moved.payee):
        return Redirect(f"/m/transfers/{moved.id}", status_code=303)
    other = (await others.lines_of(reader, book, [entry])).get(entry) if moved is None else None
    if other is not None and other.href is not None:
        return Redirect(other.href, status_code=303)
    found = await statements.entry(reader, book, own.account, entry)
    if found is None:
        raise NotFound("request.not_found", path=request.scope["path"])
    (line,) = await lines_of(pages, services, person, [(own, found)])
    return pages.render(
        "wallet/mobile/entry.html", entry=found, own=await seen(services, person, own), title=line.title
    )


handlers = (month_page, entry_page)
