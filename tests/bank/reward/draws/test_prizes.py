"""Prizes are claimed in time by who won them, pass on to alternates, and every fen of them is somewhere."""

from datetime import timedelta
from typing import Any

import pytest

from canglian.bank.payment.commands import RefundPayment
from canglian.bank.reward.draws import ConditionKind, Draw, DrawCondition, DrawWin, Prize, PrizeKind, WinState
from canglian.bank.reward.draws.commands import (
    ClaimPrize,
    FreezeDraw,
    HandOverPrize,
    JoinDraw,
    LapsePrizes,
    RevealDraw,
    RevealSecondSeed,
)
from canglian.bank.wallet import Wallet
from tests.bank.reward.draws.lots import FIRST, KETTLE, LUCKY, SECOND, SEED, Lots


def claims(win: DrawWin, wallet: str | None = None) -> ClaimPrize:
    return ClaimPrize(win=win.id, wallet=wallet or win.wallet, channel="mobile")


async def test_a_prize_of_money_comes_into_the_winners_wallet_once(lots: Lots) -> None:
    draw = await lots.revealed()
    first, *_ = await lots.wins(draw)
    others = [wallet for wallet in await lots.rows(Wallet) if wallet.party != first.party]
    before = await lots.balance(draw.pool or 0)
    assert (await lots.refused(claims(first, others[0].id)))[0] == "draw_win.wallet"
    claimed: DrawWin = await lots.do(claims(first))
    assert claimed.state is WinState.CLAIMED
    assert await lots.balance(draw.pool or 0) == before - 88_800
    wallet = await lots.get(Wallet, first.wallet)
    assert await lots.balance(wallet.account) == 88_800
    assert (await lots.refused(claims(first)))[0] == "draw_win.state"
    assert await lots.balance(wallet.account) == 88_800


async def test_an_alternate_gets_nothing_before_a_prize_comes_to_it(lots: Lots) -> None:
    draw = await lots.revealed()
    *_, alternate = await lots.wins(draw)
    assert (await lots.refused(claims(alternate)))[0] == "draw_win.state"


async def test_goods_are_handed_over_against_their_code(lots: Lots) -> None:
    draw = await lots.revealed(prizes=(KETTLE, LUCKY))
    first, second, *_ = await lots.wins(draw)
    hand_over = HandOverPrize(win=first.id, proved=True)
    assert (await lots.refused(hand_over))[0] == "draw_win.state"
    await lots.do(claims(first))
    assert (await lots.refused(HandOverPrize(win=first.id, proved=False)))[0] == "draw_win.code"
    assert (await lots.do(hand_over)).state is WinState.COLLECTED
    assert (await lots.refused(hand_over))[0] == "draw_win.state"
    await lots.do(claims(second))
    assert (await lots.refused(HandOverPrize(win=second.id, proved=True)))[0] == "draw_win.no_goods"
    assert await lots.balance(draw.pool or 0) == 600


async def test_what_nobody_claims_goes_to_the_alternates_and_then_back(lots: Lots) -> None:
    draw = await lots.revealed()
    first, second, third, alternate = await lots.wins(draw)
    await lots.do(claims(second))
    assert first.claim_by is not None
    lots.now = first.claim_by - timedelta(seconds=1)
    assert await lots.do(LapsePrizes(draw=draw.id)) == 0
    lots.now = first.claim_by
    assert (await lots.refused(claims(first)))[0] == "draw_win.late"
    assert await lots.do(LapsePrizes(draw=draw.id)) == 2
    after = await lots.wins(draw)
    assert [(win.state, win.prize) for win in after] == [
        (WinState.LAPSED, 1),
        (WinState.CLAIMED, 2),
        (WinState.LAPSED, 2),
        (WinState.OFFERED, 1),
    ]
    assert await lots.balance(draw.pool or 0) == 88_800  # the third prize's money is the bank's again
    assert after[3].claim_by == lots.now + timedelta(days=7)
    await lots.do(claims(after[3]))
    assert await lots.balance(draw.pool or 0) == 0
    assert third.prize == 2
    assert alternate.prize is None


async def test_a_payment_that_was_given_back_wins_nothing(lots: Lots) -> None:
    merchant, wallet = await lots.shop(), await lots.ewallet(1, 100_000)
    draw = await lots.published(condition=DrawCondition(kind=ConditionKind.PAYMENT, least=1_000), prizes=(LUCKY,))
    payment = await lots.paid(merchant, wallet, 5_000)
    await lots.do(JoinDraw(draw=draw.id, wallet=wallet.id, basis=payment.id))
    lots.now = draw.draws_at
    await lots.do(FreezeDraw(draw=draw.id))
    await lots.second(RevealSecondSeed(draw=draw.id, secret=SECOND))
    await lots.do(RevealDraw(draw=draw.id, seed=SEED))
    (win,) = await lots.wins(draw)
    await lots.do(RefundPayment(payment=payment.id, number="r-1", amount=5_000, reason="退货", channel="counter"))
    assert (await lots.refused(claims(win)))[0] == "draw_entrant.payment"


@pytest.mark.parametrize("seed", range(4))
async def test_reserved_spent_and_returned_are_what_funders_paid_in_whatever_is_claimed(lots: Lots, seed: int) -> None:
    """A campaign's prizes, some claimed and some lapsed: every fen of each funder stays in one of its four places."""
    campaign = await lots.approved(ends_at=lots.now + timedelta(days=10))
    prizes = (Prize("一等奖", PrizeKind.BENEFIT, 1_003, 1), Prize("二等奖", PrizeKind.BENEFIT, 107, 3), FIRST)
    prizes = prizes[: 2 + seed % 2] if seed < 2 else prizes[:2]
    draw: Draw = await lots.revealed(people=5, campaign=campaign.id, prizes=prizes[:2], alternates=1)
    wins = await lots.wins(draw)
    claimed = [win for place, win in enumerate(wins) if win.prize and (seed >> place) & 1]
    for win in claimed:
        await lots.do(claims(win))
        await _whole(lots, campaign, draw)
    lots.now += timedelta(days=8)
    await lots.do(LapsePrizes(draw=draw.id))
    await _whole(lots, campaign, draw)
    lots.now += timedelta(days=8)
    await lots.do(LapsePrizes(draw=draw.id))
    await _whole(lots, campaign, draw)
    after = await lots.draw(draw)
    assert after.reserved == (0, 0, 0)
    paid = sum(prizes[(win.prize or 1) - 1].value for win in claimed)
    assert sum(places[2] for places in await lots.funders(campaign)) == paid
    assert -(await lots.balance(campaign.redeemed)) == paid


async def _whole(lots: Lots, campaign: Any, draw: Draw) -> None:
    money = await lots.funders(campaign)
    assert [sum(places) for places in money] == await lots.funded(campaign)
    assert [places[1] for places in money] == list((await lots.draw(draw)).reserved)
    assert await lots.balance(draw.pool or 0) == 0
