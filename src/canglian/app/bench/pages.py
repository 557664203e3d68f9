"""``canglian bench pages``: what every page of the console and of a phone weighs as it is sent, and its server time.

A demo is started in a process of its own and walked: every page that a link leads to, a few of each kind, as an
administrator and as a customer who has a shop. It is ended, and the same application opened in this process, with no
job and no client beside it. Each page is asked for again and again, and its median counts: from the request at the door
of the application to the last byte that it sends, with the browser's session, compressed. What it is compared with are
the page on which one signs in, which reads nothing, and one statement by a key.
"""

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import msgspec
import uvloop
from litestar.types import ASGIApp, Message
from rich.progress import Progress

from canglian.app.bench.walking import Demo, as_admin, as_customer, environment, started, walk
from canglian.app.opening import opened
from canglian.app.server import create_app
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.observing import book_figures
from canglian.kernel.settings import load
from canglian.ledger.bench.ground import bars
from canglian.ledger.bench.report import Bar, Report, median, percentile

KB_MAX = 50
MS_MAX = 50
BASELINE = "/console/login"
WARM = 3
"""How often a page is asked for before it counts."""


class Size(msgspec.Struct, frozen=True):
    """How many pages of a kind, and how often each is asked for."""

    each: int
    rounds: int


FULL = Size(each=3, rounds=15)
QUICK = Size(each=2, rounds=5)
TINY = Size(each=1, rounds=1)


class Walked(msgspec.Struct, frozen=True):
    """The pages of one of the two faces, and the cookies of who saw them."""

    name: str
    addresses: list[str]
    cookies: str


class Page(msgspec.Struct, frozen=True):
    """A page: its address, the bytes that are sent, its server time in milliseconds, and the statements it takes."""

    address: str
    sent: int
    ms: float
    statements: int


class Answered(msgspec.Struct):
    """What an application has answered so far."""

    status: int = 0
    sent: int = 0

    async def send(self, message: Message) -> None:
        """Take a piece of the answer."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
        elif message["type"] == "http.response.body":
            self.sent += len(message["body"])


class CountingReader(Reader):
    """A reader that counts what it is asked."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.statements = 0

    async def rows(self, sql: str, book: int, *arguments: Any) -> list[Any]:
        """All rows of a statement, which is counted."""
        self.statements += 1
        return await self._reader.rows(sql, book, *arguments)


def run(folder: Path, size: Size) -> Report:
    """Measure a demo below ``folder``."""
    with bars() as progress:
        with started(folder) as demo:
            walked = uvloop.run(_walk(demo, size))
        return uvloop.run(_run(folder, walked, size, progress))


async def _walk(demo: Demo, size: Size) -> list[Walked]:
    walked: list[Walked] = []
    for name, begin, enter in (("console", "/console", as_admin), ("phone", "/m", as_customer)):
        async with httpx.AsyncClient(base_url=demo.address, timeout=60, trust_env=False) as client:
            await enter(client, demo)
            addresses = await walk(client, begin, size.each)
            cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in client.cookies.jar)
            walked.append(Walked(name, addresses, cookies))
    return walked


async def _run(folder: Path, walked: list[Walked], size: Size, progress: Progress) -> Report:
    figures: dict[str, Any] = {}
    promises: list[Bar] = []
    async with opened(load(environment(folder), folder).settings) as installation:
        reader = CountingReader(installation.services.reader)
        services = replace(installation.services, reader=reader)
        app = create_app(msgspec.structs.replace(installation, services=services))
        baseline = (await _measured(app, reader, BASELINE, "", size.rounds)).ms
        figures["baseline"] = {
            "sign_in_page_ms": round(baseline, 2),
            "statement_ms": round(await _statement_ms(reader, size.rounds), 2),
        }
        for face in walked:
            task = progress.add_task(face.name, total=len(face.addresses))
            pages: list[Page] = []
            for address in face.addresses:
                pages.append(await _measured(app, reader, address, face.cookies, size.rounds))
                progress.advance(task)
            figures[face.name] = _figures(pages, baseline)
            heaviest, slowest = max(page.sent for page in pages), max(page.ms for page in pages)
            promises += [
                Bar(f"{face.name}: heaviest page as sent, KB", heaviest / 1_000, KB_MAX, at_most=True),
                Bar(f"{face.name}: slowest page, ms", slowest, MS_MAX, at_most=True),
            ]
    return Report("pages", figures, promises)


def _figures(pages: list[Page], baseline: float) -> dict[str, Any]:
    """What pages come to; those that are heaviest, take longest, and ask the database most by name."""
    times = [page.ms for page in pages]

    def most(name: str) -> list[dict[str, Any]]:
        ordered = sorted(pages, key=lambda page: getattr(page, name), reverse=True)[:5]
        return [{"page": page.address, name: round(getattr(page, name), 1)} for page in ordered]

    return {
        "pages": len(pages),
        "median_ms": round(median(times), 1),
        "p95_ms": round(percentile(times, 0.95), 1),
        "median_over_sign_in_page": round(median(times) / baseline, 1),
        "over_bar": sum(page.ms > MS_MAX for page in pages),
        "median_sent_bytes": round(median([page.sent for page in pages])),
        "median_statements": round(median([page.statements for page in pages])),
        "heaviest": most("sent"),
        "slowest": most("ms"),
        "most_statements": most("statements"),
    }


async def _measured(app: ASGIApp, reader: CountingReader, address: str, cookies: str, rounds: int) -> Page:
    answered = Answered()
    for _ in range(WARM):
        answered = await _asked(app, address, cookies)
    assert answered.status == 200, f"{address} answers {answered.status}"
    times: list[float] = []
    before = reader.statements
    for _ in range(rounds):
        begun = time.perf_counter()
        answered = await _asked(app, address, cookies)
        times.append((time.perf_counter() - begun) * 1_000)
    return Page(address, answered.sent, median(times), round((reader.statements - before) / rounds))


async def _asked(app: ASGIApp, address: str, cookies: str) -> Answered:
    """The answer to a browser's request, as the server's protocol would hand it on."""
    path, _, query = address.partition("?")
    headers = [(b"host", b"localhost"), (b"accept", b"text/html"), (b"accept-encoding", b"gzip")]
    scope: Any = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [*headers, (b"cookie", cookies.encode())],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 1),
        "state": {},
        "extensions": {},
    }
    answered = Answered()
    await app(scope, _no_body, answered.send)
    return answered


async def _no_body() -> Any:
    return {"type": "http.request", "body": b"", "more_body": False}


async def _statement_ms(reader: Reader, rounds: int) -> float:
    """One statement by a key, read by the same pool."""
    times: list[float] = []
    for _ in range(WARM + rounds):
        begun = time.perf_counter()
        await book_figures(reader, 1)
        times.append((time.perf_counter() - begun) * 1_000)
    return median(times[WARM:])
