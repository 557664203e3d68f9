"""A merchant's prepaid cards on a phone: seen by its people alone, drawn on by the buyer's code, never moved."""

from canglian.bank.payment.commands import AddMerchantStaff, CloseMerchant, RegisterMerchant
from canglian.bank.purpose.commands import BuyPrepaidCard, OpenPrepaidOffer
from tests.bank.payment.mobile.test_shop import code_of, shop_of, signed_in
from tests.bank.wallet.mobile.conftest import NewPhone
from tests.bank.wallet.mobile.town import Town


async def test_a_cashier_draws_a_use_in_two_taps_and_cannot_move_the_money(town: Town, phone: NewPhone) -> None:
    owner, cashier, buyer = await town.person(), await town.person("王建国"), await town.person("司徒振华")
    shop, wallet = await shop_of(town, owner), await town.wallet(buyer, funds=50_000)
    await town.do(AddMerchantStaff(merchant=shop.id, party=cashier.party.id))
    offer = await town.do(OpenPrepaidOffer(payee=shop.id, name="水果年卡"))
    await town.do(BuyPrepaidCard(offer=offer.id, wallet=wallet.id, amount=30_000, channel="counter"))
    keeper, customer = await signed_in(phone, cashier), await signed_in(phone, buyer)
    at = f"/m/shop/{shop.id}"
    assert f'href="{at}/cards"' in (await keeper.look(at)).text
    page = (await keeper.look(f"{at}/cards")).text
    assert "¥300.00" in page
    assert "司***" in page
    assert "司徒振华" not in page
    page = (await keeper.look(f"{at}/draw")).text
    assert "data-camera" in page
    assert (
        await keeper.send(f"{at}/draw", amount="300.01", code=await code_of(customer, wallet.id))
    ).status_code == 422
    await keeper.look(f"{at}/draw")
    await keeper.send(f"{at}/draw", amount="80.00", code=await code_of(customer, wallet.id))
    assert str(keeper.page.url.path).startswith(f"{at}/payments/pay_")
    assert await town.has(wallet) == 20_000, "the wallet's own money stays"
    assert "¥220.00" in (await keeper.look(f"{at}/cards")).text
    await keeper.look(f"{at}/draw")
    form = {**keeper.form(f"{at}/draw"), "amount": "1.00", "code": await code_of(customer, wallet.id)}
    await town.do(CloseMerchant(merchant=shop.id, reason="停业"))
    assert "data-camera" not in (await keeper.look(f"{at}/draw")).text
    assert (await keeper.client.post(f"{at}/draw", data=form)).status_code == 422


async def test_strangers_see_no_cards_and_draw_nothing(town: Town, phone: NewPhone) -> None:
    owner, buyer = await town.person(), await town.person("司徒振华")
    shop, wallet = await shop_of(town, owner), await town.wallet(buyer, funds=50_000)
    other = await town.do(RegisterMerchant(name="老街面馆", category="5812", region="330106", party=buyer.party.id))
    offer = await town.do(OpenPrepaidOffer(payee=shop.id, name="水果年卡"))
    await town.do(BuyPrepaidCard(offer=offer.id, wallet=wallet.id, amount=30_000, channel="counter"))
    stranger = await signed_in(phone, buyer)
    for path in ("cards", "draw"):
        assert (await stranger.look(f"/m/shop/{shop.id}/{path}")).status_code == 404
    code = await code_of(stranger, wallet.id)
    await stranger.look(f"/m/shop/{other.id}/draw")
    form = {**stranger.form(f"/m/shop/{other.id}/draw"), "amount": "1.00", "code": code}
    for foreign, status in ((shop.id, 404), (other.id, 422)):
        assert (await stranger.client.post(f"/m/shop/{foreign}/draw", data=form)).status_code == status
