"""The list of partners; what the search finds, how forms ask for a partner, what waits for somebody who decides."""

from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency

from canglian.bank.partner import queries
from canglian.bank.partner.model import Partner, PartnerApp, PartnerState
from canglian.bank.partner.queries import PartnerFilter
from canglian.kernel.queries.paging import Order, Page
from canglian.kernel.typed import typed_number
from canglian.web.additions import PageLink, Waiting, found_by_id, pick_named
from canglian.web.console import Choice, Column, Filter, ListSpec, Pages, list_page
from canglian.web.console.filters import asked_for
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

PARTNERS = "/console/partners"
APPS = "/console/partner-apps"

_LIST = ListSpec(
    "partners",
    "Partners",
    "Organisations that embed the bank by its API: who was let in, and what their apps may do.",
    [
        Column("name", "Name", phone=True),
        Column("registration", "Unified social credit code", "code"),
        Column("state", "State", "state", phone=True),
        Column("applied_by", "Registered by", "actor"),
        Column("applied_at", "Registered", "when", sort="id", phone=True),
        Column("decided_by", "Reviewed by", "actor"),
    ],
    [
        Filter(
            "state",
            "State",
            choices=[Choice(state.value, f"state.{state.value}") for state in PartnerState],
            field="state",
        )
    ],
    href=PARTNERS + "/{id}",
    empty="No organisation has applied yet.",
    sort="-id",
    key="id",
)
_NEW = PageLink("Register a partner", f"{PARTNERS}/new", "plus", Permission.POST)


@get("/partners", guards=[needs(Permission.READ)])
async def list_partners(
    pages: NamedDependency[Pages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[Any]:
    """All partners."""
    asked = asked_for(PartnerFilter, request.query_params)

    async def read_page(order: Order) -> Page[Any]:
        return await queries.partners(services.reader, principal.book, asked, order)

    return await list_page(pages, _LIST, read_page, actions=[_NEW])


async def _reviews(services: Services, principal: Principal) -> int:
    return await queries.reviews(services.reader, principal.book)


async def _registered(services: Services, book: int, text: str) -> list[Partner]:
    return await queries.registered(services.reader, book, typed_number(text))


FINDS = (
    found_by_id(
        "ptn",
        "Partners",
        (
            Column("name", "Name", phone=True),
            Column("state", "State", "state", phone=True),
            Column("applied_at", "Registered", "when"),
        ),
        queries.partner,
        PARTNERS + "/{id}",
        named=Partner,
    ).also(_registered),
    found_by_id(
        "app",
        "Apps",
        (Column("name", "Name", phone=True), Column("state", "State", "state", phone=True)),
        queries.app,
        APPS + "/{id}",
        named=PartnerApp,
    ),
)
PICKS = (pick_named("partner", Partner, fields=("partner",)),)
WAITING = (Waiting("Partners to decide about", f"{PARTNERS}?state=review", _reviews, Permission.APPROVE),)
