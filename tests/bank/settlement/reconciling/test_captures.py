"""Money that a card sets aside and gives in parts: the channel's own file against our captures, to the fen."""

import asyncio

import pytest

from canglian.bank.payment import ChannelKind, ChannelMethod, ChannelState, Payment
from canglian.bank.payment.commands import AnswerChannelOrder, AuthoriseOrder, CapturePayment, PayByChannel, PayOrder
from canglian.bank.payment.model import SourceUse
from canglian.bank.settlement.reconciling import queries
from canglian.bank.settlement.reconciling.arriving import ArrivedFiles, fetched, reconcile_day
from canglian.bank.settlement.reconciling.channels import CHANNELS
from canglian.bank.settlement.reconciling.matching import DifferenceKind, Side
from canglian.bank.settlement.reconciling.model import DayState, ReconciliationDay, ReconciliationDifference
from canglian.bank.settlement.reconciling.queries import DifferenceFilter
from canglian.bank.settlement.reconciling.running import reconcile
from canglian.kernel.queries.paging import Order
from tests.bank.payment.channel.world import Bank, authorised, captures, of_kind
from tests.ledger.branch import TODAY
from tests.sandboxes import Sandboxes

CODE = "channel"


async def day_of(bank: Bank, file: bytes | None = None) -> ReconciliationDay:
    """Today, reconciled by the channel's file or by another one."""
    return await reconcile_day(bank.services, 1, TODAY, CODE, ArrivedFiles(file=file))


async def found(bank: Bank) -> list[ReconciliationDifference]:
    page = await queries.differences(bank.services.reader, 1, DifferenceFilter(channel=CODE), Order("id"))
    return page.items


async def file_of(bank: Bank) -> list[list[str]]:
    """The lines of the channel's file that moved money, without its head, its payout and its totals."""
    raw = await fetched(bank.services, CHANNELS[CODE], TODAY)
    assert raw is not None
    lines = [line.split(",") for line in raw.decode().splitlines()[1:-1]]
    return [line for line in lines if line[2] != "payout"]


def written(lines: list[list[str]]) -> bytes:
    head = "number,original,kind,method,amount,fee,date,at,reference"
    total, fees = sum(int(line[4]) for line in lines), sum(int(line[5]) for line in lines)
    payout = f"payout-{TODAY},,payout,,{total - fees},0,{TODAY},{TODAY}T23:59:59+08:00,payout-{TODAY}"
    end = f"total,,,,{total},{fees},{TODAY},,{len(lines)}"
    return "\n".join([head, *(",".join(line) for line in lines), payout, end, ""]).encode()


async def taken(bank: Bank, *amounts: int, final: bool = True) -> Payment:
    """10,000 fen that were set aside, of which parts were taken, and the rest let go with the last one."""
    _, payment = await authorised(bank)
    for place, amount in enumerate(amounts, 1):
        part = await captures(bank, payment, amount, final=final and place == len(amounts))
        assert (await bank.ended(part.id)).state is ChannelState.SUCCEEDED
    return await bank.get(Payment, payment.id)


async def given_back(bank: Bank, payment: Payment, amount: int, number: str) -> None:
    before = len(await of_kind(bank, payment, ChannelKind.REFUND))
    await bank.refund(payment, amount, number)
    await bank.pump()
    back = (await of_kind(bank, payment, ChannelKind.REFUND))[before]
    assert (await bank.ended(back.id)).state is ChannelState.SUCCEEDED


async def test_captures_in_parts_and_their_refunds_agree_with_the_channels_own_file(
    bank: Bank, worlds: Sandboxes
) -> None:
    parts = await taken(bank, 3_000, 2_500)
    whole = await taken(bank, 10_000)
    still_held = await taken(bank, 1, final=False)
    direct = await bank.do(PayByChannel(order=(await bank.order(await bank.shop(), 700)).id, method=ChannelMethod.QR))
    await bank.pump()
    await bank.ended(direct.id)
    await given_back(bank, parts, 2_000, "r-1")
    await given_back(bank, await bank.get(Payment, parts.id), 1_500, "r-2")
    day = await day_of(bank)
    assert (day.state, await found(bank)) == (DayState.BALANCED, [])
    assert day.matched == {"1:1:1": 3, "2:2:2": 2}
    wanted = 3_000 + 2_500 + 10_000 + 1 + 700 - 3_500
    assert [(bridge.ledger, bridge.total, bridge.residual) for bridge in day.bridges] == [(wanted, wanted, 0)] * 2
    assert still_held.captured == 1
    assert whole.captured == 10_000


async def test_one_line_of_the_channel_stands_for_several_captures(bank: Bank, worlds: Sandboxes) -> None:
    await taken(bank, 3_000, 2_500)
    first, second = await file_of(bank)
    first[4] = str(int(first[4]) + int(second[4]))
    day = await day_of(bank, written([first]))
    assert (day.state, day.matched, await found(bank)) == (DayState.BALANCED, {"2:1:2": 1}, [])
    first[4] = str(int(first[4]) + 1)
    day = await day_of(bank, written([first]))
    (difference,) = await found(bank)
    assert (day.state, difference.kind, difference.difference) == (DayState.OPEN, DifferenceKind.AMOUNT, 1)


@pytest.mark.parametrize("fault", ["missing", "twice", "amount", "foreign", "refund"])
async def test_what_the_channel_says_otherwise_of_a_capture_is_found_to_the_fen(
    bank: Bank, worlds: Sandboxes, fault: str
) -> None:
    payment = await taken(bank, 3_000, 2_500)
    await given_back(bank, payment, 2_000, "r-1")
    (item,) = {line.item for line in await bank.lines(payment)}
    first, second, back = await file_of(bank)
    other = ["cho_of_nobody", "cho_of_somebody", *first[2:8], "chX"]
    lines, kind, key, difference = {
        "missing": ([first, back], DifferenceKind.AMOUNT, f"payment {item}", -2_500),
        "twice": ([first, second, second, back], DifferenceKind.DUPLICATE, f"payment {item}", 2_500),
        "amount": ([[*first[:4], "3001", *first[5:]], second, back], DifferenceKind.AMOUNT, f"payment {item}", 1),
        "foreign": ([first, second, other, back], DifferenceKind.EXTRA, "payment cho_of_somebody", 3_000),
        "refund": ([first, second], DifferenceKind.MISSING, f"refund {item}", 2_000),
    }[fault]
    day = await day_of(bank, written(lines))
    (one,) = await found(bank)
    assert (one.side, one.kind, one.key, one.difference) == (Side.CHANNEL, kind, key, difference)
    assert [bridge.residual for bridge in day.bridges] == [0, 0]
    assert (await day_of(bank)).state is DayState.BALANCED, "and the channel's own file makes it good"


async def test_money_of_a_capture_that_came_too_late_goes_back_and_both_are_in_the_file(
    bank: Bank, worlds: Sandboxes
) -> None:
    bank.deaf()
    payment = await set_aside(bank)
    worlds.faults("channel", lost=1.0, times=1)
    lost = await captures(bank, payment, 6_000)
    await bank.do(AnswerChannelOrder(channel_order=lost.id, succeeded=False, reason="通道未收到"))
    await bank.do(CapturePayment(payment=payment.id, amount=4_000, final=True))
    (second,) = [o for o in await of_kind(bank, payment, ChannelKind.CAPTURE) if o.id != lost.id]
    await bank.pump()
    await enquired(bank)
    assert (await bank.channel_order(second.id)).state is ChannelState.SUCCEEDED
    late = await bank.do(AnswerChannelOrder(channel_order=lost.id, succeeded=True, amount=6_000, fee=15))
    assert late.late
    await bank.pump()
    await enquired(bank)
    day = await day_of(bank)
    assert (day.state, await found(bank)) == (DayState.BALANCED, [])
    assert day.bridges[0].ledger == 4_000
    (item,) = {line.item for line in await bank.lines(payment)}
    assert [line[1:5] for line in await file_of(bank)] == [
        [item, "capture", "card", "6000"],
        [item, "capture", "card", "4000"],
        [item, "refund", "card", "-6000"],
    ]


async def set_aside(bank: Bank) -> Payment:
    """Money that a card has set aside, where no notification comes."""
    order = await bank.order(await bank.shop(), 10_000)
    sent = await bank.do(PayByChannel(order=order.id, method=ChannelMethod.CARD, later=True))
    await bank.pump()
    await enquired(bank)
    return await bank.get(Payment, (await bank.channel_order(sent.id)).payment or "")


async def enquired(bank: Bank) -> None:
    """The channel has ended what it was asked for, and is enquired."""
    await asyncio.sleep(0.4)
    await bank.enquire(30)


async def test_captures_of_wallets_are_all_found_also_after_the_last_one(bank: Bank, worlds: Sandboxes) -> None:
    """A payment of one wallet in three parts and one of two wallets in two, beside others."""
    shop, wallet, other = await bank.shop(), await bank.ecny(funds=50_000), await bank.ecny(funds=50_000, serial=2)
    first = await bank.do(bank.authorises(await bank.order(shop, 10_000), wallet))
    for amount in (1_000, 2_000, 7_000):
        await bank.do(CapturePayment(payment=first.id, amount=amount))
    uses = (SourceUse(item=wallet.id, pin=1, most=3_000), SourceUse(item=other.id, pin=1))
    second = await bank.do(AuthoriseOrder(order=(await bank.order(shop, 8_000)).id, sources=uses, channel="mobile"))
    for amount, final in ((2_000, False), (4_000, True)):
        await bank.do(CapturePayment(payment=second.id, amount=amount, final=final))
    uses = (SourceUse(item=wallet.id, pin=1),)
    await bank.do(PayOrder(order=(await bank.order(shop, 500)).id, sources=uses, channel="mobile"))
    await bank.refund(await bank.get(Payment, first.id), 2_500)
    day = await reconcile(bank.engine, bank.services.reader, 1, TODAY, "wallet")
    assert {figures.side: figures.amount for figures in day.sides} == {
        Side.LEDGER: 10_000 + 6_000 + 500 - 2_500,
        Side.ORDERS: 10_000 + 6_000 + 500 - 2_500,
    }
    page = await queries.differences(bank.services.reader, 1, DifferenceFilter(channel="wallet"), Order("id"))
    assert page.items == []
