"""What the channel answers, in whatever order: an order is paid once, and money that comes too late goes back."""

from datetime import timedelta
from typing import Any

import pytest

from canglian.bank.payment import ChannelKind, ChannelMethod, ChannelOrder, ChannelState, OrderState, Payment
from canglian.bank.payment.commands import (
    AcceptChannelOrder,
    AnswerChannelOrder,
    CloseOrder,
    EnquireChannelOrder,
    ExpireOrder,
    MarkChannelSent,
    MarkChannelUnknown,
    NoteChannelEnquiry,
    PayByChannel,
    PayOrder,
    SendChannelRefundAgain,
    SuspendMerchant,
)
from canglian.bank.payment.model import Merchant, PaymentOrder, SourceUse
from canglian.ledger.model import Account
from tests.bank.payment.shops import Shops


async def asked(branch: Shops, amount: int = 10_000) -> tuple[Merchant, PaymentOrder, ChannelOrder]:
    shop = await branch.shop()
    order = await branch.order(shop, amount)
    return shop, order, await branch.do(PayByChannel(order=order.id, method=ChannelMethod.QR))


def succeeds(order: ChannelOrder, fee: int = 25, **more: Any) -> AnswerChannelOrder:
    fields: dict[str, Any] = {"amount": order.amount, "reference": "ch1", "fee": fee, **more}
    return AnswerChannelOrder(channel_order=order.id, succeeded=True, **fields)


def refuses(order: ChannelOrder) -> AnswerChannelOrder:
    return AnswerChannelOrder(channel_order=order.id, succeeded=False, reason="余额不足")


async def balances(branch: Shops) -> tuple[int, int]:
    """What the channel owes, and what is on its way back to payers."""
    found = {account.reference: account for account in await branch.rows(Account)}
    names = ("payment.channel_owed.cny", "payment.channel_refunds.cny")
    accounts = [found.get(name) for name in names]
    owed, back = [0 if account is None else await branch.balance(account.id) for account in accounts]
    return owed, back


async def of_kind(branch: Shops, kind: ChannelKind) -> list[ChannelOrder]:
    return [order for order in await branch.rows(ChannelOrder) if order.kind is kind]


async def test_an_order_is_pending_until_the_channel_says_that_it_was_paid(branch: Shops) -> None:
    shop, order, sent = await asked(branch)
    assert (sent.state, sent.amount, sent.sends, sent.next_at) == (ChannelState.REQUESTED, 10_000, 0, None)
    assert (await branch.get(PaymentOrder, order.id)).state is OrderState.OPEN
    assert (await branch.do(PayByChannel(order=order.id, method=ChannelMethod.QR))).id == sent.id
    await branch.do(MarkChannelSent(channel_order=sent.id))
    taken = await branch.do(AcceptChannelOrder(channel_order=sent.id, reference="ch1", code="https://pay/1"))
    assert (taken.state, taken.sends, taken.code) == (ChannelState.ACCEPTED, 1, "https://pay/1")
    done = await branch.do(succeeds(sent))
    assert (done.state, done.fee, done.late, done.next_at) == (ChannelState.SUCCEEDED, 25, False, None)
    paid = await branch.get(Payment, done.payment or "")
    assert (paid.order, paid.captured, paid.fee, paid.channel) == (order.id, 10_000, 38, "channel")
    (line,) = await branch.lines(paid)
    assert (line.source, line.item, line.captured, line.transfer) == ("channel", sent.id, 10_000, done.transfer)
    assert await branch.owed(shop) == 10_000 - 38
    assert await balances(branch) == (10_000, 0)


async def test_a_notification_before_the_answer_twice_and_out_of_order_pays_once(branch: Shops) -> None:
    shop, _, sent = await asked(branch)
    await branch.do(MarkChannelSent(channel_order=sent.id))
    for command in (
        succeeds(sent),
        AcceptChannelOrder(channel_order=sent.id, reference="ch1"),
        succeeds(sent),
        MarkChannelUnknown(channel_order=sent.id),
        refuses(sent),
        NoteChannelEnquiry(channel_order=sent.id, known=False),
    ):
        assert (await branch.do(command)).state is ChannelState.SUCCEEDED
    assert len(await branch.rows(Payment)) == 1
    assert await branch.owed(shop) == 10_000 - 38
    assert await balances(branch) == (10_000, 0)


async def test_a_lost_answer_is_unknown_and_enquired_ever_more_rarely(branch: Shops) -> None:
    _, _, sent = await asked(branch)
    await branch.do(MarkChannelSent(channel_order=sent.id))
    unknown = await branch.do(MarkChannelUnknown(channel_order=sent.id))
    assert unknown.state is ChannelState.UNKNOWN
    steps: list[timedelta] = []
    for _ in range(10):
        assert unknown.next_at
        steps.append(unknown.next_at - unknown.updated_at)
        branch.now = unknown.next_at
        unknown = await branch.do(NoteChannelEnquiry(channel_order=sent.id))
        assert (unknown.state, unknown.sends) == (ChannelState.UNKNOWN, 1)
    assert [round(step.total_seconds()) for step in steps] == [5, 10, 15, 30, 60, 180, 600, 1800, 3600, 3600]
    now = await branch.do(EnquireChannelOrder(channel_order=sent.id))
    assert now.next_at == now.updated_at


async def test_it_is_sent_again_only_after_the_channel_said_that_it_has_no_such_number(branch: Shops) -> None:
    _, _, sent = await asked(branch)
    for sends in (1, 2, 3):
        marked = await branch.do(MarkChannelSent(channel_order=sent.id))
        assert (marked.state, marked.sends) == (ChannelState.SENT, sends)
        assert (await branch.do(MarkChannelSent(channel_order=sent.id))).sends == sends
        await branch.do(MarkChannelUnknown(channel_order=sent.id))
        told = await branch.do(NoteChannelEnquiry(channel_order=sent.id, known=False))
        assert told.state is (ChannelState.REQUESTED if sends < 3 else ChannelState.REFUSED)


async def test_a_refused_payment_leaves_the_order_open_for_another_way(branch: Shops) -> None:
    shop, order, sent = await asked(branch)
    code, _ = await branch.refused(PayByChannel(order=order.id, method=ChannelMethod.CARD))
    assert code == "channel_order.pending"
    assert (await branch.do(refuses(sent))).reason == "余额不足"
    other = await branch.do(PayByChannel(order=order.id, method=ChannelMethod.CARD))
    assert other.id != sent.id
    await branch.do(succeeds(other))
    assert await branch.owed(shop) == 10_000 - 38


@pytest.mark.parametrize("end", ["expired", "closed", "suspended", "paid", "refused"])
async def test_money_that_comes_when_the_order_cannot_be_paid_goes_back(branch: Shops, end: str) -> None:
    shop, order, sent = await asked(branch)
    await branch.do(MarkChannelSent(channel_order=sent.id))
    await branch.do(MarkChannelUnknown(channel_order=sent.id))
    owed = 0
    if end == "expired":
        branch.now = order.expires_at
        await branch.do(ExpireOrder(order=order.id))
    elif end == "closed":
        await branch.do(CloseOrder(order=order.id, reason="不要了"))
    elif end == "suspended":
        await branch.do(SuspendMerchant(merchant=shop.id, reason="核查"))
    elif end == "paid":
        other = await branch.do(PayByChannel(order=order.id, method=ChannelMethod.QR))
        assert other.id == sent.id
        await branch.do(refuses(sent))
        other = await branch.do(PayByChannel(order=order.id, method=ChannelMethod.QR))
        await branch.do(succeeds(other))
        owed = 10_000
    else:
        await branch.do(refuses(sent))
        await branch.do(CloseOrder(order=order.id, reason="不要了"))
    late = await branch.do(succeeds(sent))
    assert (late.state, late.late, late.payment) == (ChannelState.SUCCEEDED, True, None)
    assert await balances(branch) == (owed + 10_000, 10_000)
    (back,) = await of_kind(branch, ChannelKind.REFUND)
    assert (back.original, back.amount, back.state) == (sent.id, 10_000, ChannelState.REQUESTED)
    await branch.do(MarkChannelSent(channel_order=back.id))
    assert (await branch.do(succeeds(back, fee=-25))).fee == -25
    assert await balances(branch) == (owed, 0)
    assert await branch.owed(shop) == (owed and owed - 38)


async def test_a_refund_is_on_its_way_until_the_channel_says_that_it_arrived(branch: Shops) -> None:
    shop, _, sent = await asked(branch)
    done = await branch.do(succeeds(sent))
    payment = await branch.get(Payment, done.payment or "")
    await branch.refund(payment, 4_000)
    assert await balances(branch) == (10_000, 4_000)
    (back,) = await of_kind(branch, ChannelKind.REFUND)
    assert (back.payment, back.original, back.amount, back.state) == (
        payment.id,
        sent.id,
        4_000,
        ChannelState.REQUESTED,
    )
    await branch.do(MarkChannelSent(channel_order=back.id))
    await branch.do(MarkChannelUnknown(channel_order=back.id))
    assert (await branch.do(NoteChannelEnquiry(channel_order=back.id, known=False))).state is ChannelState.REQUESTED
    await branch.do(MarkChannelSent(channel_order=back.id))
    await branch.do(succeeds(back, fee=-10))
    assert await balances(branch) == (6_000, 0)
    assert await branch.owed(shop) == 6_000 - 23


async def test_a_refused_refund_waits_for_a_person_who_sends_it_again_once(branch: Shops) -> None:
    _, _, sent = await asked(branch)
    payment = await branch.get(Payment, (await branch.do(succeeds(sent))).payment or "")
    await branch.refund(payment, 4_000)
    (back,) = await of_kind(branch, ChannelKind.REFUND)
    assert (await branch.refused(SendChannelRefundAgain(channel_order=back.id)))[0] == "channel_order.not_refused"
    await branch.do(refuses(back))
    assert await balances(branch) == (10_000, 4_000)
    branch.now += timedelta(minutes=1)
    again = await branch.do(SendChannelRefundAgain(channel_order=back.id))
    assert (again.original, again.amount, again.state) == (sent.id, 4_000, ChannelState.REQUESTED)
    assert (await branch.refused(SendChannelRefundAgain(channel_order=back.id)))[0] == "channel_order.not_refused"
    await branch.do(succeeds(again, fee=-10))
    assert await balances(branch) == (6_000, 0)


async def test_another_amount_than_was_asked_for_is_not_booked(branch: Shops) -> None:
    shop, _, sent = await asked(branch)
    assert (await branch.refused(succeeds(sent, amount=9_999)))[0] == "channel_order.amount"
    assert await balances(branch) == (0, 0)
    assert await branch.owed(shop) == 0


async def test_nobody_but_the_answer_of_the_channel_pays_from_it(branch: Shops) -> None:
    shop, order, sent = await asked(branch)
    other = await branch.order(shop, 10_000)
    for item in (sent.id, "cho_" + "0" * 26):
        pays = PayOrder(order=order.id, sources=(SourceUse(source="channel", item=item),), channel="api")
        assert (await branch.refused(pays))[0] in ("channel_order.not_collected", "channel_order.not_found")
    await branch.do(succeeds(sent))
    again = PayOrder(order=other.id, sources=(SourceUse(source="channel", item=sent.id),), channel="api")
    assert (await branch.refused(again))[0] == "channel_order.not_collected"
    assert await balances(branch) == (10_000, 0)
