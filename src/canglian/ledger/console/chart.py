"""The chart of accounts: classes, their GL accounts with balances and sums, and the accounts under each."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from canglian.kernel.errors import NotFound
from canglian.kernel.queries.paging import Order
from canglian.ledger.model import Head, HeadClass, Side
from canglian.ledger.queries import chart
from canglian.ledger.queries.accounts import AccountFilter, accounts
from canglian.ledger.queries.trial_balance import TrialLine, trial_balance
from canglian.web.console import Pages
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

ACCOUNTS_SHOWN = 25
"""How many accounts the page of a GL account shows."""

_SIDES = {HeadClass.ASSET: Side.DEBIT, HeadClass.EXPENSE: Side.DEBIT, HeadClass.COMMON: Side.DEBIT}
"""The side on which the sum of a class grows whose GL accounts differ, where it is not the credit side."""


class Sum(msgspec.Struct, frozen=True):
    """What a GL account, or a class of them, comes to in one asset, in the direction of ``side``."""

    asset: str
    balance: int
    debits: int
    credits: int
    accounts: int


class HeadLine(msgspec.Struct, frozen=True):
    """A GL account with its sum in each asset that it has accounts in."""

    head: Head
    sums: Sequence[Sum]

    @property
    def accounts(self) -> int:
        """How many accounts there are under it."""
        return sum(each.accounts for each in self.sums)


class ClassLine(msgspec.Struct, frozen=True):
    """A class of the chart with its GL accounts, and what they come to together."""

    head_class: HeadClass
    side: Side
    heads: Sequence[HeadLine]
    sums: Sequence[Sum]


def tree(heads: Sequence[Head], lines: Sequence[TrialLine]) -> list[ClassLine]:
    """The whole chart, class by class; GL accounts without accounts too."""
    by_head: dict[str, list[TrialLine]] = {}
    for line in lines:
        by_head.setdefault(line.head, []).append(line)
    found: list[ClassLine] = []
    for head_class in HeadClass:
        mine = [head for head in heads if head.head_class is head_class]
        if mine:
            sides = {head.normal_side for head in mine}
            side = _SIDES.get(head_class, Side.CREDIT) if len(sides) > 1 else sides.pop()
            together = [line for head in mine for line in by_head.get(head.code, [])]
            rows = [HeadLine(head, _sums(by_head.get(head.code, []), head.normal_side)) for head in mine]
            found.append(ClassLine(head_class, side, rows, _sums(together, side)))
    return found


def _sums(lines: Sequence[TrialLine], side: Side) -> list[Sum]:
    """Sums by asset."""
    return [
        Sum(
            asset,
            sum(_balance(line, side) for line in mine),
            sum(line.debits for line in mine),
            sum(line.credits for line in mine),
            sum(line.accounts for line in mine),
        )
        for asset in sorted({line.asset for line in lines})
        for mine in ([line for line in lines if line.asset == asset],)
    ]


def _balance(line: TrialLine, side: Side) -> int:
    net = line.debit_balance - line.credit_balance
    return net if side is Side.DEBIT else -net


def _day(query: Mapping[str, Any]) -> date | None:
    try:
        return date.fromisoformat(query.get("date") or "")
    except ValueError:
        return None


@get("/chart-of-accounts", guards=[needs(Permission.READ)])
async def chart_page(
    pages: NamedDependency[Pages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[Any]:
    """All GL accounts with what they come to, now or at the end of a past business date."""
    reader, book = services.standby, principal.book
    trial = await trial_balance(reader, book, _day(request.query_params))
    return await pages.render(
        "ledger/chart.html",
        date=trial.date,
        classes=tree(await chart.heads(reader, book), trial.lines),
        is_balanced=trial.is_balanced,
        scales=await chart.scales(reader, book),
    )


@get("/chart-of-accounts/{code:str}", guards=[needs(Permission.READ)])
async def head_page(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    code: FromPath[str],
) -> Response[Any]:
    """A GL account: what it comes to, and the accounts under it."""
    reader, book = services.standby, principal.book
    head = next((head for head in await chart.heads(reader, book) if head.code == code), None)
    if head is None:
        raise NotFound("head.not_found", head=code)
    lines = [line for line in (await trial_balance(reader, book)).lines if line.head == code]
    asked, order = AccountFilter(head=code), Order(limit=ACCOUNTS_SHOWN)
    page = await accounts(services.reader, book, asked, order)
    return await pages.render(
        "ledger/head.html",
        head=head,
        line=HeadLine(head, _sums(lines, head.normal_side)),
        accounts=page.items,
        more=page.next_cursor is not None,
        scales=await chart.scales(reader, book),
    )


handlers = (chart_page, head_page)
