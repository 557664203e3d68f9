"""Money for a purpose pays first on a phone, is shown before the PIN, and comes back into its grant."""

from datetime import date
from typing import Any

from canglian.bank.payment.commands import OpenOrder, RefundPayment, RegisterMerchant
from canglian.bank.purpose import PurposeGrant
from canglian.bank.purpose.commands import (
    DraftPurposeContract,
    FundPurposeContract,
    GrantLine,
    IssuePurposeGrants,
    SignPurposeContract,
)
from canglian.bank.wallet import Wallet
from canglian.kernel.queries.entities import some
from tests.bank.payment.mobile.test_checkout import opened, signed_in
from tests.bank.wallet.mobile.conftest import NewPhone
from tests.bank.wallet.mobile.town import PIN, Town


async def granted(town: Town, holder: Wallet, amount: int) -> PurposeGrant:
    """A grant of welfare money."""
    payer = await town.person("慕容雪")
    purse = await town.wallet(payer, "wallet.ecny2", deposit=(await town.account(payer)).id, funds=amount)
    drafted: Any = await town.do(
        DraftPurposeContract(template="welfare", name="敬老餐", payer=purse.id, valid_until=date(2099, 12, 31))
    )
    await town.do(SignPurposeContract(contract=drafted.id, channel="counter"))
    await town.do(FundPurposeContract(contract=drafted.id, amount=amount, channel="counter"))
    lines = (GrantLine(wallet=holder.id, amount=amount),)
    await town.do(IssuePurposeGrants(contract=drafted.id, lines=lines))
    return (await some(town.services.reader, 1, PurposeGrant, "holder", holder.id))[0]


async def test_it_pays_first_and_the_wallet_the_rest(town: Town, phone: NewPhone) -> None:
    payer = await town.person()
    wallet = await town.wallet(payer, "wallet.ecny2", deposit=(await town.account(payer)).id, funds=9_000)
    grant = await granted(town, wallet, 2_000)
    order = await opened(town, 5_000)
    own, at = await signed_in(phone, payer), f"/m/checkout/{order.code}"
    page = (await own.look(at)).text
    assert "敬老餐" in page
    assert page.index("¥20.00") < page.index("¥30.00")
    page = (await own.send(at, wallet=wallet.id)).text
    assert page.index("敬老餐") < page.index("data-pad=")
    page = (await own.send(f"{at}/pay", pin=PIN)).text
    assert "敬老餐" in page
    assert await town.has(wallet) == 6_000
    payment = str(own.page.url.path).rsplit("/", 1)[1]
    await town.do(RefundPayment(payment=payment, number="r-1", amount=4_000, reason="退货", channel="counter"))
    page = (await own.look(f"/m/payments/{payment}")).text
    assert page.index("+¥30.00") < page.index("+¥10.00"), "own money comes back first"
    (again,) = await some(town.services.reader, 1, PurposeGrant, "id", grant.id)
    assert again.remaining == 1_000


async def test_where_it_pays_all_no_wallet_is_asked(town: Town, phone: NewPhone) -> None:
    payer = await town.person()
    wallet = await town.wallet(payer, "wallet.ecny2", deposit=(await town.account(payer)).id, funds=9_000)
    await granted(town, wallet, 8_000)
    order = await opened(town, 5_000)
    own, at = await signed_in(phone, payer), f"/m/checkout/{order.code}"
    page = (await own.look(at)).text
    assert 'value="purpose"' in page
    assert f'value="{wallet.id}"' not in page
    await own.send(at, wallet="purpose")
    await own.send(f"{at}/pay", pin=PIN)
    assert str(own.page.url.path).startswith("/m/payments/pay_")
    assert await town.has(wallet) == 9_000


async def test_it_is_not_offered_where_it_may_not_pay(town: Town, phone: NewPhone) -> None:
    payer = await town.person()
    wallet = await town.wallet(payer, "wallet.ecny2", deposit=(await town.account(payer)).id, funds=9_000)
    await granted(town, wallet, 8_000)
    bar = await town.do(RegisterMerchant(name="新城酒吧", category="5813", region="330106"))
    order = await town.do(OpenOrder(merchant=bar.id, number="o-1", subject="酒水", amount=1_000))
    own = await signed_in(phone, payer)
    page = (await own.look(f"/m/checkout/{order.code}")).text
    assert "敬老餐" not in page
    assert f'value="{wallet.id}"' in page
