"""Money that the channel sets aside: authorised, captured in parts one after the other, let go, whatever comes late."""

from typing import Any

import pytest

from canglian.bank.payment import ChannelKind, ChannelMethod, ChannelOrder, ChannelState, OrderState, Payment
from canglian.bank.payment import PaymentState as State
from canglian.bank.payment.commands import (
    AnswerChannelOrder,
    AuthoriseOrder,
    CancelPayment,
    CapturePayment,
    CloseOrder,
    ExpireAuthorisation,
    MarkChannelSent,
    MarkChannelUnknown,
    NoteChannelEnquiry,
    PayByChannel,
    PayOrder,
    SuspendMerchant,
)
from canglian.bank.payment.model import Merchant, PaymentOrder, SourceUse
from canglian.ledger.model import Account, Balance
from tests.bank.payment.channel.test_commands import balances, of_kind, refuses, succeeds
from tests.bank.payment.shops import Shops


async def asked(branch: Shops, amount: int = 10_000, **fields: Any) -> tuple[Merchant, PaymentOrder, ChannelOrder]:
    shop = await branch.shop()
    order = await branch.order(shop, amount, **fields)
    return shop, order, await branch.do(PayByChannel(order=order.id, method=ChannelMethod.CARD, later=True))


async def authorised(branch: Shops, amount: int = 10_000, **fields: Any) -> tuple[Merchant, Payment]:
    shop, _, sent = await asked(branch, amount, **fields)
    done = await branch.do(succeeds(sent, fee=0))
    return shop, await branch.get(Payment, done.payment or "")


async def captures(branch: Shops, payment: Payment, amount: int | None = None, *, final: bool = False) -> ChannelOrder:
    """The order to the channel for a capture."""
    pending = await branch.do(CapturePayment(payment=payment.id, amount=amount, final=final))
    assert pending.capturing
    (asked,) = [order for order in await of_kind(branch, ChannelKind.CAPTURE) if not order.state.is_final]
    return asked


async def held(branch: Shops) -> int:
    """What is held on what the channel owes."""
    (owed,) = [row for row in await branch.rows(Account) if row.reference == "payment.channel_owed.cny"]
    return (await branch.get(Balance, owed.id)).debits_held


async def test_what_a_card_has_set_aside_is_taken_in_parts_and_the_rest_let_go(branch: Shops) -> None:
    shop, payment = await authorised(branch)
    assert (payment.state, payment.captured, payment.channel) == (State.AUTHORISED, 0, "channel")
    assert (await branch.get(PaymentOrder, payment.order)).state is OrderState.AUTHORISED
    assert (await held(branch), await balances(branch), await branch.owed(shop)) == (10_000, (0, 0), 0)
    first = await captures(branch, payment, 6_000)
    assert (first.kind, first.amount, first.gross, first.payment) == (ChannelKind.CAPTURE, 6_000, 6_000, payment.id)
    waiting = await branch.get(Payment, payment.id)
    assert (waiting.state, waiting.captured, waiting.capturing) == (State.AUTHORISED, 0, 6_000)
    taken = await branch.do(succeeds(first, fee=15))
    paid = await branch.get(Payment, payment.id)
    assert (paid.state, paid.captured, paid.capturing, paid.fee) == (State.PAID, 6_000, 0, 23)
    assert (await held(branch), await balances(branch), await branch.owed(shop)) == (4_000, (6_000, 0), 6_000 - 23)
    assert taken.transfer == (await branch.lines(paid))[0].transfer
    code, fields = await branch.refused(CapturePayment(payment=payment.id, amount=4_001))
    assert (code, fields["left"]) == ("payment.above_authorised", 4_000)
    last = await captures(branch, payment, 1_000, final=True)
    await branch.do(succeeds(last, fee=2))
    done = await branch.get(Payment, payment.id)
    assert (done.captured, done.expires_at, await held(branch)) == (7_000, None, 0)
    (release,) = await of_kind(branch, ChannelKind.RELEASE)
    assert (release.amount, release.original) == (3_000, first.original)
    assert (await branch.do(succeeds(release, fee=0))).state is ChannelState.SUCCEEDED
    assert await balances(branch) == (7_000, 0)
    await branch.refund(done, 7_000)
    (back,) = await of_kind(branch, ChannelKind.REFUND)
    assert (back.original, back.amount) == (first.original, 7_000)
    await branch.do(succeeds(back, fee=-17))
    assert (await balances(branch), await branch.owed(shop)) == ((0, 0), 0)


async def test_one_part_is_asked_for_at_a_time_and_an_unknown_one_comes_first(branch: Shops) -> None:
    _, payment = await authorised(branch)
    first = await captures(branch, payment, 6_000)
    await branch.do(MarkChannelSent(channel_order=first.id))
    await branch.do(MarkChannelUnknown(channel_order=first.id))
    code, fields = await branch.refused(CapturePayment(payment=payment.id, amount=1))
    assert (code, fields["amount"]) == ("payment.capturing", 6_000)
    assert (await branch.refused(CancelPayment(payment=payment.id, reason="不要了")))[0] == "payment.capturing"
    assert len(await of_kind(branch, ChannelKind.CAPTURE)) == 1
    for command in (succeeds(first, fee=15), succeeds(first, fee=15), refuses(first)):
        await branch.do(command)
    assert (await branch.get(Payment, payment.id)).captured == 6_000
    assert await balances(branch) == (6_000, 0)


async def test_a_capture_that_is_refused_or_never_arrived_may_be_asked_for_again(branch: Shops) -> None:
    shop, payment = await authorised(branch)
    refused = await captures(branch, payment, final=True)
    await branch.do(refuses(refused))
    after = await branch.get(Payment, payment.id)
    assert (after.state, after.capturing, after.captured) == (State.AUTHORISED, 0, 0)
    assert after.expires_at is not None
    lost = await captures(branch, payment, 2_000)
    for sends in (1, 2, 3):
        await branch.do(MarkChannelSent(channel_order=lost.id))
        told = await branch.do(NoteChannelEnquiry(channel_order=lost.id, known=False))
        assert told.state is (ChannelState.REQUESTED if sends < 3 else ChannelState.REFUSED)
    await branch.do(succeeds(await captures(branch, payment), fee=25))
    assert (await branch.get(Payment, payment.id)).captured == 10_000
    assert (await held(branch), await branch.owed(shop)) == (0, 10_000 - 38)
    assert await of_kind(branch, ChannelKind.RELEASE) == []


async def test_money_of_a_capture_that_had_been_refused_is_taken_where_it_fits_or_goes_back(
    branch: Shops,
) -> None:
    shop, payment = await authorised(branch)
    first = await captures(branch, payment, 6_000)
    await branch.do(refuses(first))
    second = await captures(branch, payment, 5_000)
    await branch.do(succeeds(second, fee=12))
    late = await branch.do(succeeds(first, fee=15))
    assert (late.state, late.late) == (ChannelState.SUCCEEDED, True)
    (back,) = await of_kind(branch, ChannelKind.REFUND)
    assert (back.original, back.amount, await balances(branch)) == (first.original, 6_000, (11_000, 6_000))
    await branch.do(succeeds(back, fee=-15))
    assert (await balances(branch), await branch.owed(shop)) == ((5_000, 0), 5_000 - 19)
    third = await captures(branch, payment, 1_000)
    await branch.do(refuses(third))
    assert (await branch.do(succeeds(third, fee=2))).late is False
    assert (await branch.get(Payment, payment.id)).captured == 6_000
    assert await balances(branch) == (6_000, 0)


async def test_what_is_cancelled_is_let_go_at_the_channel(branch: Shops) -> None:
    _, payment = await authorised(branch)
    gone = await branch.do(CancelPayment(payment=payment.id, reason="不要了"))
    assert (gone.state, await held(branch)) == (State.CANCELLED, 0)
    (release,) = await of_kind(branch, ChannelKind.RELEASE)
    assert (release.amount, release.payment) == (10_000, payment.id)
    for _ in range(5):
        await branch.do(MarkChannelSent(channel_order=release.id))
        told = await branch.do(NoteChannelEnquiry(channel_order=release.id, known=False))
        assert told.state is ChannelState.REQUESTED
    assert (await branch.refused(CapturePayment(payment=payment.id)))[0] == "payment.not_held"


@pytest.mark.parametrize("answer", ["succeeded", "refused"])
async def test_what_expires_while_a_part_is_pending_is_let_go_after_its_answer(branch: Shops, answer: str) -> None:
    _, payment = await authorised(branch)
    pending = await captures(branch, payment, 4_000)
    branch.later(days=30)
    assert (await branch.do(ExpireAuthorisation(payment=payment.id))).capturing == 4_000
    assert await of_kind(branch, ChannelKind.RELEASE) == []
    await branch.do(succeeds(pending, fee=10) if answer == "succeeded" else refuses(pending))
    after = await branch.get(Payment, payment.id)
    taken = 4_000 if answer == "succeeded" else 0
    assert (after.captured, after.capturing, after.expires_at, await held(branch)) == (taken, 0, None, 0)
    assert after.state is (State.PAID if taken else State.CANCELLED)
    (release,) = await of_kind(branch, ChannelKind.RELEASE)
    assert release.amount == 10_000 - taken


async def test_a_payee_that_was_suspended_meanwhile_is_not_captured_for(branch: Shops) -> None:
    shop, payment = await authorised(branch)
    await branch.do(SuspendMerchant(merchant=shop.id, reason="核查"))
    released = await branch.do(CapturePayment(payment=payment.id, amount=1_000))
    assert (released.state, released.captured, await held(branch)) == (State.CANCELLED, 0, 0)
    assert await of_kind(branch, ChannelKind.CAPTURE) == []
    assert [order.amount for order in await of_kind(branch, ChannelKind.RELEASE)] == [10_000]


@pytest.mark.parametrize("end", ["closed", "suspended"])
async def test_money_set_aside_for_an_order_that_takes_none_any_more_is_let_go(branch: Shops, end: str) -> None:
    shop, order, sent = await asked(branch)
    if end == "closed":
        await branch.do(CloseOrder(order=order.id, reason="不要了"))
    else:
        await branch.do(SuspendMerchant(merchant=shop.id, reason="核查"))
    late = await branch.do(succeeds(sent, fee=0))
    assert (late.late, late.payment, late.transfer) == (True, None, None)
    (release,) = await of_kind(branch, ChannelKind.RELEASE)
    assert (release.original, release.amount) == (sent.id, 10_000)
    assert (await branch.rows(Payment), await balances(branch)) == ([], (0, 0))


async def test_a_capture_of_another_amount_than_was_asked_for_changes_nothing(branch: Shops) -> None:
    _, payment = await authorised(branch)
    pending = await captures(branch, payment, 4_000)
    code, _ = await branch.refused(succeeds(pending, amount=4_001))
    assert code == "channel_order.amount"
    assert (await branch.get(Payment, payment.id)).capturing == 4_000
    assert await balances(branch) == (0, 0)


async def test_the_payer_is_sent_one_way_and_only_the_channel_pays_from_it(branch: Shops) -> None:
    _, order, sent = await asked(branch)
    same = await branch.do(PayByChannel(order=order.id, method=ChannelMethod.CARD, later=True))
    assert same.id == sent.id
    assert (await branch.refused(PayByChannel(order=order.id, method=ChannelMethod.CARD)))[0] == "channel_order.pending"
    uses = (SourceUse(source="channel", item=sent.id),)
    for kind in (PayOrder, AuthoriseOrder):
        code, _ = await branch.refused(kind(order=order.id, sources=uses, channel="mobile"))
        assert code == "channel_order.not_collected"
    await branch.do(succeeds(sent, fee=0))
    other = await branch.order(await branch.shop(name="老街面馆"), 10_000)
    code, _ = await branch.refused(AuthoriseOrder(order=other.id, sources=uses, channel="mobile"))
    assert code == "channel_order.not_collected"


async def test_captures_with_a_discount_close_to_the_fen(branch: Shops) -> None:
    shop, payment = await authorised(branch, 10_000, discount=3_333)
    amounts: list[int] = []
    for gross in (1, 3_333, 3_333, 3_333):
        pending = await captures(branch, payment, gross)
        await branch.do(succeeds(pending, fee=0))
        amounts.append(pending.amount)
    done = await branch.get(Payment, payment.id)
    assert amounts == [1, 2222, 2222, 2222]
    assert (sum(amounts), done.captured, done.gross_captured) == (6_667, 6_667, 10_000)
    assert (await held(branch), await branch.owed(shop)) == (0, 6_667 - done.fee)


async def test_an_answer_about_no_capture_of_ours_is_refused(branch: Shops) -> None:
    unknown = AnswerChannelOrder(channel_order="cho_" + "0" * 26, succeeded=True, amount=1)
    assert (await branch.refused(unknown))[0] == "channel_order.not_found"
