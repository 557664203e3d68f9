"""Who waits for whom: light and heavy commands in one queue."""

from typing import Any

import pytest

from canglian.kernel import Busy
from canglian.kernel.deciding import LIGHT_MAX, Ticket
from canglian.kernel.waiting import ABOUT_BATCHES, Waiting
from tests.kernel.toy import Heavy


async def tickets(*weights: int) -> list[Ticket]:
    return [Ticket(Heavy(box="a", times=weight), "x", None, False, None) for weight in weights]


def weights(taken: list[Ticket]) -> list[int]:
    return [ticket.weight for ticket in taken]


async def filled(*given: int, batch_max: int = 100, queue_max: int = 10_000) -> Waiting:
    waiting = Waiting(batch_max, queue_max)
    for ticket in await tickets(*given):
        waiting.add(ticket)
    return waiting


def all_batches(waiting: Waiting) -> list[list[int]]:
    batches: list[Any] = []
    while batch := waiting.take():
        batches.append(weights(batch))
    assert waiting.weight == 0
    return batches


@pytest.mark.parametrize(
    ("given", "batches"),
    [
        ([], []),
        ([1, 2, 3], [[1, 2, 3]]),
        ([16] * 7, [[16] * 3, [16] * 2, [16], [16]]),
        ([40, 50, 60, 200, 17], [[40, 50], [60], [200], [17]]),
        ([40, 41, 1, 42, 2], [[40, 1, 2], [41], [42]]),
        ([1, 40, 2, 41], [[1, 40, 2], [41]]),
    ],
)
async def test_a_batch_takes_what_came_first_but_one_heavy_command_beside_light_ones(
    given: list[int], batches: list[list[int]]
) -> None:
    assert all_batches(await filled(*given)) == batches


async def test_one_batch_in_five_has_a_heavy_command_while_light_ones_keep_coming() -> None:
    waiting = await filled(40, 41, 42)
    seen: list[list[int]] = []
    while waiting.weight:
        for ticket in await tickets(1):
            waiting.add(ticket)
        seen.append(weights(waiting.take()))
        if len(seen) > 12:
            break
    assert seen[:11] == [[40, 1], *[[1]] * 4, [41, 1], *[[1]] * 4, [42, 1]]


async def test_what_comes_back_keeps_its_place_and_always_has_room() -> None:
    waiting = await filled(1, 40, 2, 3, queue_max=46)
    first = waiting.take()
    assert weights(first) == [1, 40, 2, 3]
    (late, heavy) = await tickets(4, 41)
    waiting.add(late)
    waiting.add(heavy)
    waiting.back(first)
    assert waiting.weight == 91
    assert all_batches(waiting) == [[1, 2, 3, 4], [40], [41]]


async def test_a_full_queue_lets_nobody_in_and_an_empty_one_lets_anybody_in() -> None:
    waiting = await filled(50, queue_max=10)
    with pytest.raises(Busy):
        waiting.add((await tickets(1))[0])
    assert (waiting.weight, all_batches(waiting)) == (50, [[50]])
    waiting.add((await tickets(LIGHT_MAX))[0])
    assert all_batches(waiting) == [[LIGHT_MAX]]


@pytest.mark.parametrize(
    ("waiting_lines", "under_way", "taken"),
    [
        (1, 1, 1),
        (15, 0, 15),
        (16, 0, 8),
        (64, 0, 32),
        (1025, 0, 100),
        (62, 2, 32),
        (32, 32, 32),
        (10, 100, 10),
        (2000, 1, 100),
        (30, 1024, 30),
    ],
)
async def test_what_waits_and_what_is_under_way_are_shared_alike_by_two_batches(
    waiting_lines: int, under_way: int, taken: int
) -> None:
    waiting = await filled(*[1] * waiting_lines)
    assert len(waiting.take(under_way)) == taken


async def test_heavy_commands_go_together_again_once_no_light_ones_are_about() -> None:
    waiting = await filled(1, *[17] * (ABOUT_BATCHES + 4))
    assert [len(batch) for batch in all_batches(waiting)] == [2, *[1] * (ABOUT_BATCHES - 1), 4]
