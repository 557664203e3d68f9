"""A day in the demo's street, in a real browser, from `canglian demo` on; everything by clicks and keys.

Welfare that a second person allowed is lived through, signed and granted; its holder buys fruit with it and the rest
from the own wallet, and cannot pay a gym with it; the payment is split, the fee is taken, and half comes back. A card
of the gym is bought and used twice; the gym closes, and what is left comes back. The day is ended: the merchant is
settled, a difference of the channel is found and resolved, and the trace says where every fen went.
"""

import asyncio
import re
from datetime import timedelta

import msgspec
import pytest

from canglian.web.demo_names import COMPANIES
from tests.app.demo.screens import Desk, Phone, fen
from tests.app.demo.street import Street, today

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser"), pytest.mark.timeout(400)]

FRUIT, GYM, NOODLES = "新城鲜果店", "乡村健身房", "老街面馆"
KEEPER, TRAINER, CUSTOMER = "13900139000", "13900139002", "13900139003"
WELFARE = "端午福利"


async def test_a_day_in_the_street(street: Street) -> None:
    operator, approver, admin = await asyncio.gather(*map(street.desk, ("operator", "approver", "admin")))
    customer, keeper, trainer = await asyncio.gather(*map(street.phone, (CUSTOMER, KEEPER, TRAINER)))
    await allow_more(operator, approver)
    await asyncio.gather(give_welfare(operator), fill_purse(customer))
    await cannot_pay_the_gym(customer, trainer)
    await buy_fruit(customer, keeper)
    await share_it(operator)
    await give_half_back(keeper, customer)
    await use_a_card_until_its_shop_closes(customer, trainer, operator)
    await end_the_day(admin)
    await find_the_difference(operator)
    await see_the_money_come(operator, keeper)
    await trace_every_fen(operator)


# -- welfare -----------------------------------------------------------------------------------------------------------


async def allow_more(operator: Desk, approver: Desk) -> None:
    """A version of welfare with a higher bound, which is in force once a second person has approved it."""
    await operator.go("合约模板")
    await operator.opens("定向福利")
    await operator.reads("¥500.00")
    await operator.click("申请新版本")
    for name, value in (("amount_max", "800.00"), ("case2_amount", "800.01")):
        await operator.page.fill(f"[name={name}]", value)
    await operator.page.fill("[name=note]", "工会办公会决定")
    await operator.page.fill("[name=reason]", "提高单次上限")
    await operator.picture()
    await operator.send(operator.page.locator("#f button[type=submit]"))
    await operator.reads("提高单次上限")
    await approver.enter("/console")
    await approver.click("我的待办")
    await approver.opens("提高单次上限")
    await approver.reads("提高单次上限", "定向福利")
    await approver.page.locator("main a[href*='/purpose-templates/']").first.click()
    await approver.reads("¥800.00", "¥500.00")
    await approver.click("有一个版本待审批")
    await approver.page.fill("#approve [name=comment]", "已核对")
    await approver.send(approver.page.locator("#approve button[type=submit]").first)
    await approver.reads("已同意")
    await operator.go("合约模板")
    await operator.opens("定向福利")
    await operator.reads("¥800.00", "版本 2 当前适用")


async def give_welfare(operator: Desk) -> None:
    """A contract that is lived through before it is signed, paid in, and granted to a holder."""
    await operator.go("专款合约")
    await operator.click("起草合约")
    await operator.page.select_option("[name=template]", "welfare")
    await operator.page.fill("[name=name]", WELFARE)
    await operator.page.fill("[name=valid_until]", ((await today(operator)) + timedelta(days=90)).isoformat())
    await operator.find("payer", COMPANIES[0])
    await operator.picture()
    await operator.send(operator.page.locator("#f button[type=submit]"))
    await operator.reads(WELFARE, "草稿", "须先签署")
    await operator.click("模拟")
    await operator.reads("模拟", FRUIT)
    await sums_hold(operator)
    await operator.click("合约")
    await operator.act("代出资人签署")
    await operator.act("出资", amount="300.00")
    await operator.click("发放份额")
    await operator.find("holders", CUSTOMER, "一类")
    await operator.page.fill("[name=amount]", "30.00")
    await operator.picture()
    await operator.send(operator.page.locator("#f button[type=submit]"))
    await operator.reads("¥270.00", "¥30.00")


async def sums_hold(operator: Desk) -> None:
    """At each step of a simulation, what is in all places is what was paid in."""
    rows = await operator.page.locator("#steps tbody tr").all()
    assert rows
    paid_in = 0
    for row in rows:
        cells = await row.locator("td").all_inner_texts()
        places = sum(fen(cell) for cell in cells[-5:])
        assert places >= paid_in
        paid_in = places
    assert paid_in > 0


# -- paying ------------------------------------------------------------------------------------------------------------


async def fill_purse(customer: Phone) -> None:
    """Account money becomes e-CNY."""
    await customer.reads("最近动账")
    await customer.click("兑换")
    await customer.page.fill("#f-amount", "600")
    await customer.click("下一步")
    await customer.reads("一比一")
    await customer.type_pin()
    await customer.reads("现在余额")


async def order_of(seller: Phone, shop: str, amount: str) -> str:
    """The digits of an order that a merchant shows as a code."""
    await seller.tab("首页")
    await seller.page.locator("main a[href*='/m/shop/']", has_text=shop).first.click()
    await seller.reads("今日收款")
    await seller.click("收款")
    await seller.page.fill("#f-amount", amount)
    await seller.click("出示收款码")
    await seller.reads("请顾客扫此码付款")
    return re.sub(r"\D", "", await seller.page.inner_text(".digits"))


async def scan(customer: Phone, digits: str) -> None:
    await customer.tab("扫一扫")
    await customer.page.fill("#f-code", digits)
    await customer.click("下一步")


async def cannot_pay_the_gym(customer: Phone, trainer: Phone) -> None:
    """Welfare does not pay a gym, and the page says so."""
    await scan(customer, await order_of(trainer, GYM, "20"))
    await customer.reads(GYM, "¥20.00")
    assert WELFARE not in await customer.text()


async def buy_fruit(customer: Phone, keeper: Phone) -> None:
    """A coupon of five, thirty of welfare and thirty of the own wallet; the merchant's page goes on by itself."""
    await scan(customer, await order_of(keeper, FRUIT, "65"))
    await customer.reads(FRUIT, "-¥5.00", WELFARE, "¥30.00")
    await customer.click("下一步")
    await customer.reads(WELFARE)
    await customer.type_pin()
    await customer.page.wait_for_url("**/m/payments/pay_*")
    await customer.reads("¥60.00", WELFARE, "¥30.00")
    await keeper.reads("该订单已支付")


async def share_it(operator: Desk) -> None:
    """The payment has its fee, and a part of it goes to the noodle shop."""
    await operator.go("付款")
    await operator.opens("¥65.00")
    await operator.reads("¥65.00", "¥0.25")
    await operator.act("分账", number="split-1", receiver=NOODLES, amount="10.00")
    await operator.reads(NOODLES, "¥10.00", "分账完成")


async def give_half_back(keeper: Phone, customer: Phone) -> None:
    """What goes back to whom is shown first: to the funders of the coupon, and the wallet's thirty, which paid last."""
    await keeper.tab("首页")
    await keeper.page.locator("main a[href*='/m/shop/']", has_text=FRUIT).first.click()
    await keeper.click("+¥65.00")
    await keeper.reads("+¥65.00", "¥0.25")
    await keeper.click("退款")
    await keeper.page.fill("#f-amount", "32.50")
    await keeper.page.keyboard.press("Enter")
    await keeper.reads("将退回", "¥30.00", "¥2.50")
    await keeper.click("退款")
    await keeper.page.wait_for_url("**?done=1")
    await keeper.reads("-¥32.50")
    await customer.tab("首页")
    await customer.click("我的付款")
    await customer.click(FRUIT)
    await customer.reads("+¥30.00")


# -- a prepaid card ----------------------------------------------------------------------------------------------------


async def use_a_card_until_its_shop_closes(customer: Phone, trainer: Phone, operator: Desk) -> None:
    """A card of 200 is used twice for 50; what is left of it comes back when the gym closes, the bonus to the gym."""
    await customer.tab("首页")
    await customer.click("预付卡")
    await customer.reads("健身年卡")
    await customer.click("健身年卡")
    await customer.page.fill("#f-amount", "200")
    await customer.click("下一步")
    await customer.reads("¥200.00", "¥20.00")
    await customer.type_pin()
    await customer.reads("¥220.00", "¥200.00")
    for _ in range(2):
        await draw(customer, trainer, "55")
    await customer.tab("首页")
    await customer.click("预付卡")
    await customer.page.locator("main a.card", has_text="健身年卡").click()
    await customer.reads("¥110.00", "¥100.00", "¥10.00")
    await operator.go("商户")
    await operator.opens(GYM)
    await operator.act("注销商户", reason="停业清算")
    await operator.reads(GYM)
    await comes_back(customer)


async def draw(customer: Phone, trainer: Phone, amount: str) -> None:
    """The buyer shows a code, and the gym draws a use of the card by it."""
    await customer.tab("首页")
    await customer.click("付款码")
    await customer.type_pin()
    digits = re.sub(r"\D", "", await customer.page.inner_text(".digits"))
    await customer.picture()
    await trainer.tab("首页")
    await trainer.page.locator("main a[href*='/m/shop/']", has_text=GYM).first.click()
    await trainer.click("预付卡")
    await trainer.reads("健身年卡")
    await trainer.click("核销一次")
    await trainer.page.fill("#f-amount", amount)
    await trainer.page.fill("#f-code", digits)
    await trainer.click("按付款码核销")
    await trainer.page.wait_for_url("**?done=1")
    await trainer.reads(f"+¥{amount}.00")
    await customer.page.wait_for_url(lambda url: "/code/pay" not in url)  # it goes on by itself


async def comes_back(customer: Phone) -> None:
    """What is left on a card is in its buyer's wallet a moment after its shop has closed."""
    for _ in range(60):
        await customer.page.reload()
        if "¥0.00" in await customer.text():
            break
        await asyncio.sleep(1)
    await customer.reads("商户已停业", "¥100.00", "退回您的钱包")


# -- the end of the day ------------------------------------------------------------------------------------------------


async def end_the_day(admin: Desk) -> None:
    await admin.go("日终处理")
    day = await today(admin)
    await admin.act("执行日终")
    await admin.page.locator("main h2", has_text=f"日终 {day}").filter(has_text="已完成").wait_for()
    await admin.reads("商户结算", "渠道对账")


async def find_the_difference(operator: Desk) -> None:
    """The channel collected ¥58.00 that nobody else knows; somebody looks into it, and the day is balanced."""
    await operator.go("渠道对账")
    await operator.reads("¥58.00", "宽限期内")
    await operator.page.locator("#differences tbody tr a").first.click()
    await operator.reads("¥58.00", "银行卡与扫码通道")
    await operator.act("分派", assignee="王芳")
    await operator.act("处理差异", resolution="对方已更正", reason="通道次日退回付款方")
    await operator.reads("对方已更正", "王芳")
    await operator.go("渠道对账")
    await operator.reads("已平", "已处理")


async def see_the_money_come(operator: Desk, keeper: Phone) -> None:
    """The settlement comes to the fen: what was taken, less refunds, fees and shares, is what was paid out."""
    await operator.go("商户结算")
    await operator.opens(FRUIT)
    await operator.reads(FRUIT, "已支付")
    rows = await operator.page.locator("#statement tr").all()
    cells = [await row.locator("td, th").all_inner_texts() for row in rows]
    amounts = {title: fen(amount) for title, amount in cells if "¥" in amount}
    net = list(amounts).index("轧差净额")
    assert sum(list(amounts.values())[:net]) == amounts["轧差净额"] > 0
    assert amounts["轧差净额"] + list(amounts.values())[-2] == amounts["结转下期"] == 0
    await keeper.tab("首页")
    await keeper.page.locator("main a[href*='/m/shop/']", has_text=FRUIT).first.click()
    await keeper.click("对账单")
    await keeper.reads(dict(cells)["收款"])


class _Link(msgspec.Struct):
    source: str
    target: str
    value: int


class _Flow(msgspec.Struct):
    links: list[_Link]


async def trace_every_fen(operator: Desk) -> None:
    """The trace's table and its drawing both come to what was paid in, whatever it is told apart by."""
    await operator.go("专款合约")
    await operator.opens(WELFARE)
    await operator.click("资金去向")
    for dimension in ("持有人", "商户", "地区"):
        await operator.click(dimension)
        chart = operator.page.locator("[data-chart]:has(canvas)")
        await chart.wait_for()
        await operator.reads("¥300.00", "¥270.00")
        rows = await operator.page.locator("#trace tbody tr").all_inner_texts()
        assert sum(fen(row) for row in rows) == 30_000
        links = msgspec.json.decode(await chart.get_attribute("data-chart") or "", type=_Flow).links
        sources, targets = {link.source for link in links}, {link.target for link in links}
        assert sum(link.value for link in links if link.source not in targets) == 30_000
        assert sum(link.value for link in links if link.target not in sources) == 30_000
