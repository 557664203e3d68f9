"""One member with its vouchers and its limit; enrolling core companies and suppliers."""

from functools import partial
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from canglian.bank.chain import queries
from canglian.bank.chain.actions import ENROL_CORE, ENROL_SUPPLIER
from canglian.bank.chain.console.drawing import debts_chart
from canglian.bank.chain.console.lists import MEMBERS, named
from canglian.bank.chain.queries import MemberFilter, VoucherFilter
from canglian.bank.credit.facilities import queries as facilities
from canglian.bank.credit.facilities.model import FacilityState
from canglian.bank.credit.facilities.queries import FacilityFilter
from canglian.bank.credit.products import queries as products
from canglian.bank.party.queries import parties
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.paging import LIMIT_MAX, Order
from canglian.ledger.queries import chart
from canglian.ledger.queries.history import history
from canglian.web.additions import SHOWN_MAX
from canglian.web.console import Pages
from canglian.web.console.actions import Submission, action_forms, submit_action
from canglian.web.console.formats import money
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services


@get("/chain-members/{chain_member:str}", guards=[needs(Permission.READ)])
async def member_page(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    chain_member: FromPath[str],
) -> Response[Any]:
    """One member."""
    reader, book = services.reader, principal.book
    member = await queries.member(reader, book, chain_member)
    asked = VoucherFilter(core=member.id) if member.is_core else VoucherFilter(holder=member.id)
    vouchers = (await queries.vouchers(reader, book, asked, Order(limit=SHOWN_MAX))).items
    debts = [debt for debt in await queries.debts(reader, book, member.chain) if member.is_core or _is_of(debt, member)]
    masks = await queries.names(reader, book, [side for debt in debts for side in (debt.core, debt.holder)])
    facility = await facilities.facility(reader, book, member.facility) if member.facility else None
    return await pages.render(
        "chain/member.html",
        member=member,
        row=(await named(reader, book, [member]))[0],
        part=None if facility is None else facility.part_of(member.product or ""),
        vouchers=await queries.rows(reader, book, vouchers),
        suppliers=await named(reader, book, await queries.members_of(reader, book, member.id)),
        chart=debts_chart(debts, masks, pages._),
        history=await history(reader, book, f"chain_member:{member.id}"),
        scales=await chart.scales(reader, book),
    )


def _is_of(debt: queries.Debt, member: Any) -> bool:
    return debt.holder == member.id


async def core_choices(reader: Reader, book: int) -> list[tuple[str, str]]:
    """The core companies that a form offers, by their masked names."""
    page = await queries.members(reader, book, MemberFilter(tier=0), Order(limit=LIMIT_MAX))
    return [(row["id"], row["name"]) for row in await named(reader, book, page.items)]


@get("/chain-members/new-core", guards=[needs(Permission.APPROVE)])
async def new_core(
    pages: NamedDependency[Pages], services: NamedDependency[Services], principal: NamedDependency[Principal]
) -> Response[Any]:
    """The form by which a core company is enrolled."""
    return await _core_form(pages, services, principal)


async def _core_form(
    pages: Pages, services: Services, principal: Principal, *, status: int = 200, submission: Submission | None = None
) -> Response[Any]:
    reader, book = services.reader, principal.book
    page = await facilities.facilities(reader, book, FacilityFilter(state=FacilityState.ACTIVE), Order(limit=LIMIT_MAX))
    holders = await parties.names(reader, book, [each.party for each in page.items])
    known = {product.code: product.name for product in await products.versions(reader, book)}
    choices = {
        "facility": [(each.id, f"{holders.get(each.party, each.party)} · {money(each.limit)}") for each in page.items],
        "product": [(code, pages._(name)) for code, name in sorted(known.items())],
    }
    (form,) = action_forms(pages, [ENROL_CORE], choices=choices, submission=submission)
    problem = None if submission is None else submission.problem
    return await pages.render(
        "chain/enrol.html", status=status, form=form, title=pages._("Enrol a core company"), problem=problem
    )


@post("/chain-members/new-core", status_code=200, guards=[needs(Permission.APPROVE)])
async def enrol_core(
    pages: NamedDependency[Pages], services: NamedDependency[Services], principal: NamedDependency[Principal]
) -> Response[Any]:
    """Enrol a core company."""
    return await submit_action(pages, [ENROL_CORE], partial(_core_form, pages, services, principal), _to)


@get("/chain-members/new-supplier", guards=[needs(Permission.POST)])
async def new_supplier(
    pages: NamedDependency[Pages], services: NamedDependency[Services], principal: NamedDependency[Principal]
) -> Response[Any]:
    """The form by which a supplier is enrolled."""
    return await _supplier_form(pages, services, principal)


async def _supplier_form(
    pages: Pages, services: Services, principal: Principal, *, status: int = 200, submission: Submission | None = None
) -> Response[Any]:
    choices = {"core": await core_choices(services.reader, principal.book)}
    (form,) = action_forms(pages, [ENROL_SUPPLIER], choices=choices, submission=submission)
    problem = None if submission is None else submission.problem
    return await pages.render(
        "chain/enrol.html", status=status, form=form, title=pages._("Enrol a supplier"), problem=problem
    )


@post("/chain-members/new-supplier", status_code=200, guards=[needs(Permission.POST)])
async def enrol_supplier(
    pages: NamedDependency[Pages], services: NamedDependency[Services], principal: NamedDependency[Principal]
) -> Response[Any]:
    """Enrol a supplier."""
    return await submit_action(pages, [ENROL_SUPPLIER], partial(_supplier_form, pages, services, principal), _to)


def _to(result: Any) -> str:
    return f"{MEMBERS}/{result.id}"


handlers = (member_page, new_core, enrol_core, new_supplier, enrol_supplier)
