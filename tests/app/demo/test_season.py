"""A shopping season in the demo, in a real browser, from `canglian demo` on; everything by clicks and keys.

A manager copies last year's tea campaign, sees what it would have cost, and puts it into this year's season; a second
person approves it. A shop joins. A shopper claims, pays with the best of three coupons, and half comes back; what each
of three funders has explains every fen. A flash sale sells out exactly. A draw is held, and the script of the docs,
which knows nothing of Canglian, finds it right. The bureau sees where its money went.
"""

import asyncio
import re
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from canglian.app.demo.logins import PASSWORD
from canglian.kernel.values import SHANGHAI, utc_now
from canglian.scenario.shopping.demo.street import SALE, SALE_STOCK
from tests.app.demo.screens import NO_FADING, Desk, Phone, Screen, fen
from tests.app.demo.street import Street, today
from tests.app.demo.test_street import order_of, scan

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser"), pytest.mark.timeout(400)]

VERIFIER = Path(__file__).parents[3] / "docs" / "verify_draw.py"
TEA, FRUIT, BUREAU, DRAW = "四季品茗", "新城鲜果店", "区商务局", "品茗抽奖"
KEEPER, TRAINER, CUSTOMER, NEIGHBOUR = "13900139000", "13900139002", "13900139003", "13900139001"
FUNDED = {BUREAU: "300.00", "本行": "180.00", "新城商圈": "120.00"}


async def test_a_season(street: Street, tmp_path: Path) -> None:
    operator, approver = await asyncio.gather(*map(street.desk, ("operator", "approver")))
    keeper, trainer, customer, neighbour = await asyncio.gather(
        *map(street.phone, (KEEPER, TRAINER, CUSTOMER, NEIGHBOUR))
    )
    everybody = (keeper, trainer, customer, neighbour)
    drawn_at = await publish_a_draw(operator, approver)
    await asyncio.gather(*(join_the_draw(phone) for phone in everybody))
    await copy_last_years_tea(operator)
    await put_it_into_the_season(operator)
    await pay_in_and_hand_in(operator, approver)
    await approve(approver)
    await join_as_a_merchant(keeper)
    await asyncio.gather(*(grab(phone) for phone in everybody))
    await sold_out_exactly(operator, everybody)
    await claim(customer)
    await pay_with_the_best(customer, keeper)
    await give_half_back(keeper)
    await each_fen_is_explained(operator)
    await the_bureau_sees_it(street)
    await hold_the_draw(operator, approver, drawn_at, tmp_path)


# -- a draw is published -----------------------------------------------------------------------------------------------


async def publish_a_draw(operator: Desk, approver: Desk) -> datetime:
    """A draw that people join for a minute or two, published by a second person."""
    now = utc_now().astimezone(SHANGHAI)
    until = now.replace(second=0, microsecond=0) + timedelta(minutes=2)
    await operator.go("抽奖")
    await operator.click("起草抽奖")
    texts = {
        "name": DRAW,
        "summary": "到店品茗，人人有份",
        "prizes": "茶礼=8.80*2",
        "fallback": "上证指数收盘价，两位小数",
        "alternates": "1",
        "asset": "ECNY",
    }
    instants = {
        "joins_from": now.replace(hour=0, minute=0),
        "joins_until": until,
        "draws_at": until,
        "fallback_at": until + timedelta(days=7),
    }
    await fill(operator, texts | {name: f"{at:%Y-%m-%dT%H:%M}" for name, at in instants.items()})
    await operator.picture()
    await operator.send(operator.page.locator("main form button[type=submit]").last)
    await operator.reads(DRAW, "草稿")
    await operator.act("提交审批申请")
    await wait_for(approver, "待公布抽奖", DRAW)
    await approver.act("批准并公布")
    await approver.reads(DRAW, "已公布")
    return until


async def wait_for(desk: Desk, task: str, text: str) -> None:
    """Open what waits for somebody, from the first page."""
    await desk.enter("/console")
    await desk.click(task)
    await desk.opens(text)


async def fill(desk: Desk, values: dict[str, str]) -> None:
    for name, value in values.items():
        box = desk.page.locator(f"main [name={name}]").first
        if await box.evaluate("box => box.tagName") == "SELECT":
            await box.select_option(value)
        else:
            await box.fill(value)


async def join_the_draw(phone: Phone) -> None:
    await phone.tab("首页")
    await phone.click("抽奖")
    await phone.click(DRAW)
    await phone.click("参加")
    await phone.reads("我的参加编号")


# -- a campaign of last year -------------------------------------------------------------------------------------------


async def copy_last_years_tea(operator: Desk) -> None:
    """Two clicks from the campaign; the designer opens with the same days of this year, and less of them."""
    await operator.go("消费季")
    await operator.opens(f"爱购苏州 {(await today(operator)).year - 1}")
    await operator.page.locator("#campaigns a", has_text=TEA).click()
    await operator.reads("核销门店分布")
    await operator.click("活动")
    await operator.reads(TEA, "已结清", BUREAU)
    await operator.click("复制为今年活动")
    await operator.page.wait_for_url("**/design")
    ends = (await today(operator)) + timedelta(days=30)
    await fill(operator, {"ends_at": f"{ends}T00:00", "uses_until": f"{ends}T00:00"})
    await operator.picture()
    await operator.send(operator.page.locator("#design button.btn-primary").last)
    await operator.reads(TEA, "草稿")
    await operator.page.locator("#estimate, .loaded").first.wait_for()
    await operator.reads("用上月数据试算", "成本")


async def put_it_into_the_season(operator: Desk) -> None:
    await operator.go("消费季")
    await operator.opens(f"爱购苏州 {(await today(operator)).year}")
    await operator.reads("周一", "春季品茗")
    await operator.page.locator(".themes a", has_text="春季品茗").click()
    await operator.act("将活动加入主题", campaign=TEA, joining="商户自行参加")
    await operator.reads(TEA)


async def pay_in_and_hand_in(operator: Desk, approver: Desk) -> None:
    """Each of three funders pays in; its balances are those of the ledger."""
    await operator.click("活动")
    await operator.page.wait_for_url("**/console/campaigns/*")
    campaign = operator.page.url
    for funder, amount in FUNDED.items():
        if funder == "本行":
            await operator.act("出资", funder=funder, amount=amount)
        else:
            await operator.act("申请出资方拨款", funder=funder, amount=amount, reason="来函确认")
            await operator.reads("代出资方拨款", TEA)
            await operator.page.goto(campaign)
    await approve_payments(approver)
    await operator.page.reload()
    assert await funders(operator) == {
        name: {"出资总额": fen(f"¥{amount}"), "可用资金": fen(f"¥{amount}"), "已预留": 0, "已支付": 0, "已退回": 0}
        for name, amount in FUNDED.items()
    }
    await operator.act("提交审批申请")
    await operator.reads("待审核")


async def approve_payments(approver: Desk) -> None:
    """A second person agrees to what the wallets of two funders pay."""
    for _ in range(2):
        await approver.enter("/console/proposals?state=pending")
        await approver.opens("代出资方拨款")
        await approver.reads(TEA)
        await approver.send(approver.page.locator("main div.form button.btn-primary").first)
        await approver.reads("已同意")


async def funders(operator: Desk) -> dict[str, dict[str, int]]:
    """The funders' balances by their titles, in fen."""
    heads = [text.strip() for text in await operator.page.locator("#funders thead th").all_inner_texts()]
    found: dict[str, dict[str, int]] = {}
    for row in await operator.page.locator("#funders tbody tr").all():
        cells = [text.strip() for text in await row.locator("td").all_inner_texts()]
        found[cells[0]] = {title: fen(cell) for title, cell in zip(heads, cells, strict=True) if "¥" in cell}
    return found


async def approve(approver: Desk) -> None:
    """The second person finds it among what waits, and sees what it would have cost, too."""
    await wait_for(approver, "待审批活动", TEA)
    await approver.reads(TEA, "待审核", "用上月数据试算")
    await approver.act("同意")
    await approver.reads(TEA)


# -- a shop and a shopper ----------------------------------------------------------------------------------------------


async def join_as_a_merchant(keeper: Phone) -> None:
    """What 100 yuan of sales cost stands there before it is joined; the shop was invited to another one."""
    for campaign in (TEA, "约惠商圈"):
        await keeper.tab("首页")
        await keeper.page.locator("main a[href*='/m/shop/']", has_text=FRUIT).first.click()
        await keeper.click("可参加的活动")
        await keeper.reads("用券销售每百元")
        await keeper.click(campaign)
        await keeper.reads("您承担", "20 %")
        await keeper.click("参加")
        await keeper.reads("已参加")


async def grab(phone: Phone) -> None:
    """Everybody presses at once."""
    await phone.tab("首页")
    await phone.click("消费季")
    await phone.page.locator("main .card", has_text=SALE).locator("a.btn").click()
    button = phone.named("立即抢")
    if await button.count():
        await button.click()
    await phone.page.wait_for_load_state("networkidle")


async def sold_out_exactly(operator: Desk, phones: tuple[Phone, ...]) -> None:
    """As many have one as there were; whoever was too late is told so."""
    won = [phone for phone in phones if "/m/coupons/cpn_" in phone.page.url]
    assert len(won) == SALE_STOCK
    (late,) = [phone for phone in phones if phone not in won]
    await late.page.locator("main", has_text="优惠券已领完").first.wait_for()
    assert [text for text in late.watched.complaints if NO_FADING not in text and "422" not in text] == []
    late.watched.complaints.clear()
    await operator.go("营销活动")
    await operator.opens(SALE)
    await operator.reads(SALE)
    stock = await operator.page.locator("#offers tbody tr td.num").all_inner_texts()
    assert stock[:2] == [str(SALE_STOCK), "0"]


async def claim(customer: Phone) -> None:
    """Coupons that a purchase of 25 at the fruit shop fits; a fifth of people are held out of the last one."""
    for name, for_all in (("满 18 减 6", True), ("满 15 减 5", True), ("满 20 减 4", False)):
        await customer.tab("首页")
        await customer.click("消费季")
        await customer.page.wait_for_url("**/m/season")
        await customer.reads("进行中的活动")
        card = customer.page.locator("main .card", has_text=name)
        if not for_all and not await card.locator("button").count():
            continue
        await card.locator("button", has_text="领取").click()
        await customer.page.wait_for_url("**/m/coupons/**")


async def pay_with_the_best(customer: Phone, keeper: Phone) -> None:
    """Six off beats five and four, and each of these says why it was not taken."""
    await scan(customer, await order_of(keeper, FRUIT, "25"))
    await customer.reads(FRUIT, "-¥6.00", "¥19.00", "满 15 减 5")
    await customer.click("下一步")
    await customer.type_pin()
    await customer.page.wait_for_url("**/m/payments/pay_*")
    await customer.reads("¥19.00")


async def give_half_back(keeper: Phone) -> None:
    """The shop sees what each funder gets back before it refunds half."""
    await keeper.tab("首页")
    await keeper.page.locator("main a[href*='/m/shop/']", has_text=FRUIT).first.click()
    await keeper.reads("今日优惠及出资方", BUREAU, "¥3.00")
    await keeper.click("+¥25.00")
    await keeper.click("退款")
    await keeper.page.fill("#f-amount", "12.50")
    await keeper.page.keyboard.press("Enter")
    await keeper.reads("将退回", BUREAU, "¥1.50", "本行", "¥0.90", "新城商圈", "¥0.60")
    await keeper.click("退款")
    await keeper.page.wait_for_url("**?done=1")


async def each_fen_is_explained(operator: Desk) -> None:
    """Half of a discount went back: 50, 30 and 20 percent of the rest are spent; all places come to what was funded."""
    await operator.go("营销活动")
    await operator.opens(TEA)
    found = await funders(operator)
    assert {name: places["已支付"] for name, places in found.items()} == {BUREAU: 150, "本行": 90, "新城商圈": 60}
    for name, places in found.items():
        assert places["出资总额"] == fen(f"¥{FUNDED[name]}")
        assert places["出资总额"] == sum(places[place] for place in ("可用资金", "已预留", "已支付", "已退回"))


async def the_bureau_sees_it(street: Street) -> None:
    """Its own login lands at its money: campaign, merchant, payment."""
    visitor = await Screen.opened(street.browser, street.address, 1440, 900)
    await visitor.enter("/console")
    await visitor.page.fill("input[name=login]", "visitor")
    await visitor.page.fill("input[name=password]", PASSWORD)
    await visitor.page.keyboard.press("Enter")
    await visitor.page.wait_for_url("**/season-bureaus/**")
    await visitor.reads(BUREAU, TEA)
    row = visitor.page.locator("#campaigns tbody tr", has_text=TEA).filter(has_text="¥1.50")
    await row.locator("a").first.click()
    await visitor.reads(FRUIT, "合计 ¥1.50")
    await visitor.click(FRUIT)
    await visitor.reads("¥25.00", "¥12.50", "¥3.00", "¥1.50")


# -- the draw is held --------------------------------------------------------------------------------------------------


async def hold_the_draw(operator: Desk, approver: Desk, drawn_at: datetime, folder: Path) -> None:
    """Its entries are closed by the clock, a second office reveals its seed, and the winners follow."""
    await asyncio.sleep(max(0.0, (drawn_at - utc_now()).total_seconds()))
    await until_waits(approver, "名单已封存、待开奖", DRAW)
    await approver.act("揭示第二种子")
    await operator.go("抽奖")
    await operator.opens(DRAW)
    await until_says(operator, "已复核")
    async with operator.page.expect_download() as download:
        await operator.named("证明文件").click()
    proof = folder / "proof.json"
    await (await download.value).save_as(proof)
    checked = verified(proof)
    assert re.match(r"OK drw_\w+ 4 entries", checked.stdout), checked
    proof.write_text(proof.read_text(encoding="utf-8").replace('"entries":["', '"entries":["9', 1), encoding="utf-8")
    assert verified(proof).stderr.strip() == "draw_proof.entries"


def verified(proof: Path) -> subprocess.CompletedProcess[str]:
    """What the script of the docs says of a proof."""
    return subprocess.run([sys.executable, "-I", VERIFIER, proof], capture_output=True, text=True, check=False)


async def until_waits(desk: Desk, task: str, text: str) -> None:
    """Look at what waits until the clock has prepared something, and open it."""
    for _ in range(120):
        await desk.enter("/console")
        if await desk.named(task).count():
            await desk.click(task)
            await desk.page.locator("main table tbody tr").first.wait_for()
            if await desk.page.locator("main tbody tr", has_text=text).count():
                break
        await asyncio.sleep(0.5)
    await desk.opens(text)


async def until_says(desk: Desk, text: str) -> None:
    """Look again until the last thing that was done to the draw is so."""
    done = desk.page.locator(f"main .panel .state.good:text-is('{text}'), main .panel .state.wait:text-is('{text}')")
    for _ in range(120):
        if await done.count():
            return
        await asyncio.sleep(0.5)
        await desk.page.reload()
    raise AssertionError(await desk.text())
