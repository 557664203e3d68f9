"""Merchants are settled by their terms: net to the fen, carried over, held, retried; twice changes nothing."""

from datetime import date

import pytest

from canglian.bank.payment import Receiver, SplitClaim
from canglian.bank.payment.commands import ChangeMerchant, SplitPayment
from canglian.bank.settlement.calendar import YearOf
from canglian.bank.settlement.settling.commands import (
    HoldSettlement,
    PayOutSettlement,
    ReleaseSettlement,
)
from canglian.bank.settlement.settling.model import SettlementState
from canglian.bank.settlement.settling.terms import settled_until, settles_on
from canglian.bank.wallet.commands import CloseWallet
from canglian.ledger.commands import OpenAccount
from tests.bank.settlement.stalls import Stalls

WEEKENDS: YearOf = {}.get


def test_each_cycle_reaches_until_its_day() -> None:
    monday, friday = date(2026, 1, 5), date(2026, 1, 9)
    assert [settled_until(WEEKENDS, friday, cycle).day for cycle in (0, 1, 2, 3)] == [9, 8, 7, 6]
    assert settled_until(WEEKENDS, monday, 1) == date(2026, 1, 4), "the weekend before is settled on Monday"
    assert settled_until(WEEKENDS, monday, 2) == date(2026, 1, 1), "Friday is settled on Tuesday"
    assert [settles_on(WEEKENDS, date(2026, 1, day), 1).day for day in (8, 9, 10, 11)] == [9, 12, 12, 12]
    assert [settles_on(WEEKENDS, date(2026, 1, day), 0).day for day in (9, 10)] == [9, 12]
    for day in (date(2026, 1, number) for number in range(1, 29)):
        for cycle in range(4):
            settled = settles_on(WEEKENDS, day, cycle)
            assert settled_until(WEEKENDS, settled, cycle) >= day


async def test_what_was_paid_is_paid_out_on_the_next_business_day_less_fees_and_refunds(branch: Stalls) -> None:
    purse, payer = await branch.ecny(2, 0, serial=2), await branch.ecny(2, 90_000)
    shop = await branch.shop(payout_wallet=purse.id)
    first = await branch.paid(shop, payer, 30_000)
    await branch.paid(shop, payer, 20_000)
    await branch.refund(first, 10_000)
    await branch.cut()
    assert (await branch.settled()).settled == 0, "today is settled tomorrow"
    await branch.paid(shop, payer, 1_000)
    await branch.day()
    await branch.paid(shop, payer, 7_000)
    run = await branch.settled()
    (settlement,) = await branch.of(shop)
    fee, back = 114 + 76, 38
    assert (settlement.gross, settlement.refunds) == (50_000, 10_000)
    assert settlement.fees + settlement.tax == fee - back
    assert (settlement.state, settlement.paid_out) == (SettlementState.PAID, 40_000 - fee + back)
    assert run.paid == {"ECNY": settlement.paid_out}
    assert await branch.has_in(purse) == settlement.paid_out
    assert (await branch.settled()).settled == 0, "a day is settled once"
    await branch.day()
    await branch.settled()
    second = (await branch.of(shop))[1]
    assert (second.gross, second.carried_in) == (8_000, 0)
    assert await branch.has_in(purse) == settlement.paid_out + second.paid_out
    assert await branch.owed(shop, "ECNY") == 0


async def test_nothing_is_settled_on_a_day_off(branch: Stalls) -> None:
    purse, payer = await branch.ecny(2, 0, serial=2), await branch.ecny(2, 90_000)
    shop = await branch.shop(payout_wallet=purse.id)
    await branch.paid(shop, payer, 1_000)
    await branch.day(5)
    assert (await branch.settled()).settled == 0
    await branch.day(2)
    assert (await branch.settled()).settled == 1


async def test_less_than_the_minimum_and_a_debt_are_carried_over(branch: Stalls) -> None:
    purse, payer = await branch.ecny(2, 0, serial=2), await branch.ecny(2, 90_000)
    shop = await branch.shop(payout_wallet=purse.id, fees="public")
    await branch.terms(shop, 0, minimum=5_000)
    paid = await branch.paid(shop, payer, 4_000)
    await branch.settled()
    await branch.day()
    assert (await branch.settled()).settled == 1, "what was carried over is looked at again"
    await branch.paid(shop, payer, 3_000)
    await branch.day()
    await branch.settled()
    await branch.day()
    await branch.refund(paid, 4_000)
    await branch.settled()
    found = await branch.of(shop)
    assert [(settlement.paid_out, settlement.carried_out) for settlement in found] == [
        (0, 4_000),
        (0, 4_000),
        (7_000, 0),
        (0, -4_000),
    ]
    assert [settlement.reason for settlement in found] == [
        "settlement.below_minimum",
        "settlement.below_minimum",
        None,
        "settlement.nothing_due",
    ]
    await branch.day()
    assert (await branch.settled()).settled == 0, "a debt alone makes no settlement"
    await branch.paid(shop, payer, 10_000)
    await branch.settled()
    assert (await branch.of(shop))[-1].paid_out == 6_000


async def test_what_is_held_waits_and_is_paid_when_it_is_released(branch: Stalls) -> None:
    purse, payer = await branch.ecny(2, 0, serial=2), await branch.ecny(2, 90_000)
    shop = await branch.shop(payout_wallet=purse.id, fees="public")
    await branch.do(HoldSettlement(merchant=shop.id, reason="核查中"))
    assert (await branch.refused(HoldSettlement(merchant=shop.id, reason="x")))[0] == "settlement.held_already"
    await branch.paid(shop, payer, 4_000)
    await branch.day()
    await branch.settled()
    (settlement,) = await branch.of(shop)
    assert (settlement.state, settlement.carried_out) == (SettlementState.HELD, 4_000)
    assert (await branch.refused(PayOutSettlement(settlement=settlement.id, kept=0)))[0] == "settlement.held"
    await branch.do(ReleaseSettlement(merchant=shop.id, reason="已核实"))
    assert (await branch.refused(ReleaseSettlement(merchant=shop.id, reason="x")))[0] == "settlement.not_held"
    paid = await branch.do(PayOutSettlement(settlement=settlement.id, kept=0))
    assert (paid.state, paid.paid_out, paid.carried_out) == (SettlementState.PAID, 4_000, 0)
    assert (await branch.refused(PayOutSettlement(settlement=settlement.id, kept=0)))[0] == "settlement.nothing_due"
    assert await branch.has_in(purse) == 4_000


async def test_a_merchant_is_paid_out_each_asset_to_the_place_of_that_asset(branch: Stalls) -> None:
    purse, payer = await branch.ecny(2, 0, serial=2), await branch.ecny(2, 90_000)
    customer = await branch.ewallet(serial=3, funds=50_000)
    account = await branch.do(OpenAccount(asset="CNY", head="2011", name="果店结算户"))
    shop = await branch.shop(payout_wallet=purse.id, payout_account=account.id, fees="public")
    await branch.paid(shop, payer, 4_000)
    await branch.paid(shop, customer, 2_500)
    await branch.day()
    assert (await branch.settled()).paid == {"CNY": 2_500, "ECNY": 4_000}
    assert (await branch.has_in(purse), await branch.balance(account.id)) == (4_000, 2_500)
    twice = await branch.refused(ChangeMerchant(merchant=shop.id, payout_wallet=customer.id))
    assert twice == ("merchant.payout_twice", {"asset": "CNY", "field": "payout_account"})


async def test_a_payout_that_is_refused_is_said_and_tried_again(branch: Stalls) -> None:
    purse, payer = await branch.ecny(2, 0, serial=2), await branch.ecny(2, 90_000)
    other = await branch.ecny(2, 0, serial=3)
    shop, plain = (
        await branch.shop(payout_wallet=purse.id, fees="public"),
        await branch.shop(name="乙店", fees="public"),
    )
    await branch.do(CloseWallet(wallet=purse.id, channel="counter", reason="不用"))
    for merchant in (shop, plain):
        await branch.paid(merchant, payer, 4_000)
    await branch.day()
    await branch.settled()
    (failed,), (waiting,) = await branch.of(shop), await branch.of(plain)
    assert (failed.state, failed.reason, failed.carried_out) == (SettlementState.FAILED, "wallet.closed", 4_000)
    assert (waiting.state, waiting.reason) == (SettlementState.CARRIED, "settlement.no_destination")
    assert (await branch.refused(PayOutSettlement(settlement=failed.id, kept=0)))[0] == "wallet.closed"
    await branch.do(ChangeMerchant(merchant=shop.id, payout_wallet=other.id))
    assert (await branch.do(PayOutSettlement(settlement=failed.id, kept=0))).destination == other.id
    assert await branch.has_in(other) == 4_000


async def test_what_is_to_be_split_is_kept_back_and_claims_are_collected(branch: Stalls) -> None:
    payer = await branch.ecny(2, 90_000)
    purses = [await branch.ecny(2, 0, serial=serial) for serial in (2, 3)]
    shop, partner = [
        await branch.shop(name=f"店{purse.id[-4:]}", payout_wallet=purse.id, fees="public") for purse in purses
    ]
    for merchant in (shop, partner):
        await branch.terms(merchant, 0)
    kept = await branch.paid(shop, payer, 10_000, split=True)
    await branch.paid(shop, payer, 500)
    await branch.settled()
    (settlement,) = await branch.of(shop)
    assert (settlement.net, settlement.kept_back, settlement.paid_out) == (10_500, 10_000, 500)
    await branch.do(
        SplitPayment(payment=kept.id, number="s-1", receivers=(Receiver(merchant=partner.id, amount=3_000),))
    )
    await branch.day()
    await branch.settled()
    assert (await branch.of(shop))[-1].paid_out == 7_000
    assert (await branch.of(partner))[-1].splits_in == (await branch.of(partner))[-1].paid_out == 3_000
    await branch.day()
    await branch.refund(kept, 10_000)
    (claim,) = await branch.rows(SplitClaim, receiver=partner.id)
    assert claim.left == 3_000
    await branch.paid(partner, payer, 2_000)
    await branch.settled()
    assert ((await branch.of(partner))[-1].claims_out, (await branch.of(shop))[-1].carried_out) == (2_000, -10_000)
    await branch.day()
    await branch.paid(partner, payer, 5_000)
    await branch.settled()
    of_partner, of_shop = (await branch.of(partner))[-1], (await branch.of(shop))[-1]
    assert (of_partner.claims_out, of_partner.paid_out) == (1_000, 4_000)
    assert (of_shop.claims_in, of_shop.carried_out) == (2_000, -8_000)
    (claim,) = await branch.rows(SplitClaim, receiver=partner.id)
    assert (claim.left, claim.collected_on) == (0, branch.today)


@pytest.mark.parametrize("chunk", [1, 3])
async def test_a_run_in_small_chunks_comes_to_the_same(branch: Stalls, chunk: int) -> None:
    payer = await branch.ecny(2, 90_000)
    purse = await branch.ecny(2, 0, serial=2)
    shops = [await branch.shop(name=f"第{number}店", payout_wallet=purse.id) for number in range(5)]
    for number, shop in enumerate(shops, 1):
        await branch.paid(shop, payer, 1_000 * number)
    await branch.day()
    run = await branch.settled(chunk=chunk)
    assert (run.settled, run.left) == (5, [])
    assert await branch.has_in(purse) == run.paid["ECNY"] == sum([(await branch.of(shop))[0].net for shop in shops])
