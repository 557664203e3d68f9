"""Caps and limits of tiers: a refusal says which, how much is left and when it renews; what is undone is given back."""

import random

import pytest

from canglian.bank.limit import LimitTally
from canglian.bank.wallet import Wallet, WalletTransfer
from canglian.bank.wallet.commands import (
    ExchangeMoney,
    ReverseWalletTransfer,
    UpgradeWallet,
)
from canglian.bank.wallet.model import ExchangeDirection
from canglian.kernel import Status
from tests.bank.wallet.purses import Purses
from tests.lives import seeds

YUAN = 100


async def test_a_payment_stops_at_the_single_the_day_and_the_balance_of_a_tier(branch: Purses) -> None:
    payer, payee = await branch.anonymous(1, 9_000 * YUAN), await branch.anonymous(2)
    code, fields = await branch.refused(branch.paying(payer, payee, 2_000 * YUAN + 1))
    assert (code, fields["rule"], fields["limit"]) == ("limit.exceeded", "ecny4-single", 2_000 * YUAN)
    for _ in range(2):
        await branch.send(payer, payee, 2_000 * YUAN)
    code, fields = await branch.refused(branch.paying(payer, payee, 1_000 * YUAN + 1))
    assert (code, fields["rule"], fields["used"], fields["left"]) == (
        "limit.exceeded",
        "ecny4-day",
        4_000 * YUAN,
        1_000 * YUAN,
    )
    assert fields["renews_at"] == "2026-01-06T00:00:00+08:00"
    await branch.send(payer, payee, 1_000 * YUAN)
    await branch.day()
    await branch.send(payer, payee, 2_000 * YUAN)
    rich, full = await branch.anonymous(3, 9_000 * YUAN), await branch.anonymous(4, 9_500 * YUAN)
    code, fields = await branch.refused(branch.paying(rich, full, 500 * YUAN + 1, channel="counter", pin=None))
    assert (code, fields["rule"], fields["left"]) == ("limit.exceeded", "ecny4-balance", 500 * YUAN)
    await branch.send(rich, full, 500 * YUAN)


async def test_a_reversal_gives_back_what_its_day_had_counted(branch: Purses) -> None:
    payer, payee = await branch.anonymous(1, 9_000 * YUAN), await branch.anonymous(2)
    moved = [await branch.send(payer, payee, 2_000 * YUAN) for _ in range(2)]
    assert (await branch.refused(branch.paying(payer, payee, 2_000 * YUAN)))[1]["rule"] == "ecny4-day"
    await branch.do(ReverseWalletTransfer(transfer=moved[0].id, reason="退款"))
    await branch.send(payer, payee, 2_000 * YUAN)
    assert (await branch.refused(branch.paying(payer, payee, 1_000 * YUAN + 1)))[1]["left"] == 1_000 * YUAN


async def test_a_higher_tier_lifts_the_caps_and_keeps_the_count(branch: Purses) -> None:
    opening = await branch.opened_afar(1)
    account = await branch.afar(opening)
    wallet = await branch.do(await branch.opening("wallet.ecny4", party=opening.party))
    payee = await branch.ecny(2, serial=2)
    await branch.give(wallet, 9_000 * YUAN)
    pay = branch.paying(wallet, payee, 4_500 * YUAN, channel="counter", pin=None)
    assert (await branch.refused(pay))[1]["rule"] == "ecny4-single"
    await branch.send(wallet, payee, 1_000 * YUAN, channel="counter", pin=None)
    await branch.do(UpgradeWallet(wallet=wallet.id, product="wallet.ecny2", deposit=account.id))
    await branch.do(pay)
    tally = await branch.get(LimitTally, f"wallet:{wallet.id}")
    assert tally.used["ecny.out:day_sum:2026-01-05"] == 5_500 * YUAN


async def test_a_family_of_sub_wallets_shares_the_caps_of_its_parent(branch: Purses) -> None:
    parent = await branch.ecny(3, 15_000 * YUAN)
    shop = await branch.ecny(2, serial=2)
    subs = [await branch.sub(parent, name=f"子{n}") for n in range(3)]
    for sub in subs:
        await branch.send(parent, sub, 5_000 * YUAN)
    for sub in subs[:2]:
        await branch.send(sub, shop, 5_000 * YUAN)
    code, fields = await branch.refused(branch.paying(subs[2], shop, 1))
    assert (code, fields["rule"], fields["left"]) == ("limit.exceeded", "ecny3-day", 0)
    giver = await branch.ecny(2, 50_000 * YUAN, serial=3)
    code, fields = await branch.refused(branch.paying(giver, subs[0], 15_000 * YUAN + 1, channel="counter", pin=None))
    assert (code, fields["rule"], fields["left"]) == ("limit.exceeded", "ecny3-balance", 15_000 * YUAN)


async def test_an_exchange_cannot_fill_a_wallet_beyond_its_cap(branch: Purses) -> None:
    wallet = await branch.ecny(3, 19_900 * YUAN)
    await branch.fund(await branch.get_deposit(wallet), 500 * YUAN)
    asked = ExchangeMoney(
        wallet=wallet.id, direction=ExchangeDirection.TO_ECNY, amount=100 * YUAN + 1, channel="mobile", pin=1
    )
    assert (await branch.refused(asked))[1]["rule"] == "ecny3-balance"


@pytest.mark.parametrize("seed", seeds(range(6)))
async def test_no_cap_is_passed_whatever_comes_in_whatever_order(branch: Purses, seed: int) -> None:
    """Transfers, reversals, day changes and raised tiers in random order, against a plain model of the day's sum."""
    chance = random.Random(seed)
    people: list[Wallet] = [await branch.anonymous(n, 8_000 * YUAN) for n in range(1, 5)]
    done: list[WalletTransfer] = []
    undone: set[str] = set()
    paid: dict[tuple[str, object], int] = {}
    for _ in range(120):
        today = branch.store.states[1].today
        what = chance.random()
        if what < 0.06:
            await branch.day()
        elif what < 0.2 and done:
            transfer = chance.choice(done)
            outcome = await branch.ask(ReverseWalletTransfer(transfer=transfer.id, reason="x"))
            if outcome.status is Status.APPLIED:
                undone.add(transfer.id)
                paid[transfer.payer, transfer.on] -= transfer.amount
        else:
            payer, payee = chance.sample(people, 2)
            amount = chance.choice((1, 300, 1_500, 2_000, 2_001)) * YUAN
            outcome = await branch.ask(branch.paying(payer, payee, amount))
            before = paid.get((payer.id, today), 0)
            if outcome.status is Status.APPLIED:
                done.append(outcome.unwrap())
                paid[payer.id, today] = before + amount
                assert amount <= 2_000 * YUAN
            elif outcome.error is not None and outcome.error.fields.get("rule") == "ecny4-day":
                assert before + amount > 5_000 * YUAN
        assert all(amount <= 5_000 * YUAN for amount in paid.values())
        for wallet in people:
            assert 0 <= await branch.has(wallet) <= 10_000 * YUAN
    assert sum([await branch.has(wallet) for wallet in people]) == 4 * 8_000 * YUAN
    assert len(done) > 20
    assert undone
