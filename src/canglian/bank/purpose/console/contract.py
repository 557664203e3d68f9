"""One contract: where its money is, whose shares it has, what its rules say, and what may be done now."""

from functools import partial
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from canglian.bank.purpose import availability, queries, shops, tracing
from canglian.bank.purpose.actions import ON_PAGE, REVOKE
from canglian.bank.purpose.console.drawing import flow_of, money_of
from canglian.bank.purpose.console.labels import holder_texts, shop_texts
from canglian.bank.purpose.console.lists import CONTRACTS, grant_rows, movement_rows
from canglian.bank.purpose.custody.actions import REFUND as REFUND_CARD
from canglian.bank.purpose.model import PurposeContract, PurposeGrant
from canglian.bank.purpose.queries import GrantFilter, MovementFilter
from canglian.bank.purpose.tracing import Dimension, PurposeTrace
from canglian.bank.purpose.wording import region_name, rules_in_words
from canglian.kernel.errors import Malformed
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.paging import Order
from canglian.ledger.queries import chart
from canglian.ledger.queries.history import history
from canglian.web.console import Column, Pages
from canglian.web.console.actions import FormView, Submission, action_forms, submit_action
from canglian.web.console.exports import as_shown
from canglian.web.console.trying import refusals
from canglian.web.csv import CSV, cut_headers
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

SHOWN_MAX = 20
"""How many grants and movements a page shows."""

_TRACE = [
    Column("where", "Where it is", "words"),
    Column("holder", "Holder"),
    Column("payee", "Merchant"),
    Column("region", "Region"),
    Column("amount", "Amount", "money"),
]


@get("/purpose-contracts/{contract:str}", guards=[needs(Permission.READ)])
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
    reader, book, order = services.reader, principal.book, Order(limit=SHOWN_MAX)
    contract = await queries.contract(reader, book, identity)
    grants = (await queries.grants(reader, book, GrantFilter(contract=identity), order)).items
    moved = (await queries.movements(reader, book, MovementFilter(contract=identity), order)).items
    found = await tracing.trace(reader, book, identity, Dimension.REGION)
    scales = await chart.scales(reader, book)
    forms = [await _ending(pages, grant, submission) for grant in grants]
    return await pages.render(
        "purpose/contract.html",
        status=status,
        contract=contract,
        payer=(await queries.wallet_labels(reader, book, [contract.payer])).get(contract.payer),
        template=pages._(await _template_name(reader, book, contract)),
        drawn=money_of(pages, contract, found, scales),
        rules=rules_in_words(contract.rules, pages._, await shop_texts(reader, book, _named(contract))),
        shops=await shops.allowed(reader, book, contract.rules),
        grants=list(zip(await grant_rows(services, book, grants), forms, strict=True)),
        movements=await movement_rows(services, book, moved),
        history=await history(reader, book, f"purpose_contract:{identity}"),
        forms=action_forms(pages, (REFUND_CARD, *ON_PAGE), contract, submission=submission),
        cannot_issue=availability.issuing(contract),
        scales=scales,
        may_post=principal.may(Permission.POST),
        problem=None if submission is None else submission.problem,
    )


async def _ending(pages: Pages, grant: PurposeGrant, submission: Submission | None) -> list[FormView]:
    refused = await refusals(pages, [REVOKE], grant)
    return action_forms(pages, [REVOKE], grant, target={"grant": grant.id}, submission=submission, refused=refused)


def _named(contract: PurposeContract) -> tuple[str, ...]:
    return (*contract.rules.allowed.ids, *contract.rules.blocked.ids)


async def _template_name(reader: Reader, book: int, contract: PurposeContract) -> str:
    known = {(made.code, made.version): made.name for made in await queries.templates(reader, book)}
    return known.get((contract.template, contract.version), contract.template)


@post("/purpose-contracts/{contract:str}", status_code=200, guards=[needs(Permission.POST)])
async def act_on_contract(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    contract: FromPath[str],
) -> Response[Any]:
    """What an operator does to a contract and to its grants."""
    found = await queries.contract(services.reader, principal.book, contract)
    show = partial(_show, pages, services, principal, contract)
    to, target = f"{CONTRACTS}/{contract}", {"contract": contract}
    return await submit_action(pages, (REFUND_CARD, *ON_PAGE, REVOKE), show, to, target=target, asset=found.asset)


@get("/purpose-contracts/{contract:str}/trace", guards=[needs(Permission.READ)])
async def trace_page(
    pages: NamedDependency[Pages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    contract: FromPath[str],
) -> Response[Any]:
    """Where every fen of a contract is: drawn, as a table, and with ``?format=csv`` as a file."""
    reader, book, query = services.reader, principal.book, request.query_params
    found = await queries.contract(reader, book, contract)
    by = query.get("by") or ""
    if by and by not in set(Dimension):
        raise Malformed("purpose_trace.by", by=by[:20], choices=", ".join(Dimension))
    traced = await tracing.trace(reader, book, contract, Dimension(by) if by else None)
    rows, scales = await _trace_rows(pages, reader, book, found, traced), await chart.scales(reader, book)
    if query.get("format") == "csv":
        body = as_shown(_TRACE, rows, pages.language, scales, {})
        return Response(body, media_type=CSV, headers=cut_headers(f"{contract}-trace", len(rows), cut=traced.cut))
    return await pages.render(
        "purpose/trace.html",
        contract=found,
        traced=traced,
        rows=rows,
        total=sum(part.amount for part in traced.parts),
        dimensions=[("", "All"), *((each.value, f"trace_by.{each.value}") for each in Dimension)],
        by=by,
        flow=flow_of(pages, found, traced, rows, scales),
        columns=_TRACE,
        scales=scales,
    )


async def _trace_rows(
    pages: Pages, reader: Reader, book: int, contract: PurposeContract, traced: PurposeTrace
) -> list[dict[str, Any]]:
    holders = await holder_texts(reader, book, [part.holder for part in traced.parts if part.holder is not None])
    names = await shop_texts(reader, book, [part.payee for part in traced.parts])
    return [
        {
            "where": f"trace.{part.where.value}",
            "holder": holders.get(part.holder or "", part.holder),
            "payee": names.get(part.payee or "", part.payee),
            "region": None if part.region is None else region_name(part.region, pages._),
            "amount": part.amount,
            "asset": contract.asset,
        }
        for part in traced.parts
    ]


handlers = (contract_page, act_on_contract, trace_page)
