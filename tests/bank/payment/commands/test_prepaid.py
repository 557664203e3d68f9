"""Prepaid cards in custody: their buyers' money until each use, a bonus in its share; given back; nobody else's."""

import random
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest

from canglian.bank.payment import Merchant
from canglian.bank.payment.commands import CapturePayment, CloseMerchant, DrawPrepaidCard, SuspendMerchant
from canglian.bank.purpose import ContractState, GrantState, PurposeContract, PurposeGrant
from canglian.bank.purpose.commands import (
    BuyPrepaidCard,
    ClawBackPurposeGrant,
    ClosePrepaidOffer,
    ExpirePurposeContract,
    GiveBackPrepaidCards,
    OpenPrepaidOffer,
    RefundPrepaidCard,
    RevokePurposeGrant,
    TerminatePurposeContract,
)
from canglian.bank.purpose.commands.prepaid import PrepaidCard
from canglian.bank.purpose.model import OfferState, PrepaidOffer
from canglian.bank.wallet import CodeKind, LockedBy, Wallet
from canglian.bank.wallet.commands import LockWallet, ShowCode
from canglian.kernel import deciding
from canglian.ledger.commands import PostTransfer
from tests.bank.payment.market import Market
from tests.lives import seeds


class Gym(Market):
    """A gym that sells prepaid cards."""

    merchant: Merchant
    owner: Wallet
    pool: PurposeContract
    _codes = 0

    async def opens(self, *, bonus_bps: int = 2_000, funds: int = 20_000) -> PrepaidOffer:
        self.owner = await self.ecny(2, funds, serial=70)
        self.merchant = await self.shop(name="飞鱼健身", category="7997")
        asked: dict[str, Any] = {"payee": self.merchant.id, "name": "健身卡"}
        if bonus_bps:
            payees = (self.merchant.id,)
            self.pool = await self.funded(self.owner, funds, "prepaid", days=3_000, payees=payees)
            asked |= {"bonus_bps": bonus_bps, "pool": self.pool.id}
        return await self.do(OpenPrepaidOffer(**asked))

    async def buys(self, offer: PrepaidOffer, wallet: Wallet, amount: int) -> PrepaidCard:
        return await self.do(BuyPrepaidCard(offer=offer.id, wallet=wallet.id, amount=amount, channel="mobile", pin=1))

    async def code(self, wallet: Wallet) -> str:
        """What is stored of a pay code that the holder of a wallet shows."""
        self._codes += 1
        digest = f"{self._codes:032x}"
        await self.do(ShowCode(wallet=wallet.id, code_kind=CodeKind.PAY, code_digest=digest, channel="mobile", pin=1))
        return digest

    async def left(self, card: PrepaidCard) -> tuple[int, int]:
        grant = await self.grant(card.grant)
        bonus = 0 if card.bonus is None else (await self.grant(card.bonus)).remaining
        return grant.remaining, bonus


@pytest.fixture
async def gym() -> AsyncIterator[Gym]:
    """A branch in memory."""
    running = Gym()
    await running.open()
    yield running
    await running.engine.stop()
    await running.require_conserved()


async def test_a_card_is_used_twice_and_its_bonus_pays_its_share(gym: Gym) -> None:
    offer, buyer = await gym.opens(), await gym.ecny(2, 50_000)
    card = await gym.buys(offer, buyer, 50_000)
    assert (await gym.has(buyer), card.contract.payer, await gym.left(card)) == (0, buyer.id, (50_000, 10_000))
    await gym.do(gym.pays_with(await gym.order(gym.merchant, 12_000), card.grant))
    assert await gym.left(card) == (40_000, 8_000)
    await gym.do(gym.pays_with(await gym.order(gym.merchant, 7), card.grant))
    assert await gym.left(card) == (39_994, 7_999)
    await gym.do(gym.pays_with(await gym.order(gym.merchant, 47_993), card.grant))
    assert await gym.left(card) == (0, 0)
    assert (await gym.grant(card.grant)).state is GrantState.USED


async def test_it_is_used_at_its_merchant_alone_and_its_bonus_never_by_itself(gym: Gym) -> None:
    offer, buyer, other = await gym.opens(), await gym.ecny(2, 50_000), await gym.shop(category="7997")
    card = await gym.buys(offer, buyer, 10_000)
    assert card.bonus is not None
    order = await gym.order(gym.merchant, 100)
    assert (await gym.refused(gym.pays_with(await gym.order(other, 100), card.grant)))[0] == (
        "purpose.payee_not_allowed"
    )
    for command in (gym.pays_with(order, card.bonus), gym.holds_with(order, card.bonus)):
        assert (await gym.refused(command))[0] == "purpose_grant.bonus_alone"
    held = await gym.do(gym.holds_with(order, card.grant))
    assert await gym.left(card) == (10_000, 2_000)
    await gym.do(CapturePayment(payment=held.id))
    assert await gym.left(card) == (9_900, 2_000)
    await gym.do(gym.pays_with(await gym.order(gym.merchant, 500), card.grant))
    assert await gym.left(card) == (9_500, 1_900)


async def test_a_refund_of_a_use_comes_back_in_the_same_shares(gym: Gym) -> None:
    offer, buyer = await gym.opens(), await gym.ecny(2, 50_000)
    card = await gym.buys(offer, buyer, 10_000)
    paid = await gym.do(gym.pays_with(await gym.order(gym.merchant, 6_000), card.grant))
    await gym.refund(paid, 1_001, "r-1")
    assert await gym.left(card) == (5_834, 1_167)
    await gym.refund(paid, 4_999, "r-2")
    assert await gym.left(card) == (10_000, 2_000)


@pytest.mark.parametrize("day", [7, 8])
async def test_all_that_is_left_is_given_back_in_seven_days(gym: Gym, day: int) -> None:
    offer, buyer = await gym.opens(), await gym.ecny(2, 50_000)
    card = await gym.buys(offer, buyer, 10_000)
    await gym.do(gym.pays_with(await gym.order(gym.merchant, 1_200), card.grant))
    await gym.day(day)
    refund = RefundPrepaidCard(contract=card.contract.id, channel="mobile", pin=1)
    if day > 7:
        assert (await gym.refused(refund))[0] == "prepaid.refund_late"
        return
    assert (await gym.refused(RefundPrepaidCard(contract=card.contract.id, channel="mobile")))[0] == "wallet_pin.needed"
    ended = await gym.do(refund)
    assert (ended.state, ended.unallotted, ended.allotted) == (ContractState.TERMINATED, 0, 0)
    assert (await gym.has(buyer), await gym.left(card)) == (49_000, (0, 0))
    assert (await gym.contract(gym.pool)).unallotted == 20_000 - 200
    assert (await gym.refused(refund))[0] == "purpose_contract.state"


async def test_when_the_merchant_closes_everybody_gets_what_is_left_back(gym: Gym) -> None:
    offer = await gym.opens()
    buyers = [await gym.ecny(2, 10_000, serial=serial) for serial in (1, 2, 3)]
    cards = [await gym.buys(offer, buyer, 6_000) for buyer in buyers]
    used = await gym.do(gym.pays_with(await gym.order(gym.merchant, 1_200), cards[0].grant))
    await gym.do(LockWallet(wallet=buyers[2].id, locked_by=LockedBy.BANK, reason="涉案核查"))
    back = GiveBackPrepaidCards(offer=offer.id, contracts=tuple(card.contract.id for card in cards))
    assert (await gym.refused(back))[0] == "prepaid_offer.open"
    await gym.do(ClosePrepaidOffer(offer=offer.id, reason="门店停业"))
    sold_again = BuyPrepaidCard(offer=offer.id, wallet=buyers[0].id, amount=100, channel="mobile", pin=1)
    assert (await gym.refused(sold_again))[0] == "prepaid_offer.closed"
    step = await gym.do(back)
    assert (step.cards, step.amount) == (3, 5_000 + 6_000)
    assert [await gym.has(buyer) for buyer in buyers] == [9_000, 10_000, 4_000]
    waiting = await gym.contract(cards[2].contract)
    assert (waiting.state, waiting.allotted) == (ContractState.TERMINATED, 6_000)
    assert (await gym.do(back)).cards == 0
    assert (await gym.contract(gym.pool)).unallotted == 20_000 - 200
    await gym.refund(used, 1_200)
    assert await gym.has(buyers[0]) == 10_000
    assert (await gym.contract(gym.pool)).unallotted == 20_000


async def test_many_cards_are_given_back_by_a_book_that_knows_nothing_yet(
    gym: Gym, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer = await gym.opens()
    buyers = [await gym.ecny(2, 10_000, serial=serial) for serial in range(1, 31)]
    cards = [await gym.buys(offer, buyer, 3_000) for buyer in buyers]
    await gym.do(ClosePrepaidOffer(offer=offer.id, reason="门店停业"))
    gym.change(buyers[0])  # its engine begins anew
    monkeypatch.setattr(deciding, "ROUNDS_MAX", 12)
    step = await gym.do(GiveBackPrepaidCards(offer=offer.id, contracts=tuple(card.contract.id for card in cards)))
    assert (step.cards, step.amount) == (30, 90_000)


async def test_neither_the_merchant_nor_the_bank_takes_a_cards_money(gym: Gym) -> None:
    offer, buyer = await gym.opens(), await gym.ecny(2, 50_000)
    card = await gym.buys(offer, buyer, 10_000)
    assert card.bonus is not None
    for grant in (card.grant, card.bonus):
        for command in (
            RevokePurposeGrant(grant=grant.id, reason="测试"),
            ClawBackPurposeGrant(grant=grant.id, reason="测试"),
        ):
            assert (await gym.refused(command))[0] == "purpose_grant.of_prepaid"
    take = PostTransfer(debit=card.contract.account, credit=gym.merchant.accounts["ECNY"], amount=1, code="test.take")
    assert (await gym.refused(take))[0] == "transfer.purpose_mismatch"
    assert await gym.owed(gym.merchant, "ECNY") == 0
    await gym.do(TerminatePurposeContract(contract=card.contract.id, reason="协商退卡"))
    await gym.wound_up(card.contract)
    assert await gym.has(buyer) == 50_000


async def test_a_card_without_its_bonus_pays_its_own_money(gym: Gym) -> None:
    offer, buyer = await gym.opens(), await gym.ecny(2, 50_000)
    card = await gym.buys(offer, buyer, 10_000)
    await gym.do(TerminatePurposeContract(contract=gym.pool.id, reason="活动取消"))
    await gym.do(gym.pays_with(await gym.order(gym.merchant, 1_200), card.grant))
    assert (await gym.left(card))[0] == 8_800


async def test_an_expired_card_gives_back_what_is_left(gym: Gym) -> None:
    offer, buyer = await gym.opens(), await gym.ecny(2, 50_000)
    card = await gym.buys(offer, buyer, 10_000)
    await gym.day(366)
    await gym.do(ExpirePurposeContract(contract=card.contract.id))
    await gym.wound_up(card.contract)
    assert (await gym.has(buyer), (await gym.contract(gym.pool)).unallotted) == (50_000, 20_000)


async def test_offers_take_bonuses_from_what_the_merchant_has_set_apart(gym: Gym) -> None:
    offer, buyer = await gym.opens(funds=1_000), await gym.ecny(2, 50_000)
    short = BuyPrepaidCard(offer=offer.id, wallet=buyer.id, amount=5_005, channel="mobile", pin=1)
    assert await gym.refused(short) == ("prepaid_offer.bonus_short", {"amount": 1_001, "left": 1_000})
    assert await gym.has(buyer) == 50_000
    other = await gym.shop()
    asked: list[dict[str, Any]] = [
        {"payee": other.id, "bonus_bps": 1, "pool": gym.pool.id},
        {"payee": other.id, "bonus_bps": 1},
        {"payee": gym.merchant.id, "pool": gym.pool.id},
    ]
    for fields in asked:
        assert (await gym.refused(OpenPrepaidOffer(name="卡", **fields)))[0] == "prepaid_offer.pool"
    unknown = OpenPrepaidOffer(name="卡", payee="mer_" + "0" * 26)
    assert (await gym.refused(unknown))[0] == "merchant.not_found"


@pytest.mark.parametrize("seed", seeds([1, 2, 3]))
async def test_what_is_left_is_worth_what_was_paid_whatever_is_used_and_refunded(gym: Gym, seed: int) -> None:
    chance = random.Random(seed)
    offer, buyer = await gym.opens(bonus_bps=chance.choice([1, 333, 5_000, 10_000])), await gym.ecny(2, 50_000)
    card = await gym.buys(offer, buyer, chance.randint(1_000, 20_000))
    paid = card.grant.amount
    bonus = 0 if card.bonus is None else card.bonus.amount
    payments: list[Any] = []
    for turn in range(40):
        if payments and chance.random() < 0.4:
            refund = gym.refunding(chance.choice(payments), chance.randint(1, 400), f"r-{turn}")
            await gym.ask(refund)
        else:
            order = await gym.order(gym.merchant, chance.randint(1, 900))
            outcome = await gym.ask(gym.pays_with(order, card.grant))
            payments += [] if outcome.error is not None else [outcome.unwrap()]
        await gym.require_conserved()
        own, extra = await gym.left(card)
        used = paid + bonus - own - extra
        assert extra == bonus - bonus * used // (paid + bonus)


async def test_all_cards_and_what_they_come_to_of_everybody_else_stay_apart(gym: Gym) -> None:
    offer = await gym.opens(bonus_bps=0)
    buyers = [await gym.ecny(2, 10_000, serial=serial) for serial in (1, 2)]
    first, second = [await gym.buys(offer, buyer, 6_000) for buyer in buyers]
    stranger = gym.pays_with(await gym.order(gym.merchant, 100), first.grant, sources=gym.uses(first.grant, pin=None))
    assert (await gym.refused(stranger))[0] == "wallet_pin.needed"
    await gym.do(gym.pays_with(await gym.order(gym.merchant, 100), first.grant))
    assert [await gym.left(card) for card in (first, second)] == [(5_900, 0), (6_000, 0)]
    assert [len(await gym.rows(PurposeGrant, holder=buyer.id)) for buyer in buyers] == [1, 1]


async def test_a_merchant_that_closes_closes_its_offers_in_the_same_commit(gym: Gym) -> None:
    offer, other = await gym.opens(), await gym.shop(category="7997")
    kept = await gym.do(OpenPrepaidOffer(payee=other.id, name="次卡"))
    buyer = await gym.ecny(2, 10_000)
    card = await gym.buys(offer, buyer, 6_000)
    await gym.do(CloseMerchant(merchant=gym.merchant.id, reason="停业清算"))
    closed = await gym.get(PrepaidOffer, offer.id)
    assert (closed.state, closed.reason) == (OfferState.CLOSED, "停业清算")
    assert (await gym.get(PrepaidOffer, kept.id)).state is OfferState.OPEN
    await gym.do(GiveBackPrepaidCards(offer=offer.id, contracts=(card.contract.id,)))
    assert (await gym.has(buyer), (await gym.contract(gym.pool)).unallotted) == (10_000, 20_000)
    again = OpenPrepaidOffer(payee=gym.merchant.id, name="新卡")
    assert (await gym.refused(again))[0] == "merchant.closed"


async def test_a_merchant_that_is_suspended_sells_no_cards(gym: Gym) -> None:
    offer, buyer = await gym.opens(), await gym.ecny(2, 10_000)
    await gym.do(SuspendMerchant(merchant=gym.merchant.id, reason="核查"))
    buys = BuyPrepaidCard(offer=offer.id, wallet=buyer.id, amount=100, channel="mobile", pin=1)
    assert (await gym.refused(buys))[0] == "merchant.suspended"
    assert await gym.has(buyer) == 10_000


async def test_a_use_is_drawn_by_the_buyers_code_from_the_card_alone(gym: Gym) -> None:
    offer, buyer = await gym.opens(), await gym.ecny(2, 50_000)
    card = await gym.buys(offer, buyer, 10_000)
    await gym.grant_of(buyer, 5_000, "payroll")

    async def drawn(amount: int, number: str) -> DrawPrepaidCard:
        asked: dict[str, Any] = {"merchant": gym.merchant.id, "subject": "健身一次", "channel": "mobile"}
        return DrawPrepaidCard(number=number, amount=amount, code_digest=await gym.code(buyer), **asked)

    first = await drawn(6_000, "visit-1")
    paid = await gym.do(first)
    assert [line.source for line in await gym.lines(paid)] == ["purpose"]
    assert await gym.left(card) == (5_000, 1_000)
    assert (await gym.do(await drawn(6_000, "visit-1"))).id == paid.id
    assert (await gym.refused(await drawn(6_001, "visit-2")))[0] == "payment.no_card"
    again = msgspec.structs.replace(first, number="visit-3")
    assert (await gym.refused(again))[0] == "wallet_code.used"
    assert await gym.left(card) == (5_000, 1_000)
    await gym.do(await drawn(6_000, "visit-4"))
    assert (await gym.left(card), await gym.has(buyer)) == ((0, 0), 40_000)
