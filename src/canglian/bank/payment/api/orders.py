"""An order as the API answers it: with the address of the page on which anybody may pay it."""

from typing import Annotated, Any

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency

from canglian.bank.payment.api.paths import OrderPath
from canglian.bank.payment.checkout_url import checkout_url
from canglian.bank.payment.model import PaymentOrder
from canglian.bank.payment.queries import orders
from canglian.kernel.fields import doc, fields_of
from canglian.web.operations import RequestContext, as_json, responses
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

_URL = Annotated[str, doc("The page on which it is paid: send the payer there.")]

OrderView: Any = msgspec.defstruct(
    "OrderView",
    [*((name, kind) for name, kind, _ in fields_of(PaymentOrder)), ("checkout_url", _URL)],
    namespace={"__doc__": "An order, with the address of the page on which it is paid."},
    module=__name__,
    frozen=True,
    kw_only=True,
)


def order_view(services: Services, book: int, order: PaymentOrder) -> Any:
    """An order with the address of its page."""
    return OrderView(**msgspec.structs.asdict(order), checkout_url=checkout_url(services.settings, book, order))


def seen(context: RequestContext, order: PaymentOrder) -> Any:
    """An order as whoever asks for it is answered."""
    return order_view(context.services, context.principal.book, order)


@get(
    "/{payment_order:str}",
    operation_id="getPaymentOrder",
    guards=[needs(Permission.READ)],
    responses=responses(OrderView),
)
async def get_order(
    services: NamedDependency[Services], principal: NamedDependency[Principal], payment_order: OrderPath
) -> Response[bytes]:
    """An order, with the address of its page."""
    found = await orders.order(services.reader, principal.book, payment_order)
    return as_json(order_view(services, principal.book, found))
