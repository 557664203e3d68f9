"""A branch in PostgreSQL beside a channel sandbox, and cards that pay there later."""

import asyncio
import contextlib
import socket
import time
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import msgspec
import pytest
import uvicorn
from litestar import Litestar

from canglian.app import server
from canglian.bank.payment import ChannelKind, ChannelMethod, ChannelOrder, Payment
from canglian.bank.payment.commands import CapturePayment, PayByChannel
from canglian.bank.payment.model import Merchant
from canglian.bank.payment.outside import ADAPTERS, ENQUIRY_SECONDS, enquire
from canglian.kernel.outbox import Dispatcher
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.postgres.store import PostgresStore
from canglian.kernel.settings import Settings
from canglian.kernel.values import utc_now
from canglian.ledger.model import Account
from canglian.web.outside import Wiring, callbacks
from tests import sandboxes
from tests.bank.party.people import KEYRING
from tests.bank.payment.shops import Shops
from tests.sandboxes import Sandboxes
from tests.serving import PATIENCE

URL = "channel_callback_url"


@pytest.fixture
def worlds(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Sandboxes]:
    start = getattr(request, "param", sandboxes.in_a_thread)
    with start(tmp_path / "sandbox") as running:
        yield running


class Bank(Shops):
    """A branch in PostgreSQL that is connected to the channel, and listens to its notifications."""

    services: Any
    wiring: Wiring
    dispatcher: Dispatcher

    def connect(self, worlds: Sandboxes, callback: str | None) -> None:
        settings = worlds.connected(Settings(), outside_timeout_ms=1000, channel_callback_url=callback)
        reader = Reader(self.store.pool)
        services: Any = SimpleNamespace(
            engine=self.engine, reader=reader, keyring=KEYRING, settings=settings, store=self.store, memory={}
        )
        self.services = services
        self.wiring = Wiring(services, ADAPTERS)
        clock = lambda: utc_now() + timedelta(days=1)  # noqa: E731
        self.dispatcher = Dispatcher(self.engine, reader, KEYRING, clock=clock, adapters=self.wiring.adapters)

    def deaf(self) -> None:
        """No notification comes."""
        self.services.settings = msgspec.structs.replace(self.services.settings, **{URL: None})

    async def pump(self, turns: int = 4) -> None:
        for _ in range(turns):
            await self.wiring.introduce(1)
            await self.dispatcher.turn(1)
            await self.dispatcher.settle()

    async def enquire(self, seconds: int = 1) -> None:
        """Enquire about what is due after a while."""
        self.now += timedelta(seconds=seconds)
        await enquire(self.wiring._outside, 1)  # pyright: ignore[reportPrivateUsage]

    async def channel_order(self, identity: str) -> ChannelOrder:
        return await self.get(ChannelOrder, identity)

    async def ended(self, identity: str, seconds: float = PATIENCE) -> ChannelOrder:
        """A channel order, once its end is known: by a notification, or by an enquiry where none comes in a while.

        On a busy machine an order's answer may come too late, and nothing says whether the channel took it.
        """
        async with asyncio.timeout(seconds):
            enquired = time.monotonic()
            while not (found := await self.channel_order(identity)).state.is_final:
                await asyncio.sleep(0.05)
                if time.monotonic() > enquired + ENQUIRY_SECONDS:
                    await self.enquire(30)
                    await self.pump(1)
                    enquired = time.monotonic()
        return found

    async def rows(self, kind: Any, **fields: Any) -> list[Any]:
        from canglian.kernel.queries.entities import some

        ((column, value),) = fields.items()
        return await some(self.services.reader, 1, kind, column, value)

    async def balances(self) -> tuple[int, int]:
        """What the channel owes, and what is on its way back to payers."""
        found: list[int] = []
        for name in ("owed", "refunds"):
            accounts = await self.rows(Account, reference=f"payment.channel_{name}.cny")
            found.append(await self.balance(accounts[0].id) if accounts else 0)
        return found[0], found[1]


@pytest.fixture
async def bank(database: str, worlds: Sandboxes) -> AsyncIterator[Bank]:
    store = await PostgresStore.open(database)
    running = Bank(store)
    await running.open()
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    running.connect(worlds, f"http://127.0.0.1:{listening.getsockname()[1]}/outside/channel")
    problems: Any = server._as_problem  # pyright: ignore[reportPrivateUsage]
    routes: Any = Litestar([callbacks(ADAPTERS)], exception_handlers={Exception: problems}, logging_config=None)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await routes({**scope, "state": {"services": running.services}}, receive, send)

    config = uvicorn.Config(app, lifespan="off", log_config=None, access_log=False, ws="none")
    serving = uvicorn.Server(config)
    serving.capture_signals = contextlib.nullcontext  # type: ignore[method-assign,assignment]
    task = asyncio.create_task(serving.serve([listening]))
    await running.wiring.introduce(1)
    yield running
    serving.should_exit = True
    await task
    listening.close()
    await running.dispatcher.close()
    await running.wiring.close()
    await running.engine.stop()
    await store.close()


def at_the_channel(worlds: Sandboxes) -> list[dict[str, Any]]:
    """What the channel has done, the oldest first."""
    url = f"{worlds.addresses['channel']}/payments"
    found = httpx.get(url, headers={"accept": "application/json"}, trust_env=False, timeout=PATIENCE).json()["data"]
    return found[::-1]


async def authorised(bank: Bank, amount: int = 10_000) -> tuple[Merchant, Payment]:
    """Money that a card has set aside."""
    shop = await bank.shop()
    order = await bank.order(shop, amount)
    sent = await bank.do(PayByChannel(order=order.id, method=ChannelMethod.CARD, later=True))
    await bank.pump()
    return shop, await bank.get(Payment, (await bank.ended(sent.id)).payment or "")


async def of_kind(bank: Bank, payment: Payment, kind: ChannelKind) -> list[ChannelOrder]:
    return [order for order in await bank.rows(ChannelOrder, payment=payment.id) if order.kind is kind]


async def captures(bank: Bank, payment: Payment, amount: int, *, final: bool = False) -> ChannelOrder:
    """A capture, on its way to the channel."""
    before = {order.id for order in await of_kind(bank, payment, ChannelKind.CAPTURE)}
    await bank.do(CapturePayment(payment=payment.id, amount=amount, final=final))
    await bank.pump()
    (asked,) = [order for order in await of_kind(bank, payment, ChannelKind.CAPTURE) if order.id not in before]
    return asked
