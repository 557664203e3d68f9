"""Logging in to the console without a browser, and what its forms carry."""

import re
from collections.abc import Awaitable, Callable

import httpx

Enter = Callable[[str], Awaitable[httpx.AsyncClient]]
"""Logs in by a login of the demo and gives the client, which keeps the cookies."""


def token_in(page: str) -> str:
    """The token of a page's forms."""
    return _value(page, "_token")


def key_in(page: str) -> str:
    """The idempotency key of a page's first form that has one."""
    return _value(page, "_key")


def _value(page: str, name: str) -> str:
    found = re.search(f'name="{name}" value="([^"]+)"', page)
    assert found, name
    return found[1]


async def find(client: httpx.AsyncClient, text: str) -> httpx.Response:
    """Search from everywhere."""
    return await send(client, "/console/find", q=text)


async def send(client: httpx.AsyncClient, form_at: str, to: str | None = None, **values: str) -> httpx.Response:
    """Send the form that stands on a page, with its token."""
    page = await client.get(form_at)
    return await client.post(to or form_at, data={"_token": token_in(page.text), **values})
