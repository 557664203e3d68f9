"""What can be done with the card and QR channel: who may, and what is asked."""

from typing import Any

from canglian.bank.payment import availability
from canglian.bank.payment.api import channel as api
from canglian.bank.payment.commands import EnquireChannelOrder, PayByChannel, SendChannelRefundAgain
from canglian.bank.payment.model.channel import ChannelKind, ChannelOrder, ChannelState
from canglian.bank.payment.queries import channel as queries
from canglian.web.actions import Action, Listing, Resource, Route
from canglian.web.form import Form
from canglian.web.principal import Permission


def _is_pending(order: ChannelOrder) -> bool:
    return not order.state.is_final


def _is_refused_refund(order: ChannelOrder) -> bool:
    return order.kind is ChannelKind.REFUND and order.state is ChannelState.REFUSED


def _act(command: Any, name: str, help_: str, route: Route, **more: Any) -> Action:
    return Action(command=command, name=name, help=help_, permission=Permission.POST, route=route, **more)


PAY = _act(
    PayByChannel,
    "pay",
    "Ask the card and QR channel to collect what an order asks for, or to set it aside; the same again answers.",
    Route(operation_id="payOrderByChannel", response=ChannelOrder, status=201),
    form=Form(
        title="Ask the card and QR channel",
        submit="Ask the channel",
        omit=("order",),
        unavailable=availability.closed,
    ),
)
ENQUIRE = _act(
    EnquireChannelOrder,
    "enquire",
    "Enquire the channel about an order now.",
    Route(operation_id="enquireChannelOrder", path="/{channel_order:str}/enquiry", response=ChannelOrder),
    target=("channel_order",),
    form=Form(title="Enquire the channel", submit="Enquire now", applies=_is_pending),
)
SEND_AGAIN = _act(
    SendChannelRefundAgain,
    "send-again",
    "Ask for a refund that the channel refused once more, under a new number.",
    Route(
        operation_id="sendChannelRefundAgain",
        path="/{channel_order:str}/again",
        response=ChannelOrder,
        status=201,
    ),
    target=("channel_order",),
    form=Form(
        title="Send the refund again",
        submit="Send again",
        confirm="Send this refund again? The channel has refused it; the payer gets the money once.",
        applies=_is_refused_refund,
    ),
)

CHANNEL_ORDERS = Resource(
    name="channel-order",
    path="/channel-orders",
    tag="payments",
    plural="orders",
    actions=(PAY, ENQUIRE, SEND_AGAIN),
    parameters={"channel_order": api.ChannelOrderPath},
    handlers=api.CHANNEL_ORDERS,
    listing=Listing(
        read=queries.channel_orders,
        filter=queries.ChannelOrderFilter,
        columns=("id", "kind", "order", "amount", "fee", "state", "reference", "at"),
        money=("fee",),
    ),
    show=queries.channel_order,
)
ON_CHANNEL_ORDER = (ENQUIRE, SEND_AGAIN)
"""What the page of a channel order offers, in its order."""
