"""Prepaid cards on their buyer's phone: bought, seen with what is left, given back in time; nobody else's."""

from datetime import timedelta
from typing import Any

from canglian.bank.payment import Merchant
from canglian.bank.payment.commands import CloseMerchant, CreatePayment, RegisterMerchant
from canglian.bank.payment.model import SourceUse
from canglian.bank.purpose import PurposeContract
from canglian.bank.purpose.commands import (
    DraftPurposeContract,
    FundPurposeContract,
    OpenPrepaidOffer,
    SignPurposeContract,
)
from canglian.bank.purpose.model import PrepaidOffer
from canglian.bank.purpose.room import end_contracts
from canglian.bank.wallet import Wallet
from canglian.kernel.queries.entities import some
from tests.bank.wallet.mobile.conftest import NewPhone
from tests.bank.wallet.mobile.town import PIN, Phone, Town


async def gym(town: Town) -> tuple[Merchant, PrepaidOffer]:
    """A gym that sells cards."""
    merchant = await town.do(RegisterMerchant(name="乡村健身房", category="7997", region="330106"))
    return merchant, await town.do(OpenPrepaidOffer(payee=merchant.id, name="健身年卡"))


async def bought(own: Phone, offer: PrepaidOffer, wallet: Wallet, amount: str) -> str:
    """The page of a card that was just bought."""
    at = f"/m/cards/offers/{offer.id}"
    await own.look(at)
    assert "data-pad" in (await own.send(at, wallet=wallet.id, amount=amount)).text
    page = await own.send(f"{at}/pay", wallet=wallet.id, amount=amount, pin=PIN)
    assert "预付卡已归您所有" in page.text
    return str(own.page.url.path)


async def test_a_card_with_a_bonus_is_paid_with_the_money_of_the_bonus(town: Town, phone: NewPhone) -> None:
    owner, buyer = await town.person(), await town.person("司徒振华")
    payer = await town.wallet(owner, "wallet.ecny2", funds=50_000)
    merchant, _ = await gym(town)
    until = (await town.services.store.state(1)).today + timedelta(days=900)
    draft = DraftPurposeContract(
        template="prepaid", name="赠送金", payer=payer.id, valid_until=until, payees=(merchant.id,)
    )
    pool = await town.do(draft)
    await town.do(SignPurposeContract(contract=pool.id, channel="counter"))
    await town.do(FundPurposeContract(contract=pool.id, amount=10_000, channel="counter"))
    offer = await town.do(OpenPrepaidOffer(payee=merchant.id, name="健身金卡", bonus_bps=1_000, pool=pool.id))
    ewallet, ecny = await town.wallet(buyer, funds=50_000), await town.wallet(buyer, "wallet.ecny2", funds=50_000)
    own = phone()
    await own.sign_in(buyer.mobile)
    page = (await own.look(f"/m/cards/offers/{offer.id}")).text
    assert (ecny.id in page, ewallet.id in page) == (True, False)


async def test_a_card_is_bought_used_and_given_back(town: Town, phone: NewPhone) -> None:
    buyer = await town.person()
    wallet = await town.wallet(buyer, funds=50_000)
    merchant, offer = await gym(town)
    own = phone()
    await own.sign_in(buyer.mobile)
    assert "健身年卡" in (await own.look("/m/cards")).text
    home = (await own.look("/m")).text
    assert 'href="/m/cards"' in home, "one who has no card finds where to buy one"
    assert "#credit-card" in home
    at = f"/m/cards/offers/{offer.id}"
    await own.look(at)
    assert (await own.send(at, wallet=wallet.id, amount="500.01")).status_code == 422
    at = await bought(own, offer, wallet, "300.00")
    [contract] = await some(town.services.reader, 1, PurposeContract, "id", at.rpartition("/")[2])
    uses = (SourceUse(source="purpose", item=contract.card or ""),)
    for number, amount in (("v-1", 5_000), ("v-2", 2_500)):
        asked: dict[str, Any] = {"merchant": merchant.id, "subject": "健身", "channel": "counter"}
        await town.do(CreatePayment(number=number, amount=amount, sources=uses, **asked))
    page = (await own.look(at)).text
    for part in ("¥225.00", "-¥50.00", "-¥25.00", "乡村健身房", f"/m/wallets/{wallet.id}/code/pay"):
        assert part in page, part
    assert 'href="/m/cards"' in (await own.look("/m")).text
    assert "健身年卡" not in (await own.look("/m/purpose")).text
    page = (await own.look(f"{at}/refund")).text
    assert "¥225.00" in page
    assert "¥75.00" in page
    assert await town.has(wallet) == 20_000
    await own.send(f"{at}/refund")
    assert (await own.send(f"{at}/refund/pay", pin="305172")).status_code == 422
    await own.send(f"{at}/refund/pay", pin=PIN)
    assert "预付卡已退还" in own.page.text
    assert await town.has(wallet) == 42_500
    assert "该卡已不能退还" in (await own.look(f"{at}/refund")).text


async def test_a_closed_merchant_gives_everything_back_by_itself(town: Town, phone: NewPhone) -> None:
    buyer = await town.person()
    wallet = await town.wallet(buyer, funds=50_000)
    merchant, offer = await gym(town)
    own = phone()
    await own.sign_in(buyer.mobile)
    at = await bought(own, offer, wallet, "300.00")
    await town.do(CloseMerchant(merchant=merchant.id, reason="停业"))
    await end_contracts(town.services, 1)
    assert await town.has(wallet) == 50_000
    assert "已终止" in (await own.look(at)).text
    assert "不再售卡" in (await own.look(f"/m/cards/offers/{offer.id}")).text


async def test_another_persons_card_is_not_found(town: Town, phone: NewPhone) -> None:
    buyer, stranger = await town.person(), await town.person("王建国")
    wallet = await town.wallet(buyer, funds=50_000)
    strangers = await town.wallet(stranger, funds=50_000)
    _, offer = await gym(town)
    own, others = phone(), phone()
    await own.sign_in(buyer.mobile)
    at = await bought(own, offer, wallet, "300.00")
    await others.sign_in(stranger.mobile)
    for path in (at, f"{at}/refund"):
        assert (await others.look(path)).status_code == 404, path
    await others.look(f"/m/cards/offers/{offer.id}")
    hidden = others.form(f"/m/cards/offers/{offer.id}")
    for path, fields in (
        (f"{at}/refund", {}),
        (f"{at}/refund/pay", {"pin": PIN}),
        (f"/m/cards/offers/{offer.id}", {"wallet": wallet.id, "amount": "10.00"}),
        (f"/m/cards/offers/{offer.id}/pay", {"wallet": wallet.id, "amount": "10.00", "pin": PIN}),
    ):
        assert (await others.client.post(path, data={**hidden, **fields})).status_code in (404, 422), path
    assert (await town.has(wallet), await town.has(strangers)) == (20_000, 50_000)
