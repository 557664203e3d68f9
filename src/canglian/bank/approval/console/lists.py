"""What waits for me, and all proposals."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency

from canglian.bank.approval import queries, service
from canglian.bank.approval.actions import VOTES
from canglian.bank.approval.describing import APPROVABLE
from canglian.bank.approval.model import ProposalState
from canglian.bank.approval.queries import ProposalFilter, ProposalRow
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.paging import LIMIT_MAX, Order, Page
from canglian.kernel.values import utc_now
from canglian.ledger.queries import chart
from canglian.web.additions import SHOWN_MAX, Excerpt, PageLink, Rows, Waiting, found_by_id
from canglian.web.console import Choice, Column, Filter, ListSpec, Pages, list_page
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

_COLUMNS = [
    Column("title", "What", "words", phone=True),
    Column("amount", "Amount", "money", phone=True),
    Column("about", "Subject", "subject"),
    Column("reason", "Reason"),
    Column("maker", "Submitted by", "actor", phone=True),
    Column("filed_at", "Submitted", "when", sort="filed_at"),
    Column("progress", "Step", "code"),
    Column("waits_for", "Pending with", "code"),
    Column("expires_at", "Expires", "when", sort="expires_at", phone=True),
    Column("id", "Approval request", "code"),
]
_HREF = "/console/proposals/{id}"
_TASKS = ListSpec(
    "tasks",
    "My tasks",
    "Requests pending your approval; the first to expire comes first.",
    _COLUMNS,
    href=_HREF,
    empty="No request waits for your approval. Other work that waits for you is listed on the first page.",
    sort="expires_at",
    key="id",
    bulk=VOTES,
)
_ALL = ListSpec(
    "proposals",
    "Approval requests",
    "All approval requests, newest first.",
    [_COLUMNS[0], Column("state", "State", "state", phone=True), *_COLUMNS[1:]],
    [
        Filter(
            "state",
            "State",
            choices=[Choice(state.value, f"state.{state.value}") for state in ProposalState],
            field="state",
        ),
        Filter(
            "kind", "What", choices=[Choice(known.kind, known.title) for known in APPROVABLE.values()], field="kind"
        ),
        Filter("amount", "Amount", "money", may_lack=True),
        Filter("filed_at", "Submitted", "instant"),
        Filter("expires_at", "Expires", "instant"),
        Filter("maker", "Submitted by", pick="maker", field="maker"),
        Filter("subject", "Subject", field="subject", by_start=True, by_link=True),
        Filter("policy", "Policy", pick="approval_policy", field="policy"),
    ],
    href=_HREF,
    empty="No approval requests yet.",
    sort="-filed_at",
    key="id",
    bulk=VOTES,
)
_NEW = PageLink("Submit for approval", "/console/proposals/new", "plus", Permission.POST)


def title_of(kind: str) -> str:
    """What a kind of command is called: a message id."""
    return APPROVABLE[kind].title if kind in APPROVABLE else kind


def _shown(row: ProposalRow) -> dict[str, Any]:
    fields = msgspec.structs.asdict(row)
    return {**fields, "title": title_of(row.kind), "about": row.subject, "progress": f"{row.step}/{row.steps}"}


def _reading(read: Callable[[Order], Awaitable[Page[ProposalRow]]]) -> Callable[[Order], Awaitable[Page[Any]]]:
    async def page(order: Order) -> Page[Any]:
        found = await read(order)
        return Page([_shown(row) for row in found.items], found.next_cursor)

    return page


def _about(kind: str) -> Excerpt:
    """The requests about one thing of a kind, for its page."""

    async def read(reader: Reader, book: int, identity: str) -> Rows:
        asked = ProposalFilter(subject=f"{kind}:{identity}")
        page = await queries.proposals(reader, book, asked, Order("-filed_at", None, SHOWN_MAX))
        scales = await chart.scales(reader, book)
        return Rows([_shown(row) for row in page.items], scales, more=page.next_cursor is not None)

    columns = (
        Column("title", "What", "words", phone=True),
        Column("state", "State", "state", phone=True),
        Column("maker", "Submitted by", "actor"),
        Column("filed_at", "Submitted", "when", phone=True),
    )
    return Excerpt("Approval requests", columns, read, _HREF, whole=f"/console/proposals?subject={kind}:{{}}")


@get("/tasks", guards=[needs(Permission.APPROVE)])
async def list_tasks(
    pages: NamedDependency[Pages], services: NamedDependency[Services], principal: NamedDependency[Principal]
) -> Response[Any]:
    """What waits for the vote of who looks."""
    waiter = await service.waiter(services, principal)
    read = _reading(lambda order: queries.tasks(services.reader, principal.book, waiter, utc_now(), order))
    return await list_page(pages, _TASKS, read, scales=await chart.scales(services.reader, principal.book))


@get("/proposals", guards=[needs(Permission.READ)])
async def list_proposals(
    pages: NamedDependency[Pages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[Any]:
    """All proposals."""
    query = request.query_params
    state = query.get("state")
    asked = ProposalFilter(
        state=ProposalState(state) if state in set(ProposalState) else None,
        kind=query.get("kind") or None,
        maker=query.get("maker") or None,
        subject=query.get("subject") or None,
        policy=query.get("policy") or None,
    )
    read = _reading(lambda order: queries.proposals(services.reader, principal.book, asked, order))
    scales = await chart.scales(services.reader, principal.book)
    return await list_page(pages, _ALL, read, scales=scales, actions=[_NEW])


async def _tasks(services: Services, principal: Principal) -> int:
    waiter, order = await service.waiter(services, principal), Order(limit=LIMIT_MAX)
    return len((await queries.tasks(services.reader, principal.book, waiter, utc_now(), order)).items)


FINDS = (
    found_by_id(
        "apr",
        "Approval requests",
        (
            Column("id", "Id", "code", phone=True),
            Column("state", "State", "state", phone=True),
            Column("maker", "Submitted by", "actor", phone=True),
            Column("filed_at", "Submitted", "when"),
        ),
        queries.proposal,
        _HREF,
    ),
)
SECTIONS = {kind: (_about(kind),) for kind in ("party", "transfer")}
WAITING = (Waiting("My tasks", "/console/tasks", _tasks, Permission.APPROVE),)

handlers = (list_tasks, list_proposals)
