"""A supplier splits and finances a voucher that its core company accepts and redeems: on their phones, in a browser."""

from collections.abc import AsyncIterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest
from playwright.async_api import Browser, Page

from canglian.app.opening import opened
from canglian.bank.chain import ChainMember, queries
from canglian.bank.chain.commands import EnrolCore, EnrolSupplier
from canglian.bank.credit.applications.commands import (
    ApproveApplication,
    AskSigningCode,
    SignApplication,
    SubmitApplication,
)
from canglian.bank.credit.applications.model import ApplicationState, Trade
from canglian.bank.settlement.closing.running import run_end_of_day
from canglian.bank.wallet import Wallet
from canglian.kernel.queries.observing import book_figures
from canglian.kernel.settings import Settings
from canglian.ledger.commands import CloseDay
from tests import serving
from tests.bank.credit.test_faces import lend
from tests.bank.wallet.mobile.conftest import KEY, configuration
from tests.bank.wallet.mobile.town import PIN, Phone, Resident, Town
from tests.browser import Watched, chromium

__all__ = ["configuration"]

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser"), pytest.mark.timeout(300)]
INDEX = "0123456789abcdef" * 2


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
    """A person with a phone."""

    def __init__(self, site: Site, watched: Watched) -> None:
        self.site = site
        self.watched = watched
        self.page: Page = watched.page
        self.page.set_default_timeout(20_000)

    async def tap(self, text: str) -> None:
        await self.page.click(f"main a:has-text('{text}'), main button:has-text('{text}')")

    async def says(self, text: str) -> None:
        """Wait until the page says something; nothing of it stands beside its window, nothing has complained."""
        await self.page.wait_for_selector(f"main:has-text('{text}')", timeout=serving.PATIENCE * 1000)
        assert not await self.watched.is_wider_than_its_window(), self.page.url
        assert self.watched.complaints == []

    async def sign(self) -> None:
        """Go on to the pad, and type the PIN."""
        await self.tap("下一步")
        for digit in PIN:
            await self.page.click(f".pad:not([hidden]) [data-digit='{digit}']")

    async def sign_in(self, who: Resident) -> None:
        await self.page.goto(f"{self.site.address}/m/sign-in")
        await self.page.fill("#f-mobile", who.mobile)
        await self.tap("获取验证码")
        await self.page.wait_for_selector("input[name=code]")
        client = httpx.AsyncClient(base_url=self.site.address)
        await self.page.fill("input[name=code]", await Phone(client, self.site.town).code())
        await client.aclose()
        await self.page.keyboard.press("Enter")
        await self.page.wait_for_url("**/m")

    async def vouchers(self) -> None:
        await self.page.goto(f"{self.site.address}/m/chain")


async def somebody(site: Site, who: Resident) -> Somebody:
    context = await site.browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN")
    one = Somebody(site, Watched(await context.new_page()))
    await one.sign_in(who)
    return one


async def enrolled(town: Town, people: list[Resident], wallets: list[Wallet]) -> list[ChainMember]:
    """A core company with a signed limit, and its supplier."""
    core, supplier = people
    asked = SubmitApplication(
        party=core.party.id,
        product="loan.farm",
        amount=30_000_00,
        months=12,
        purpose="承兑供应商凭证",
        monthly_income=8_000_00,
        monthly_debt=0,
        trade=Trade.FARMING,
        channel="counter",
    )
    offer = await town.do(asked)
    if offer.state is not ApplicationState.OFFERED:
        approve = ApproveApplication(application=offer.id, limit=30_000_00, reason="情况属实")
        offer = await town.do(approve, "user:second")
    await town.do(AskSigningCode(application=offer.id, code=INDEX, number=1))
    signing = SignApplication(application=offer.id, code=INDEX, text_hash=offer.text_hash or "")
    facility = (await town.do(signing)).application.facility
    first: dict[str, Any] = {"party": core.party.id, "account": wallets[0].deposit, "facility": facility}
    made = await town.do(EnrolCore(**first, product="loan.farm"))
    second: dict[str, Any] = {"party": supplier.party.id, "account": wallets[1].deposit, "core": made.id}
    return [made, await town.do(EnrolSupplier(**second))]


async def test_a_supplier_splits_and_finances_a_voucher_that_its_core_company_redeems(site: Site) -> None:
    town = site.town
    people = [await lend(town), await town.person("王建国")]
    wallets = [await town.wallet(each) for each in people]
    members = await enrolled(town, people, wallets)
    today = (await book_figures(town.services.reader, 1)).today
    core, supplier = [await somebody(site, each) for each in people]

    await supplier.vouchers()
    await supplier.tap("开立凭证")
    scan = {"name": "发票.pdf", "mimeType": "application/pdf", "buffer": b"an invoice"}
    await supplier.page.set_input_files("input[type=file]", [scan])
    await supplier.page.wait_for_selector(".digest:has-text('发票.pdf')")
    typed = {"face": "10000", "invoice_number": "1" * 20, "invoice_total": "10000"}
    typed |= {"matures_on": (today + timedelta(days=90)).isoformat(), "invoice_dated": today.isoformat()}
    for name, text in typed.items():
        await supplier.page.fill(f"#f-{name}", text)
    await supplier.sign()
    await supplier.says("待承兑")
    (voucher,) = await queries.of_members(town.services.reader, 1, [members[1].id])
    kept = await queries.whole(town.services.reader, 1, voucher.id)
    assert kept.invoice.digest == sha256(b"an invoice").hexdigest()

    await core.vouchers()
    await core.says("待您承兑")
    await core.tap("王**")
    await core.tap("承兑凭证")
    await core.sign()
    await core.says("已承兑")

    await core.vouchers()
    await core.says("从您账户支付")
    await supplier.vouchers()
    await supplier.says("¥10,000.00")
    await supplier.tap("欧***")
    await supplier.says("立即融资，到账 ¥8,865.00")  # 9,000 at 6 % for 90 days of 360
    await supplier.tap("拆分")
    await supplier.page.fill("#f-amount", "6000")
    await supplier.sign()
    await supplier.says("已拆分")
    await supplier.tap("00000001-1")
    await supplier.tap("立即融资，到账 ¥5,319.00")
    await supplier.sign()
    await supplier.says("¥5,319.00 已到账")
    assert await town.has(wallets[1]) == 5_319_00

    await town.give(wallets[0], 10_000_00)
    await town.do(CloseDay(next_day=today + timedelta(days=90)))
    assert (await run_end_of_day(town.services, 1)).ended_at is not None
    await supplier.vouchers()
    await supplier.says("已兑付")
    assert await town.has(wallets[1]) >= 5_319_00 + 4_000_00 + 600_00
    await core.vouchers()
    await core.says("已兑付")
