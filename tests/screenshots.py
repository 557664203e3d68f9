"""The pictures of the documentation, taken of the demo: ``make screenshots``, or ``python -m tests.screenshots``.

A demo is filled in a folder that is thrown away and looked at with the system's Chromium. The address of a demo that
runs already and that of its inbox may be given instead. Everybody in the pictures is made up.
"""

import asyncio
import io
import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import msgspec
from PIL import Image
from playwright.async_api import Browser

from canglian.app.demo.logins import PASSWORD
from tests.app.demo.screens import Phone
from tests.browser import chromium

FOLDER = Path(__file__).parents[1] / "docs" / "screenshots"
PHONE = "13900139001"
BYTES_MAX = 80_000
"""No picture is larger."""


class Shot(msgspec.Struct, frozen=True):
    """A picture: whose page, which page, after clicking what. Of a phone it is, where it has the number of one."""

    name: str
    path: str
    role: str | None = "operator"
    clicks: tuple[str, ...] = ()
    width: int = 1440
    height: int = 900
    phone: str = ""


SHOTS = (
    Shot("today", "/console"),
    Shot("customer", "/console/deposits", clicks=("main tbody tr a", 'main a[href^="/console/people/"]')),
    Shot("end-of-day", "/console/end-of-day", role="admin"),
    Shot("activity", "/console/activity", role="admin"),
    Shot("api-reference", "/docs/api/transfers#postTransfer", role=None),
    Shot("phone-home", "/m", width=390, height=844, phone=PHONE),
    Shot("phone-send", "/m/transfer", width=390, height=844, phone=PHONE),
    Shot("phone-code", "/m/collect", width=390, height=844, phone=PHONE),
)


async def take(address: str, inbox: str, folder: Path) -> None:
    """Take every picture of a demo that runs."""
    async with chromium() as browser:
        phone = await Phone.of(browser, address, inbox, PHONE)
        for shot in SHOTS:
            picture = await (_of_a_phone(phone, shot) if shot.phone else _taken(browser, address, shot))
            image = Image.open(io.BytesIO(picture)).convert("RGB")
            image.save(folder / f"{shot.name}.webp", quality=80, method=6)


async def _taken(browser: Browser, address: str, shot: Shot) -> bytes:
    size = {"width": shot.width, "height": shot.height}
    page = await browser.new_page(viewport=size, locale="en")  # pyright: ignore[reportArgumentType]
    if shot.role is not None:
        await page.goto(f"{address}/console/login")
        await page.fill("input[name=login]", shot.role)
        await page.fill("input[name=password]", PASSWORD)
        await page.press("input[name=password]", "Enter")
        await page.get_by_text("English", exact=True).first.click()
        await page.wait_for_load_state("networkidle")
    await page.goto(f"{address}{shot.path}")
    for selector in shot.clicks:
        await page.locator(selector).first.click()
        await page.wait_for_load_state("networkidle")
    await page.wait_for_load_state("networkidle")
    await page.wait_for_timeout(800)  # until charts stand still
    picture = await page.screenshot()
    await page.close()
    return picture


async def _of_a_phone(phone: Phone, shot: Shot) -> bytes:
    await phone.enter(shot.path)
    await phone.page.wait_for_load_state("networkidle")
    await phone.page.wait_for_timeout(500)
    return await phone.page.screenshot()


@contextmanager
def demo() -> Generator[tuple[str, str]]:
    """The address of a demo that lives as long as the pictures are taken, and that of its inbox of messages."""
    program = Path(sys.executable).with_name("canglian")
    with tempfile.TemporaryDirectory() as folder:
        given = {**os.environ, "CANGLIAN_DATA_DIR": folder}
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        words = [program, "demo", "--port", str(port), "--json"]
        with subprocess.Popen(words, env=given, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            try:
                ready = json.loads(process.stdout.readline())
                yield ready["address"], ready["sandboxes"]["sms"]
            finally:
                process.terminate()


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    if len(sys.argv) > 2:
        asyncio.run(take(sys.argv[1], sys.argv[2], FOLDER))
    else:
        with demo() as (running, inbox):
            asyncio.run(take(running, inbox, FOLDER))
