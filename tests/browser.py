"""A real browser for tests: the system's Chromium, driven by Playwright.

Where there is none the tests are skipped; where ``CI`` is set they fail instead, so that nothing passes unseen.
"""

import os
import shutil
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from tests.serving import PATIENCE

NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@asynccontextmanager
async def chromium() -> AsyncGenerator[Browser]:
    """The browser."""
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    if path is None:
        say = pytest.fail if os.environ.get("CI") else pytest.skip
        say("no Chromium on this machine: install it from the system's packages (scripts/chromium)")
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        await browser.close()


expect.set_options(timeout=PATIENCE * 1_000)


async def shows(page: Page, selector: str, *texts: str) -> None:
    """Wait until the first of these elements shows all of the texts."""
    for text in texts:
        await expect(page.locator(selector).first).to_contain_text(text, use_inner_text=True)


async def picks(page: Page, **found: str) -> None:
    """Look for things in the pickers of a form, and wait until what is found stands there: it moves what is below."""
    for field, text in found.items():
        await page.fill(f"[name=_find_{field}]", text)
    for picker in await page.locator("main .picked").all():
        await picker.locator("label").first.wait_for()


class Watched:
    """A page that notes every complaint of the browser: errors of scripts, of the policy, of missing files."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        page.on("console", lambda message: self.complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    async def is_wider_than_its_window(self) -> bool:
        """Whether it has to be scrolled sideways."""
        return await self.page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
