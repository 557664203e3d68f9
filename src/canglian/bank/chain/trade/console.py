"""Orders and purchases for operators: the list, one of them, registering new ones; what waits and is found."""

from functools import partial
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from canglian.bank.chain import queries as chain
from canglian.bank.chain.console.lists import named
from canglian.bank.chain.console.members import core_choices
from canglian.bank.chain.trade import queries
from canglian.bank.chain.trade.actions import COLLECT, ON_CONTRACT, REGISTER
from canglian.bank.chain.trade.model import ContractKind, ContractState
from canglian.bank.chain.trade.queries import ContractFilter
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.paging import LIMIT_MAX, Order, Page
from canglian.ledger.queries import chart
from canglian.ledger.queries.history import history
from canglian.web.additions import WAITING_MAX, PageLink, Waiting, found_by_id
from canglian.web.console import Choice, Column, Filter, ListSpec, Pages, list_page
from canglian.web.console.actions import Submission, action_forms, submit_action
from canglian.web.console.filters import asked_for
from canglian.web.console.trying import refusals
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

CONTRACTS = "/console/trade-contracts"

COLUMNS = (
    Column("number", "Contract number", "code", phone=True),
    Column("kind", "Kind", "word", phone=True, family="contract_kind"),
    Column("state", "State", "word", phone=True, family="contract_state"),
    Column("amount", "Amount", "money", sort="amount", phone=True),
    Column("advance", "Lent", "money"),
    Column("deliver_by", "Delivered by", "day", sort="deliver_by"),
    Column("core_name", "Core company"),
    Column("partner_name", "Supplier or dealer"),
)
_LIST = ListSpec(
    "trade_contracts",
    "Orders and purchases",
    "What core companies order and dealers buy of them, and what the bank lends on it.",
    [*COLUMNS, Column("registered_at", "Registered", "when"), Column("id", "Id", "code", sort="id")],
    [
        Filter(
            "state", "State", choices=[Choice(state.value, f"contract_state.{state.value}") for state in ContractState]
        ),
        Filter("kind", "Kind", choices=[Choice(kind.value, f"contract_kind.{kind.value}") for kind in ContractKind]),
        Filter("core", "Core company", by_link=True),
        Filter("partner", "Supplier or dealer", by_link=True),
    ],
    href=CONTRACTS + "/{id}",
    empty="No order and no purchase has been registered yet.",
    sort="-id",
)
_REGISTER = PageLink("Register an order or a purchase", f"{CONTRACTS}/new", "plus", Permission.POST)


@get("/trade-contracts", guards=[needs(Permission.READ)])
async def list_contracts(
    pages: NamedDependency[Pages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[Any]:
    """All contracts."""
    reader, book = services.reader, principal.book
    asked = asked_for(ContractFilter, request.query_params)

    async def read_page(order: Order) -> Page[Any]:
        page = await queries.contracts(reader, book, asked, order)
        return Page(await queries.rows(reader, book, page.items), page.next_cursor)

    return await list_page(pages, _LIST, read_page, actions=[_REGISTER], scales=await chart.scales(reader, book))


@get("/trade-contracts/{contract:str}", guards=[needs(Permission.READ)])
async def contract_page(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    contract: FromPath[str],
) -> Response[Any]:
    """One contract."""
    return await _show(pages, services, principal, contract)


async def _show(
    pages: Pages,
    services: Services,
    principal: Principal,
    identity: str,
    status: int = 200,
    submission: Submission | None = None,
) -> Response[Any]:
    reader, book = services.reader, principal.book
    whole = await queries.whole(reader, book, identity)
    contract = whole.contract
    names = await chain.names(reader, book, [contract.core, contract.partner])
    sides = [(each, names[each]) for each in (contract.partner, contract.core)]
    choices = {
        "months": [(str(months), pages._("%(months)s months") % {"months": months}) for months in whole.terms],
        "seller": sides,
        "buyer": sides[::-1],
    }
    return await pages.render(
        "chain/contract.html",
        status=status,
        whole=whole,
        contract=contract,
        names=names,
        history=await history(reader, book, f"trade_contract:{identity}"),
        forms=action_forms(
            pages,
            ON_CONTRACT,
            whole,
            choices=choices,
            submission=submission,
            refused=await refusals(pages, [COLLECT], whole),
        ),
        scales=await chart.scales(reader, book),
        may_post=principal.may(Permission.POST),
        problem=None if submission is None else submission.problem,
    )


@post("/trade-contracts/{contract:str}", status_code=200, guards=[needs(Permission.READ)])
async def act_on_contract(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    contract: FromPath[str],
) -> Response[Any]:
    """What somebody does to a contract; each action asks for its own permission."""
    await queries.contract(services.reader, principal.book, contract)
    show = partial(_show, pages, services, principal, contract)
    return await submit_action(pages, ON_CONTRACT, show, _to, target={"contract": contract}, asset="CNY")


@get("/trade-contracts/new", guards=[needs(Permission.POST)])
async def new_contract(
    pages: NamedDependency[Pages], services: NamedDependency[Services], principal: NamedDependency[Principal]
) -> Response[Any]:
    """The form by which a contract is registered."""
    return await _form(pages, services, principal)


async def _form(
    pages: Pages, services: Services, principal: Principal, *, status: int = 200, submission: Submission | None = None
) -> Response[Any]:
    reader, book = services.reader, principal.book
    page = await chain.members(reader, book, chain.MemberFilter(), Order(limit=LIMIT_MAX))
    partners = await named(reader, book, [each for each in page.items if not each.is_core])
    dealer, supplier = pages._("dealer"), pages._("supplier")
    choices = {
        "core": await core_choices(reader, book),
        "partner": [
            (row["id"], f"{row['name']} · {dealer if row['dealer'] else supplier} · {row['core_name']}")
            for row in partners
        ],
    }
    (form,) = action_forms(pages, [REGISTER], choices=choices, submission=submission)
    return await pages.render(
        "chain/new_contract.html",
        status=status,
        form=form if choices["core"] and partners else None,
        problem=None if submission is None else submission.problem,
    )


@post("/trade-contracts/new", status_code=200, guards=[needs(Permission.POST)])
async def register_contract(
    pages: NamedDependency[Pages], services: NamedDependency[Services], principal: NamedDependency[Principal]
) -> Response[Any]:
    """Register a contract."""
    return await submit_action(pages, [REGISTER], partial(_form, pages, services, principal), _to, asset="CNY")


def _to(result: Any) -> str:
    return f"{CONTRACTS}/{result.id}"


async def _contract(reader: Reader, book: int, identity: str) -> dict[str, Any]:
    return (await queries.rows(reader, book, [await queries.contract(reader, book, identity)]))[0]


async def _to_confirm(services: Services, principal: Principal) -> int:
    return await queries.count_in(services.reader, principal.book, ContractState.REGISTERED, WAITING_MAX)


async def _to_receive(services: Services, principal: Principal) -> int:
    return await queries.count_in(services.reader, principal.book, ContractState.DELIVERED, WAITING_MAX)


FINDS = (found_by_id("trc", "Orders and purchases", COLUMNS, _contract, CONTRACTS + "/{id}"),)
WAITING = (
    Waiting("Orders and purchases to confirm", f"{CONTRACTS}?state=registered", _to_confirm, Permission.POST),
    Waiting("Deliveries to confirm", f"{CONTRACTS}?state=delivered", _to_receive, Permission.POST),
)
OBJECTS = {"trade_contract": CONTRACTS + "/{}"}
HANDLERS = (list_contracts, contract_page, act_on_contract, new_contract, register_contract)
