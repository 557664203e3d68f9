"""The page of an order for whoever was sent there: open to all, who pays signs in and comes back.

It says what its merchant asks for and never who paid. A wide screen shows the code to be scanned, and asks for its
state until it is paid; then it leads back to the merchant's web site, to a registered one and to nowhere else.
"""

from typing import Any

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from canglian.bank.payment.checkout_url import checkout_url, hosted_path
from canglian.bank.payment.model import Merchant, OrderState, PaymentOrder
from canglian.bank.payment.origins import is_among
from canglian.bank.payment.queries import merchants, orders
from canglian.bank.wallet.codes import picture
from canglian.kernel.errors import NotFound
from canglian.kernel.values import SYSTEM_BOOK, utc_now
from canglian.web.mobile import MobilePages
from canglian.web.services import Services

BOOKS_MAX = 2**31 - 1


@get("/order/{order_book:int}/{order_code:str}")
async def hosted_page(
    pages: NamedDependency[MobilePages],
    services: NamedDependency[Services],
    order_book: FromPath[int],
    order_code: FromPath[str],
) -> Response[Any]:
    """What an order asks for, and how it is paid from here."""
    order = await _order(services, order_book, order_code)
    merchant = await merchants.merchant(services.reader, order_book, order.merchant)
    url = checkout_url(services.settings, order_book, order)
    return pages.render(
        "payment/mobile/hosted.html",
        order=order,
        merchant=merchant,
        state=state_of(order),
        picture=picture(url) if state_of(order) == OrderState.OPEN.value else "",
        spaced=spaced(order.code),
        state_at=f"{hosted_path(order_book, order.code)}/state",
        onward=onward(order, merchant),
        elsewhere=pages.person is not None and pages.person.book != order_book,
    )


@get("/order/{order_book:int}/{order_code:str}/state")
async def hosted_state(
    services: NamedDependency[Services], order_book: FromPath[int], order_code: FromPath[str]
) -> Response[bytes]:
    """Whether the order was paid meanwhile."""
    state = {"state": state_of(await _order(services, order_book, order_code))}
    return Response(msgspec.json.encode(state), media_type="application/json", headers={"cache-control": "no-store"})


async def _order(services: Services, book: int, code: str) -> PaymentOrder:
    if not SYSTEM_BOOK < book <= BOOKS_MAX:
        raise NotFound("payment_order.code_unknown", field="code")
    return await orders.by_code(services.reader, book, code)


def state_of(order: PaymentOrder) -> str:
    """How an order stands now: one whose time is over has expired, whether that was noted yet or not."""
    if order.state is OrderState.OPEN and order.expires_at <= utc_now():
        return OrderState.EXPIRED.value
    return order.state.value


def onward(order: PaymentOrder, merchant: Merchant) -> str | None:
    """Where the payer is sent back to; nowhere once the merchant has that web site no more."""
    address = order.return_url
    return address if address is not None and is_among(address, merchant.origins) else None


def spaced(digits: str) -> str:
    """The digits of a code as they are read aloud."""
    return " ".join(digits[place : place + 6] for place in range(0, len(digits), 6))


handlers = (hosted_page, hosted_state)
