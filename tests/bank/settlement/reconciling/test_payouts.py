"""What the channel keeps and pays out by its file: booked once, to the fen; what does not agree is a difference."""

import base64
from datetime import date, timedelta
from typing import Any

import pytest

from canglian.app.opening import Opened
from canglian.bank.payment import ChannelMethod
from canglian.bank.payment.commands import PayByChannel
from canglian.bank.settlement.reconciling.matching import DifferenceKind, Side
from canglian.bank.settlement.reconciling.model import DayState
from tests.bank.payment.channel.world import Bank
from tests.bank.settlement.reconciling.test_captures import day_of, found
from tests.bank.settlement.reconciling.test_faces import HEADER, Trade
from tests.conftest import Caller
from tests.sandboxes import Sandboxes

FEES = (3, 5, 375)
GROSS, FEE = 153_000, sum(FEES)
ACCOUNTS = ("payment.channel_owed.cny", "payment.channel_fees.cny", "payment.channel_payouts.cny")


@pytest.fixture
async def trade(call: Caller, installation: Opened) -> Trade:
    made = Trade(call, installation)
    await made.make()
    return made


def written(trade: Trade, payouts: list[int], fees: tuple[int | str, ...] = FEES, on: str = "") -> str:
    """The channel's file with its fees, and lines of payout."""
    day, parts = on or trade.today, [line.split(",") for line in (trade.lines if fees else [])]
    lines = [",".join((*line[:5], str(fee), *line[6:])) for line, fee in zip(parts, fees, strict=True)]
    lines += [f"p{n},,payout,,{paid},0,{day},{day}T23:59:59+08:00,p{n}" for n, paid in enumerate(payouts)]
    total = sum(int(line[4]) for line in parts)
    fee = sum(fee for fee in fees if isinstance(fee, int))
    text = "\n".join([HEADER, *lines, f"total,,,,{total},{fee},{day},,{len(parts)}", ""])
    return base64.b64encode(text.encode()).decode()


async def debits(trade: Trade) -> list[int]:
    """What the channel owes, its fees, and what it has paid out, as the ledger has them."""
    rows = await trade.installation.services.reader.rows(
        "SELECT a.reference, b.debits - b.credits FROM account a JOIN balance b ON b.book = $1 AND b.account = a.id "
        "WHERE a.book = $1 AND a.reference = ANY($2::text[])",
        1,
        list(ACCOUNTS),
    )
    had = {row[0]: row[1] for row in rows}
    return [had.get(reference, 0) for reference in ACCOUNTS]


async def test_fee_and_payout_are_booked_and_nothing_is_owed_any_more(trade: Trade) -> None:
    assert await debits(trade) == [GROSS, 0, 0]
    whole = await trade.reconcile(written(trade, [GROSS - FEE]))
    assert (whole["day"]["state"], await trade.differences()) == ("balanced", [])
    assert (whole["day"]["fee_booked"], whole["day"]["paid_out_booked"]) == (FEE, GROSS - FEE)
    (channel,) = [side for side in whole["day"]["sides"] if side["side"] == "channel"]
    assert (channel["fee"], channel["payouts"]) == (FEE, {"p0": GROSS - FEE})
    assert await debits(trade) == [0, FEE, GROSS - FEE]


async def test_the_same_file_books_once_and_another_one_what_it_changes(trade: Trade) -> None:
    for _ in range(3):
        await trade.reconcile(written(trade, [GROSS - FEE]))
        assert await debits(trade) == [0, FEE, GROSS - FEE]
    await trade.reconcile(written(trade, [GROSS - FEE - 2], (3, 5, 377)))
    assert await debits(trade) == [0, FEE + 2, GROSS - FEE - 2]
    await trade.reconcile(written(trade, [GROSS - 8], (3, 5, 0)))
    assert await debits(trade) == [0, 8, GROSS - 8]


@pytest.mark.parametrize(
    ("payouts", "kind", "amount"),
    [
        ([GROSS - FEE - 1], "amount", -1),
        ([GROSS - FEE + 1], "amount", 1),
        ([GROSS - FEE, 100], "amount", 100),
        ([GROSS], "amount", FEE),
        ([-5], "amount", -5 - (GROSS - FEE)),
        ([], "missing", FEE - GROSS),
    ],
)
async def test_a_payout_that_the_lines_do_not_come_to_is_a_difference(
    trade: Trade, payouts: list[int], kind: str, amount: int
) -> None:
    whole = await trade.reconcile(written(trade, payouts))
    assert (whole["day"]["state"], whole["day"]["pending"]) == ("open", 1)
    (difference,) = await trade.differences()
    assert (difference["side"], difference["kind"], difference["key"]) == ("channel", kind, "payout")
    assert (difference["difference"], difference["expected"]) == (amount, GROSS - FEE)
    assert [line["amount"] for line in difference["lines"]] == payouts
    assert [bridge["residual"] for bridge in whole["day"]["bridges"]] == [0, 0]
    assert await debits(trade) == [-amount, FEE, sum(payouts)], "what is left there is the difference"
    await trade.reconcile(written(trade, [GROSS - FEE]))
    assert (await trade.differences())[0]["state"] == "cleared"
    assert await debits(trade) == [0, FEE, GROSS - FEE]


async def test_a_payout_that_comes_on_another_day_makes_good_what_lacked(trade: Trade) -> None:
    before = (date.fromisoformat(trade.today) - timedelta(days=1)).isoformat()
    file = written(trade, [GROSS - FEE], (), before)
    asked = {"date": before, "channel": "channel", "file": file}
    early = (await trade.call("POST", "/v1/reconciliation-days", asked)).json()
    assert (early["day"]["state"], early["counts"][0]["kind"]) == (
        "with_breaks" if early["day"]["breaks"] else "open",
        "extra",
    )
    await trade.reconcile(written(trade, []))
    assert {(each["state"], each["resolution"]) for each in await trade.differences()} == {("resolved", "timing")}
    assert await debits(trade) == [0, FEE, GROSS - FEE]


@pytest.mark.parametrize("fee", ["", "x", "1.5", "１", "-", "1e3", "9" * 18])
async def test_a_file_that_is_not_whole_books_nothing(trade: Trade, fee: str) -> None:
    whole = await trade.reconcile(written(trade, [GROSS - FEE], (3, fee, 375)))
    assert whole["day"]["state"] == "incomplete"
    (channel,) = [side for side in whole["day"]["sides"] if side["side"] == "channel"]
    assert list(channel["problems"].values()) == ["reconciliation.line_fee"]
    assert await debits(trade) == [GROSS, 0, 0]


async def test_the_sandbox_pays_out_what_its_lines_come_to(bank: Bank, worlds: Sandboxes) -> None:
    await paid(bank, 10_000)
    day = await day_of(bank)
    assert (day.state, day.fee_booked, day.paid_out_booked) == (DayState.BALANCED, 25, 9_975)
    await paid(bank, 10_071)
    day = await day_of(bank)
    (short,) = await found(bank)
    assert (short.side, short.kind, short.difference) == (Side.CHANNEL, DifferenceKind.AMOUNT, -100)
    assert (day.state, day.fee_booked, day.paid_out_booked) == (DayState.OPEN, 50, 20_071 - 50 - 100)


async def paid(bank: Bank, amount: int) -> Any:
    order = await bank.order(await bank.shop(), amount)
    asked = await bank.do(PayByChannel(order=order.id, method=ChannelMethod.QR))
    await bank.pump()
    return await bank.ended(asked.id)
