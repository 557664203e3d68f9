"""The console as people use it: in a real browser, in both languages, on a desk and on a phone, by mouse and by key."""

import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.async_api import Browser, expect
from pyotp.totp import TOTP

from canglian.app.demo.logins import PASSWORD, make_logins
from canglian.app.opening import opened
from canglian.ledger.commands import HoldFunds, Line, OpenAccount, PostTransfers
from tests import serving
from tests.browser import Watched, chromium, picks, shows
from tests.conftest import settings_on
from tests.databases import Databases

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

PATHS = (
    "/console", "/console/activity",
    "/console/accounts", "/console/accounts/2", "/console/accounts/2/statement", "/console/accounts/new",
    "/console/transfers", "/console/transfers/1", "/console/transfers/new", "/console/holds", "/console/holds/1",
    "/console/trial-balance", "/console/commands", "/console/commands/1", "/console/chain", "/console/events",
    "/console/users", "/console/users/new", "/console/users/1", "/console/keys", "/console/security",
    "/console/security/second-factor", "/console/find", "/console/outbox", "/console/outbox/new",
    "/console/dead-letters", "/console/accounts/2/statement?all=1",
    "/console/deposits", "/console/deposits/new", "/console/deposit-products", "/console/deposit-policies",
    "/console/rail-orders", "/console/rail-differences",
    "/console/people", "/console/people/new", "/console/openings", "/console/lists", "/console/party-policies",
    "/console/limits", "/console/limits?of=wallet:wal_1&product=wallet.ecny4", "/console/limit-rules",
)  # fmt: skip


class Site(NamedTuple):
    """A running server with a small book, and a browser."""

    address: str
    browser: Browser


@asynccontextmanager
async def branch(database: str, folder: Path) -> AsyncGenerator[Site]:
    """A branch with some accounts and movements, served by a process of its own."""
    async with opened(settings_on(database, folder)) as installation:
        await installation.open_book("main", "新城支行", actor="test")
        await make_logins(installation.services, 1)
        engine = installation.services.engine
        for number, name in enumerate(("清算往来", "王小明", "利民超市"), 1):
            floor = None if number == 1 else 0
            await engine.execute(1, OpenAccount(asset="CNY", head="2011", name=name, floor=floor), actor="test")
        lines = [Line(debit=1, credit=2, amount=100_00 + n, code="salary") for n in range(30)]
        lines += [Line(debit=2, credit=3, amount=1_50 + n, code="shop.payment", reference=f"OR-{n}") for n in range(30)]
        await engine.execute(1, PostTransfers(lines=lines), actor="test")
        await engine.execute(1, HoldFunds(debit=2, credit=3, amount=20_00, code="deposit"), actor="test")
    process, address = serving.start(database, folder)
    try:
        async with chromium() as browser:
            yield Site(address, browser)
    finally:
        serving.end(process)


@pytest.fixture(scope="module")
async def site(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    """The branch that all tests look at; no money moves there."""
    async with databases.fresh() as database, branch(database, tmp_path_factory.mktemp("branch")) as made:
        yield made


@pytest.fixture
async def own_site(database: str, tmp_path: Path) -> AsyncIterator[Site]:
    """A branch for one test."""
    async with branch(database, tmp_path) as made:
        yield made


async def enter(site: Site, login: str = "admin", width: int = 1440, language: str = "zh-CN") -> Watched:
    """Log in, as somebody would."""
    context = await site.browser.new_context(viewport={"width": width, "height": 900}, locale=language)
    watched = Watched(await context.new_page())
    page = watched.page
    await page.goto(f"{site.address}/console/accounts")
    assert "/console/login" in page.url
    await page.fill("[name=login]", login)
    await page.fill("[name=password]", PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/console/accounts")
    return watched


async def test_every_page_fits_its_window_and_breaks_no_policy(site: Site) -> None:
    for width in (1440, 390):
        watched = await enter(site, width=width)
        for path in PATHS:
            answer = await watched.page.goto(site.address + path)
            assert answer is not None
            assert answer.status == 200, path
            assert not await watched.is_wider_than_its_window(), (width, path)
        assert watched.complaints == []


async def test_what_is_searched_for_by_key_and_filter_stands_in_no_address(site: Site) -> None:
    watched = await enter(site)
    page = watched.page
    await page.keyboard.press("/")
    await page.keyboard.type("13812345678")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/console/find?shown=*")
    await shows(page, "main", "未找到")
    await expect(page.locator("[data-search]")).to_have_value("13812345678")
    await page.fill("[data-search]", "利民超市")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/console/accounts/3")
    await page.goto(f"{site.address}/console/accounts")
    await page.fill("#filter-search", "13812345678")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/console/accounts?search=sealed*")
    await expect(page.locator("#filter-search")).to_have_value("13812345678")
    await expect(page.locator("tr[data-href]")).to_have_count(0)
    await page.fill("#filter-search", "王")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/console/accounts?search=%E7%8E%8B*")
    await expect(page.locator("tr[data-href]")).to_have_count(1)
    assert watched.complaints == []


async def test_money_is_moved_after_its_figures_were_seen_and_reversed_once(own_site: Site) -> None:
    watched = await enter(own_site, "operator")
    page = watched.page
    await page.goto(f"{own_site.address}/console/transfers/new?debit=2")
    await picks(page, credit="3")
    for name, value in (("amount", "12.50"), ("code", "shop.payment"), ("reference", "OR-77")):
        await page.fill(f"[name={name}]", value)
    await page.click("main button[type=submit]")
    await shows(page, "main", "¥12.50", "尚未执行")
    await page.click("main button[type=submit]")
    await page.wait_for_url("**/console/transfers/61")
    await shows(page, "main", "OR-77")
    await page.fill("[name=reason]", "退货")
    await page.click("main >> text=冲正")
    await shows(page, "dialog[open]", "¥12.50")
    await page.click("dialog[open] button[value=yes]")
    await page.wait_for_url("**/console/transfers/62")
    await page.goto(f"{own_site.address}/console/transfers/61")
    await shows(page, "main", "已被冲正")


async def test_what_is_wrong_stands_at_its_field_and_the_values_stay(site: Site) -> None:
    watched = await enter(site, "operator")
    page = watched.page
    await page.goto(f"{site.address}/console/transfers/new")
    await picks(page, debit="2", credit="3")
    for name, value in (("amount", "99999.99"), ("code", "shop.payment")):
        await page.fill(f"[name={name}]", value)
    await page.click("main button[type=submit]")
    await expect(page.locator("[role=alert]")).to_have_count(1)
    await expect(page.locator("[name=amount]")).to_have_value("99999.99")
    await page.fill("[name=amount]", "1,5 yuan")
    await page.click("main button[type=submit]")
    await shows(page, "[role=alert]", "不是金额")


async def test_the_other_language_is_a_click_away_and_stays(site: Site) -> None:
    watched = await enter(site)
    page = watched.page
    await expect(page.locator("h1").first).to_have_text("账户")
    await page.click("text=English")
    await page.wait_for_load_state()
    await expect(page.locator("h1").first).to_have_text("Accounts")
    await page.goto(f"{site.address}/console/trial-balance")
    await expect(page.locator("h1").first).to_have_text("Trial balance")
    await shows(page, "main", "Customer deposits")


async def test_the_keyboard_reaches_search_and_content(site: Site) -> None:
    watched = await enter(site)
    page = watched.page
    await page.keyboard.press("/")
    await page.keyboard.type("王小明")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/console/accounts/2")
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.className") == "skip"
    await page.keyboard.press("Enter")
    assert await page.evaluate("document.activeElement.id") == "content"


async def test_lists_are_filtered_sorted_paged_and_exported(site: Site) -> None:
    watched = await enter(site)
    page = watched.page
    await page.goto(f"{site.address}/console/transfers")
    await expect(page.locator("tbody tr")).to_have_count(25)
    await page.click("text=下一页")
    await page.wait_for_url("**cursor=*")
    await expect(page.locator("tbody tr")).to_have_count(25)
    await expect(page.locator("tbody tr a").first).to_have_text("35")
    await page.goto(f"{site.address}/console/transfers")
    await page.click("[data-chip=code] summary")
    await page.fill("#filter-code", "salary")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**code=salary*")
    assert "cursor" not in page.url
    assert "reference" not in page.url
    await expect(page.locator("#filter-code")).to_have_value("salary")
    async with page.expect_download() as download:
        await page.click("text=CSV")
    exported = Path(await (await download.value).path()).read_text(encoding="utf-8-sig").splitlines()
    assert len(exported) == 31
    await page.goto(f"{site.address}/console/accounts?sort=-balance")
    await expect(page.locator("tbody tr a").first).to_have_text("2")


async def test_a_list_is_narrowed_ticked_and_kept_by_key_on_a_desk_and_on_a_phone(own_site: Site) -> None:
    for width in (1440, 390):
        watched = await enter(own_site, "operator", width=width)
        page = watched.page
        await page.goto(f"{own_site.address}/console/transfers?code=salary&amount.lte={width}")
        await page.focus("[data-chip=date] summary")
        await page.keyboard.press("Enter")
        await page.wait_for_selector("#filter-date:focus")
        assert await page.get_attribute("#filter-date", "placeholder") == "年-月-日"
        await page.keyboard.type("2020/1/5")
        await page.keyboard.press("Tab")
        await expect(page.locator("#filter-date")).to_have_value("2020-01-05")
        await page.focus("#filter-date")
        await page.keyboard.press("Enter")
        await page.wait_for_url("**date.gte=2020-01-05*")
        await expect(page.locator("tbody tr")).to_have_count(25)
        for row in (0, 3):
            await page.locator("input[name=ticked]").nth(row).focus()
            await page.keyboard.press("Space")
        await shows(page, "#bulk", "2 项已选")
        async with page.expect_download() as download:
            await page.click("#bulk >> text=导出所选")
        exported = Path(await (await download.value).path()).read_text(encoding="utf-8-sig").splitlines()
        assert [line.partition(",")[0] for line in exported[1:]] == ["30", "27"]
        await page.click("text=保存视图")
        await page.wait_for_selector("#view-name:focus")
        await page.keyboard.type(f"工资 {width}")
        await page.keyboard.press("Enter")
        await page.wait_for_selector(f".views [aria-current]:has-text('工资 {width}')")
        assert not await watched.is_wider_than_its_window()
        assert watched.complaints == []


async def test_charts_are_drawn_and_have_a_table_behind(site: Site) -> None:
    watched = await enter(site)
    page = watched.page
    await page.goto(f"{site.address}/console/transfers/31")
    await page.wait_for_selector("[data-chart] canvas")
    await page.goto(f"{site.address}/console/activity")
    await page.wait_for_selector("[data-chart] canvas")
    await page.click("[role=tab]:has-text('表') >> nth=0")
    await expect(page.locator(".behind:visible table")).to_have_count(1)
    await page.keyboard.press("ArrowLeft")
    await expect(page.locator(".behind:visible table")).to_have_count(0)


async def test_a_viewer_may_look_and_not_change(site: Site) -> None:
    watched = await enter(site, "viewer")
    page = watched.page
    await expect(page.locator("text=开立账户")).to_have_count(0)
    for path in ("/console/accounts/new", "/console/users", "/console/keys", "/console/commands", "/console/chain"):
        answer = await page.goto(site.address + path)
        assert answer is not None
        assert answer.status == 403, path
        await shows(page, "main", "权限")


async def test_the_second_factor_is_set_up_and_asked_for(site: Site) -> None:
    watched = await enter(site, "auditor")
    page = watched.page
    await page.goto(f"{site.address}/console/security/second-factor")
    assert await page.evaluate("document.querySelector('.qr').naturalWidth") > 100
    secret = await page.inner_text("main .code")
    await page.fill("[name=code]", "000000")
    await page.click("main button[type=submit]")
    await shows(page, "main", "验证码错误")
    secret = await page.inner_text("main .code")
    await page.fill("[name=code]", TOTP(secret).at(int(time.time())))
    await page.click("main button[type=submit]")
    await page.wait_for_url("**/console/security?done=factor")
    await page.click("details:has(.who) summary")
    await page.click("text=退出登录")
    await page.fill("[name=login]", "auditor")
    await page.fill("[name=password]", PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_selector("[name=code]")
    refused = await page.goto(f"{site.address}/console/accounts")
    assert refused is not None
    assert "/console/login" in page.url
    await page.fill("[name=code]", TOTP(secret).at(int(time.time()) + 30))
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/console/accounts")


async def test_the_place_of_a_page_is_in_sight_however_much_is_open(site: Site) -> None:
    watched = await enter(site)
    page = watched.page
    await page.goto(f"{site.address}/console/keys")
    for fold in await page.locator("[data-rail] details:not([open]) > summary").all():
        if await fold.is_visible():
            await fold.click()
    await page.wait_for_timeout(100)
    await page.goto(f"{site.address}/console/chain")
    rail = page.locator("[data-rail]")
    assert await rail.locator("details:not([open])").count() < await rail.locator("details[open]").count()
    assert await rail.evaluate("rail => rail.scrollHeight > rail.clientHeight")
    place = await rail.locator("[aria-current]").bounding_box()
    assert place is not None
    assert 0 <= place["y"] <= 900 - place["height"]


async def test_the_rail_is_a_drawer_on_a_phone(site: Site) -> None:
    watched = await enter(site, width=390)
    page = watched.page
    rail = page.locator("[data-rail]")
    await expect(rail).not_to_be_visible()
    await page.click(".rail-open")
    await expect(rail.locator("[aria-current]")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(rail).not_to_be_visible()
    await page.click(".rail-open")
    await page.mouse.click(380, 600)
    await expect(rail).not_to_be_visible()
    await page.click(".rail-open")
    await rail.locator("summary.workspace >> text=客户").click()
    await rail.locator("text=限额").first.click()
    await page.wait_for_url("**/console/limits")
    assert watched.complaints == []
