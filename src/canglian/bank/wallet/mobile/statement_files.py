"""A person's own statements as files: a month of a wallet or a period that is chosen, as PDF or for a spreadsheet."""

from datetime import date, timedelta
from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency

from canglian.bank.deposit.statements.files import Form, statement_file
from canglian.bank.deposit.statements.gathering import ENTRIES_MAX
from canglian.bank.wallet import statements
from canglian.bank.wallet.mobile.owning import own_wallet, own_wallets
from canglian.kernel.errors import Malformed, declare
from canglian.kernel.queries.observing import book_figures
from canglian.web.mobile import MobilePages, Person, signed_in
from canglian.web.services import Services

declare({"statement.date_invalid": '"{text}" is no date: write it as 2026-11-30.'})

FORMS = {"pdf": Form.PDF, "csv": Form.CSV}


@get("/statements/files", guards=[signed_in])
async def files_page(
    pages: NamedDependency[MobilePages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
) -> Response[Any]:
    """Which wallet, which days, which form; with a form in the address the file itself."""
    query = request.query_params
    mine = await own_wallets(services, person)
    today = (await book_figures(services.reader, person.book)).today
    first, last = _period(query.get("month"), query.get("first"), query.get("last"), today)
    chosen = query.get("wallet") or (mine[0].id if mine else "")
    form = FORMS.get(query.get("format", ""))
    if form is None:
        return pages.render(
            "wallet/mobile/statement_files.html",
            wallets=mine,
            chosen=chosen,
            first=first,
            last=min(last, today),
            today=today,
            most=ENTRIES_MAX,
        )
    wallet = await own_wallet(services, person, chosen)
    subject = await statements.own(services.reader, services.keyring, person.book, wallet)
    made = await statement_file(services, person.book, subject, first, last, form, pages.language)
    return made.response()


def _period(month: str | None, first: str | None, last: str | None, today: date) -> tuple[date, date]:
    """A month that was asked for, or days; this month where nothing was. Rejects ``statement.date_invalid``."""
    if month:
        begin = _date(f"{month}-01")
        return begin, (begin + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    end = _date(last) if last else today
    return (_date(first) if first else end.replace(day=1)), end


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Malformed("statement.date_invalid", text=text[:20]) from None


handlers = (files_page,)
