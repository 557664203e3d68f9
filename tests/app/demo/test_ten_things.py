"""Ten things that tellers and customers do every day, without an id; clicks and keys are counted.

At the counter: a customer is found by mobile, gets an account and a wallet, pays cash in; yesterday's payment is found
by its reference and undone by two people; an account is frozen by court order, a limit changed by two people, the day
closed. On a phone: a wallet is opened and one recharged; money goes to a mobile number, is refused before the PIN, and
goes in a smaller amount. The counts stand in ``docs/guides/ten-things.md``; what changes them changes that page.
"""

import asyncio
import re
from pathlib import Path

import asyncpg
import pytest

from tests.app.demo.counting import Counts, Hand, Tally
from tests.app.demo.screens import Desk, Phone, fen
from tests.app.demo.street import Street, today

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser"), pytest.mark.timeout(400)]

GUIDE = Path(__file__).parents[3] / "docs" / "guides" / "ten-things.md"
CUSTOMER, PAYER = "13900139003", "13900139001"
_ROW = re.compile(r"^\| (\d+) \|.*\| (\d+) \| (\d+) \|$", re.MULTILINE)

_RECEIPT = """
SELECT t.reference FROM transfer t JOIN account a ON a.book = t.book AND a.id = t.debit
WHERE t.code = 'shop.payment' AND a.owner LIKE 'person:%' AND t.hold IS NULL
AND t.date < (SELECT today FROM book b WHERE b.book = t.book)
AND NOT EXISTS (SELECT FROM reversal r WHERE r.book = t.book AND r.transfer = t.id)
AND NOT EXISTS (SELECT FROM transfer o WHERE o.book = t.book AND o.reference = t.reference AND o.id <> t.id)
ORDER BY t.date DESC, t.id LIMIT 1
"""


async def test_ten_things_take_as_many_clicks_and_keys_as_the_guide_says(street: Street, demo_database: str) -> None:
    operator, approver, admin = await asyncio.gather(*map(street.desk, ("operator", "approver", "admin")))
    phone = await street.phone(PAYER)
    counter, pocket = Tally(), Tally()
    opened, reference = asyncio.Event(), await receipt(demo_database)
    await asyncio.gather(
        at_the_counter(counter, operator, approver, reference, opened), on_a_phone(pocket, phone, opened)
    )
    await close_the_day(counter, admin)
    counted = [*counter.done.values(), *pocket.done.values()]
    written = [Counts(int(row[1]), int(row[2])) for row in _ROW.findall(GUIDE.read_text(encoding="utf-8"))]
    assert written == counted, "\n".join(f"{place}: {each}" for place, each in enumerate(counted, 1))


async def receipt(database: str) -> str:
    """The reference of a payment of the last business day, as it stands on a customer's receipt."""
    connection = await asyncpg.connect(database)
    try:
        return str(await connection.fetchval(_RECEIPT))
    finally:
        await connection.close()


# -- at the counter ----------------------------------------------------------------------------------------------------


async def at_the_counter(tally: Tally, operator: Desk, approver: Desk, reference: str, opened: asyncio.Event) -> None:
    teller, second = Hand(operator, tally), Hand(approver, tally)
    with tally.task("find a customer by mobile and see all they have"):
        await teller.find(CUSTOMER)
    await operator.reads("客户名下", "个人Ⅰ类账户", "数字人民币一类钱包", "最近流水")
    with tally.task("open an account and a wallet for them"):
        await open_both(teller)
    opened.set()
    with tally.task("take cash"):
        await take_cash(teller)
    await operator.reads("¥500.00")
    with tally.task("find yesterday's payment by reference and undo it by two"):
        await undo(teller, second, reference)
    with tally.task("freeze by court order"):
        await freeze(teller)
    await operator.reads("新城县人民法院", "止付")
    with tally.task("change a limit by proposal"):
        await change_a_limit(teller, second)


async def open_both(teller: Hand) -> None:
    await teller.click("开立账户")
    await teller.choose("product", "deposit.class2")
    await teller.send("form.panel.form")
    await teller.screen.reads("¥0.00")
    await to_the_customer(teller)
    await teller.click("开立钱包")
    await teller.choose("product", "wallet.ewallet")
    await teller.send(".form form")
    await teller.screen.reads("¥0.00")


async def to_the_customer(teller: Hand) -> None:
    """From the page of what somebody has, to the page of whom it belongs to."""
    await teller.click(teller.page.locator("main a[href^='/console/people/']").first)
    await teller.page.wait_for_url("**/console/people/pty_*")


async def take_cash(teller: Hand) -> None:
    await to_the_customer(teller)
    await to_the_new_account(teller)
    form = await teller.unfold("现金存取")
    await teller.fill("amount", "500", form)
    await teller.send(form)


async def to_the_new_account(teller: Hand) -> None:
    await teller.click(teller.page.locator("#holdings tbody a[href^='/console/deposits/']").first)
    await teller.page.wait_for_url("**/console/deposits/dep_*")


async def undo(teller: Hand, second: Hand, reference: str) -> None:
    await teller.find(reference)
    await teller.screen.reads("须经他人审批")
    await teller.click("申请审批")
    await teller.fill("proposal_reason", "重复入账")
    await teller.send("form.panel.form")
    await teller.screen.reads("重复入账")
    await approve(second, "重复入账")
    await second.screen.reads("冲正")
    await teller.page.reload()
    await teller.screen.reads("已同意")


async def approve(second: Hand, reason: str) -> None:
    """A second person comes to the console, finds what waits, reads it and approves."""
    await second.screen.enter("/console")
    await second.click("我的待办")
    await second.page.wait_for_url("**/console/tasks")
    await second.click(second.page.locator("main tbody tr", has_text=reason).locator("a").first)
    await second.screen.reads(reason)
    await second.send("#approve")
    await second.screen.reads("已同意")


async def freeze(teller: Hand) -> None:
    await teller.find(CUSTOMER)
    await to_the_new_account(teller)
    form = await teller.unfold("冻结")
    await teller.choose("cause", "order", form)
    await teller.fill("authority", "新城县人民法院", form)
    await teller.fill("reason", "协助冻结", form)
    await teller.send(form)


async def change_a_limit(teller: Hand, second: Hand) -> None:
    await teller.find(CUSTOMER)
    await teller.click(teller.page.locator("#limits-left tbody tr", has_text="Ⅱ类").locator("a").first)
    await teller.page.wait_for_url("**/console/limits?of=*")
    form = "form:has([name=action][value=grant])"
    await teller.fill("limit", "20000", form)
    await teller.fill("until", f"{await today(teller.screen)}", form)
    await teller.fill("reason", "购车付款", form)
    await teller.send(form)
    await approve(second, "购车付款")
    await teller.find(CUSTOMER)
    await teller.screen.reads("¥20,000.00")


async def close_the_day(tally: Tally, admin: Desk) -> None:
    hand, day = Hand(admin, tally), await today(admin)
    with tally.task("close the day"):
        await hand.go("日终处理")
        await hand.send(await hand.unfold("执行日终"))
    await admin.page.locator("main h2", has_text=f"日终 {day}").filter(has_text="已完成").wait_for()


# -- on a phone --------------------------------------------------------------------------------------------------------


async def on_a_phone(tally: Tally, phone: Phone, opened: asyncio.Event) -> None:
    """What a phone does; it pays whoever has just got a wallet at the counter."""
    thumb = Hand(phone, tally)
    with tally.task("open a wallet on a phone"):
        await thumb.click("开立钱包")
        await thumb.click(phone.page.locator("label.choice", has_text="数字人民币三类钱包"))
        await thumb.click("开立")
        await thumb.type_pin()
        await thumb.type_pin()
        await phone.page.wait_for_url("**/m/wallets/wal_*")
    await phone.reads("3 类", "¥0.00")
    with tally.task("recharge a wallet"):
        await thumb.click("首页", "nav")
        await thumb.click("充值")
        await thumb.fill("amount", "200")
        await thumb.click("下一步")
        await phone.reads("到账后余额")
        await thumb.type_pin()
        await phone.reads("钱已到您的钱包")
    await opened.wait()
    with tally.task("pay by mobile number, be refused before the PIN, pay less"):
        await pay_less(thumb)


async def pay_less(thumb: Hand) -> None:
    page = thumb.page
    await thumb.click("首页", "nav")
    await thumb.click("转账")
    await thumb.fill("number", CUSTOMER)
    has = fen(await page.inner_text(".lead .figure"))
    await thumb.fill("amount", f"{has // 100 + 1}")
    await thumb.click("下一步")
    alert = page.locator("main [role=alert]")
    await alert.wait_for()
    assert "¥" in await alert.inner_text()
    assert await page.locator(".pad").count() == 0, "it is refused before the PIN"
    thumb.screen.watched.complaints[:] = [text for text in thumb.screen.watched.complaints if "422" not in text]
    await thumb.fill("amount", "12.34")
    await thumb.click("下一步")
    await thumb.screen.reads("¥12.34")
    await thumb.type_pin()
    await thumb.screen.reads("收到 ¥12.34")
