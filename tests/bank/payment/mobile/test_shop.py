"""A merchant on a phone: sales of the day, taking a payment by either code, refunds; strangers and cashiers."""

import re

import pytest

from canglian.app.opening import Opened
from canglian.bank.payment import Merchant, PaymentOrder, SourceUse, StaffRole, payouts
from canglian.bank.payment.commands import (
    AddMerchantStaff,
    AddStore,
    CloseMerchant,
    OpenOrder,
    PayOrder,
    RegisterMerchant,
    RemoveMerchantStaff,
)
from canglian.bank.payment.payouts import NextPayout
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.entities import some
from canglian.kernel.queries.observing import book_figures
from tests.bank.wallet.mobile.conftest import NewPhone
from tests.bank.wallet.mobile.test_codes import digits_in
from tests.bank.wallet.mobile.test_strangers import form_token, routes
from tests.bank.wallet.mobile.town import PIN, Phone, Resident, Town


async def shop_of(town: Town, owner: Resident | None) -> Merchant:
    party = None if owner is None else owner.party.id
    return await town.do(RegisterMerchant(name="新城鲜果店", category="5411", region="330106", party=party))


async def signed_in(phone: NewPhone, who: Resident) -> Phone:
    mobile = phone()
    await mobile.sign_in(who.mobile)
    return mobile


async def code_of(own: Phone, wallet: str) -> str:
    """The digits of a pay code that somebody shows."""
    at = f"/m/wallets/{wallet}/code/pay"
    await own.look(at)
    return digits_in((await own.send(at, pin=PIN)).text)


async def test_an_owner_takes_a_payment_sees_the_day_and_refunds_a_part(
    town: Town, phone: NewPhone, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, payer = await town.person(), await town.person("司徒振华")
    shop, wallet = await shop_of(town, owner), await town.wallet(payer, funds=10_000)
    store = await town.do(
        AddStore(merchant=shop.id, code="wener", name="文二路店", region="330105", address="文二路 391 号")
    )
    keeper, customer = await signed_in(phone, owner), await signed_in(phone, payer)
    at = f"/m/shop/{shop.id}"
    assert f'href="{at}"' in (await keeper.look("/m")).text
    assert f'href="{at}"' not in (await customer.look("/m")).text
    home = (await keeper.look(at)).text
    assert "尚未确定" not in home
    assert re.search(r"20\d\d-\d\d-\d\d", home), "the day on which the money comes"

    await keeper.look(f"{at}/take")
    assert (await keeper.send(f"{at}/take", amount="x")).status_code == 422
    page = (await keeper.send(f"{at}/take", amount="40.00", store=store.id)).text
    order_at = str(keeper.page.url.path)
    assert "¥40.00" in page
    assert "<svg" in page
    (order,) = await some(town.services.reader, 1, PaymentOrder, "merchant", shop.id)
    assert (order.store, order.region, order.opened_by.partition(":")[0]) == (store.id, "330105", "person")
    assert (await keeper.send(order_at, code="280000000000000016")).status_code == 422
    await keeper.send(order_at, code=await code_of(customer, wallet.id))
    assert str(keeper.page.url.path).startswith(f"{at}/payments/pay_")
    payment = str(keeper.page.url.path)
    assert "该订单已支付" in (await keeper.look(order_at)).text

    page = (await keeper.look(f"{payment}/refund")).text
    assert "司***" in page
    assert "¥40.00" in page
    page = (await keeper.send(f"{payment}/refund", amount="10.00")).text
    assert "¥10.00" in page, "another amount is shown first"
    assert await town.has(wallet) == 6_000
    await keeper.send(f"{payment}/refund", amount="10.00", reason="少了一盒")
    assert str(keeper.page.url.path) == payment
    assert "少了一盒" in keeper.page.text
    assert await town.has(wallet) == 7_000
    await keeper.look(f"{payment}/refund")
    assert (await keeper.send(f"{payment}/refund", amount="30.01")).status_code == 422

    async def next_payout(reader: Reader, book: int, merchant: Merchant) -> NextPayout:
        return NextPayout((await book_figures(reader, book)).today, 2_989)

    monkeypatch.setattr(payouts, "_asked", [next_payout])
    page = (await keeper.look(at)).text
    for figure in ("¥40.00", "¥0.11", "¥10.00", "¥29.89"):
        assert figure in page, figure
    for path in (f"{at}/payments", f"{at}/days"):
        assert "¥40.00" in (await keeper.look(path)).text, path


async def test_a_cashier_takes_payments_and_refunds_nothing_until_removed(town: Town, phone: NewPhone) -> None:
    cashier, payer = await town.person(), await town.person("司徒振华")
    shop, wallet = await shop_of(town, None), await town.wallet(payer, funds=10_000)
    staff = await town.do(AddMerchantStaff(merchant=shop.id, party=cashier.party.id, role=StaffRole.CASHIER))
    own, customer = await signed_in(phone, cashier), await signed_in(phone, payer)
    at = f"/m/shop/{shop.id}"
    assert "收银员" in (await own.look("/m/shop")).text
    await own.look(f"{at}/take")
    await own.send(f"{at}/take", amount="40.00")
    await own.send(str(own.page.url.path), code=await code_of(customer, wallet.id))
    payment = str(own.page.url.path)
    assert f'href="{payment}/refund"' not in own.page.text
    for path in (f"{payment}/refund", f"{at}/days"):
        assert (await own.look(path)).status_code == 403, path
    await town.do(RemoveMerchantStaff(staff=staff.id))
    for path in (at, payment, f"{at}/take", f"{at}/payments"):
        assert (await own.look(path)).status_code == 404, path


async def test_what_is_another_merchants_is_not_found_on_any_page(
    town: Town, phone: NewPhone, installation: Opened
) -> None:
    """Neither below the other's address nor below one's own."""
    owner, other, payer = await town.person(), await town.person("司徒振华"), await town.person("慕容雪")
    mine, theirs = await shop_of(town, owner), await shop_of(town, other)
    wallet = await town.wallet(payer, funds=10_000)
    order, paid = [
        await town.do(OpenOrder(merchant=theirs.id, number=number, subject="鲜果", amount=1_000))
        for number in ("o-1", "o-2")
    ]
    uses = (SourceUse(item=wallet.id),)
    payment = await town.do(PayOrder(order=paid.id, sources=uses, channel="counter"))
    own = await signed_in(phone, owner)
    token = await form_token(own.client)
    before, walked = await town.commands(), 0
    form = {"_token": token, "amount": "1.00", "reason": "退货", "code": "28" + "0" * 16, "url": "https://x.cn"}
    for method, path, _ in routes(installation):
        if not path.startswith("/m/shop/{merchant:str}"):
            continue
        at = path.replace("{payment:str}", payment.id).replace("{payment_order:str}", order.id)
        for shop in (theirs, mine) if at != path else (theirs,):
            page = at.replace("{merchant:str}", shop.id)
            answer = await own.client.request(method, page, data=form if method == "POST" else None)
            assert answer.status_code == 404, (method, at, shop is mine, answer.text)
            walked += 1
    assert walked >= 18
    assert await town.commands() == before


async def test_a_closed_merchant_takes_nothing_and_offers_nothing(town: Town, phone: NewPhone) -> None:
    owner, payer = await town.person(), await town.person("司徒振华")
    shop, wallet = await shop_of(town, owner), await town.wallet(payer, funds=10_000)
    order = await town.do(OpenOrder(merchant=shop.id, number="o-1", subject="苹果", amount=1_000))
    paid = await town.do(PayOrder(order=order.id, sources=(SourceUse(item=wallet.id),), channel="counter"))
    keeper, at = await signed_in(phone, owner), f"/m/shop/{shop.id}"
    assert f'href="{at}/take"' in (await keeper.look(at)).text
    await town.do(CloseMerchant(merchant=shop.id, reason="停业"))
    home = (await keeper.look(at)).text
    assert f'href="{at}/take"' not in home
    assert "已注销" in home or "停业" in home or "关闭" in home
    for page in ("take", "draw"):
        text = (await keeper.look(f"{at}/{page}")).text
        assert f'action="{at}/{page}"' not in text
    assert "¥3.00" not in (await keeper.look(f"{at}/payments/{paid.id}")).text


async def test_what_is_too_much_to_refund_is_said_without_numbers_of_the_bank(town: Town, phone: NewPhone) -> None:
    owner, payer = await town.person(), await town.person("司徒振华")
    shop, wallet = await shop_of(town, owner), await town.wallet(payer, funds=10_000)
    order = await town.do(OpenOrder(merchant=shop.id, number="o-1", subject="苹果", amount=1_000))
    paid = await town.do(PayOrder(order=order.id, sources=(SourceUse(item=wallet.id),), channel="counter"))
    keeper = await signed_in(phone, owner)
    at = f"/m/shop/{shop.id}/payments/{paid.id}/refund"
    await keeper.look(at)
    assert "最多还可退 ¥10.00，¥20.00 超出了" in (await keeper.send(at, amount="20")).text
    await keeper.look(at)
    fee = f"¥0.0{paid.fee}"
    assert fee in (await keeper.look(at.removesuffix("/refund"))).text
    await keeper.look(at)
    await keeper.send(at, amount="10.00", shown="10.00")
    assert fee not in keeper.page.text, "the fee went back with the payment"
