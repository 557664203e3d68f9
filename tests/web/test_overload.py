"""More than can be done: refused in time, with what to do; nothing lost, nothing done twice."""

import asyncio
from collections import Counter

import msgspec
import pytest

from canglian.app.opening import opened
from canglian.app.server import create_app
from canglian.kernel.settings import Settings
from canglian.ledger.commands import OpenAccount
from canglian.web import edge
from canglian.web.principal import Role
from canglian.web.system.access import create_key
from tests.conftest import Caller, client_of


@pytest.mark.parametrize("asked", [400])
async def test_a_full_queue_answers_429_and_everything_else_is_done_once(configuration: Settings, asked: int) -> None:
    settings = msgspec.structs.replace(configuration, queue_max=20, batch_max=10)
    async with opened(settings) as installation:
        await installation.open_book("main", "总行", actor="test")
        for _ in range(2):
            command = OpenAccount(asset="CNY", head="2011", floor=None)
            await installation.services.engine.execute(1, command, actor="test")
        _, key = await create_key(
            installation.services, name="t", of_book=1, role=Role.ADMIN, actor="test", rate_burst=10_000
        )
        async with client_of(create_app(installation)) as client:
            call = Caller(client, key)
            move = {"debit": 1, "credit": 2, "amount": 1, "code": "test.move"}
            answers = await asyncio.gather(*(call("POST", "/v1/transfers", move) for _ in range(asked)))
            statuses = Counter(answer.status_code for answer in answers)
            assert set(statuses) == {201, 429}, statuses
            refused = next(answer for answer in answers if answer.status_code == 429)
            assert refused.json()["code"] == "engine.busy"
            assert int(refused.headers["retry-after"]) >= 1
            assert (await call("GET", "/v1/accounts/2")).json()["balance"] == statuses[201]
            assert (await call("POST", "/v1/transfers", move)).status_code == 201


async def test_answers_that_refuse_are_held_back_but_never_more_of_them_than_the_bound(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(edge, "HELD_MAX", 2)
    monkeypatch.setattr(edge, "HELD_SECONDS", (3600, 3600))
    holding = edge.Holding()
    held = [asyncio.ensure_future(holding.back()) for _ in range(2)]
    await asyncio.sleep(0)
    await holding.back()
    assert [request.done() for request in held] == [False, False]
    held[0].cancel()
    await asyncio.gather(*held[:1], return_exceptions=True)
    third = asyncio.ensure_future(holding.back())
    await asyncio.sleep(0)
    assert not third.done()
    for request in (held[1], third):
        request.cancel()
    await asyncio.gather(held[1], third, return_exceptions=True)
