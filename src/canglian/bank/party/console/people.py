"""People and organisations: the list by masks, the search, and the form of a new one."""

import secrets
from datetime import date
from functools import partial
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect

from canglian.bank.party.commands import RegisterParty
from canglian.bank.party.model import Level, PartyKind, PartyState, Risk, RoleName
from canglian.bank.party.queries import parties
from canglian.bank.party.queries.parties import PartyFilter, PartyView
from canglian.bank.party.requests import PartyRequest, sealer_for
from canglian.bank.party.sealing import IndexBy, search_indexes
from canglian.kernel.errors import Malformed
from canglian.kernel.queries.observing import book_figures
from canglian.kernel.queries.paging import Order, Page
from canglian.web.additions import PageLink
from canglian.web.console import Choice, Column, Filter, ListSpec, Pages, list_page
from canglian.web.console.formats import joined
from canglian.web.console.forms import KEY, form_values, read
from canglian.web.console.submitting import Form, submit_form
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

PATH = "/console/people"

_LIST = ListSpec(
    "people",
    "Customers",
    "Individuals and organisations, masked. To view unmasked data, give a reason on the customer's page.",
    [
        Column("name", "Name"),
        Column("kind", "Kind", "words", phone=True),
        Column("number", "Document number", "code", phone=True),
        Column("mobile", "Mobile", "code"),
        Column("level", "Verified", "state", phone=True),
        Column("risk", "Risk", "state", phone=True),
        Column("state", "State", "state"),
        Column("roles", "Customer roles", phone=True),
        Column("review_on", "Risk review", "day", sort="review_on"),
        Column("created_at", "Registered", "when", sort="created_at"),
        Column("id", "Id", "code", sort="id"),
    ],
    [
        Filter(
            "kind", "Kind", choices=[Choice(kind.value, f"party_kind.{kind.value}") for kind in PartyKind], field="kind"
        ),
        Filter(
            "level", "Verified", choices=[Choice(level.value, f"state.{level.value}") for level in Level], field="level"
        ),
        Filter("risk", "Risk", choices=[Choice(risk.value, f"state.{risk.value}") for risk in Risk], field="risk"),
        Filter(
            "state",
            "State",
            choices=[Choice(state.value, f"state.{state.value}") for state in PartyState],
            field="state",
        ),
        Filter("role", "Role", choices=[Choice(role.value, f"party_role.{role.value}") for role in RoleName]),
        Filter("review_on", "Risk review", "date", earlier=("", "review_until")),
        Filter("created_at", "Registered", "instant"),
    ],
    href=PATH + "/{id}",
    empty="No customers yet.",
    sort="-id",
    key="id",
)
_NEW = PageLink("Register", f"{PATH}/new", "plus", Permission.POST)


class Row(msgspec.Struct, frozen=True):
    """A party as a row of the list."""

    id: str
    name: str
    kind: str
    number: str | None
    mobile: str | None
    level: str
    risk: str
    state: str
    roles: str
    review_on: date
    created_at: Any


def row(pages: Pages, party: PartyView) -> Row:
    """A party with its words."""
    roles = joined([pages._(f"party_role.{role.value}") for role in party.roles], pages._)
    return Row(
        party.id,
        party.name,
        f"party_kind.{party.kind.value}",
        party.number,
        party.mobile,
        party.level.value,
        party.risk.value,
        party.state.value,
        roles,
        party.review_on,
        party.created_at,
    )


def _filter(query: Any) -> PartyFilter:
    def one(kind: Any, name: str) -> Any:
        value = query.get(name)
        return kind(value) if value in set(kind) else None

    try:
        review_until = date.fromisoformat(query.get("review_until") or "")
    except ValueError:
        review_until = None
    return PartyFilter(
        kind=one(PartyKind, "kind"),
        level=one(Level, "level"),
        risk=one(Risk, "risk"),
        state=one(PartyState, "state"),
        role=one(RoleName, "role"),
        review_until=review_until,
    )


@get("/people", guards=[needs(Permission.READ)])
async def list_people(
    pages: NamedDependency[Pages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[Any]:
    """Everybody, by masks."""
    asked = _filter(request.query_params)

    async def read_page(order: Order) -> Page[Row]:
        page = await parties.parties(services.reader, principal.book, asked, order)
        return Page([row(pages, party) for party in page.items], page.next_cursor)

    return await list_page(pages, _LIST, read_page, template="party/people.html", actions=[_NEW], by="number")


@post("/people/search", status_code=200, guards=[needs(Permission.READ)])
async def search_people(
    pages: NamedDependency[Pages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[Any]:
    """Parties by number, mobile or whole name; the only hit is opened at once."""
    form = await form_values(request)
    by, text = form.get("by", ""), form.get("text", "")
    if by not in set(IndexBy) or not text:
        raise Malformed("party.search_empty")
    indexes = search_indexes(services.keyring, IndexBy(by), text)
    found = await parties.known_by(services.reader, principal.book, by, indexes)
    if len(found) == 1:
        return Redirect(f"{PATH}/{found[0].id}", status_code=303)
    return await pages.render("party/found.html", rows=[row(pages, party) for party in found], by=by)


@get("/people/new", guards=[needs(Permission.POST)])
async def new_person(pages: NamedDependency[Pages]) -> Response[Any]:
    """The form of a new party."""
    return await _form(pages, {"kind": "person", "nationality": "CHN"}, None)


async def _form(pages: Pages, values: dict[str, str], problem: Any, status: int = 200) -> Response[Any]:
    return await pages.render(
        "party/new.html",
        status=status,
        values=values,
        problem=problem,
        kinds=list(PartyKind),
        key=secrets.token_hex(8),
    )


@post("/people/new", status_code=200, guards=[needs(Permission.POST)])
async def register_person(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[Any]:
    """Register somebody."""

    async def made(form: Form) -> RegisterParty:
        return read(form, PartyRequest).command(await sealer_for(services, principal, form.get(KEY) or None))

    return await submit_form(pages, made, partial(_form, pages), lambda party: f"{PATH}/{party.id}")


async def business_date(services: Services, principal: Principal) -> date:
    """Today, as the book has it."""
    return (await book_figures(services.reader, principal.book)).today


handlers = (list_people, search_people, new_person, register_person)
