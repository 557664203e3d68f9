"""Hands whose clicks and keys are counted. They type what people have on paper or in their heads, and never an id."""

import re
from collections.abc import Generator
from contextlib import contextmanager
from typing import NamedTuple

from playwright.async_api import Locator

from canglian.bank.wallet.demo import PIN
from tests.app.demo.screens import Screen

_ID = re.compile(r"[a-z]{2,5}_[0-9a-z]{10,}")


class Counts(NamedTuple):
    """What a task takes: presses of a mouse or a finger, and keys. A list that is chosen from takes two clicks."""

    clicks: int
    keys: int


class Tally:
    """Counts of tasks, in the order in which they were done."""

    def __init__(self) -> None:
        self.done: dict[str, Counts] = {}
        self._clicks = self._keys = 0

    @contextmanager
    def task(self, name: str) -> Generator[None]:
        """Count what is done inside."""
        self._clicks = self._keys = 0
        yield
        self.done[name] = Counts(self._clicks, self._keys)

    def add(self, clicks: int = 0, keys: int = 0) -> None:
        """Count what a hand did."""
        self._clicks += clicks
        self._keys += keys


class Hand:
    """A hand at a screen."""

    def __init__(self, screen: Screen, tally: Tally) -> None:
        self.screen = screen
        self.page = screen.page
        self._tally = tally

    async def click(self, place: Locator | str, within: str = "main") -> None:
        """Press a place, or the first link or button that says so."""
        await (place if isinstance(place, Locator) else self.screen.named(place, within)).click()
        self._tally.add(clicks=1)

    async def press(self, key: str) -> None:
        await self.page.keyboard.press(key)
        self._tally.add(keys=1)

    async def write(self, text: str) -> None:
        """Type where the cursor stands."""
        assert not _ID.search(text), f"{text} is an id"
        await self.page.keyboard.type(text)
        self._tally.add(keys=len(text))

    async def fill(self, name: str, text: str, within: str = "main") -> None:
        """Go into a field and type; what stands there is marked first, which a triple click does."""
        field = self.page.locator(f"{within} [name='{name}']:visible, {within} #f-{name}:visible").first
        await field.click(click_count=3)
        self._tally.add(clicks=1)
        await self.write(text)

    async def choose(self, name: str, value: str, within: str = "main") -> None:
        """Choose from a list by what stands there."""
        await self.page.locator(f"{within} select[name='{name}']:visible").first.select_option(value)
        self._tally.add(clicks=2)

    async def unfold(self, title: str) -> str:
        """Open an action of a page; where its fields are."""
        form = f"details.act:has(> summary:text-is('{title}'))"
        await self.click(self.page.locator(f"{form} > summary").first)
        return form

    async def send(self, within: str) -> None:
        """Press a form's button, and say yes where it wants to be sure."""
        button = self.page.locator(f"{within} button[type=submit]").first
        asks = await button.evaluate("button => !!button.form && 'confirm' in button.form.dataset")
        await self.click(button)
        if asks:
            await self.click(self.page.locator("dialog[open] button[value=yes]"))
        await self.page.wait_for_load_state("networkidle")
        assert await self.page.locator(".wrong, .message.bad[role=alert]").count() == 0, await self.screen.text()

    async def type_pin(self) -> None:
        """Tap the six digits."""
        for digit in PIN:
            await self.click(self.page.locator(f".pad:not([hidden]) [data-digit='{digit}']"))

    async def go(self, entry: str) -> None:
        """Choose an entry of the rail, folding open what it lies in."""
        wanted = self.page.locator("[data-rail]").get_by_role("link", name=entry, exact=True, include_hidden=True).first
        while not await wanted.is_visible():
            folds = wanted.locator("xpath=ancestor::details[not(@open)]")
            await self.click(folds.first.locator("> summary"))
        await self.click(wanted)
        await self.page.wait_for_load_state("networkidle")

    async def find(self, text: str) -> None:
        """Search from anywhere."""
        await self.press("/")
        await self.write(text)
        await self.press("Enter")
        await self.page.wait_for_load_state("networkidle")
