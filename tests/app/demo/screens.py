"""Hands and eyes in the demo: a desk of the console and a phone, which click, type and read; no address is typed."""

import os
import re
from pathlib import Path

import httpx
from playwright.async_api import Browser, Locator, Page
from playwright.async_api import TimeoutError as TooLate

from canglian.app.demo.logins import PASSWORD
from canglian.bank.wallet.demo import PIN
from tests.browser import Watched
from tests.serving import PATIENCE

TAPS = 4
"""How often a tap is tried."""

WAIT = float(os.environ.get("WAIT", PATIENCE * 1000))
SHOTS = os.environ.get("SHOTS")
"""A folder for pictures of each page that is read, where somebody wants to look at them."""


NO_FADING = "Transition was aborted"
"""What the browser says where one page does not fade into the next, because the machine is busy."""


class Screen:
    """A page of a browser that somebody sits before."""

    shots = 0

    def __init__(self, address: str, page: Page) -> None:
        self.address = address
        self.page = page
        self.watched = Watched(page)
        page.set_default_timeout(WAIT)

    @classmethod
    async def opened(cls, browser: Browser, address: str, width: int, height: int) -> "Screen":
        context = await browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
        return cls(address, await context.new_page())

    async def enter(self, path: str) -> None:
        """Open an address that everybody knows: the console, the phone's pages."""
        await self.page.goto(self.address + path)

    async def text(self) -> str:
        return await self.page.inner_text("main")

    async def reads(self, *texts: str) -> None:
        """Wait until the page says all of this; it is whole, and the browser has complained of nothing."""
        for text in texts:
            await self.page.locator("main", has_text=text).wait_for()
        await self.is_whole()
        await self.picture()

    async def is_whole(self) -> None:
        assert not await self.watched.is_wider_than_its_window(), self.page.url
        complaints = [text for text in self.watched.complaints if NO_FADING not in text]
        assert complaints == [], (self.page.url, complaints)

    async def picture(self) -> None:
        if SHOTS:
            Screen.shots += 1
            name = re.sub(r"[^a-z0-9]+", "-", self.page.url.partition("//")[2].partition("/")[2].lower())[:60]
            await self.page.screenshot(path=Path(SHOTS) / f"{Screen.shots:02d}-{name}.png", full_page=True)

    async def click(self, text: str, within: str = "main") -> None:
        """Press the first link or button that says so."""
        await self.named(text, within).click()

    def named(self, text: str, within: str = "main") -> Locator:
        return self.page.locator(
            f"{within} a:has-text('{text}'):visible, {within} button:has-text('{text}'):not([disabled]):visible"
        ).first


class Desk(Screen):
    """A login of the console at its own screen."""

    @classmethod
    async def of(cls, browser: Browser, address: str, login: str) -> "Desk":
        context = await browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
        desk = cls(address, await context.new_page())
        await desk.enter("/console")
        await desk.page.fill("input[name=login]", login)
        await desk.page.fill("input[name=password]", PASSWORD)
        await desk.page.keyboard.press("Enter")
        await desk.page.wait_for_url(re.compile(r"/console/?$"))
        return desk

    async def go(self, entry: str) -> None:
        """Choose an entry of the rail, folding open what it lies in."""
        wanted = self.page.locator("[data-rail]").get_by_role("link", name=entry, exact=True, include_hidden=True).first
        while not await wanted.is_visible():
            folds = wanted.locator("xpath=ancestor::details[not(@open)]")
            await folds.first.locator("> summary").click()
        address = await wanted.get_attribute("href")
        await wanted.click()
        await self.page.wait_for_url(f"**{address}")
        await self.page.locator("h1").wait_for()

    async def opens(self, text: str) -> None:
        """Go where the first row of a table leads that says so."""
        row = self.page.locator("main tbody tr", has_text=text).first
        await row.locator("a").first.click()

    async def find(self, field: str, text: str, among: str = "") -> None:
        """Look for something in a picker, and tick the first of what is found, or that with another text."""
        box = self.page.locator(f"input[name=find_{field}], input[name=_find_{field}]").locator("visible=true").first
        await box.click()
        await box.press_sequentially(text)
        found = box.locator("xpath=ancestor::fieldset[1]").locator("label", has_text=among).first
        await found.wait_for()
        await found.locator("input").check()

    async def act(self, title: str, pick: tuple[str, str] | None = None, **fields: str) -> None:
        """Fold open an action, pick and fill in what it asks, send it, and say yes where it wants to be sure."""
        form = self.page.locator(f"details.act:has(> summary:text-is('{title}'))").first
        await form.locator("summary").click()
        if pick is not None:
            await self.find(*pick)
        for name, value in fields.items():
            box = form.locator(f"[name={name}]").first
            if await box.evaluate("box => box.tagName") == "SELECT":
                await box.select_option(label=value)
            else:
                await box.fill(value)
        await self.send(form.locator("button[type=submit]"))

    async def send(self, button: Locator) -> None:
        asks = await button.evaluate("button => !!button.form && 'confirm' in button.form.dataset")
        async with self.page.expect_navigation():
            await button.click()
            if asks:
                await self.page.locator("dialog[open] button[value=yes]").click()
        assert await self.page.locator(".wrong, .message.bad").count() == 0, await self.text()


class Phone(Screen):
    """Somebody's phone, signed in by the code of the message that came to it."""

    @classmethod
    async def of(cls, browser: Browser, address: str, inbox: str, mobile: str) -> "Phone":
        context = await browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN")
        phone = cls(address, await context.new_page())
        await phone.enter("/m")
        await phone.page.fill("#f-mobile", mobile)
        await phone.click("获取验证码")
        await phone.page.locator("input[name=code]").wait_for()
        await phone.page.fill("input[name=code]", await code(inbox, mobile))
        await phone.page.keyboard.press("Enter")
        await phone.page.wait_for_url("**/m")
        return phone

    async def type_pin(self) -> None:
        for digit in PIN:
            await self.page.click(f".pad:not([hidden]) [data-digit='{digit}']")

    async def tab(self, text: str) -> None:
        """Choose an entry at the foot of the page; again where a page that was just drawn anew took no tap."""
        entry = self.page.locator(f"nav a:has-text('{text}')").last
        address = await entry.get_attribute("href")
        for attempt in range(TAPS):
            await entry.click()
            try:
                await self.page.wait_for_url(f"**{address}", timeout=PATIENCE * 1_000 / TAPS)
                return
            except TooLate:
                if attempt == TAPS - 1:
                    raise


async def code(inbox: str, mobile: str) -> str:
    """The code of the newest message to a mobile, as its inbox shows it."""
    async with httpx.AsyncClient(trust_env=False, timeout=PATIENCE) as client:
        for _ in range(PATIENCE * 5):
            asked = await client.post(f"{inbox}/inbox", data={"mobile": mobile}, headers={"accept": "application/json"})
            if asked.json()["data"]:
                found = re.search(r"\d{6}", asked.json()["data"][0]["text"])
                assert found is not None
                return found[0]
    raise AssertionError("no message came")


def fen(text: str) -> int:
    """An amount as it is written: ¥1,234.56."""
    found = re.search(r"(-?)¥(-?)([\d,]+)\.(\d\d)", text)
    assert found is not None, text
    amount = int(found[3].replace(",", "")) * 100 + int(found[4])
    return -amount if found[1] or found[2] else amount
