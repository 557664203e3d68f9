"""Relatives who may repay bills: the list, recording one, and one with what they have paid."""

from functools import partial
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import structs

from canglian.bank.credit.pay_later import queries
from canglian.bank.credit.pay_later.actions import END, RECORD
from canglian.bank.credit.pay_later.queries import RelativeFilter
from canglian.bank.party.queries import parties
from canglian.kernel.queries.paging import Order, Page
from canglian.ledger.queries import chart
from canglian.ledger.queries.history import history
from canglian.web.additions import PageLink
from canglian.web.console import Choice, Column, Filter, ListSpec, Pages, list_page
from canglian.web.console.actions import Submission, action_forms, submit_action
from canglian.web.console.filters import asked_for
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

RELATIVES = "/console/relatives"
_LIST = ListSpec(
    "relatives",
    "Relatives who repay",
    "Who may repay whose bills. They see nothing of what is owed.",
    [
        Column("party_name", "Customer", phone=True),
        Column("payer_name", "May repay", phone=True),
        Column("kind", "What the payer is", "word", family="relation_kind", phone=True),
        Column("at", "Recorded", "when"),
        Column("ended_at", "Ended", "when"),
        Column("id", "Id", "code", sort="id"),
    ],
    [
        Filter("active", "In force", choices=[Choice("true", "yes"), Choice("false", "no")]),
        Filter("party", "Customer", pick="party"),
    ],
    href=RELATIVES + "/{id}",
    empty="No relative is on record yet.",
    sort="-id",
)
_NEW = PageLink("Record a relative", f"{RELATIVES}/new", "plus", Permission.POST)


@get("/relatives", guards=[needs(Permission.READ)])
async def list_relatives(
    pages: NamedDependency[Pages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[Any]:
    """All relations."""
    reader, book = services.reader, principal.book
    asked = asked_for(RelativeFilter, request.query_params)

    async def read_page(order: Order) -> Page[Any]:
        page = await queries.relatives(reader, book, asked, order)
        names = await parties.names(reader, book, [each for row in page.items for each in (row.party, row.payer)])
        rows = [
            {
                **structs.asdict(row),
                "party_name": names.get(row.party, row.party),
                "payer_name": names.get(row.payer, row.payer),
            }
            for row in page.items
        ]
        return Page(rows, page.next_cursor)

    return await list_page(pages, _LIST, read_page, actions=[_NEW])


@get("/relatives/new", guards=[needs(Permission.POST)])
async def new_relative(
    pages: NamedDependency[Pages], services: NamedDependency[Services], principal: NamedDependency[Principal]
) -> Response[Any]:
    """The form that records one."""
    return await _form(pages, services, principal)


async def _form(
    pages: Pages, services: Services, principal: Principal, *, status: int = 200, submission: Submission | None = None
) -> Response[Any]:
    del services, principal
    for field in ("party", "payer"):
        if pages.picks.is_blank(field):
            await pages.picks.show(field, "party")
    (form,) = action_forms(pages, [RECORD], submission=submission)
    problem = None if submission is None else submission.problem
    return await pages.render("credit/new_relative.html", status=status, form=form, problem=problem)


@post("/relatives/new", status_code=200, guards=[needs(Permission.POST)])
async def record_relative(
    pages: NamedDependency[Pages], services: NamedDependency[Services], principal: NamedDependency[Principal]
) -> Response[Any]:
    """Record one."""
    show = partial(_form, pages, services, principal)
    return await submit_action(pages, [RECORD], show, lambda found: f"{RELATIVES}/{found.id}")


@get("/relatives/{relative:str}", guards=[needs(Permission.READ)])
async def relative_page(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    relative: FromPath[str],
) -> Response[Any]:
    """One relation."""
    return await _show(pages, services, principal, relative)


async def _show(
    pages: Pages,
    services: Services,
    principal: Principal,
    identity: str,
    status: int = 200,
    submission: Submission | None = None,
) -> Response[Any]:
    reader, book = services.reader, principal.book
    found = await queries.relative(reader, book, identity)
    return await pages.render(
        "credit/relative.html",
        status=status,
        relative=found,
        names=await parties.names(reader, book, [found.party, found.payer]),
        payments=await queries.payments(reader, book, identity),
        history=await history(reader, book, f"relative:{identity}"),
        forms=action_forms(pages, [END], found, submission=submission),
        scales=await chart.scales(reader, book),
        may_post=principal.may(Permission.POST),
        problem=None if submission is None else submission.problem,
    )


@post("/relatives/{relative:str}", status_code=200, guards=[needs(Permission.READ)])
async def act_on_relative(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    relative: FromPath[str],
) -> Response[Any]:
    """End a relation."""
    await queries.relative(services.reader, principal.book, relative)
    show = partial(_show, pages, services, principal, relative)
    return await submit_action(pages, [END], show, lambda _: f"{RELATIVES}/{relative}", target={"relative": relative})


handlers = (list_relatives, new_relative, record_relative, relative_page, act_on_relative)
