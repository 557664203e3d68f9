"""Walking a console: every page that a link leads to, a few of each kind."""

import html
import re
from collections import Counter
from urllib.parse import urljoin

import httpx

EACH = 4
"""How many pages of a kind are looked at, such as pages of accounts."""

_LINK = re.compile(r'(?:href|data-href)="([^"]+)"')
_THING = re.compile(r"/(?:[a-z]{2,5}_[0-9a-z]{26}|\d{4}-\d\d-\d\d|\d+)(?=/|$)")
_ELSEWHERE = re.compile(r"logout|[?&](?:cursor|sort|limit)=")


async def walk(client: httpx.AsyncClient, begin: str = "/console", each: int = EACH) -> dict[str, httpx.Response]:
    """The pages and files that are reached by links, by their addresses."""
    found: dict[str, httpx.Response] = {}
    seen, waiting = Counter[str](), [begin]
    while waiting:
        address = waiting.pop(0)
        kind = _THING.sub("/…", address.partition("?")[0]) + ("?csv" if "format=csv" in address else "")
        if address in found or seen[kind] >= each:
            continue
        seen[kind] += 1
        found[address] = await client.get(address)
        waiting += links(address, found[address].text)
    return found


def links(address: str, page: str) -> list[str]:
    """Where a page leads inside the console."""
    leads = [urljoin(address, html.unescape(link)).partition("#")[0] for link in _LINK.findall(page)]
    return [lead for lead in leads if lead.startswith("/console") and not _ELSEWHERE.search(lead)]
