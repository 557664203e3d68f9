"""Receivers with a ladder of pauses: an event that fails is tried again by itself, and the next ones pass it."""

from canglian.kernel.outbox import DeadLetterState, ResendDeadLetter, queries
from canglian.kernel.outbox.queries import DeadLetterFilter
from canglian.kernel.queries.paging import Order
from tests.kernel.outbox.conftest import Ear, Heard, Post


async def test_an_event_that_fails_climbs_the_ladder_and_the_next_ones_pass_it(post: Post, ear: Ear) -> None:
    receiver, _ = await post.add(ear.url, ladder=[15, 30])

    async def bad_two(heard: Heard) -> int:
        return 500 if heard.number == 2 else 204

    ear.answer = bad_two
    await post.events(3)
    dispatcher = post.dispatcher()
    for _ in range(3):
        await post.pump(dispatcher)
    assert ear.numbers == [2, 3, 4]
    letter = await queries.dead_letter(post.reader, 1, 1)
    assert letter.next_at is not None
    assert (letter.state, (letter.next_at - post.now).total_seconds()) == (DeadLetterState.WAITING, 15)
    for seconds, state in ((15, DeadLetterState.WAITING), (30, DeadLetterState.DEAD)):
        post.later(seconds=seconds - 1)
        await post.pump(dispatcher)
        tried = len(ear.numbers)
        post.later(seconds=1)
        await post.pump(dispatcher)
        assert len(ear.numbers) == tried + 1
        letter = await queries.dead_letter(post.reader, 1, 1)
        assert letter.state is state
    assert (letter.tries, letter.next_at, ear.numbers) == (3, None, [2, 3, 4, 2, 2])
    ear.answer = ear.ok
    await post.engine.execute(1, ResendDeadLetter(dead_letter=1), actor="user:ann")
    await post.pump(dispatcher)
    (letter,) = (await queries.dead_letters(post.reader, 1, DeadLetterFilter(receiver=receiver.id), Order())).items
    assert (letter.state, letter.tries) == (DeadLetterState.DELIVERED, 4)


async def test_an_operator_does_not_wait_for_the_next_step(post: Post, ear: Ear) -> None:
    await post.add(ear.url, ladder=[15, 15, 30])

    async def down(_heard: Heard) -> int:
        return 500

    ear.answer = down
    await post.events(1)
    dispatcher = post.dispatcher()
    await post.pump(dispatcher)
    ear.answer = ear.ok
    await post.engine.execute(1, ResendDeadLetter(dead_letter=1), actor="user:ann")
    await post.pump(dispatcher)
    assert (await queries.dead_letter(post.reader, 1, 1)).state is DeadLetterState.DELIVERED
    assert ear.numbers == [2, 2]


async def test_a_receiver_about_one_thing_hears_of_nothing_else(post: Post, ear: Ear) -> None:
    await post.add(ear.url, about={"merchant": "mer_1"})
    await post.events(2)
    dispatcher = post.dispatcher()
    await post.pump(dispatcher)
    assert ear.numbers == []
