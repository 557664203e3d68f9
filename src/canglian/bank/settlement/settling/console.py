"""The pages of settlements: the day at a glance with its list, one settlement, and the terms of a merchant."""

from datetime import date
from functools import partial
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from canglian.bank.payment.queries import merchants
from canglian.bank.settlement.settling import queries
from canglian.bank.settlement.settling.actions import ON_TERMS, PAY_OUT
from canglian.bank.settlement.settling.api import terms_view
from canglian.bank.settlement.settling.model import SettlementState, SettlementTerms
from canglian.bank.settlement.settling.queries import SettlementFilter
from canglian.kernel.amounts import major
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.observing import book_figures
from canglian.kernel.queries.paging import Order, Page
from canglian.kernel.values import utc_now
from canglian.ledger.queries.history import history
from canglian.web.additions import SHOWN_MAX, WAITING_MAX, Waiting, found_by_id
from canglian.web.columns import Column
from canglian.web.console import Choice, Filter, ListSpec, Pages, list_page
from canglian.web.console.actions import Submission, action_forms, submit_action
from canglian.web.console.trying import refusals
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

SETTLEMENTS = "/console/settlements"
ENTRIES_MAX = 50
"""How many entries the page of a settlement shows."""

_READ = [needs(Permission.READ)]
_COLUMNS = [
    Column("date", "Business date", "day", sort="date", phone=True),
    Column("name", "Merchant", phone=True),
    Column("gross", "Paid to it", "money"),
    Column("refunds", "Refunded", "money"),
    Column("charged", "Fees and tax", "money"),
    Column("paid_out", "Amount paid out", "money", sort="paid_out", phone=True),
    Column("carried_out", "Carried over", "money"),
    Column("state", "State", "state", phone=True),
    Column("reason", "Why not", "refusal"),
    Column("id", "Id", "code", sort="id"),
]
_LIST = ListSpec(
    "settlements",
    "Settlements",
    "What merchants were owed on a business date, what was taken off, and what was paid out.",
    _COLUMNS,
    [
        Filter("date", "Business date", "date", earlier=("first_date", "last_date")),
        Filter(
            "state",
            "State",
            choices=[Choice(state.value, f"state.{state.value}") for state in SettlementState],
            field="state",
        ),
        Filter("merchant", "Merchant", pick="merchant", field="merchant"),
        Filter("paid_out", "Paid out", "money"),
    ],
    href=SETTLEMENTS + "/{id}",
    empty="Nothing has been settled yet.",
    sort="-id",
    key="id",
)


@get("/settlements", guards=_READ)
async def list_settlements(
    pages: NamedDependency[Pages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[Any]:
    """Settlements, newest first."""
    query = request.query_params
    wanted = query.get("state")
    asked = SettlementFilter(
        query.get("merchant") or None,
        SettlementState(wanted) if wanted in set(SettlementState) else None,
        _day(query.get("first_date")),
        _day(query.get("last_date")),
    )

    async def read_page(order: Order) -> Page[Any]:
        page = await queries.settlements(services.reader, principal.book, asked, order)
        return Page(await _named(services.reader, principal.book, page.items), page.next_cursor)

    return await list_page(pages, _LIST, read_page)


async def _named(reader: Reader, book: int, found: list[Any]) -> list[dict[str, Any]]:
    names = await merchants.names(reader, book, [settlement.merchant for settlement in found])
    return [
        {
            **msgspec.structs.asdict(settlement),
            "name": names.get(settlement.merchant, settlement.merchant),
            "charged": settlement.fees + settlement.tax,
        }
        for settlement in found
    ]


@get("/settlement-day", guards=_READ)
async def settlement_day(
    pages: NamedDependency[Pages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[Any]:
    """One business date at a glance, by default the last that was settled: what was paid out, what waits and why."""
    reader, book = services.reader, principal.book
    today = (await book_figures(reader, book)).today
    last = (await queries.settlements(reader, book, SettlementFilter(), Order("-id", None, 1))).items
    day = _day(request.query_params.get("date")) or (last[0].date if last else today)
    troubled: list[Any] = []
    for state in (SettlementState.FAILED, SettlementState.HELD):
        asked = SettlementFilter(state=state, first_date=day, last_date=day)
        troubled += (await queries.settlements(reader, book, asked, Order("-id", None, SHOWN_MAX))).items
    return await pages.render(
        "settlement/day.html",
        day=day,
        today=today,
        totals=await queries.day_totals(reader, book, day),
        troubled=await _named(reader, book, troubled),
    )


@get("/settlements/{settlement:str}", guards=_READ)
async def settlement_page(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    settlement: FromPath[str],
) -> Response[Any]:
    """One settlement."""
    return await _show(pages, services, principal, settlement)


async def _show(
    pages: Pages,
    services: Services,
    principal: Principal,
    identity: str,
    status: int = 200,
    submission: Submission | None = None,
) -> Response[Any]:
    reader, book = services.reader, principal.book
    found = await queries.settlement(reader, book, identity)
    page = await queries.entries(reader, book, found, Order(None, None, ENTRIES_MAX))
    return await pages.render(
        "settlement/settlement.html",
        status=status,
        settlement=found,
        merchant=await merchants.merchant(reader, book, found.merchant),
        entries=page.items,
        more=page.next_cursor is not None,
        history=await history(reader, book, f"settlement:{identity}"),
        forms=action_forms(
            pages, [PAY_OUT], found, submission=submission, refused=await refusals(pages, [PAY_OUT], found)
        ),
        may_post=principal.may(Permission.POST),
        problem=None if submission is None else submission.problem,
    )


@post("/settlements/{settlement:str}", status_code=200, guards=[needs(Permission.POST)])
async def act_on_settlement(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    settlement: FromPath[str],
) -> Response[Any]:
    """Pay out again."""
    await queries.settlement(services.reader, principal.book, settlement)
    show = partial(_show, pages, services, principal, settlement)
    return await submit_action(
        pages, (PAY_OUT,), show, f"{SETTLEMENTS}/{settlement}", target={"settlement": settlement}
    )


@get("/settlement-terms/{merchant:str}", guards=_READ)
async def terms_page(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    merchant: FromPath[str],
) -> Response[Any]:
    """How a merchant is settled, when its money comes, and its last settlements."""
    return await _show_terms(pages, services, principal, merchant)


async def _show_terms(
    pages: Pages,
    services: Services,
    principal: Principal,
    identity: str,
    status: int = 200,
    submission: Submission | None = None,
) -> Response[Any]:
    reader, book = services.reader, principal.book
    merchant = await merchants.merchant(reader, book, identity)
    view = await terms_view(reader, book, identity)
    terms = SettlementTerms(identity, view.cycle, view.minimum, view.hold_reason, utc_now(), "")
    stands = {"cycle": str(view.cycle), "minimum": major(view.minimum, 2)}
    asked = SettlementFilter(merchant=identity)
    found = (await queries.settlements(reader, book, asked, Order("-id", None, SHOWN_MAX))).items
    return await pages.render(
        "settlement/terms.html",
        status=status,
        merchant=merchant,
        terms=view,
        settlements=found,
        forms=action_forms(pages, ON_TERMS, terms, initial=stands, submission=submission),
        may_post=principal.may(Permission.POST),
        problem=None if submission is None else submission.problem,
    )


@post("/settlement-terms/{merchant:str}", status_code=200, guards=[needs(Permission.POST)])
async def act_on_terms(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    merchant: FromPath[str],
) -> Response[Any]:
    """Set the terms, hold payouts, or release them."""
    await merchants.merchant(services.reader, principal.book, merchant)
    show = partial(_show_terms, pages, services, principal, merchant)
    return await submit_action(
        pages, ON_TERMS, show, f"/console/settlement-terms/{merchant}", target={"merchant": merchant}
    )


def _day(value: str | None) -> date | None:
    try:
        return date.fromisoformat(value or "")
    except ValueError:
        return None


# -- what this room adds to others' pages --------------------------------------------------------------------------

_SHORT = (
    Column("date", "Business date", "day", phone=True),
    Column("paid_out", "Amount paid out", "money", phone=True),
    Column("state", "State", "state", phone=True),
)


async def _failed(services: Services, principal: Principal) -> int:
    asked = SettlementFilter(state=SettlementState.FAILED)
    return len(
        (await queries.settlements(services.reader, principal.book, asked, Order("-id", None, WAITING_MAX))).items
    )


FINDS = (found_by_id("stl", "Settlements", _SHORT, queries.settlement, SETTLEMENTS + "/{id}"),)
WAITING = (Waiting("Payouts that failed", f"{SETTLEMENTS}?state=failed", _failed, Permission.POST),)
HANDLERS = (
    list_settlements,
    settlement_day,
    settlement_page,
    act_on_settlement,
    terms_page,
    act_on_terms,
)
