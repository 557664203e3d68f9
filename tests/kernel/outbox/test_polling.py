"""Many receivers are looked after at once: few questions to the database, and slow ones never hold up the others."""

import asyncio
from typing import Any

import pytest

from canglian.kernel import Book, Command
from canglian.kernel.outbox import ChangeReceiver, ReceiverState
from canglian.kernel.postgres.reader import Reader
from tests.kernel.outbox.conftest import Ear, Post
from tests.serving import PATIENCE

RECEIVERS = 120


class TellOfBox(Command[None], kind="toy.tell_of_box"):
    """An event that carries a box's name."""

    box: str

    def decide(self, book: Book) -> None:
        book.emit("box.told", f"box:{self.box}", box=self.box)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The statements that were asked of the reader."""
    statements: list[str] = []
    original = Reader.rows

    async def counted(self: Reader, sql: str, book: int, *arguments: Any) -> Any:
        statements.append(sql)
        return await original(self, sql, book, *arguments)

    monkeypatch.setattr(Reader, "rows", counted)
    return statements


async def test_questions_follow_what_is_sent_and_not_how_many_wait(post: Post, ear: Ear, asked: list[str]) -> None:
    for number in range(RECEIVERS):
        await post.add(ear.url, about={"box": f"box-{number}"})
    dispatcher = post.dispatcher()
    await post.pump(dispatcher)
    asked.clear()
    for _ in range(5):
        await post.pump(dispatcher)
    assert len(asked) == 5
    asked.clear()
    await post.events(3)
    await post.pump(dispatcher)
    assert ear.heard == []
    assert len(asked) == 2


async def test_a_receiver_about_one_thing_hears_of_that_at_once(post: Post, ear: Ear, asked: list[str]) -> None:
    for number in range(RECEIVERS):
        await post.add(ear.url, about={"box": f"b{number}"})
    dispatcher = post.dispatcher()
    await post.pump(dispatcher)
    asked.clear()
    for number in (7, 50):
        await post.engine.execute(1, TellOfBox(box=f"b{number}"), actor="t")
    await post.pump(dispatcher)
    assert sorted(ear.numbers) == [RECEIVERS + 1, RECEIVERS + 2]
    assert len(asked) <= 2 + 2 * 2
    await post.pump(dispatcher)
    assert len(ear.heard) == 2


async def test_who_is_far_behind_and_comes_back_loses_nothing(
    post: Post, ear: Ear, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("canglian.kernel.outbox.polling.BACK", 3)
    monkeypatch.setattr("canglian.kernel.outbox.polling.PAGE", 2)
    receiver, _ = await post.add(ear.url)
    await post.events(10)
    dispatcher = post.dispatcher(run_events=4)
    await post.pump(dispatcher)
    assert ear.numbers == list(range(2, 12))
    paused = ChangeReceiver(receiver=receiver.id, state=ReceiverState.PAUSED)
    await post.engine.execute(1, paused, actor="t")
    await post.events(3)
    await post.pump(dispatcher)
    assert len(ear.heard) == 10
    await post.engine.execute(1, ChangeReceiver(receiver=receiver.id, state=ReceiverState.ACTIVE), actor="t")
    await post.pump(dispatcher)
    assert ear.numbers[10:] == [13, 14, 15]


async def test_what_happens_while_something_is_being_sent_is_sent_next(post: Post, ear: Ear) -> None:
    await post.add(ear.url)
    goes_on = asyncio.Event()

    async def wait(_heard: Any) -> int:
        await goes_on.wait()
        return 204

    ear.answer = wait
    await post.events(1)
    dispatcher = post.dispatcher(timeout_seconds=60.0)
    await dispatcher.turn(1)
    async with asyncio.timeout(PATIENCE):
        while not ear.heard:
            await asyncio.sleep(0.01)
    await post.events(2)
    await dispatcher.turn(1)
    goes_on.set()
    await dispatcher.settle()
    await post.pump(dispatcher)
    assert ear.numbers == [2, 3, 4]


async def test_receivers_that_never_answer_leave_room_for_the_others(
    post: Post, ear: Ear, monkeypatch: pytest.MonkeyPatch
) -> None:
    silent = Ear()
    await silent.start()
    never = asyncio.Event()

    async def hang(_heard: Any) -> int:
        await never.wait()
        return 204

    silent.answer = hang
    for _ in range(8):
        await post.add(silent.url, ladder=[60])
    await post.add(ear.url)
    dispatcher = post.dispatcher(concurrency=4, timeout_seconds=0.2)
    await post.events(1)
    await post.pump(dispatcher)
    assert (len(silent.heard), ear.numbers) == (8, [10])
    monkeypatch.setattr(dispatcher._sender, "_timeout", 60.0)  # pyright: ignore[reportPrivateUsage]
    await post.events(1)
    await dispatcher.turn(1)
    async with asyncio.timeout(PATIENCE):
        while len(ear.heard) < 2:
            await asyncio.sleep(0.01)
    assert len(silent.heard) <= 8 + 1
    never.set()
    await dispatcher.settle()
    assert len(silent.heard) == 16
    await silent.stop()
