"""One voucher: its facts, the tree of its parts, what financing comes to, what was done; issuing new ones."""

from functools import partial
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from canglian.bank.chain import queries
from canglian.bank.chain.actions import COLLECT, ISSUE, ISSUE_LONG, ON_VOUCHER
from canglian.bank.chain.console.lists import VOUCHERS, named
from canglian.bank.chain.console.members import core_choices
from canglian.bank.chain.model import Voucher, VoucherFinancing
from canglian.kernel.queries.paging import LIMIT_MAX, Order
from canglian.ledger.queries import chart
from canglian.ledger.queries.history import history
from canglian.web.console import Pages
from canglian.web.console.actions import Submission, action_forms, submit_action
from canglian.web.console.trying import refusals
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services


@get("/vouchers/{voucher:str}", guards=[needs(Permission.READ)])
async def voucher_page(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    voucher: FromPath[str],
) -> Response[Any]:
    """One voucher."""
    return await _show(pages, services, principal, voucher)


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
    voucher = whole.voucher
    sides = [side for row in whole.tree for side in (row.core, row.holder)]
    moved = [side for move in whole.moves for side in (move.source, move.target)]
    masks = await queries.names(reader, book, [*sides, *moved])
    others = [each for each in await queries.members_of(reader, book, voucher.core) if each.id != voucher.holder]
    choices = {
        "new_holder": [(row["id"], f"{row['name']} · {row['tier']}") for row in await named(reader, book, others)]
    }
    return await pages.render(
        "chain/voucher.html",
        status=status,
        whole=whole,
        voucher=voucher,
        names=masks,
        numbers={row.id: row.number for row in whole.tree},
        history=await history(reader, book, f"voucher:{identity}"),
        forms=action_forms(
            pages,
            ON_VOUCHER,
            whole,
            choices=choices,
            submission=submission,
            refused=await refusals(pages, [COLLECT], whole),
        ),
        scales=await chart.scales(reader, book),
        may_post=principal.may(Permission.POST),
        problem=None if submission is None else submission.problem,
    )


@post("/vouchers/{voucher:str}", status_code=200, guards=[needs(Permission.READ)])
async def act_on_voucher(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    voucher: FromPath[str],
) -> Response[Any]:
    """What somebody does to a voucher; each action asks for its own permission."""
    await queries.voucher(services.reader, principal.book, voucher)
    show = partial(_show, pages, services, principal, voucher)
    return await submit_action(pages, ON_VOUCHER, show, _to, target={"voucher": voucher}, asset="CNY")


@get("/vouchers/new", guards=[needs(Permission.POST)])
async def new_voucher(
    pages: NamedDependency[Pages], services: NamedDependency[Services], principal: NamedDependency[Principal]
) -> Response[Any]:
    """The forms by which a voucher is issued."""
    return await _form(pages, services, principal)


async def _form(
    pages: Pages, services: Services, principal: Principal, *, status: int = 200, submission: Submission | None = None
) -> Response[Any]:
    reader, book = services.reader, principal.book
    cores = await core_choices(reader, book)
    page = await queries.members(reader, book, queries.MemberFilter(), Order(limit=LIMIT_MAX))
    suppliers = [each for each in page.items if not each.is_core]
    choices = {
        "core": cores,
        "supplier": [
            (row["id"], f"{row['name']} · {row['core_name']}") for row in await named(reader, book, suppliers)
        ],
    }
    forms = action_forms(pages, [ISSUE, ISSUE_LONG], choices=choices, submission=submission)
    return await pages.render(
        "chain/new_voucher.html",
        status=status,
        forms=forms if cores and suppliers else [],
        problem=None if submission is None else submission.problem,
    )


@post("/vouchers/new", status_code=200, guards=[needs(Permission.POST)])
async def issue_voucher(
    pages: NamedDependency[Pages], services: NamedDependency[Services], principal: NamedDependency[Principal]
) -> Response[Any]:
    """Issue a voucher; one beyond six months is filed for approval."""
    return await submit_action(pages, [ISSUE, ISSUE_LONG], partial(_form, pages, services, principal), _to, asset="CNY")


def _to(result: Any) -> str:
    if isinstance(result, Voucher):
        return f"{VOUCHERS}/{result.id}"
    if isinstance(result, VoucherFinancing):
        return f"{VOUCHERS}/{result.voucher}"
    return f"/console/proposals/{result.id}"


handlers = (voucher_page, act_on_voucher, new_voucher, issue_voucher)
