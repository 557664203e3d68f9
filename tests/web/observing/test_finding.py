"""The search finds a command by its idempotency key, as whoever sent it wrote it."""

import httpx
import pytest

from canglian.app.opening import Opened
from canglian.ledger.commands import OpenAccount
from tests.conftest import Caller
from tests.web.conftest import enter
from tests.web.entering import Enter, find

__all__ = ["enter"]


async def found(client: httpx.AsyncClient, text: str) -> bool:
    """Whether the search leads to a command."""
    answer = await find(client, text)
    shown = await client.get(answer.headers.get("location", "/console/find"))
    return "/console/commands/" in f"{answer.headers.get('location')} {answer.text} {shown.text}"


@pytest.mark.parametrize("scope", ["cli", "user:operator"])
async def test_a_command_is_found_by_the_bare_key(installation: Opened, enter: Enter, scope: str) -> None:
    opening = OpenAccount(asset="CNY", head="2011", name="利民超市")
    await installation.services.engine.submit(1, opening, actor="cli:root", key="order-88", scope=scope)
    client = await enter("admin")
    assert await found(client, "order-88")
    assert not await found(client, "order-8")


async def test_a_command_of_an_api_key_is_found_too(call: Caller, enter: Enter) -> None:
    body = {"asset": "CNY", "head": "2011", "name": "利民超市"}
    assert (await call("POST", "/v1/accounts", body, headers={"idempotency-key": "order-89"})).status_code == 201
    client = await enter("admin")
    assert await found(client, "order-89")
