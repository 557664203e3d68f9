"""Money to and from bound accounts over a real rail sandbox, however it misbehaves: booked once, or not at all."""

import asyncio
import contextlib
import socket
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
from canglian.bank.deposit import BindingState, BoundAccount, RailDifference, RailOrder, RailState
from canglian.bank.deposit.commands import (
    AskBindingCode,
    BindAccount,
    ConfirmAmount,
    ConfirmByTransfer,
    RequestPull,
    RequestPush,
    TypeBindingCode,
)
from canglian.bank.deposit.model import Confirmation
from canglian.bank.deposit.outside import ADAPTERS, ask, reconcile
from canglian.bank.party.codes import index_of
from canglian.kernel.outbox import Dispatcher
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.postgres.store import PostgresStore
from canglian.kernel.settings import Settings
from canglian.kernel.values import utc_now
from canglian.web.outside import Wiring, callbacks
from canglian.web.signing import Asked, signed_request
from canglian.web.signing_keys import SigningKey
from tests import sandboxes
from tests.bank.deposit.holders import Holders
from tests.bank.party.people import KEYRING, SEALER
from tests.sandboxes import Program, Sandboxes
from tests.serving import PATIENCE

NUMBER = "6228480400556677889"


@pytest.fixture
def worlds(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Sandboxes]:
    start = getattr(request, "param", sandboxes.in_a_thread)
    with start(tmp_path / "sandbox") as running:
        yield running


class Bank(Holders):
    """A branch in PostgreSQL that is connected to the worlds, and listens to their callbacks."""

    def connect(self, worlds: Sandboxes, callback: str | None) -> None:
        settings = worlds.connected(Settings(), outside_timeout_ms=1000, rail_callback_url=callback)
        reader = Reader(self.store.pool)
        services: Any = SimpleNamespace(
            engine=self.engine, reader=reader, keyring=KEYRING, settings=settings, store=self.store, memory={}
        )
        self.services = services
        self.wiring = Wiring(services, ADAPTERS)
        clock = lambda: utc_now() + timedelta(days=1)  # noqa: E731
        self.dispatcher = Dispatcher(self.engine, reader, KEYRING, clock=clock, adapters=self.wiring.adapters)

    async def pump(self, turns: int = 4) -> None:
        for _ in range(turns):
            await self.wiring.introduce(1)
            await self.dispatcher.turn(1)
            await self.dispatcher.settle()

    async def says_no(self, command: Any) -> str:
        """The code of a refusal."""
        error = (await self.ask(command)).error
        assert error is not None
        return error.code

    async def order(self, identity: str) -> RailOrder:
        return await self.get(RailOrder, identity)

    async def ended(self, identity: str, seconds: float = PATIENCE) -> RailOrder:
        """An order, once its answer is there."""
        async with asyncio.timeout(seconds):
            while not (found := await self.order(identity)).state.is_final:
                await asyncio.sleep(0.05)
        return found

    async def rows(self, kind: Any, **fields: Any) -> list[Any]:
        from canglian.kernel.queries.entities import some

        ((column, value),) = fields.items()
        return await some(self.services.reader, 1, kind, column, value)


class Listening:
    """The bank's own address."""

    def __init__(self) -> None:
        self.socket = socket.socket()
        self.socket.bind(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}/outside/rail"


@pytest.fixture
async def bank(database: str, worlds: Sandboxes) -> AsyncIterator[Bank]:
    store = await PostgresStore.open(database)
    running = Bank(store)
    await running.open()
    listening = Listening()
    running.connect(worlds, listening.url)
    routes = Litestar([callbacks(ADAPTERS)], exception_handlers={Exception: server._as_problem}, logging_config=None)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await routes({**scope, "state": {"services": running.services}}, receive, send)

    config = uvicorn.Config(app, lifespan="off", log_config=None, access_log=False, ws="none")
    serving = uvicorn.Server(config)
    serving.capture_signals = contextlib.nullcontext  # type: ignore[method-assign,assignment]
    task = asyncio.create_task(serving.serve([listening.socket]))
    await running.wiring.introduce(1)
    yield running
    serving.should_exit = True
    await task
    listening.socket.close()
    await running.dispatcher.close()
    await running.wiring.close()
    await running.engine.stop()
    await store.close()


async def bound(bank: Bank, number: str = NUMBER) -> tuple[Any, BoundAccount]:
    """A funded account with a bound one, checked by the identity world and confirmed over the rail."""
    party = await bank.seen(1, mobile="13812345678")
    account = await bank.counter(party)
    await bank.fund(account, 100_000)
    asked = await bank.do(BindAccount(account=account.id, number=SEALER.account(number), bank="农村信用社"))
    await bank.pump()
    assert (await bank.get(BoundAccount, asked.id)).state is BindingState.CHECKED
    confirming = await bank.do(ConfirmByTransfer(bound_account=asked.id))
    await bank.pump()
    order = await bank.ended(confirming.order)
    confirmed = await bank.do(ConfirmAmount(bound_account=asked.id, amount=order.amount))
    assert confirmed.state is BindingState.ACTIVE
    return account, confirmed


def there(worlds: Sandboxes, number: str = NUMBER) -> int:
    """What the account at the other bank has, without the small transfer."""
    url = f"{worlds.addresses['rail']}/accounts"
    found = httpx.get(url, headers={"accept": "application/json"}, trust_env=False, timeout=PATIENCE).json()["data"][
        number
    ]
    return found["balance"] - sum(entry["amount"] for entry in found["entries"] if entry["kind"] == "one_cent")


async def pull(bank: Bank, bound_account: BoundAccount, amount: int) -> str:
    return (await bank.do(RequestPull(bound_account=bound_account.id, amount=amount, channel="mobile"))).id


async def push(bank: Bank, bound_account: BoundAccount, amount: int) -> str:
    return (await bank.do(RequestPush(bound_account=bound_account.id, amount=amount, channel="mobile"))).id


async def test_an_account_is_bound_and_money_goes_both_ways_by_itself(bank: Bank, worlds: Sandboxes) -> None:
    account, other = await bound(bank)
    came, went = await pull(bank, other, 30_000), await push(bank, other, 12_345)
    await bank.pump()
    assert {(await bank.ended(order)).state for order in (came, went)} == {RailState.SUCCEEDED}
    assert await bank.money(account) == 100_000 + 30_000 - 12_345
    assert there(worlds) == 1_000_000 - 30_000 + 12_345


@pytest.mark.parametrize("fault", ["error", "silent", "lost", "forged", "duplicate", "out_of_order"])
async def test_faults_of_the_rail_lose_no_money_and_double_none(bank: Bank, worlds: Sandboxes, fault: str) -> None:
    account, other = await bound(bank)
    worlds.faults("rail", **{fault: 1.0}, times=4)
    orders = [await pull(bank, other, 1_000), await push(bank, other, 300), await pull(bank, other, 20)]
    await bank.pump(8)
    for order in orders:
        assert (await bank.ended(order)).state is RailState.SUCCEEDED
    assert await bank.money(account) == 100_000 + 1_000 - 300 + 20
    assert there(worlds) == 1_000_000 - 1_000 + 300 - 20
    assert await bank.held(account.account) == (0, 0)
    for order in orders:
        assert await bank.rows(RailDifference, subject=order) == []


async def test_more_than_there_is_fails_and_moves_nothing(bank: Bank, worlds: Sandboxes) -> None:
    account, other = await bound(bank)
    order = await pull(bank, other, 2_000_000)
    await bank.pump()
    assert (await bank.ended(order)).reason == "余额不足"
    assert (await bank.money(account), there(worlds)) == (100_000, 1_000_000)


async def test_a_rail_that_tells_nothing_is_asked(bank: Bank, worlds: Sandboxes) -> None:
    account, other = await bound(bank)
    bank.services.settings = msgspec.structs.replace(bank.services.settings, rail_callback_url=None)
    order = await pull(bank, other, 500)
    await bank.pump()
    await asyncio.sleep(0.5)
    assert (await bank.order(order)).state is RailState.SENT
    for _ in range(2):
        await ask(bank.wiring._outside, 1)
    assert (await bank.order(order)).state is RailState.SUCCEEDED
    assert await bank.money(account) == 100_500


async def test_what_was_never_answered_is_settled_by_the_file_of_the_day(bank: Bank, worlds: Sandboxes) -> None:
    account, other = await bound(bank)
    bank.services.settings = msgspec.structs.replace(bank.services.settings, rail_callback_url=None)
    order = await push(bank, other, 700)
    await bank.pump()
    assert (await bank.order(order)).state is RailState.SENT
    from canglian.ledger.commands import CloseDay
    from tests.ledger.branch import TODAY

    await bank.do(CloseDay(next_day=TODAY + timedelta(days=1)))
    for _ in range(2):
        await reconcile(bank.wiring._outside, 1)
    found = await bank.order(order)
    assert (found.state, found.filed_on) == (RailState.SUCCEEDED, TODAY)
    assert await bank.money(account) == 100_000 - 700
    assert await bank.rows(RailDifference, subject=order) == []


@pytest.mark.parametrize("worlds", [sandboxes.running], indirect=True, ids=["process"])
async def test_a_rail_that_was_killed_tells_afterwards_and_moved_the_money_once(
    bank: Bank, worlds: Program, tmp_path: Path
) -> None:
    account, other = await bound(bank)
    order = await pull(bank, other, 900)
    await bank.pump(1)
    sandboxes.kill(worlds)
    state = (await bank.order(order)).state
    assert state in (RailState.SENT, RailState.SUCCEEDED)
    with sandboxes.running(tmp_path / "sandbox") as again:
        assert (await bank.ended(order)).state is RailState.SUCCEEDED
        assert there(again) == 1_000_000 - 900
    assert await bank.money(account) == 100_900


# -- codes ---------------------------------------------------------------------------------------------------------


async def checked(bank: Bank) -> BoundAccount:
    party = await bank.seen(1, mobile="13812345678")
    account = await bank.counter(party)
    asked = await bank.do(BindAccount(account=account.id, number=SEALER.account(NUMBER), bank="农村信用社"))
    await bank.pump()
    return await bank.get(BoundAccount, asked.id)


def newest(worlds: Sandboxes) -> str:
    """The digits of the newest message."""
    return "".join(filter(str.isdecimal, worlds.inbox("13812345678")[0]["text"]))[:6]


def typed(bound_account: BoundAccount, code: str) -> TypeBindingCode:
    return TypeBindingCode(bound_account=bound_account.id, code=index_of(KEYRING, 1, bound_account.id, code))


async def test_a_code_that_the_house_sent_binds_an_account_and_counts_once(bank: Bank, worlds: Sandboxes) -> None:
    bound = await checked(bank)
    assert await bank.says_no(typed(bound, "000000")) == "bound_account.state"
    await bank.do(AskBindingCode(bound_account=bound.id))
    assert await bank.says_no(AskBindingCode(bound_account=bound.id)) == "bound_account.code_soon"
    await bank.pump()
    code = newest(worlds)
    waiting = await bank.get(BoundAccount, bound.id)
    assert (waiting.state, waiting.confirmation, waiting.codes) == (BindingState.CONFIRMING, Confirmation.SMS, 1)
    wrong = await bank.do(typed(bound, f"{(int(code) + 1) % 1_000_000:06}"))
    assert (wrong.state, wrong.tries) == (BindingState.CONFIRMING, 1)
    right = await bank.do(typed(bound, code))
    assert (right.state, right.code_index, right.code_until) == (BindingState.ACTIVE, None, None)
    assert await bank.says_no(typed(bound, code)) == "bound_account.state"


async def test_a_message_that_is_lost_and_sent_again_has_the_same_code(bank: Bank, worlds: Sandboxes) -> None:
    bound = await checked(bank)
    worlds.faults("sms", lost=1.0, times=3)
    await bank.do(AskBindingCode(bound_account=bound.id))
    await bank.pump(8)
    assert len(worlds.inbox("13812345678")) == 1
    assert (await bank.do(typed(bound, newest(worlds)))).state is BindingState.ACTIVE


async def test_a_code_ends_after_its_minutes_and_the_last_wrong_one_ends_the_binding(
    bank: Bank, worlds: Sandboxes
) -> None:
    bound = await checked(bank)
    await bank.do(AskBindingCode(bound_account=bound.id))
    await bank.pump()
    right, wrong = newest(worlds), f"{(int(newest(worlds)) + 1) % 1_000_000:06}"
    for tries in (1, 2):
        assert (await bank.do(typed(bound, wrong))).tries == tries
    bank.now += timedelta(minutes=5)
    assert await bank.says_no(typed(bound, right)) == "bound_account.code_expired"
    await bank.do(AskBindingCode(bound_account=bound.id))
    await bank.pump()
    ended = await bank.do(typed(bound, wrong))
    assert (ended.state, ended.outcome, ended.code_index) == (BindingState.REJECTED, "confirmation_failed", None)


# -- callbacks -----------------------------------------------------------------------------------------------------


async def test_only_the_rail_is_believed(bank: Bank, worlds: Sandboxes, tmp_path: Path) -> None:
    account, other = await bound(bank)
    url = bank.services.settings.rail_callback_url + "/1"
    bank.services.settings = msgspec.structs.replace(bank.services.settings, rail_callback_url=None)
    order = await pull(bank, other, 5_000)
    await bank.pump()
    keys = msgspec.json.decode((tmp_path / "sandbox" / "rail.keys.json").read_bytes())
    right = SigningKey.read(keys["world"])
    body = msgspec.json.encode({"order": order, "state": "succeeded", "reference": "x", "reason": None})
    host, now = url.split("/")[2], utc_now().timestamp()

    async def notify(headers: dict[str, Any], to: str = url, content: bytes = body) -> tuple[int, str]:
        async with httpx.AsyncClient(trust_env=False, timeout=PATIENCE) as client:
            answer = await client.post(to, content=content, headers={"content-type": "application/json", **headers})
        return answer.status_code, "" if answer.status_code == 204 else answer.json()["code"]

    def signed(key: SigningKey, at: float = now, content: bytes = body) -> dict[str, str]:
        kind = {"content-type": "application/json"}
        return signed_request(key, Asked("POST", host, "/outside/rail/1", "", kind, content), at)

    assert await notify({}) == (401, "signature.missing")
    assert await notify(signed(SigningKey.new("rail"))) == (401, "signature.wrong")
    assert await notify(signed(SigningKey.new("other"))) == (401, "signature.key_unknown")
    assert await notify(signed(SigningKey.read(keys["bank"]))) == (401, "signature.key_unknown")
    assert await notify(signed(right, now - 301)) == (401, "signature.out_of_time")
    assert await notify(signed(right), content=body.replace(b"succeeded", b"failed")) == (
        401,
        "signature.digest_differs",
    )
    assert await notify(signed(right), url[:-1] + "2") == (401, "signature.wrong")
    assert await notify(signed(right), url.replace("rail", "sms")) == (404, "outside.unknown")
    for unread in (b"[]", b"{", b"\xff", b"[" * 100_000, b'{"a":' * 100_000):
        assert await notify(signed(right, content=unread), content=unread) == (400, "request.malformed")
    strange = {**signed(right), "content-digest": "sha-256=:é:".encode()}
    assert await notify(strange) == (401, "signature.digest_differs")
    assert (await bank.order(order)).state is RailState.SENT
    assert await bank.money(account) == 100_000
    once = signed(right)
    assert await notify(once) == (204, "")
    assert await notify(once) == (401, "signature.replayed")
    assert await notify(signed(right)) == (204, "")
    assert await bank.money(account) == 105_000
