"""What the card and QR channel was asked for in the demo: orders paid, refused, set aside, and with a lost answer."""

from collections.abc import Awaitable, Callable
from typing import Any

from canglian.bank.payment.commands import (
    AnswerChannelOrder,
    CapturePayment,
    MarkChannelSent,
    MarkChannelUnknown,
    OpenOrder,
    PayByChannel,
    RefundPayment,
)
from canglian.bank.payment.model import ChannelMethod, ChannelOrder, Merchant, PaymentOrder
from canglian.kernel.command import Command

Ask = Callable[[str, Command[Any]], Awaitable[Any]]
"""Has a command done once, under a key."""


async def fill_channel(ask: Ask, shop: Merchant) -> None:
    """Let payers of other banks pay a shop."""
    paid = await _sent(ask, shop, "paid", 6_800, ChannelMethod.QR)
    done = AnswerChannelOrder(channel_order=paid.id, succeeded=True, amount=6_800, reference="chdemo0001", fee=17)
    answered: ChannelOrder = await ask("channel:paid", done)
    if answered.payment is not None:
        back = RefundPayment(
            payment=answered.payment, number="demo-channel-return", amount=1_800, reason="少了一份", channel="counter"
        )
        await ask("channel:refund", back)
    refused = await _sent(ask, shop, "refused", 4_200, ChannelMethod.CARD)
    await ask("channel:refused", AnswerChannelOrder(channel_order=refused.id, succeeded=False, reason="付款方余额不足"))
    held = await _sent(ask, shop, "held", 12_800, ChannelMethod.CARD, later=True)
    done = AnswerChannelOrder(channel_order=held.id, succeeded=True, amount=12_800, reference="chdemo0002", fee=0)
    answered = await ask("channel:held", done)
    if answered.payment is not None:
        await ask("channel:captured", CapturePayment(payment=answered.payment, amount=4_800))
    lost = await _sent(ask, shop, "lost", 3_600, ChannelMethod.CARD)
    await ask("channel:lost", MarkChannelUnknown(channel_order=lost.id))


async def _sent(
    ask: Ask, shop: Merchant, name: str, amount: int, method: ChannelMethod, *, later: bool = False
) -> ChannelOrder:
    opened = OpenOrder(
        merchant=shop.id, number=f"demo-channel-{name}", subject="牛肉面套餐", amount=amount, minutes=7 * 24 * 60
    )
    order: PaymentOrder = await ask(f"channel:{name}-order", opened)
    asked: ChannelOrder = await ask(f"channel:{name}-asked", PayByChannel(order=order.id, method=method, later=later))
    return await ask(f"channel:{name}-sent", MarkChannelSent(channel_order=asked.id))
