"""``canglian bench pages``: what every page of the console and of a phone weighs as it is sent, and how long it takes.

A demo is started in a process of its own and walked: every page that a link leads to, a few of each kind, as an
administrator and as a customer who has a shop. Then one client asks for each again and again, one after the other;
time is from the request to the last byte, so what the client itself takes is in it.
"""

import asyncio
import html
import os
import re
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import httpx
import msgspec
from rich.progress import Progress

from canglian.app.demo.logins import PASSWORD
from canglian.ledger.bench.ground import bars
from canglian.ledger.bench.report import Bar, Report, median, percentile

PHONE = "13900139000"
KB_MAX = 50
MS_MAX = 50
_PROGRAM = "from canglian.app.cli import main; main()"
_LINK = re.compile(r'(?:href|data-href)="([^"]+)"')
_THING = re.compile(r"/(?:[a-z]{2,5}_[0-9a-z]{26}|\d{4}-\d\d-\d\d|\d+)(?=/|$)")
_ELSEWHERE = re.compile(r"logout|format=|[?&](?:cursor|sort|limit|large)=|language")
_TOKEN = re.compile(r'name="_token" value="([^"]+)"')


class Size(msgspec.Struct, frozen=True):
    """How many pages of a kind, and how often each is asked for."""

    each: int
    rounds: int


FULL = Size(each=3, rounds=15)
QUICK = Size(each=2, rounds=5)
TINY = Size(each=1, rounds=1)


class Page(msgspec.Struct, frozen=True):
    """A page: its address, how many bytes are sent, how many its HTML has, and how long it takes in milliseconds."""

    address: str
    sent: int
    html: int
    ms: float


class Demo(msgspec.Struct):
    """What a demo says when it is ready."""

    address: str
    sandboxes: dict[str, str]


def run(folder: Path, size: Size) -> Report:
    """Measure a demo below ``folder``."""
    with _demo(folder) as demo, bars() as progress:
        return asyncio.run(_run(demo, size, progress))


@contextmanager
def _demo(folder: Path) -> Generator[Demo]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("CANGLIAN_")}
    given = {**inherited, "CANGLIAN_DATA_DIR": str(folder / "demo"), "CANGLIAN_LOG_LEVEL": "warning"}
    words = [sys.executable, "-c", _PROGRAM, "demo", "--port", str(port), "--json"]
    process = subprocess.Popen(
        words, env=given, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        assert process.stdout is not None
        yield msgspec.json.decode(process.stdout.readline(), type=Demo)
    finally:
        process.terminate()
        process.communicate(timeout=60)


async def _run(demo: Demo, size: Size, progress: Progress) -> Report:
    figures: dict[str, Any] = {}
    promises: list[Bar] = []
    for name, begin, enter in (("console", "/console", _as_admin), ("phone", "/m", _as_customer)):
        async with httpx.AsyncClient(base_url=demo.address, timeout=60, trust_env=False) as client:
            await enter(client, demo)
            addresses = await walk(client, begin, size.each)
            task = progress.add_task(name, total=len(addresses))
            pages: list[Page] = []
            for address in addresses:
                pages.append(await _measured(client, address, size.rounds))
                progress.advance(task)
        figures[name] = _figures(pages)
        promises += [
            Bar(f"{name}: heaviest page as sent, KB", max(page.sent for page in pages) / 1_000, KB_MAX, at_most=True),
            Bar(f"{name}: slowest page, ms", max(page.ms for page in pages), MS_MAX, at_most=True),
        ]
    return Report("pages", figures, promises)


def _figures(pages: list[Page]) -> dict[str, Any]:
    """What pages come to; those that are heaviest, have most HTML, and take longest by name."""
    times = [page.ms for page in pages]

    def most(name: str) -> list[dict[str, Any]]:
        ordered = sorted(pages, key=lambda page: getattr(page, name), reverse=True)[:5]
        return [{"page": page.address, name: round(getattr(page, name), 1)} for page in ordered]

    return {
        "pages": len(pages),
        "median_ms": round(median(times), 1),
        "p95_ms": round(percentile(times, 0.95), 1),
        "median_sent_bytes": round(median([page.sent for page in pages])),
        "median_html_bytes": round(median([page.html for page in pages])),
        "heaviest": most("sent"),
        "most_html": most("html"),
        "slowest": most("ms"),
    }


async def _measured(client: httpx.AsyncClient, address: str, rounds: int) -> Page:
    answer = await client.get(address)
    times: list[float] = []
    for _ in range(rounds):
        begun = time.perf_counter()
        answer = await client.get(address)
        times.append((time.perf_counter() - begun) * 1_000)
    return Page(address, answer.num_bytes_downloaded, len(answer.content), median(times))


# -- walking -----------------------------------------------------------------------------------------------------------


async def walk(client: httpx.AsyncClient, begin: str, each: int) -> list[str]:
    """The addresses of the HTML pages below ``begin`` that links lead to, a few of each kind."""
    found: list[str] = []
    seen, waiting, known = Counter[str](), [begin], {begin}
    while waiting:
        address = waiting.pop(0)
        kind = _THING.sub("/…", address.partition("?")[0])
        if seen[kind] >= each:
            continue
        answer = await client.get(address)
        if answer.status_code != 200 or not answer.headers.get("content-type", "").startswith("text/html"):
            continue
        seen[kind] += 1
        found.append(address)
        leads = [urljoin(address, html.unescape(link)).partition("#")[0] for link in _LINK.findall(answer.text)]
        fresh = [lead for lead in dict.fromkeys(leads) if _is_below(lead, begin) and lead not in known]
        known.update(fresh)
        waiting += fresh
    return found


def _is_below(lead: str, begin: str) -> bool:
    return (lead == begin or lead.startswith((f"{begin}/", f"{begin}?"))) and not _ELSEWHERE.search(lead)


# -- entering ----------------------------------------------------------------------------------------------------------


async def _as_admin(client: httpx.AsyncClient, _: Demo) -> None:
    token = _token((await client.get("/console/login")).text)
    body = {"_token": token, "login": "admin", "password": PASSWORD}
    answer = await client.post("/console/login", data=body)
    assert answer.status_code == 303, answer.status_code


async def _as_customer(client: httpx.AsyncClient, demo: Demo) -> None:
    token = _token((await client.get("/m", follow_redirects=True)).text)
    page = await client.post("/m/sign-in", data={"_token": token, "mobile": PHONE}, follow_redirects=True)
    digits = await _code(demo.sandboxes["sms"])
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text))
    answer = await client.post("/m/sign-in/code", data={**fields, "code": digits})
    assert answer.status_code == 303, answer.status_code


async def _code(inbox: str) -> str:
    """The code of the newest message, as the sandbox of SMS shows it."""
    async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
        for _ in range(150):
            asked = await client.post(f"{inbox}/inbox", data={"mobile": PHONE}, headers={"accept": "application/json"})
            if asked.json()["data"]:
                found = re.search(r"\d{6}", asked.json()["data"][0]["text"])
                assert found is not None
                return found[0]
            await asyncio.sleep(0.2)
    raise AssertionError("no message came")


def _token(page: str) -> str:
    found = _TOKEN.search(page)
    assert found is not None
    return found[1]
