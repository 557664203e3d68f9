"""One order: what is asked for, the code that a payer scans, and what became of it."""

from functools import partial
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from canglian.bank.payment.actions import CLOSE
from canglian.bank.payment.channel_actions import PAY as CHANNEL
from canglian.bank.payment.console.channel import PATH as CHANNEL_ORDERS
from canglian.bank.payment.console.lists import ORDERS
from canglian.bank.payment.model import ChannelOrder, OrderState, PaymentOrder
from canglian.bank.payment.queries import channel, merchants, orders
from canglian.bank.wallet.codes import picture
from canglian.ledger.queries.history import history
from canglian.web.console import Pages
from canglian.web.console.actions import Submission, action_forms, submit_action
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services


@get("/merchant-orders/{payment_order:str}", guards=[needs(Permission.READ)])
async def order_page(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    payment_order: FromPath[str],
) -> Response[Any]:
    """One order."""
    return await _show(pages, services, principal, payment_order)


async def _show(
    pages: Pages,
    services: Services,
    principal: Principal,
    identity: str,
    status: int = 200,
    submission: Submission | None = None,
) -> Response[Any]:
    reader, book = services.reader, principal.book
    order = await orders.order(reader, book, identity)
    digits = order.code
    return await pages.render(
        "payment/order.html",
        status=status,
        order=order,
        merchant=await merchants.merchant(reader, book, order.merchant),
        picture=picture(digits) if order.state is OrderState.OPEN else None,
        digits=" ".join(digits[place : place + 6] for place in range(0, len(digits), 6)),
        history=await history(reader, book, f"payment_order:{identity}"),
        asked=await channel.of_order(reader, book, identity),
        forms=action_forms(pages, [CHANNEL, CLOSE], order, submission=submission),
        may_post=principal.may(Permission.POST),
        problem=None if submission is None else submission.problem,
    )


@post("/merchant-orders/{payment_order:str}", status_code=200, guards=[needs(Permission.POST)])
async def act_on_order(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    payment_order: FromPath[str],
) -> Response[Any]:
    """Close an order for its merchant, or have the channel collect it."""
    await orders.order(services.reader, principal.book, payment_order)
    show = partial(_show, pages, services, principal, payment_order)
    return await submit_action(pages, [CHANNEL, CLOSE], show, _to, target={"order": payment_order})


def _to(result: PaymentOrder | ChannelOrder) -> str:
    return f"{ORDERS if isinstance(result, PaymentOrder) else CHANNEL_ORDERS}/{result.id}"


handlers = (order_page, act_on_order)
