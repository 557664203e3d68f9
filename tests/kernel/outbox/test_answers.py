"""What a receiver answers is what it means: when to come again, and never again."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import msgspec
import pytest

from canglian.kernel.errors import Unavailable
from canglian.kernel.outbox import (
    ChangeReceiver,
    ConnectAdapter,
    Dispatcher,
    Policy,
    ReceiverState,
    ResendDeadLetter,
    rotate_secret,
    rotation,
    secrets,
    sending,
)
from canglian.kernel.records import Event
from tests.kernel.outbox.conftest import KEYRING, START, Ear, Heard, Post


async def answering(ear: Ear, status: int, retry_after: str | None = None) -> None:
    """Let an ear answer with a status, and with when to come again."""
    header = "" if retry_after is None else f"retry-after: {retry_after}\r\n"

    async def answer(_heard: Heard) -> bytes:
        return f"HTTP/1.1 {status} x\r\n{header}content-length: 0\r\n\r\n".encode()

    ear.answer = answer


@pytest.mark.parametrize("status", [429, 503, 500, 302])
@pytest.mark.parametrize(
    ("retry_after", "seconds"),
    [("2", 2), ("120", 120), ("0", 0), ("86400", 6 * 3600), ("9" * 40, 6 * 3600), ("soon", 0), ("-5", 0), ("1.5", 0)],
)
async def test_a_receiver_that_says_when_to_come_again_is_not_asked_before(
    post: Post, ear: Ear, status: int, retry_after: str, seconds: int
) -> None:
    receiver, _ = await post.add(ear.url, delay_ms=1)
    await post.events(1)
    await answering(ear, status, retry_after)
    await post.pump(post.dispatcher())
    due = (await post.receiver(receiver.id)).next_at
    assert due is not None
    assert timedelta(seconds=seconds) <= due - START <= timedelta(seconds=seconds, milliseconds=5)


@pytest.mark.parametrize("more", [{"tries_max": 1}, {"ladder": [15, 30]}], ids=["dead letter", "ladder"])
async def test_no_other_event_comes_before_either(post: Post, ear: Ear, more: dict[str, Any]) -> None:
    await post.add(ear.url, **more)
    await post.events(3)
    await answering(ear, 429, "120")
    dispatcher = post.dispatcher()
    await post.pump(dispatcher)
    post.later(seconds=119)
    await post.pump(dispatcher)
    assert ear.numbers == [2]
    ear.answer = ear.ok
    post.later(seconds=1)
    await post.pump(dispatcher)
    assert sorted(set(ear.numbers)) == [2, 3, 4] if "ladder" in more else ear.numbers == [2, 3, 4]


async def test_a_service_behind_an_adapter_is_not_asked_before_either(post: Post) -> None:
    asked: list[int] = []

    async def carry(_book: int, event: Event) -> None:
        asked.append(event.number)
        raise Unavailable("database.away", 120_000)

    await post.engine.execute(1, ConnectAdapter(adapter="box.sms", kinds=["box.*"], delay_ms=1), actor="t")
    await post.events(1)
    dispatcher = Dispatcher(
        post.engine,
        post.reader,
        KEYRING,
        Policy(),
        clock=lambda: post.now,
        adapters={"box.sms": carry},
    )
    post.dispatchers.append(dispatcher)
    await post.pump(dispatcher)
    post.later(seconds=119)
    await post.pump(dispatcher)
    assert len(asked) == 1
    post.later(seconds=1)
    await post.pump(dispatcher)
    assert len(asked) == 2


async def test_an_instant_says_it_too(post: Post, ear: Ear) -> None:
    receiver, _ = await post.add(ear.url, delay_ms=1)
    await post.events(1)
    await answering(ear, 503, format_datetime(datetime.now(UTC) + timedelta(minutes=5), usegmt=True))
    await post.pump(post.dispatcher())
    due = (await post.receiver(receiver.id)).next_at
    assert due is not None
    assert timedelta(minutes=4) < due - START <= timedelta(minutes=5)


async def test_a_receiver_that_is_gone_is_paused_at_its_place_and_the_owner_is_told(post: Post, ear: Ear) -> None:
    owner = Ear()
    await owner.start()
    await post.add(owner.url, name="owner", kinds=["receiver.*"])
    receiver, _ = await post.add(ear.url, kinds=["box.*"])
    await post.events(3)
    await answering(ear, 410)
    dispatcher = post.dispatcher()
    await post.pump(dispatcher)
    stored = await post.receiver(receiver.id)
    assert (stored.state, stored.problem, stored.tries) == (ReceiverState.PAUSED, "HTTP status 410", 0)
    assert stored.cursor < ear.numbers[0]
    post.later(hours=7)
    await post.pump(dispatcher)
    assert len(ear.heard) == 1
    told = [msgspec.json.decode(heard.body) for heard in owner.heard]
    gone = [event for event in told if event["type"] == "receiver.gone"]
    assert [event["subject"] for event in gone] == [f"receiver:{receiver.id}"]
    ear.answer = ear.ok
    await post.engine.execute(1, ChangeReceiver(receiver=receiver.id, state=ReceiverState.ACTIVE), actor="user:ann")
    await post.pump(dispatcher)
    assert ear.numbers == [ear.numbers[0], *sorted(set(ear.numbers))]
    assert len(set(ear.numbers)) == 3
    await owner.stop()


async def test_a_dead_letter_that_finds_nobody_pauses_the_receiver_too(post: Post, ear: Ear) -> None:
    receiver, _ = await post.add(ear.url, tries_max=1)
    await post.events(1)
    await answering(ear, 500)
    dispatcher = post.dispatcher()
    await post.pump(dispatcher)
    await post.engine.execute(1, ResendDeadLetter(dead_letter=1), actor="user:ann")
    await answering(ear, 410)
    await post.pump(dispatcher)
    assert (await post.receiver(receiver.id)).state is ReceiverState.PAUSED


async def test_every_secret_of_the_last_day_signs_however_often_it_is_changed(
    post: Post, ear: Ear, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (secrets, sending):
        monkeypatch.setattr(module, "utc_now", lambda: post.now)
    receiver, first = await post.add(ear.url)
    dispatcher = post.dispatcher()
    made = [first]
    for _ in range(3):
        post.later(hours=1)
        made.append(await rotate_secret(post.engine, KEYRING, 1, receiver.id, actor="user:ann"))
    for hours, signs in ((3, made), (24, made), (25, made[1:]), (26, made[2:]), (27, made[3:])):
        post.now = START + timedelta(hours=hours)
        await post.events(1)
        await post.pump(dispatcher)
        heard = ear.heard[-1]
        assert [secret for secret in made if heard.is_signed_with(secret)] == signs, hours
    stored = str(await post.receiver(receiver.id))
    assert not [secret for secret in made if secret in stored]


async def test_a_repeated_key_changes_the_secret_once(post: Post, ear: Ear) -> None:
    receiver, _ = await post.add(ear.url)
    await rotate_secret(post.engine, KEYRING, 1, receiver.id, actor="user:ann")
    once = await rotation(post.engine, KEYRING, 1, receiver.id, key="once", scope="user:ann")
    (await post.engine.submit(1, once[1], actor="user:ann", key="once", scope="user:ann")).unwrap()
    again = await rotation(post.engine, KEYRING, 1, receiver.id, key="once", scope="user:ann")
    assert again == once
    assert (await post.engine.submit(1, again[1], actor="user:ann", key="once", scope="user:ann")).replayed
