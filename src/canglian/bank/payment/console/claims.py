"""The list of what receivers of splits owe because of refunds."""

from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency

from canglian.bank.payment.console.lists import asked_by_name
from canglian.bank.payment.model import SplitClaim, SplitShare
from canglian.bank.payment.queries import claims, merchants
from canglian.bank.payment.queries.claims import ClaimFilter
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.entities import one
from canglian.kernel.queries.paging import Order, Page
from canglian.web.console import Column, Filter, ListSpec, Pages, list_page
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

CLAIMS = "/console/split-claims"

_LIST = ListSpec(
    "split-claims",
    "Split claims",
    "What receivers of splits had too little to return when a payment was refunded: due at their next settlement.",
    [
        Column("at", "When", "when", sort="at", phone=True),
        Column("owing", "Owed by", phone=True),
        Column("owed", "Owed to", phone=True),
        Column("amount", "Amount", "money", sort="amount", phone=True),
        Column("on", "Business date", "day"),
        Column("id", "Id", "code", sort="id"),
    ],
    [
        Filter("on", "Business date", "date", earlier=("first_date", "last_date")),
        Filter("amount", "Amount", "money"),
        Filter("receiver", "Owed by", pick="merchant", field="receiver"),
        Filter("merchant", "Owed to", pick="merchant", field="merchant"),
    ],
    href="/console/payments/{payment}",
    empty="No receiver of a split owes anything.",
    sort="-id",
    key="id",
)


@get("/split-claims", guards=[needs(Permission.READ)])
async def list_claims(
    pages: NamedDependency[Pages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[Any]:
    """All claims."""
    reader, book = services.reader, principal.book
    asked, named = asked_by_name(ClaimFilter, request.query_params, "receiver", "merchant")

    async def read_page(order: Order) -> Page[Any]:
        page = await claims.claims(reader, book, asked, order, **named)
        return Page(await _shown(reader, book, page.items), page.next_cursor)

    return await list_page(pages, _LIST, read_page)


async def _shown(reader: Reader, book: int, found: list[SplitClaim]) -> list[dict[str, Any]]:
    """Claims with the names of both sides, and the payment that was split."""
    names = await merchants.names(reader, book, [side for claim in found for side in (claim.receiver, claim.merchant)])
    shares = {claim.share: await one(reader, book, SplitShare, claim.share) for claim in found}
    return [
        {
            **msgspec.structs.asdict(claim),
            "owing": names[claim.receiver],
            "owed": names[claim.merchant],
            "payment": shares[claim.share].payment,
        }
        for claim in found
    ]


handlers = (list_claims,)
