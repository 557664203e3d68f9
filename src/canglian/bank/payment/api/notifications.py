"""``/v1/merchants/{merchant}/notifications``: the addresses at which a merchant hears of its orders and payments."""

from typing import Annotated, Any

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency
from msgspec import Meta

from canglian.bank.payment import notifying
from canglian.bank.payment.api.paths import MerchantPath
from canglian.bank.payment.queries import merchants
from canglian.kernel.fields import doc
from canglian.kernel.outbox import AddReceiver, queries, secret_for
from canglian.kernel.outbox.commands import Kind, Url
from canglian.kernel.outbox.queries import ReceiverView
from canglian.kernel.queries.paging import Order
from canglian.web.observing.outbox import ReceiverSecret, facts
from canglian.web.operations import Body, RequestContext, responses
from canglian.web.paging import listed, listing_of
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services


class NotificationRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a merchant wants to hear of its orders and payments, and of what."""

    url: Annotated[Url, doc("Where messages are sent.")]
    kinds: Annotated[
        list[Kind],
        Meta(min_length=1, max_length=50, description="Kinds of events, or families (`payment.*`)."),
    ] = msgspec.field(default_factory=lambda: list(notifying.KINDS))


@post(
    "/merchants/{merchant:str}/notifications",
    operation_id="addMerchantNotifications",
    guards=[needs(Permission.ADMINISTER)],
    responses=responses(ReceiverSecret, 201, write=True),
)
async def add_notifications(
    context: NamedDependency[RequestContext], merchant: MerchantPath, data: Body[NotificationRequest]
) -> Response[bytes]:
    """Send a merchant's events to an address of its own. The secret signs them; only the same idempotency key shows it
    again."""
    services, principal = context.services, context.principal
    found = await merchants.merchant(services.reader, principal.book, merchant)
    secret, sealed = await secret_for(services.engine, services.keyring, principal.book, context.key, principal.scope)
    command = AddReceiver(
        name=found.name,
        url=data.url,
        secret=sealed,
        kinds=data.kinds,
        ladder=list(notifying.LADDER),
        about=notifying.about(merchant),
    )
    return await context.respond(command, lambda receiver: ReceiverSecret(facts(receiver), secret))


@get(
    "/merchants/{merchant:str}/notifications",
    operation_id="listMerchantNotifications",
    guards=[needs(Permission.READ)],
    responses=listing_of(ReceiverView),
)
async def list_notifications(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    order: NamedDependency[Order],
    merchant: MerchantPath,
) -> Response[bytes]:
    """The addresses of a merchant, and what did not arrive. Attempts: `/v1/deliveries?receiver=`."""
    await merchants.merchant(services.reader, principal.book, merchant)
    about = notifying.about(merchant)
    return await listed(
        request, order, lambda page: queries.receivers(services.reader, principal.book, page, about), "notifications"
    )


router = Router("/", route_handlers=[add_notifications, list_notifications], tags=["payments"])
