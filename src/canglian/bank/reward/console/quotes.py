"""Quotes: what an order would take off, what it keeps for whom, and why each other offer is left out."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import structs

from canglian.bank.party.queries import parties
from canglian.bank.payment.queries import merchants, orders
from canglian.bank.reward.campaigns import queries as campaigns
from canglian.bank.reward.quotes import queries
from canglian.bank.reward.quotes.actions import CANCEL_QUOTE, why
from canglian.bank.reward.quotes.model import CouponQuote, QuoteState
from canglian.bank.reward.quotes.queries import CouponQuoteFilter
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.paging import Order, Page
from canglian.ledger.queries import chart
from canglian.ledger.queries.history import history
from canglian.web.console import Choice, Column, Filter, ListSpec, Pages, list_page
from canglian.web.console.actions import Submission, action_forms, submit_action
from canglian.web.console.filters import asked_for
from canglian.web.error_text import format_error
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

QUOTES = "/console/coupon-quotes"
_READ = [needs(Permission.READ)]

_LIST = ListSpec(
    "coupon-quotes",
    "Quotes of coupons",
    "What coupons take off an order, for whom they are kept until when, and whether it was paid with them.",
    [
        Column("quoted_at", "When", "when", phone=True),
        Column("holder_name", "Shopper", phone=True),
        Column("merchant_name", "Merchant"),
        Column("price", "Price", "money"),
        Column("off", "Taken off", "money", phone=True),
        Column("due", "To be paid", "money"),
        Column("state", "State", "state", phone=True),
        Column("expires_at", "Expires", "when"),
        Column("id", "Id", "code", sort="id"),
    ],
    [
        Filter("state", "State", choices=[Choice(state.value, f"state.{state.value}") for state in QuoteState]),
        Filter("party", "Customer", pick="party"),
        Filter("order", "Order", by_link=True),
    ],
    href=QUOTES + "/{id}",
    empty="No order has been quoted yet.",
    sort="-id",
)


@get("/coupon-quotes", guards=_READ)
async def list_quotes(
    pages: NamedDependency[Pages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[Any]:
    """All quotes."""
    reader, book = services.reader, principal.book
    asked = asked_for(CouponQuoteFilter, request.query_params)

    async def read_page(order: Order) -> Page[Any]:
        page = await queries.quotes(reader, book, asked, order)
        return Page(await _rows(reader, book, page.items), page.next_cursor)

    return await list_page(pages, _LIST, read_page, scales=await chart.scales(reader, book))


async def _rows(reader: Reader, book: int, found: Sequence[CouponQuote]) -> list[dict[str, Any]]:
    """Quotes with the names of their shoppers and merchants."""
    holders = await queries.holders(reader, book, [wallet for quote in found for wallet in quote.wallets])
    names = await parties.names(reader, book, list(holders.values()))
    shops = await merchants.names(reader, book, [quote.merchant for quote in found])
    return [
        {
            **structs.asdict(quote),
            "holder": (holder := next((holders[wallet] for wallet in quote.wallets if wallet in holders), None)),
            "holder_name": names.get(holder or "", "—"),
            "merchant_name": shops.get(quote.merchant, quote.merchant),
            "asset": "CNY",
        }
        for quote in found
    ]


@get("/coupon-quotes/{coupon_quote:str}", guards=_READ)
async def quote_page(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    coupon_quote: FromPath[str],
) -> Response[Any]:
    """One quote."""
    return await _show(pages, services, principal, coupon_quote)


async def _show(
    pages: Pages,
    services: Services,
    principal: Principal,
    identity: str,
    status: int = 200,
    submission: Submission | None = None,
) -> Response[Any]:
    reader, book = services.reader, principal.book
    quote = await queries.quote(reader, book, identity)
    offered = [*(taken.offer for taken in quote.taken), *(out.offer for out in quote.left_out)]
    return await pages.render(
        "reward/coupon_quote.html",
        status=status,
        quote=quote,
        shown=(await _rows(reader, book, [quote]))[0],
        order=await orders.order(reader, book, quote.order),
        offers=await campaigns.offer_names(reader, book, offered),
        reasons=[(out, format_error(out.code, why(out).fields, pages._)) for out in quote.left_out],
        history=await history(reader, book, f"payment_order:{quote.order}"),
        forms=action_forms(pages, [CANCEL_QUOTE], quote, submission=submission),
        may_post=principal.may(Permission.POST),
        problem=None if submission is None else submission.problem,
    )


@post("/coupon-quotes/{coupon_quote:str}", status_code=200, guards=[needs(Permission.POST)])
async def act_on_quote(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    coupon_quote: FromPath[str],
) -> Response[Any]:
    """Let go of what is kept for an order."""
    await queries.quote(services.reader, principal.book, coupon_quote)
    show = partial(_show, pages, services, principal, coupon_quote)
    target = {"quote": coupon_quote}
    return await submit_action(pages, [CANCEL_QUOTE], show, f"{QUOTES}/{coupon_quote}", target=target)


handlers = (list_quotes, quote_page, act_on_quote)
