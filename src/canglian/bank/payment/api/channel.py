"""``/v1/channel-orders``: what the card and QR channel was asked for."""

from typing import Annotated

from canglian.bank.payment.model.channel import ChannelOrder
from canglian.bank.payment.queries import channel
from canglian.bank.payment.queries.channel import ChannelOrderFilter
from canglian.web.listing import get_route, list_route
from canglian.web.operations import id_path

ChannelOrderPath = Annotated[str, id_path("cho", "The channel order's id.")]

CHANNEL_ORDERS = (
    list_route(
        ChannelOrder,
        channel.channel_orders,
        ChannelOrderFilter,
        "listChannelOrders",
        "channel-orders",
        "List channel orders, newest first.",
    ),
    get_route(
        "channel_order", ChannelOrderPath, ChannelOrder, channel.channel_order, "getChannelOrder", "A channel order."
    ),
)
