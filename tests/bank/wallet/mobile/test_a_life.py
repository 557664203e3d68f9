"""One life in a real browser, with the outside as programs of their own.

A phone signs in, shows from afar whose it is, opens an e-wallet and a tier 2 e-CNY wallet, recharges, exchanges and
pays, is stopped by a limit; the holder is seen at a counter, and pays on.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.async_api import Browser, Page, expect

from canglian.app.demo.logins import PASSWORD, make_logins
from canglian.app.opening import opened
from canglian.bank.wallet import Wallet
from canglian.bank.wallet.queries import wallets
from canglian.kernel.settings import Settings
from tests import sandboxes, serving
from tests.bank.party.people import identity
from tests.bank.wallet.mobile.town import PIN, Town
from tests.browser import Watched, chromium, shows
from tests.sandboxes import Sandboxes

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser"), pytest.mark.timeout(600)]

MOBILE = "13700137001"
CARD = "6228480400556677889"
YUAN = 100


class Site(NamedTuple):
    """A bank that is served, the world around it, and somebody to be paid."""

    address: str
    browser: Browser
    box: Sandboxes
    town: Town
    payee: str


@pytest.fixture
async def site(configuration: Settings, database: str, tmp_path: Path) -> AsyncIterator[Site]:
    with sandboxes.running(tmp_path / "outside") as box:
        async with opened(box.connected(configuration)) as installation:
            await installation.open_book("main", "新城支行", actor="test")
            await make_logins(installation.services, 1)
            town = Town(installation)
            merchant = await town.person("司徒振华")
            account = await town.account(merchant)
            payee = await town.wallet(merchant, "wallet.ecny1", deposit=account.id)
            process, address = serving.start(database, tmp_path, **box.settings, outbox_poll_ms="100")
            try:
                async with chromium() as browser:
                    yield Site(address, browser, box, town, town.number(payee))
            finally:
                serving.end(process)


async def eventually(look: Callable[[], Awaitable[bool]], seconds: float = 60) -> None:
    """Wait until something is so."""
    for _ in range(int(seconds / 0.2)):
        if await look():
            return
        await asyncio.sleep(0.2)
    pytest.fail("it did not come about")


class Person:
    """Somebody with a phone in their hand."""

    def __init__(self, site: Site, page: Page) -> None:
        self.site = site
        self.page = page

    async def go(self, path: str) -> None:
        await self.page.goto(self.site.address + path)

    async def press(self, text: str) -> None:
        """Press the one button of the page with a text."""
        await self.page.click(f"main button:has-text('{text}')")

    async def type_pin(self) -> None:
        for digit in PIN:
            await self.page.click(f".pad:not([hidden]) [data-digit='{digit}']")

    async def says(self, text: str) -> None:
        """Wait until the page says something; pages that wait for an answer look again by themselves."""
        await self.page.wait_for_selector(f"main:has-text('{text}')", timeout=60_000)

    async def message(self, count: int) -> str:
        """The code of the message that comes as the ``count``-th."""

        async def arrived() -> bool:
            return len(self.site.box.inbox(MOBILE)) >= count

        await eventually(arrived)
        return "".join(filter(str.isdecimal, self.site.box.inbox(MOBILE)[0]["text"]))[:6]

    async def ask_to_pay(self, wallet: str, amount: str) -> None:
        await self.go(f"/m/wallets/{wallet}/transfer")
        await self.page.fill("#f-number", self.site.payee)
        await self.page.fill("#f-amount", amount)
        await self.press("下一步")

    async def pay(self, wallet: str, amount: str) -> None:
        await self.ask_to_pay(wallet, amount)
        await self.says("司***")
        await self.type_pin()


async def test_a_person_opens_wallets_recharges_pays_is_stopped_by_a_limit_is_seen_and_goes_on(
    site: Site, tmp_path: Path
) -> None:
    context = await site.browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN")
    watched = Watched(await context.new_page())
    me, page = Person(site, watched.page), watched.page

    await me.go("/m")
    await page.fill("#f-mobile", MOBILE)
    await me.press("获取验证码")
    await page.fill("#f-code", await me.message(1))
    await me.press("登录")
    await me.says("您还没有钱包")

    await show_who_it_is(me, tmp_path)
    ewallet = await open_wallet(me, "电子钱包", "wallet.ewallet")
    ecny = await open_wallet(me, "数字人民币二类钱包", "wallet.ecny2")

    await me.go(f"/m/wallets/{ewallet}/recharge")
    await page.fill("#f-amount", "200")
    await me.press("下一步")
    await me.says("到账后余额")
    await me.type_pin()
    await me.says("钱已到您的钱包")
    await me.says("¥200.00")

    await me.go(f"/m/wallets/{ecny}/exchange")
    await page.fill("#f-amount", "120")
    await me.press("下一步")
    await me.says("一比一")
    await me.type_pin()
    await me.says("现在余额 ¥120.00")
    await me.pay(ecny, "20")
    await me.says("司*** 收到 ¥20.00")

    stored = await wallets.wallet(site.town.services.reader, 1, ecny)
    await site.town.give(stored, 200_000 * YUAN)
    await me.pay(ecny, "50000")
    await me.says("收到 ¥50,000.00")
    await me.ask_to_pay(ecny, "49980.01")
    await page.wait_for_selector("[role=alert]")
    alert = await page.inner_text("[role=alert]")
    assert "¥100,000.00" in alert
    assert "¥49,980.00" in alert
    assert re.search(r"\d{4}-\d\d-\d\d 00:00", alert), alert
    assert await balance(site, stored) == 150_100 * YUAN
    await me.go(f"/m/wallets/{ecny}/limits")
    await me.says("还剩 ¥49,980.00")

    await raise_at_the_counter(site, ecny)
    await me.pay(ecny, "60000")
    await me.says("收到 ¥60,000.00")
    assert await balance(site, stored) == 90_100 * YUAN
    await me.go("/m/me")
    await me.says("已面签")
    assert not await watched.is_wider_than_its_window()
    assert [text for text in watched.complaints if "422" not in text] == []
    await context.close()


async def balance(site: Site, wallet: Wallet) -> int:
    return (await wallets.balances(site.town.services.reader, 1, [wallet.account]))[wallet.account][0]


async def show_who_it_is(me: Person, folder: Path) -> None:
    """All steps of being verified from afar."""
    page = me.page
    number = identity(88)
    await me.go("/m/verify")
    await page.fill("#f-name", "诸葛小米")
    wrong = number[:-1] + ("1" if number[-1] != "1" else "2")
    await page.fill("#f-number", wrong)
    await shows(page, "#h-number", "最后一位")
    await page.fill("#f-number", number)
    await expect(page.locator("#h-number").first).not_to_contain_text("最后一位")
    await me.press("下一步")
    await page.check("[name=agree]")
    await me.press("开始")
    photo = folder / "card.png"
    photo.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))
    await page.set_input_files("#f-picture", photo)
    await page.fill("#f-authority", "新城县公安局")
    await page.fill("#f-valid_from", "2020-01-01")
    await page.fill("#f-valid_until", "2040-01-01")
    await me.press("下一步")
    await page.wait_for_selector("#f-account", timeout=60_000)
    await page.fill("#f-account", CARD)
    await me.press("下一步")
    await page.wait_for_selector("#f-code", timeout=60_000)
    await page.fill("#f-code", await me.message(2))
    await me.press("下一步")
    await me.says("身份已核实")


async def open_wallet(me: Person, name: str, product: str) -> str:
    """Open a wallet and set its PIN; its id."""
    await me.go("/m/open")
    await me.page.check(f"[name=product][value='{product}']")
    await me.press("开立")
    await me.says("请输入新的 6 位支付密码")
    await me.type_pin()
    await me.type_pin()
    await me.page.wait_for_url("**/m/wallets/wal_*")
    await shows(me.page, "h1", name)
    return me.page.url.split("/wallets/")[1].split("/")[0]


async def raise_at_the_counter(site: Site, wallet: str) -> None:
    """An operator sees the holder with the document, and raises the wallet."""
    context = await site.browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    page = await context.new_page()
    await page.goto(f"{site.address}/console/wallets/{wallet}")
    await page.fill("[name=login]", "operator")
    await page.fill("[name=password]", PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"**/console/wallets/{wallet}")
    text = await page.inner_text("main")
    assert "诸***" in text
    assert "诸葛小米" not in text
    assert MOBILE not in text
    form = "form:has(input[name=action][value=upgrade-face-to-face])"
    await page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    await page.fill(f"{form} [name=place]", "新城支行营业厅")
    await page.click(f"{form} button[type=submit]")
    await page.click("dialog[open] button[value=yes]")
    await page.wait_for_selector("main:has-text('一类')")
    await context.close()
