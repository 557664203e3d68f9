"""Money for a purpose on its holder's phone: what it buys, where and until when; nobody else sees it."""

from datetime import timedelta

from canglian.bank.payment.commands import OpenOrder, PayOrder, RegisterMerchant, SuspendMerchant
from canglian.bank.payment.model import SourceUse
from canglian.bank.purpose import PurposeContract, PurposeGrant
from canglian.bank.purpose.commands import (
    DraftPurposeContract,
    FundPurposeContract,
    GrantLine,
    IssuePurposeGrants,
    SignPurposeContract,
    SuspendPurposeContract,
)
from canglian.bank.wallet import Wallet
from canglian.kernel.queries.observing import book_figures
from tests.bank.wallet.mobile.conftest import NewPhone
from tests.bank.wallet.mobile.town import Town


async def granted(
    town: Town, payer: Wallet, holder: Wallet, amount: int = 5_000
) -> tuple[PurposeContract, PurposeGrant]:
    """Welfare that was paid in and given to somebody."""
    until = (await book_figures(town.services.reader, 1)).today + timedelta(days=30)
    draft = DraftPurposeContract(template="welfare", name="工会福利", payer=payer.id, valid_until=until)
    contract: PurposeContract = await town.do(draft)
    await town.do(SignPurposeContract(contract=contract.id, channel="counter"))
    await town.do(FundPurposeContract(contract=contract.id, amount=amount, channel="counter"))
    lines = (GrantLine(holder.id, amount),)
    issued = await town.do(IssuePurposeGrants(contract=contract.id, lines=lines))
    return contract, issued.grants[0]


async def test_a_holder_sees_what_it_buys_where_and_what_became_of_it(town: Town, phone: NewPhone) -> None:
    giver, holder = await town.person("王建国", "13800138071"), await town.person()
    payer = await town.wallet(giver, "wallet.ecny2", funds=10_000)
    wallet = await town.wallet(holder, "wallet.ecny2")
    contract, grant = await granted(town, payer, wallet)
    fruit = await town.do(RegisterMerchant(name="新城鲜果店", category="5411", region="330106"))
    for name, category in (("老街面馆", "5812"), ("夜光酒吧", "5813")):
        await town.do(RegisterMerchant(name=name, category=category, region="330700"))
    closed = await town.do(RegisterMerchant(name="歇业药店", category="5912", region="330106"))
    await town.do(SuspendMerchant(merchant=closed.id, reason="歇业"))
    own = phone()
    await own.sign_in(holder.mobile)
    assert 'href="/m/purpose"' in (await own.look("/m")).text
    page = (await own.look("/m/purpose")).text
    assert "工会福利" in page
    assert "¥50.00" in page
    at = f"/m/purpose/{grant.id}"
    page = (await own.look(at)).text
    assert "新城鲜果店" in page
    assert "老街面馆" in page
    assert "夜光酒吧" not in page
    assert "歇业药店" not in page
    assert "餐馆" in page
    assert "5812" not in page
    assert contract.id not in page
    order = await town.do(OpenOrder(merchant=fruit.id, number="o-1", subject="鲜果", amount=1_250))
    pay = PayOrder(order=order.id, sources=(SourceUse(source="purpose", item=grant.id),), channel="counter")
    await town.do(pay)
    page = (await own.look(at)).text
    assert "¥37.50" in page
    assert "-¥12.50" in page
    assert page.index("新城鲜果店") < page.index("老街面馆"), "the region where it was spent comes first"
    await town.do(SuspendPurposeContract(contract=contract.id, reason="核查"))
    assert "暂时不能使用" in (await own.look(at)).text


async def test_another_persons_money_is_not_found(town: Town, phone: NewPhone) -> None:
    giver, holder = await town.person("王建国", "13800138071"), await town.person()
    payer = await town.wallet(giver, "wallet.ecny2", funds=10_000)
    _, grant = await granted(town, payer, await town.wallet(holder, "wallet.ecny2"))
    stranger = phone()
    await stranger.sign_in(giver.mobile)
    assert (await stranger.look(f"/m/purpose/{grant.id}")).status_code == 404
    assert "您没有专款" in (await stranger.look("/m/purpose")).text
    nobody = phone()
    assert "工会福利" not in (await nobody.look(f"/m/purpose/{grant.id}")).text
