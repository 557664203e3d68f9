"""Delivery: in order, at least once, one sender at a time, never to the neighbours."""

import asyncio
from datetime import timedelta

import msgspec
import pytest

from canglian.kernel.command import Status
from canglian.kernel.crypto import Keyring
from canglian.kernel.errors import Conflict, Malformed, NotFound, Rejection
from canglian.kernel.outbox import (
    ChangeReceiver,
    DeadLetterState,
    Receiver,
    ReceiverState,
    ResendDeadLetter,
    SkipDeadLetter,
    commands,
    polling,
    queries,
    rotate_secret,
)
from canglian.kernel.outbox.queries import DeadLetterFilter, DeliveryFilter
from canglian.kernel.queries.paging import Order
from canglian.kernel.records import CommandLine
from canglian.kernel.resealing import reseal
from tests.kernel.outbox.conftest import KEYRING, START, Ear, Heard, Post
from tests.kernel.toy import Fill, MakeBox
from tests.serving import PATIENCE


async def test_events_arrive_once_in_order_and_signed(post: Post, ear: Ear) -> None:
    await post.events(3)
    receiver, secret = await post.add(ear.url)
    await post.events(250)
    await post.pump(post.dispatcher())
    assert ear.numbers == list(range(5, 255))  # three before it came, and the outbox's own event, are not for it
    first = ear.heard[0]
    assert first.id == "evt_1_5"
    assert first.is_signed_with(secret)
    assert not first.is_signed_with("whsec_" + "A" * 44)
    assert first.headers["content-type"] == "application/json"
    body = msgspec.json.decode(first.body)
    assert body.pop("subject").startswith("box:box_")
    assert body == {
        "id": "evt_1_5",
        "type": "box.made",
        "timestamp": "2026-01-05T01:00:00Z",
        "book": 1,
        "number": 5,
        "data": {"holds": 0},
    }
    stored = await post.receiver(receiver.id)
    assert (stored.cursor, stored.tries, stored.problem) == (254, 0, None)
    delivered = await queries.deliveries(post.reader, 1, DeliveryFilter(receiver=receiver.id), Order(limit=200))
    assert [delivery.event for delivery in delivered.items] == list(range(254, 54, -1))
    assert {(delivery.delivered, delivery.status, delivery.attempt) for delivery in delivered.items} == {(True, 204, 1)}


async def test_only_kinds_that_were_asked_for_are_sent(post: Post, ear: Ear) -> None:
    await post.add(ear.url, kinds=["box.filled", "other.*"])
    dispatcher = post.dispatcher()
    await post.engine.execute(1, MakeBox(name="a"), actor="t")
    await post.engine.execute(1, Fill(box="a"), actor="t")
    await post.events(2)
    await post.pump(dispatcher)
    assert [msgspec.json.decode(heard.body)["type"] for heard in ear.heard] == ["box.filled"]
    await post.engine.execute(1, ChangeReceiver(receiver=(await _only(post)).id, kinds=["box.*"]), actor="t")
    await post.engine.execute(1, MakeBox(name="b"), actor="t")
    await post.pump(dispatcher)
    assert [msgspec.json.decode(heard.body)["type"] for heard in ear.heard] == ["box.filled", "box.made"]


async def test_looking_costs_no_command_where_nothing_is_to_be_sent(
    post: Post, ear: Ear, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver, _ = await post.add(ear.url, kinds=["never.comes"])
    dispatcher = post.dispatcher()
    await post.events(20)
    before = (await post.store.state(1)).commands
    for _ in range(3):
        await post.pump(dispatcher)
    assert (await post.store.state(1)).commands == before
    monkeypatch.setattr(polling, "IDLE_EVENTS", 10)
    await post.pump(dispatcher)
    assert (await post.receiver(receiver.id)).cursor == 21
    assert ear.heard == []


async def test_back_off_doubles_with_jitter_and_keeps_the_order(post: Post, ear: Ear) -> None:
    receiver, _ = await post.add(ear.url, delay_ms=1000)

    async def down(_heard: Heard) -> int:
        return 503

    ear.answer = down
    await post.events(3)
    dispatcher = post.dispatcher()
    for tries in range(1, 6):
        await post.pump(dispatcher)
        await post.pump(dispatcher)  # not due yet
        stored = await post.receiver(receiver.id)
        assert (stored.tries, stored.cursor, stored.problem) == (tries, 0, "HTTP status 503")
        assert stored.next_at is not None
        gap = stored.next_at - post.now
        assert timedelta(milliseconds=500 << tries - 1) <= gap <= timedelta(milliseconds=1000 << tries - 1)
        post.now = stored.next_at
    assert ear.numbers == [2] * 5
    ear.answer = ear.ok
    await post.pump(dispatcher)
    assert ear.numbers == [2] * 5 + [2, 3, 4]
    assert {heard.id for heard in ear.heard if heard.number == 2} == {"evt_1_2"}


async def test_the_longest_pause_is_six_hours(post: Post) -> None:
    receiver, _ = await post.add("https://shop.example/hook", delay_ms=3_600_000, tries_max=50)
    await post.events(1)
    lease = commands.LeaseReceiver(receiver=receiver.id, holder="h", milliseconds=600_000)
    after = receiver
    for _ in range(49):
        await post.engine.execute(1, lease, actor="t")
        attempt = commands.Attempt(event=2, at=post.now, duration_ms=1, problem="away")
        record = commands.RecordDeliveries(receiver=receiver.id, holder="h", through=1, attempts=[attempt])
        after = await post.engine.execute(1, record, actor="t")
        assert after.next_at is not None
        assert timedelta(minutes=30) <= after.next_at - post.now <= timedelta(hours=6)
        post.now = after.next_at
    assert after.tries == 49


async def test_after_the_last_try_a_dead_letter_lets_the_next_event_pass(post: Post, ear: Ear) -> None:
    receiver, _ = await post.add(ear.url, tries_max=2, delay_ms=10)

    async def bad_two(heard: Heard) -> int:
        return 500 if heard.number == 2 else 204

    ear.answer = bad_two
    await post.events(2)
    dispatcher = post.dispatcher()
    for _ in range(3):
        await post.pump(dispatcher)
        post.later(seconds=1)
    assert ear.numbers == [2, 2, 3]
    letters = (await queries.dead_letters(post.reader, 1, DeadLetterFilter(receiver=receiver.id), Order())).items
    assert [(letter.event, letter.tries, letter.status, letter.state) for letter in letters] == [
        (2, 2, 500, DeadLetterState.DEAD)
    ]
    view = await queries.receiver(post.reader, 1, receiver.id)
    assert (view.dead, view.tries, view.state) == (1, 0, ReceiverState.ACTIVE)


async def test_an_operator_sends_a_dead_letter_again_or_skips_it(post: Post, ear: Ear) -> None:
    await post.add(ear.url, tries_max=1)

    async def down(_heard: Heard) -> int:
        return 404

    ear.answer = down
    await post.events(2)
    dispatcher = post.dispatcher()
    await post.pump(dispatcher)
    await post.pump(dispatcher)
    await post.engine.execute(1, ResendDeadLetter(dead_letter=1), actor="user:ann")
    with pytest.raises(Rejection, match="is queued"):
        await post.engine.execute(1, ResendDeadLetter(dead_letter=1), actor="user:ann")
    await post.pump(dispatcher)
    again = await queries.dead_letter(post.reader, 1, 1)
    assert (again.state, again.tries, again.status) == (DeadLetterState.DEAD, 2, 404)
    ear.answer = ear.ok
    await post.engine.execute(1, ResendDeadLetter(dead_letter=1), actor="user:ann")
    await post.engine.execute(1, SkipDeadLetter(dead_letter=2, reason="known"), actor="user:ann")
    await post.pump(dispatcher)
    states = [
        letter.state for letter in (await queries.dead_letters(post.reader, 1, DeadLetterFilter(), Order())).items
    ]
    assert states == [DeadLetterState.SKIPPED, DeadLetterState.DELIVERED]
    assert ear.numbers == [2, 3, 2, 2]
    with pytest.raises(NotFound, match="no dead letter 9"):
        await queries.dead_letter(post.reader, 1, 9)


async def test_what_was_sent_and_not_recorded_is_sent_again_under_the_same_id(post: Post, ear: Ear) -> None:
    await post.add(ear.url)
    came = asyncio.Event()

    async def hang(_heard: Heard) -> int:
        came.set()
        await asyncio.sleep(60)
        return 204

    ear.answer = hang
    await post.events(2)
    first = post.dispatcher(timeout_seconds=100)
    await first.turn(1)
    await came.wait()
    for task in asyncio.all_tasks():
        if task.get_name().startswith("outbox-1-"):
            task.cancel()
    ear.answer = ear.ok
    second = post.dispatcher()
    await post.pump(second)
    assert ear.numbers == [2]  # the first one's lease still runs
    post.later(seconds=61)
    await post.pump(second)
    assert ear.numbers == [2, 2, 3]
    assert ear.heard[0].id == ear.heard[1].id
    assert ear.heard[0].body == ear.heard[1].body


async def test_two_dispatchers_never_send_to_one_receiver_at_once(post: Post, ear: Ear) -> None:
    await post.add(ear.url)

    async def slow(_heard: Heard) -> int:
        await asyncio.sleep(0.005)
        return 204

    ear.answer = slow
    await post.events(40)
    first, second = post.dispatcher(), post.dispatcher()
    await asyncio.gather(post.pump(first), post.pump(second))
    assert ear.most_at_once == 1
    assert ear.numbers == list(range(2, 42))


async def test_a_dispatcher_that_closes_gives_its_leases_to_the_next(post: Post, ear: Ear) -> None:
    receiver, _ = await post.add(ear.url)
    await post.events(1)
    first = post.dispatcher()
    await post.pump(first)
    await first.close()
    assert (await post.receiver(receiver.id)).leased_by is None
    await post.events(1)
    await post.pump(post.dispatcher())
    assert ear.numbers == [2, 3]
    assert await first.turn(1) == 0


async def test_what_comes_back_after_the_lease_was_lost_is_not_recorded(post: Post, ear: Ear) -> None:
    receiver, _ = await post.add(ear.url)
    await post.events(1)
    lease = commands.LeaseReceiver(receiver=receiver.id, holder="late", milliseconds=1000)
    await post.engine.execute(1, lease, actor="t")
    post.later(seconds=2)
    await post.pump(post.dispatcher())
    attempt = commands.Attempt(event=2, at=START, duration_ms=1, problem="late")
    record = commands.RecordDeliveries(receiver=receiver.id, holder="late", through=1, attempts=[attempt])
    outcome = await post.engine.submit(1, record, actor="t")
    assert outcome.error is not None
    assert outcome.error.code == "receiver.lease_lost"
    assert (await post.receiver(receiver.id)).problem is None


async def test_a_connection_serves_many_messages_and_a_long_answer_is_cut_off(post: Post, ear: Ear) -> None:
    await post.add(ear.url)
    await post.events(30)
    dispatcher = post.dispatcher()
    await post.pump(dispatcher)
    assert (len(ear.heard), ear.connections) == (30, 1)

    async def endless(_heard: Heard) -> bytes:
        return b"HTTP/1.1 200 x\r\ncontent-length: 100000000\r\n\r\n" + b"x" * 200_000

    ear.answer = endless
    await post.events(2)
    await post.pump(dispatcher)
    assert (len(ear.heard), ear.connections) == (32, 2)


async def test_redirects_timeouts_and_broken_answers_are_failures(post: Post, ear: Ear) -> None:
    receiver, _ = await post.add(ear.url, delay_ms=1)
    dispatcher = post.dispatcher(timeout_seconds=0.2)
    await post.events(1)
    problems: list[str | None] = []

    async def redirect(_heard: Heard) -> bytes:
        return f"HTTP/1.1 302 x\r\nlocation: {ear.url}\r\ncontent-length: 0\r\n\r\n".encode()

    async def silence(_heard: Heard) -> int:
        await asyncio.sleep(1)
        return 204

    async def nonsense(_heard: Heard) -> bytes:
        return b"what?\r\n\r\n"

    for answer in (redirect, silence, nonsense):
        ear.answer = answer
        await post.pump(dispatcher)
        problems.append((await post.receiver(receiver.id)).problem)
        post.later(seconds=1)
    assert problems[:2] == ["HTTP status 302", "no answer within 0.2 s"]
    assert problems[2] is not None
    assert problems[2].startswith("RemoteProtocolError")
    assert len(ear.heard) == 3
    await ear.stop()
    await dispatcher.close()


@pytest.mark.parametrize(
    ("url", "allow_private", "problem"),
    [
        ("http://127.0.0.1:1/", False, "private address not allowed"),
        ("https://localhost/", False, "private address not allowed"),
        ("https://10.1.2.3/", False, "private address not allowed"),
        ("https://[::ffff:127.0.0.1]/", False, "private address not allowed"),
        ("https://[::1]/", False, "private address not allowed"),
        ("http://8.8.8.8/", True, "https needed"),
    ],
)
async def test_messages_do_not_go_to_the_neighbours(post: Post, url: str, allow_private: bool, problem: str) -> None:
    receiver, _ = await post.add(url)
    await post.events(1)
    await post.pump(post.dispatcher(allow_private=allow_private))
    assert (await post.receiver(receiver.id)).problem == problem


@pytest.mark.parametrize(
    "url",
    [
        "https://[64:ff9b::7f00:1]/",
        "http://169.254.169.254/latest/meta-data",
        "http://100.100.100.200/",
        "http://[64:ff9b::a9fe:a9fe]/",
        "http://0.0.0.0/",
    ],
)
async def test_what_no_installation_sends_to_is_not_written_down(post: Post, url: str) -> None:
    with pytest.raises(Rejection, match=r"receiver\.url_refused"):
        await post.add(url)
    assert (await post.store.state(1)).commands == 0


async def test_a_receiver_that_waits_does_not_hold_up_the_others(post: Post, ear: Ear) -> None:
    other = Ear()
    await other.start()
    stuck = asyncio.Event()

    async def hang(_heard: Heard) -> int:
        await stuck.wait()
        return 204

    other.answer = hang
    await post.add(other.url)
    await post.add(ear.url)
    await post.events(3)
    dispatcher = post.dispatcher(timeout_seconds=60.0)
    assert await dispatcher.turn(1) == 2
    async with asyncio.timeout(PATIENCE):
        while len(ear.heard) < 3 or not other.heard:
            await asyncio.sleep(0.01)
    assert len(other.heard) == 1
    stuck.set()
    await dispatcher.settle()
    assert other.numbers == ear.numbers
    await other.stop()


async def test_a_running_dispatcher_sends_what_is_new(post: Post, ear: Ear) -> None:
    await post.add(ear.url)
    running = asyncio.create_task(post.dispatcher(poll_seconds=0.01).run(1))
    for expected in (1, 2):
        await post.events(1)
        async with asyncio.timeout(PATIENCE):
            while len(ear.heard) < expected:
                await asyncio.sleep(0.01)
    running.cancel()
    assert ear.numbers == [2, 3]


async def test_paused_and_removed_receivers_hear_nothing_and_lose_nothing(post: Post, ear: Ear) -> None:
    receiver, _ = await post.add(ear.url)
    dispatcher = post.dispatcher()

    async def change(state: ReceiverState) -> Receiver:
        return await post.engine.execute(1, ChangeReceiver(receiver=receiver.id, state=state), actor="user:ann")

    await change(ReceiverState.PAUSED)
    await post.events(2)
    await post.pump(dispatcher)
    assert ear.heard == []
    await change(ReceiverState.ACTIVE)
    await post.pump(dispatcher)
    assert len(ear.heard) == 2
    await change(ReceiverState.REMOVED)
    await post.events(1)
    await post.pump(dispatcher)
    assert len(ear.heard) == 2
    with pytest.raises(Rejection, match="was removed"):
        await change(ReceiverState.ACTIVE)
    assert (await queries.receivers(post.reader, 1, Order())).items == []


async def test_a_new_secret_signs_beside_the_old_one_for_a_day(post: Post, ear: Ear) -> None:
    receiver, old = await post.add(ear.url)
    new = await rotate_secret(post.engine, KEYRING, 1, receiver.id, actor="user:ann")
    dispatcher = post.dispatcher()
    await post.events(1)
    await post.pump(dispatcher)
    assert ear.heard[0].is_signed_with(new)
    stored = await post.receiver(receiver.id)
    assert stored.previous_until == START + timedelta(days=1)
    assert old not in str(stored)
    assert new not in str(stored)
    log = await post.store.pool.fetch("SELECT payload, result FROM command")
    assert not [row for row in log if "whsec_" in row["payload"] + (row["result"] or "")]


async def test_a_repeated_key_answers_the_same_receiver_and_secret(post: Post) -> None:
    first = await post.add("https://shop.example/", key="once")
    assert await post.add("https://shop.example/", key="once") == first
    with pytest.raises(Conflict, match=r"idempotency\.key_reused"):
        await post.add("https://other.example/", key="once")
    await post.engine.execute(1, MakeBox(name="a"), actor="user:ann", key="box")
    with pytest.raises(Conflict, match=r"idempotency\.key_reused"):
        await post.add("https://shop.example/", key="box")
    assert len((await queries.receivers(post.reader, 1, Order())).items) == 1


async def test_secrets_move_to_the_newest_key_and_stay_the_same(post: Post, ear: Ear) -> None:
    receiver, secret = await post.add(ear.url)
    rotated = await rotate_secret(post.engine, KEYRING, 1, receiver.id, actor="user:ann")
    newer = Keyring({"2": b"n" * 32, "1": b"k" * 32}, b"i" * 32)
    assert await reseal(post.engine, post.reader, newer, 1, actor="user:ann") == {"receiver": 1}
    assert await reseal(post.engine, post.reader, newer, 1, actor="user:ann") == {}
    stored = await post.receiver(receiver.id)
    assert stored.secret is not None
    assert stored.previous_secret is not None
    alone = Keyring({"2": b"n" * 32}, b"i" * 32)
    assert alone.open(stored.secret, "receiver.secret") == rotated
    assert alone.open(stored.previous_secret, "receiver.secret") == secret


@pytest.mark.parametrize(
    "url", ["ftp://x/", "shop.example", "https://", "https://a:b@c/", "https://x:99999/", "https://ü/"]
)
async def test_an_address_that_is_none_is_refused(post: Post, url: str) -> None:
    with pytest.raises(Rejection, match=r"receiver\.url_invalid"):
        await post.add(url)


async def test_a_receiver_that_cannot_be_read_is_malformed(post: Post) -> None:
    with pytest.raises(Malformed, match=r"request\.malformed"):
        await post.add("https://shop.example/", kinds=["No Kind"])
    assert (await post.store.state(1)).commands == 0


async def test_commands_of_the_outbox_stand_in_the_log(post: Post, ear: Ear) -> None:
    await post.add(ear.url)
    await post.events(1)
    await post.pump(post.dispatcher())
    lines = await post.store.load(1, CommandLine, [1, 2, 3, 4])
    assert [(line.kind, line.actor, line.status) for _, line in sorted(lines.items())] == [
        ("outbox.add_receiver", "user:ann", Status.APPLIED),
        ("toy.make", "t", Status.APPLIED),
        ("outbox.lease_receiver", "system:outbox", Status.APPLIED),
        ("outbox.record_deliveries", "system:outbox", Status.APPLIED),
    ]


async def _only(post: Post) -> queries.ReceiverView:
    (only,) = (await queries.receivers(post.reader, 1, Order())).items
    return only
