"""What the card and QR channel was asked for in the demo: orders paid, refused, set aside, and with a lost answer."""

from collections.abc import Awaitable, Callable, Iterable
from datetime import date
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
from canglian.bank.payment.model import ChannelMethod, ChannelOrder, ChannelState, Merchant, PaymentOrder
from canglian.bank.payment.sandbox.channel import fee_of
from canglian.kernel.command import Command

Ask = Callable[[str, Command[Any]], Awaitable[Any]]
"""Has a command done once, under a key."""

OPEN_MINUTES = 24 * 60
"""How long orders of the demo wait to be paid."""


async def pay_by_channel(ask: Ask, shop: Merchant, day: date) -> None:
    """Let payers of other banks pay a shop on a business date."""
    paying = _Paying(ask, shop, day)
    more = day.day * 100
    amount = 3_800 + more
    paid = await paying.sent("paid", amount, ChannelMethod.QR)
    answered = await paying.answered(paid, "paid", amount, reference="0001")
    if answered.payment is not None:
        back = RefundPayment(
            payment=answered.payment, number=f"return-{day:%m%d}", amount=1_800, reason="少了一份", channel="counter"
        )
        await ask(f"channel:{day}:refund", back)
    refused = await paying.sent("refused", 4_200, ChannelMethod.CARD)
    no = AnswerChannelOrder(channel_order=refused.id, succeeded=False, reason="付款方余额不足")
    await ask(f"channel:{day}:refused", no)
    held = await paying.sent("held", 9_600 + more, ChannelMethod.CARD, later=True)
    answered = await paying.answered(held, "held", 9_600 + more, reference="0002")
    if answered.payment is not None:
        await ask(f"channel:{day}:captured", CapturePayment(payment=answered.payment, amount=4_800))
    lost = await paying.sent("lost", 3_600, ChannelMethod.CARD)
    await ask(f"channel:{day}:lost", MarkChannelUnknown(channel_order=lost.id))


class _Paying:
    def __init__(self, ask: Ask, shop: Merchant, day: date) -> None:
        self._ask = ask
        self._shop = shop
        self._day = day

    async def sent(self, name: str, amount: int, method: ChannelMethod, *, later: bool = False) -> ChannelOrder:
        """An order of the shop for which the channel was asked."""
        key = f"channel:{self._day}:{name}"
        opened = OpenOrder(
            merchant=self._shop.id,
            number=f"channel-{self._day:%m%d}-{name}",
            subject="牛肉面套餐",
            amount=amount,
            minutes=OPEN_MINUTES,
        )
        order: PaymentOrder = await self._ask(f"{key}-order", opened)
        asked = await self._ask(f"{key}-asked", PayByChannel(order=order.id, method=method, later=later))
        return await self._ask(f"{key}-sent", MarkChannelSent(channel_order=asked.id))

    async def answered(self, asked: ChannelOrder, name: str, amount: int, reference: str) -> ChannelOrder:
        """The channel has collected it."""
        reference = f"ch{self._day:%m%d}{reference}"
        fee = fee_of(asked.kind.value, amount)
        done = AnswerChannelOrder(channel_order=asked.id, succeeded=True, amount=amount, reference=reference, fee=fee)
        return await self._ask(f"channel:{self._day}:{name}", done)


async def hear_from_channel(ask: Ask, orders: Iterable[ChannelOrder]) -> None:
    """The channel says how orders ended: what was lost it never had, all else succeeded."""
    for order in orders:
        key, there = f"channel:{order.id}", order.state is not ChannelState.UNKNOWN
        if there:
            await ask(f"{key}:sent", MarkChannelSent(channel_order=order.id))
        answer = AnswerChannelOrder(
            channel_order=order.id,
            succeeded=there,
            amount=order.amount if there else None,
            reference=f"ch{order.id[-8:]}",
            fee=fee_of(order.kind.value, order.amount) if there else None,
            reason=None if there else "付款方已取消",
        )
        await ask(f"{key}:heard", answer)
