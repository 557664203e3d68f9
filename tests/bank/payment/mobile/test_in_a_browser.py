"""A person pays a merchant by code from two sources, and half goes back: in a real browser, taps counted."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest
from playwright.async_api import Browser, Page

from canglian.app.opening import opened
from canglian.bank.payment import Merchant, PaymentOrder
from canglian.bank.payment.commands import RegisterMerchant
from canglian.kernel.queries.entities import some
from canglian.kernel.settings import Settings
from tests import serving
from tests.bank.wallet.mobile.conftest import KEY
from tests.bank.wallet.mobile.town import PIN, Phone, Resident, Town
from tests.browser import Watched, chromium

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser"), pytest.mark.timeout(300)]


class Site(NamedTuple):
    """A bank that is served, and the people in it."""

    address: str
    browser: Browser
    town: Town


@pytest.fixture
async def site(configuration: Settings, database: str, tmp_path: Path) -> AsyncIterator[Site]:
    async with opened(configuration) as installation:
        await installation.open_book("main", "新城支行", actor="test")
        process, address = serving.start(
            database, tmp_path, sms_url="http://127.0.0.1:9", sms_key=KEY, sms_peer=KEY, outbox_poll_ms="500"
        )
        try:
            async with chromium() as browser:
                yield Site(address, browser, Town(installation))
        finally:
            serving.end(process)


class Somebody:
    """A person with a phone, whose taps are counted; typing digits of a PIN is none."""

    def __init__(self, site: Site, watched: Watched) -> None:
        self.site = site
        self.watched = watched
        self.page: Page = watched.page
        self.taps = 0

    async def go(self, path: str) -> None:
        await self.page.goto(self.site.address + path)

    async def tap(self, text: str) -> None:
        self.taps += 1
        await self.page.click(f"main a:has-text('{text}'), main button:has-text('{text}')")

    async def says(self, text: str) -> None:
        await self.page.wait_for_selector(f"main:has-text('{text}')", timeout=serving.PATIENCE * 1000)

    async def type_pin(self) -> None:
        for digit in PIN:
            await self.page.click(f".pad:not([hidden]) [data-digit='{digit}']")

    async def sign_in(self, who: Resident) -> None:
        await self.go("/m/sign-in")
        await self.page.fill("#f-mobile", who.mobile)
        await self.tap("获取验证码")
        await self.page.wait_for_selector("input[name=code]")
        client = httpx.AsyncClient(base_url=self.site.address)
        await self.page.fill("input[name=code]", await Phone(client, self.site.town).code())
        await client.aclose()
        await self.page.keyboard.press("Enter")
        await self.page.wait_for_url("**/m")
        self.taps = 0

    async def is_whole(self) -> None:
        """Nothing of the page stands beside its window, and the browser has complained of nothing."""
        assert not await self.watched.is_wider_than_its_window(), self.page.url
        assert self.watched.complaints == []


async def somebody(site: Site, width: int = 390, height: int = 844) -> Somebody:
    context = await site.browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
    return Somebody(site, Watched(await context.new_page()))


async def test_a_person_pays_by_code_from_two_sources_and_the_merchant_gives_half_back(site: Site) -> None:
    town = site.town
    owner, payer = await town.person("司徒振华"), await town.person()
    cash = await town.wallet(payer, funds=3_000)
    ecny = await town.wallet(payer, "wallet.ecny2", deposit=cash.deposit, funds=4_000)
    asked = RegisterMerchant(name="新城鲜果店", category="5411", region="330106", party=owner.party.id)
    shop: Merchant = await town.do(asked)
    keeper, customer, desk = await somebody(site), await somebody(site), await somebody(site, 1440, 900)
    await keeper.sign_in(owner)
    await customer.sign_in(payer)

    await keeper.tap("新城鲜果店")
    await keeper.says("今日收款")
    await keeper.is_whole()
    await keeper.tap("收款")
    await keeper.page.fill("#f-amount", "50")
    await keeper.tap("出示收款码")
    await keeper.says("请顾客扫此码付款")
    await keeper.is_whole()
    (order,) = await some(town.services.reader, 1, PaymentOrder, "merchant", shop.id)
    await desk.go(f"/m/order/1/{order.code}")
    await desk.says("请用手机扫码")
    await desk.is_whole()

    await customer.go(f"/m/checkout/{order.code}")
    customer.taps = 1  # the scan that led there
    await customer.says("多个钱包一起付")
    await customer.is_whole()
    await customer.tap("下一步")
    await customer.says("¥20.00")
    await customer.is_whole()
    await customer.type_pin()
    await customer.page.wait_for_url("**/m/payments/pay_*")
    assert customer.taps == 2
    assert (await town.has(cash), await town.has(ecny)) == (0, 2_000)
    await keeper.says("该订单已支付")
    await desk.says("该订单已支付")

    await keeper.go(f"/m/shop/{shop.id}")
    await keeper.says("¥50.00")
    keeper.taps = 0
    await keeper.tap("+¥50.00")
    await keeper.tap("退款")
    await keeper.says("将退回")
    await keeper.is_whole()
    await keeper.page.fill("#f-amount", "25")
    await keeper.page.keyboard.press("Enter")
    await keeper.says("¥5.00")
    await keeper.tap("退款")
    await keeper.page.wait_for_url("**?done=1")
    assert keeper.taps == 3
    await keeper.says("-¥25.00")
    assert (await town.has(cash), await town.has(ecny)) == (500, 4_000)

    await customer.page.reload()
    await customer.says("+¥20.00")
    await customer.says("+¥5.00")
    await customer.is_whole()
    await keeper.go(f"/m/shop/{shop.id}")
    await keeper.says("¥25.00")
    await keeper.is_whole()
