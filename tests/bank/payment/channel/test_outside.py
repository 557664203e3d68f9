"""Payments over a real channel sandbox, however it misbehaves: collected once, paid once, given back once."""

import asyncio
import csv
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from canglian.bank.payment import ChannelKind, ChannelMethod, ChannelOrder, ChannelState, Payment
from canglian.bank.payment.commands import CapturePayment, CloseOrder, MarkChannelSent, PayByChannel
from canglian.bank.payment.model import Merchant
from canglian.kernel.errors import Rejection
from canglian.kernel.values import utc_now
from canglian.web.signing import Asked, signed_request
from canglian.web.signing_keys import ED25519, SigningKey
from tests import sandboxes
from tests.bank.payment.channel.world import Bank, at_the_channel, authorised, captures, of_kind
from tests.ledger.branch import TODAY
from tests.sandboxes import Program, Sandboxes
from tests.serving import PATIENCE

FAULTS = ["error", "silent", "lost", "forged", "duplicate", "out_of_order", "slow"]


async def asked(bank: Bank, amount: int = 10_000, **fields: Any) -> tuple[Merchant, ChannelOrder]:
    shop = await bank.shop()
    order = await bank.order(shop, amount, **fields)
    return shop, await bank.do(PayByChannel(order=order.id, method=ChannelMethod.QR))


async def test_a_payer_of_another_bank_pays_and_is_refunded_by_itself(bank: Bank, worlds: Sandboxes) -> None:
    shop, sent = await asked(bank)
    await bank.pump()
    done = await bank.ended(sent.id)
    assert (done.state, done.fee, done.sends) == (ChannelState.SUCCEEDED, 25, 1)
    payment = await bank.get(Payment, done.payment or "")
    assert await bank.owed(shop) == 10_000 - 38
    await bank.refund(payment, 4_000)
    (back,) = await bank.rows(ChannelOrder, original=sent.id)
    await bank.pump()
    returned = await bank.ended(back.id)
    assert (returned.state, returned.fee) == (ChannelState.SUCCEEDED, -10)
    assert await bank.balances() == (6_000, 0)
    assert [(order["kind"], order["amount"], order["state"]) for order in at_the_channel(worlds)] == [
        ("pay", 10_000, "succeeded"),
        ("refund", 4_000, "succeeded"),
    ]


@pytest.mark.parametrize("fault", FAULTS)
async def test_faults_of_the_channel_lose_no_money_and_double_none(bank: Bank, worlds: Sandboxes, fault: str) -> None:
    shop, sent = await asked(bank)
    worlds.faults("channel", **{fault: 1.0}, times=2, slow_seconds=1.5)
    await bank.pump()
    found = await bank.channel_order(sent.id)
    assert found.sends == 1
    for _ in range(6):
        await bank.enquire()
        await bank.pump()
        await asyncio.sleep(0.1)
    done = await bank.ended(sent.id)
    assert done.state is ChannelState.SUCCEEDED
    assert await bank.balances() == (10_000, 0)
    assert await bank.owed(shop) == 10_000 - 38
    assert [(order["number"], order["amount"]) for order in at_the_channel(worlds)] == [(sent.id, 10_000)]
    assert len(await bank.rows(Payment, order=sent.order)) == 1


@pytest.mark.parametrize("fault", FAULTS)
async def test_captures_by_a_channel_that_misbehaves_take_once_what_was_asked_for(
    bank: Bank, worlds: Sandboxes, fault: str
) -> None:
    shop, payment = await authorised(bank)
    worlds.faults("channel", **{fault: 1.0}, times=2, slow_seconds=1.5)
    capture = await captures(bank, payment, 7_500, final=True)
    assert capture.sends == 1
    for _ in range(6):
        await bank.enquire()
        await bank.pump()
        await asyncio.sleep(0.1)
    assert (await bank.ended(capture.id)).state is ChannelState.SUCCEEDED
    await bank.pump()
    (release,) = await of_kind(bank, payment, ChannelKind.RELEASE)
    assert (await bank.ended(release.id)).state is ChannelState.SUCCEEDED
    taken = await bank.get(Payment, payment.id)
    assert (taken.captured, taken.capturing, taken.expires_at) == (7_500, 0, None)
    assert await bank.balances() == (7_500, 0)
    assert await bank.owed(shop) == 7_500 - taken.fee
    assert [(order["kind"], order["amount"], order["state"]) for order in at_the_channel(worlds)] == [
        ("authorise", 10_000, "succeeded"),
        ("capture", 7_500, "succeeded"),
        ("release", 2_500, "succeeded"),
    ]


async def test_a_capture_whose_answer_is_lost_is_unknown_and_enquired(bank: Bank, worlds: Sandboxes) -> None:
    _, payment = await authorised(bank)
    bank.deaf()
    worlds.faults("channel", lost=1.0, times=1)
    capture = await captures(bank, payment, 4_000)
    assert (capture.state, capture.sends) == (ChannelState.UNKNOWN, 1)
    assert await bank.balances() == (0, 0)
    with pytest.raises(Rejection, match="already"):
        await bank.do(CapturePayment(payment=payment.id, amount=1))
    await asyncio.sleep(0.4)
    await bank.enquire()
    assert (await bank.channel_order(capture.id)).state is ChannelState.SUCCEEDED
    assert (await bank.get(Payment, payment.id)).captured == 4_000
    assert len([order for order in at_the_channel(worlds) if order["kind"] == "capture"]) == 1


async def test_what_was_captured_in_parts_is_refunded_and_filed(bank: Bank, worlds: Sandboxes) -> None:
    _, payment = await authorised(bank)
    for _ in range(2):
        await bank.ended((await captures(bank, payment, 3_000)).id)
    await bank.refund(await bank.get(Payment, payment.id), 5_000)
    await bank.pump()
    (asked_back,) = await of_kind(bank, payment, ChannelKind.REFUND)
    back = await bank.ended(asked_back.id)
    assert (back.state, back.fee) == (ChannelState.SUCCEEDED, -12)
    assert await bank.balances() == (1_000, 0)
    answer = await bank.wiring.client.call("channel", "GET", f"/files/{TODAY.isoformat()}")
    lines = list(csv.reader(answer.data.decode().splitlines()))[1:]
    (line,) = await bank.lines(payment)
    assert [filed[1:5] for filed in lines] == [
        [line.item, "capture", "card", "3000"],
        [line.item, "capture", "card", "3000"],
        [line.item, "refund", "card", "-5000"],
        ["", "payout", "", "996"],
        ["", "", "", "1000"],
    ]


async def test_an_authorisation_whose_order_is_closed_is_let_go_at_the_channel(bank: Bank, worlds: Sandboxes) -> None:
    bank.deaf()
    order = await bank.order(await bank.shop(), 10_000)
    sent = await bank.do(PayByChannel(order=order.id, method=ChannelMethod.CARD, later=True))
    await bank.pump()
    await bank.do(CloseOrder(order=order.id, reason="不要了"))
    await asyncio.sleep(0.4)
    await bank.pump()
    await bank.enquire()
    done = await bank.channel_order(sent.id)
    assert (done.state, done.reason) == (ChannelState.REFUSED, "已撤销")
    assert await bank.balances() == (0, 0)


async def test_a_lost_answer_is_enquired_and_not_sent_again(bank: Bank, worlds: Sandboxes) -> None:
    bank.deaf()
    _, sent = await asked(bank)
    worlds.faults("channel", lost=1.0, times=1)
    await bank.pump()
    unknown = await bank.channel_order(sent.id)
    assert (unknown.state, unknown.sends, unknown.reference) == (ChannelState.UNKNOWN, 1, None)
    assert len(at_the_channel(worlds)) == 1
    await bank.pump()
    assert (await bank.channel_order(sent.id)).state is ChannelState.UNKNOWN
    await asyncio.sleep(0.4)
    await bank.enquire()
    done = await bank.channel_order(sent.id)
    assert (done.state, done.sends) == (ChannelState.SUCCEEDED, 1)
    assert await bank.balances() == (10_000, 0)


async def test_a_process_that_was_killed_before_the_answer_enquires_when_it_is_back(
    bank: Bank, worlds: Sandboxes
) -> None:
    """It had marked the order, and nobody knows whether it left: another process does not send it, it enquires."""
    bank.deaf()
    shop, sent = await asked(bank)
    await bank.do(MarkChannelSent(channel_order=sent.id))
    await bank.pump()
    assert (await bank.channel_order(sent.id)).state is ChannelState.SENT
    assert at_the_channel(worlds) == []
    await bank.enquire()
    assert (await bank.channel_order(sent.id)).state is ChannelState.REQUESTED
    await bank.pump()
    await asyncio.sleep(0.4)
    await bank.enquire()
    done = await bank.channel_order(sent.id)
    assert (done.state, done.sends) == (ChannelState.SUCCEEDED, 2)
    assert await bank.owed(shop) == 10_000 - 38


@pytest.mark.parametrize("worlds", [sandboxes.running], indirect=True, ids=["process"])
async def test_a_channel_that_was_killed_knows_what_it_collected(bank: Bank, worlds: Program, tmp_path: Path) -> None:
    shop, sent = await asked(bank)
    await bank.pump(1)
    sandboxes.kill(worlds)
    with sandboxes.running(tmp_path / "sandbox") as again:
        assert (await bank.ended(sent.id)).state is ChannelState.SUCCEEDED
        assert [order["number"] for order in at_the_channel(again)] == [sent.id]
    assert await bank.owed(shop) == 10_000 - 38


async def test_an_order_that_is_closed_while_the_payer_waits_is_cancelled_at_the_channel(
    bank: Bank, worlds: Sandboxes
) -> None:
    bank.now = utc_now()
    _, sent = await asked(bank, 1_044)
    await bank.pump()
    assert (await bank.channel_order(sent.id)).state is ChannelState.ACCEPTED
    await bank.do(CloseOrder(order=sent.order, reason="不要了"))
    await bank.pump()
    await bank.enquire(0)
    done = await bank.channel_order(sent.id)
    assert (done.state, done.reason) == (ChannelState.REFUSED, "已撤销")
    assert await bank.balances() == (0, 0)


async def test_money_that_comes_after_the_order_was_closed_is_sent_back(bank: Bank, worlds: Sandboxes) -> None:
    bank.deaf()
    shop, sent = await asked(bank)
    worlds.faults("channel", lost=1.0, times=1)
    await bank.pump()
    await bank.do(CloseOrder(order=sent.order, reason="不要了"))
    await asyncio.sleep(0.4)
    await bank.enquire()
    late = await bank.channel_order(sent.id)
    assert (late.state, late.late, late.payment) == (ChannelState.SUCCEEDED, True, None)
    await bank.pump()
    await asyncio.sleep(0.4)
    await bank.enquire()
    (back,) = await bank.rows(ChannelOrder, original=sent.id)
    assert (back.kind, back.state, back.amount) == (ChannelKind.REFUND, ChannelState.SUCCEEDED, 10_000)
    assert await bank.balances() == (0, 0)
    assert await bank.owed(shop) == 0


async def test_a_payer_without_money_is_refused(bank: Bank, worlds: Sandboxes) -> None:
    _, sent = await asked(bank, 1_013)
    await bank.pump()
    assert (await bank.ended(sent.id)).reason == "付款方余额不足"
    assert await bank.balances() == (0, 0)


async def test_the_file_of_the_day_has_what_moved_with_its_fee_and_totals(bank: Bank, worlds: Sandboxes) -> None:
    _, sent = await asked(bank)
    _, refused = await asked(bank, 1_013)
    await bank.pump()
    done = await bank.ended(sent.id)
    await bank.ended(refused.id)
    await bank.refund(await bank.get(Payment, done.payment or ""), 2_500)
    (back,) = await bank.rows(ChannelOrder, original=sent.id)
    await bank.pump()
    await bank.ended(back.id)
    answer = await bank.wiring.client.call("channel", "GET", f"/files/{TODAY.isoformat()}")
    lines = list(csv.reader(answer.data.decode().splitlines()))
    assert lines[0] == ["number", "original", "kind", "method", "amount", "fee", "date", "at", "reference"]
    assert [line[:7] for line in lines[1:]] == [
        [sent.id, "", "pay", "qr", "10000", "25", TODAY.isoformat()],
        [back.id, sent.id, "refund", "qr", "-2500", "-6", TODAY.isoformat()],
        [f"payout-{TODAY}", "", "payout", "", "7481", "0", TODAY.isoformat()],
        ["total", "", "", "", "7500", "19", TODAY.isoformat()],
    ]
    assert lines[-1][-1] == "2"
    assert lines[1][8] == done.reference
    assert lines[1][7].endswith("+08:00")


async def test_a_card_is_authorised_and_captured_in_parts_at_the_channel(bank: Bank, worlds: Sandboxes) -> None:
    call = bank.wiring.client.call

    async def order(number: str, kind: str, amount: int, original: str | None = None) -> dict[str, Any]:
        body = {"number": number, "kind": kind, "method": "card", "amount": amount, "date": TODAY, "original": original}
        await call("channel", "POST", "/orders", body)
        await asyncio.sleep(0.35)
        return (await call("channel", "GET", f"/orders/{number}")).data

    assert (await order("a", "authorise", 1_000))["state"] == "succeeded"
    assert (await order("b", "capture", 600, "a"))["fee"] == 2
    assert (await order("c", "capture", 500, "a"))["reason"] == "超过原交易金额"
    assert (await order("d", "refund", 600, "b"))["fee"] == -2
    assert (await call("channel", "POST", "/orders/a/cancel")).data["state"] == "succeeded"
    assert (await order("e", "authorise", 300))["state"] == "succeeded"
    assert (await call("channel", "POST", "/orders/e/cancel")).data["reason"] == "已撤销"
    assert (await order("f", "capture", 300, "e"))["state"] == "refused"


async def test_a_notification_that_is_not_signed_by_the_channel_is_refused(bank: Bank, worlds: Sandboxes) -> None:
    url = f"{bank.services.settings.channel_callback_url}/1"
    bank.deaf()
    _, sent = await asked(bank, 1_044)
    await bank.pump()
    body = msgspec.json.encode({"number": sent.id, "state": "succeeded", "amount": 1_044})
    headers = {"content-type": "application/json"}
    asked_for = Asked("POST", url.split("/")[2], "/outside/channel/1", "", headers, body)
    signed = signed_request(SigningKey.new("channel", ED25519), asked_for, utc_now().timestamp())
    async with httpx.AsyncClient(trust_env=False, timeout=PATIENCE) as client:
        answers = [await client.post(url, content=body, headers={**headers, **more}) for more in ({}, signed)]
    assert [answer.status_code for answer in answers] == [401, 401]
    assert (await bank.channel_order(sent.id)).state is ChannelState.ACCEPTED
