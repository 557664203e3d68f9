"""A demo, walked: who signs in to its console and its phone, and the pages to which links lead."""

import asyncio
import html
import os
import re
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urljoin

import httpx
import msgspec

from canglian.app.demo.logins import PASSWORD

PHONE = "13900139000"
_PROGRAM = "from canglian.app.cli import main; main()"
_LINK = re.compile(r'(?:href|data-href)="([^"]+)"')
_THING = re.compile(r"/(?:[a-z]{2,5}_[0-9a-z]{26}|\d{4}-\d\d-\d\d|\d+)(?=/|$)")
_ELSEWHERE = re.compile(r"logout|format=|[?&](?:cursor|sort|limit|large)=|language")
_TOKEN = re.compile(r'name="_token" value="([^"]+)"')


class Demo(msgspec.Struct):
    """What a demo says when it is ready."""

    address: str
    sandboxes: dict[str, str]


@contextmanager
def started(folder: Path) -> Generator[Demo]:
    """A demo below ``folder``, in a process of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = [sys.executable, "-c", _PROGRAM, "demo", "--port", str(port), "--json"]
    process = subprocess.Popen(
        words, env=environment(folder), cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        assert process.stdout is not None
        yield msgspec.json.decode(process.stdout.readline(), type=Demo)
    finally:
        process.terminate()
        process.communicate(timeout=60)


def environment(folder: Path) -> dict[str, str]:
    """The environment of a process whose installation lies below ``folder``."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("CANGLIAN_")}
    return {**inherited, "CANGLIAN_DATA_DIR": str(folder / "demo"), "CANGLIAN_LOG_LEVEL": "warning"}


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


async def as_admin(client: httpx.AsyncClient, _: Demo) -> None:
    """Sign in to the console as an administrator."""
    token = _token((await client.get("/console/login")).text)
    body = {"_token": token, "login": "admin", "password": PASSWORD}
    answer = await client.post("/console/login", data=body)
    assert answer.status_code == 303, answer.status_code


async def as_customer(client: httpx.AsyncClient, demo: Demo) -> None:
    """Sign in to a phone as a customer who has a shop."""
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
