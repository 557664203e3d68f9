"""The card and QR channel for operators: what it was asked for, one order, and what may be done about it."""

from functools import partial
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from canglian.bank.payment.channel_actions import ENQUIRE, ON_CHANNEL_ORDER, SEND_AGAIN
from canglian.bank.payment.console.lists import asked_by_name, with_merchants
from canglian.bank.payment.model.channel import ChannelKind, ChannelState
from canglian.bank.payment.queries import channel, merchants, orders
from canglian.bank.payment.queries.channel import ChannelOrderFilter
from canglian.bank.wallet.codes import picture
from canglian.kernel.queries.paging import Order, Page
from canglian.ledger.queries.history import history
from canglian.web.additions import WAITING_MAX, Waiting, found_by_id
from canglian.web.console import Choice, Column, Filter, ListSpec, Pages, list_page
from canglian.web.console.actions import Submission, action_forms, submit_action
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

PATH = "/console/channel-orders"
_READ = [needs(Permission.READ)]

_LIST = ListSpec(
    "channel-orders",
    "Channel orders",
    "What the card and QR channel was asked to collect and to give back, newest first.",
    [
        Column("at", "When", "when", sort="at", phone=True),
        Column("name", "Merchant", phone=True),
        Column("what", "Kind", "words"),
        Column("how", "Paid with", "words"),
        Column("amount", "Amount", "money", sort="amount", phone=True),
        Column("fee", "Channel fee", "money"),
        Column("state", "State", "state", phone=True),
        Column("next_at", "Next enquiry", "when"),
        Column("reason", "Reason"),
        Column("id", "Id", "code", sort="id"),
    ],
    [
        Filter(
            "kind",
            "Kind",
            choices=[Choice(kind.value, f"channel_kind.{kind.value}") for kind in ChannelKind],
            field="kind",
        ),
        Filter(
            "state",
            "State",
            choices=[Choice(state.value, f"state.{state.value}") for state in ChannelState],
            field="state",
        ),
        Filter("merchant", "Merchant", pick="merchant", field="merchant"),
        Filter("order", "Merchant's number"),
        Filter("payment", "Payment", pick="payment"),
        Filter("on", "Business date", "date", earlier=("first_date", "last_date")),
        Filter("amount", "Amount", "money"),
    ],
    href=PATH + "/{id}",
    empty="The channel has not been asked for anything yet.",
    sort="-id",
    key="id",
)
_FOUND = (
    Column("state", "State", "state", phone=True),
    Column("at", "When", "when", phone=True),
)


@get("/channel-orders", guards=_READ)
async def list_channel_orders(
    pages: NamedDependency[Pages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[Any]:
    """All channel orders."""
    asked, named = asked_by_name(ChannelOrderFilter, request.query_params, "merchant", "order")

    async def read_page(order: Order) -> Page[Any]:
        page = await channel.channel_orders(services.reader, principal.book, asked, order, **named)
        rows = await with_merchants(services, principal.book, page.items)
        return Page([_worded(row) for row in rows], page.next_cursor)

    return await list_page(pages, _LIST, read_page)


@get("/channel-orders/{channel_order:str}", guards=_READ)
async def channel_order_page(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    channel_order: FromPath[str],
) -> Response[Any]:
    """One channel order."""
    return await _show(pages, services, principal, channel_order)


@post("/channel-orders/{channel_order:str}", status_code=200, guards=[needs(Permission.POST)])
async def act_on_channel_order(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    channel_order: FromPath[str],
) -> Response[Any]:
    """Enquire the channel now, or send a refused refund again."""
    await channel.channel_order(services.reader, principal.book, channel_order)
    show = partial(_show, pages, services, principal, channel_order)
    target = {"channel_order": channel_order}
    return await submit_action(pages, ON_CHANNEL_ORDER, show, f"{PATH}/{channel_order}", target=target)


async def _show(
    pages: Pages,
    services: Services,
    principal: Principal,
    identity: str,
    status: int = 200,
    submission: Submission | None = None,
) -> Response[Any]:
    reader, book = services.reader, principal.book
    found = await channel.channel_order(reader, book, identity)
    payable = found.code is not None and found.state is ChannelState.ACCEPTED
    return await pages.render(
        "payment/channel_order.html",
        status=status,
        found=found,
        order=await orders.order(reader, book, found.order),
        merchant=await merchants.merchant(reader, book, found.merchant),
        picture=picture(found.code) if payable and found.code else None,
        history=await history(reader, book, f"channel_order:{identity}"),
        forms=action_forms(pages, [ENQUIRE, SEND_AGAIN], found, submission=submission),
        may_post=principal.may(Permission.POST),
        problem=None if submission is None else submission.problem,
    )


def _worded(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "what": f"channel_kind.{row['kind'].value}", "how": f"channel_method.{row['method'].value}"}


async def _unknown(services: Services, principal: Principal) -> int:
    asked, order = ChannelOrderFilter(state=ChannelState.UNKNOWN), Order(limit=WAITING_MAX)
    return len((await channel.channel_orders(services.reader, principal.book, asked, order)).items)


async def _refused(services: Services, principal: Principal) -> int:
    asked = ChannelOrderFilter(state=ChannelState.REFUSED, kind=ChannelKind.REFUND)
    return len((await channel.channel_orders(services.reader, principal.book, asked, Order(limit=WAITING_MAX))).items)


WAITING = (
    Waiting("Channel orders without an answer", f"{PATH}?state=unknown", _unknown, Permission.POST),
    Waiting("Refunds that the channel refused", f"{PATH}?kind=refund&state=refused", _refused, Permission.POST),
)
FINDS = (found_by_id("cho", "Channel orders", _FOUND, channel.channel_order, PATH + "/{id}"),)

handlers = (list_channel_orders, channel_order_page, act_on_channel_order)
