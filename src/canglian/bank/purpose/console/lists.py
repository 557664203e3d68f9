"""The lists of contracts, grants and movements."""

from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency

from canglian.bank.purpose import queries
from canglian.bank.purpose.console.labels import holder_texts, shop_texts
from canglian.bank.purpose.model import ContractState, GrantState, MovementKind, PurposeContract
from canglian.bank.purpose.queries import ContractFilter, GrantFilter, MovementFilter
from canglian.kernel.queries.paging import Order, Page
from canglian.ledger.queries import chart
from canglian.web.additions import PageLink
from canglian.web.console import Choice, Column, Filter, ListSpec, Pages, list_page
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

CONTRACTS = "/console/purpose-contracts"
GRANTS = "/console/purpose-grants"
MOVEMENTS = "/console/purpose-movements"
TEMPLATES = "/console/purpose-templates"
_READ = [needs(Permission.READ)]

_CONTRACT_LIST = ListSpec(
    "purpose-contracts",
    "Purpose contracts",
    "Money that pays only where it may: who gave it, what is left, until when.",
    [
        Column("name", "Name", phone=True),
        Column("template_name", "Template", "words"),
        Column("payer_name", "Funded by"),
        Column("state", "State", "state", phone=True),
        Column("funded", "Funded", "money", phone=True),
        Column("allotted", "With holders", "money"),
        Column("unallotted", "Not allotted", "money"),
        Column("valid_until", "Last day", "day", phone=True),
        Column("drafted_at", "Drafted", "when", sort="id"),
        Column("id", "Id", "code", sort="id"),
    ],
    [
        Filter(
            "state",
            "State",
            choices=[Choice(state.value, f"state.{state.value}") for state in ContractState],
            field="state",
        ),
        Filter("template", "Template code", field="template"),
        Filter("payer", "Funded by", pick="wallet", field="payer"),
        Filter("funded", "Funded", "money"),
        Filter("valid_until", "Last day", "date"),
        Filter("drafted_at", "Drafted", "instant"),
    ],
    href=CONTRACTS + "/{id}",
    empty="No contract has been drafted yet.",
    sort="-id",
    key="id",
)
_GRANT_LIST = ListSpec(
    "purpose-grants",
    "Grants",
    "Whose share of which contract, and what remains of it.",
    [
        Column("contract_name", "Contract", phone=True),
        Column("holder_name", "Holder", phone=True),
        Column("amount", "Granted amount", "money"),
        Column("remaining", "Remaining", "money", phone=True),
        Column("spent", "Spent", "money"),
        Column("uses", "Uses", "number"),
        Column("state", "State", "state", phone=True),
        Column("issued_at", "Issued", "when", sort="id"),
        Column("id", "Id", "code", sort="id"),
    ],
    [
        Filter(
            "state",
            "State",
            choices=[Choice(state.value, f"state.{state.value}") for state in GrantState],
            field="state",
        ),
        Filter("contract", "Contract", pick="purpose_contract"),
        Filter("holder", "Holder", pick="wallet", field="holder"),
        Filter("amount", "Granted amount", "money"),
        Filter("remaining", "Remaining", "money"),
        Filter("issued_at", "Issued", "instant"),
    ],
    href=CONTRACTS + "/{contract}",
    empty="No grant has been issued yet.",
    sort="-id",
    key="id",
)
_MOVEMENT_LIST = ListSpec(
    "purpose-movements",
    "Movements of purpose money",
    "Each movement with its transfer of the ledger, newest first.",
    [
        Column("at", "When", "when", sort="id", phone=True),
        Column("contract_name", "Contract"),
        Column("kind", "Kind", "words", phone=True),
        Column("payee_name", "Merchant", phone=True),
        Column("region", "Region code", "code"),
        Column("amount", "Amount", "money", phone=True),
        Column("transfer", "Transfer", "code"),
        Column("by", "Who", "actor"),
        Column("id", "Id", "code", sort="id"),
    ],
    [
        Filter(
            "kind",
            "Kind",
            choices=[Choice(kind.value, f"purpose_move.{kind.value}") for kind in MovementKind],
            field="kind",
        ),
        Filter("contract", "Contract", pick="purpose_contract"),
        Filter("grant", "Grant", by_link=True),
        Filter("region", "Region code", field="region", by_start=True, may_lack=True),
        Filter("amount", "Amount", "money"),
        Filter("at", "When", "instant"),
    ],
    href="/console/transfers/{transfer}",
    empty="No money has moved yet.",
    sort="-id",
    key="id",
)
_NEW = PageLink("Draft a contract", f"{CONTRACTS}/new", "plus", Permission.POST)


@get("/purpose-contracts", guards=_READ)
async def list_contracts(
    pages: NamedDependency[Pages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[Any]:
    """All contracts."""
    query = request.query_params
    asked = ContractFilter(
        query.get("payer") or None, query.get("template") or None, _member(ContractState, query.get("state"))
    )

    async def read_page(order: Order) -> Page[Any]:
        page = await queries.contracts(services.reader, principal.book, asked, order)
        return Page(await contract_rows(services, principal.book, page.items), page.next_cursor)

    scales = await chart.scales(services.reader, principal.book)
    return await list_page(pages, _CONTRACT_LIST, read_page, actions=[_NEW], scales=scales)


@get("/purpose-grants", guards=_READ)
async def list_grants(
    pages: NamedDependency[Pages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[Any]:
    """All grants."""
    query = request.query_params
    asked = GrantFilter(
        query.get("contract") or None, query.get("holder") or None, _member(GrantState, query.get("state"))
    )

    async def read_page(order: Order) -> Page[Any]:
        page = await queries.grants(services.reader, principal.book, asked, order)
        return Page(await grant_rows(services, principal.book, page.items), page.next_cursor)

    scales = await chart.scales(services.reader, principal.book)
    return await list_page(pages, _GRANT_LIST, read_page, scales=scales)


@get("/purpose-movements", guards=_READ)
async def list_movements(
    pages: NamedDependency[Pages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[Any]:
    """All movements."""
    query = request.query_params
    asked = MovementFilter(
        query.get("contract") or None,
        query.get("grant") or None,
        _member(MovementKind, query.get("kind")),
        query.get("region") or None,
    )

    async def read_page(order: Order) -> Page[Any]:
        page = await queries.movements(services.reader, principal.book, asked, order)
        return Page(await movement_rows(services, principal.book, page.items), page.next_cursor)

    scales = await chart.scales(services.reader, principal.book)
    return await list_page(pages, _MOVEMENT_LIST, read_page, scales=scales)


async def contract_rows(services: Services, book: int, found: list[PurposeContract]) -> list[dict[str, Any]]:
    """Contracts with the names of their payers and templates."""
    payers = await holder_texts(services.reader, book, [contract.payer for contract in found])
    names = {(made.code, made.version): made.name for made in await queries.templates(services.reader, book)}
    return [
        {
            **msgspec.structs.asdict(contract),
            "payer_name": payers.get(contract.payer, contract.payer),
            "template_name": names.get((contract.template, contract.version), contract.template),
        }
        for contract in found
    ]


async def grant_rows(services: Services, book: int, found: list[Any]) -> list[dict[str, Any]]:
    """Grants with the names of their holders and contracts."""
    holders = await holder_texts(services.reader, book, [grant.holder for grant in found])
    contracts = await queries.contracts_of(services.reader, book, [grant.contract for grant in found])
    return [
        {
            **msgspec.structs.asdict(grant),
            "holder_name": holders.get(grant.holder, grant.holder),
            "contract_name": contracts[grant.contract].name,
            "asset": contracts[grant.contract].asset,
        }
        for grant in found
    ]


async def movement_rows(services: Services, book: int, found: list[Any]) -> list[dict[str, Any]]:
    """Movements with the names of their payees and contracts, and their words."""
    shops = await shop_texts(services.reader, book, [movement.payee for movement in found])
    contracts = await queries.contracts_of(services.reader, book, [movement.contract for movement in found])
    return [
        {
            **msgspec.structs.asdict(movement),
            "kind": f"purpose_move.{movement.kind.value}",
            "payee_name": shops.get(movement.payee, movement.payee),
            "contract_name": contracts[movement.contract].name,
            "asset": contracts[movement.contract].asset,
        }
        for movement in found
    ]


def _member(kind: Any, value: str | None) -> Any:
    return kind(value) if value in set(kind) else None


handlers = (list_contracts, list_grants, list_movements)
