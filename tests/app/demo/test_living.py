"""The days that the demo has lived: each ended, settled and reconciled, but for the one on which it is left."""

from collections.abc import AsyncIterator
from datetime import date

import pytest

from canglian.app.demo import Living, MovedClock, traffic
from canglian.app.demo.living import span
from canglian.app.opening import Opened, opened
from canglian.app.opening import today as shown_by
from canglian.app.rooms import rooms as all_rooms
from canglian.kernel.settings import Settings
from canglian.web.room import Room
from canglian.web.services import Services

pytestmark = pytest.mark.slow


class KilledError(Exception):
    """What a test throws into a fill."""


@pytest.fixture
async def started(configuration: Settings, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[Opened, MovedClock]]:
    """An installation by a clock that a demo moves, whose customers hardly go shopping."""
    monkeypatch.setattr(traffic, "PURCHASES_A_DAY", 1)
    clock = MovedClock()
    async with opened(configuration, clock=clock) as installation:
        yield installation, clock


def quiet(_done: int, _total: int) -> None:
    """Shows no progress."""


async def rows(installation: Opened, sql: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in await installation.services.reader.rows(sql, 1)]


async def test_five_days_have_ended_and_a_killed_fill_goes_on_where_it_was(
    started: tuple[Opened, MovedClock], monkeypatch: pytest.MonkeyPatch
) -> None:
    installation, clock = started
    nights = 0

    async def die(_services: Services, _book: int) -> None:
        nonlocal nights
        nights += 1
        if nights == 3:
            raise KilledError

    monkeypatch.setattr("canglian.app.demo.living.rooms", lambda: (Room("dying", demo_night=die), *all_rooms()))
    with pytest.raises(KilledError):
        await Living(installation, clock).fill(quiet)
    await Living(installation, clock).fill(quiet)
    first, last = span(shown_by())
    assert (await installation.services.store.state(1)).today == last
    ends = await rows(
        installation, "SELECT date, state, started_at::date - date FROM eod_run WHERE book = $1 ORDER BY 1"
    )
    days = [row[0] for row in ends]
    assert len(days) == 5
    assert days[0] == first
    assert last not in days
    assert {row[1] for row in ends} == {"done"}
    assert {row[2] for row in ends} <= {-1, 0}, "in Shanghai it was that day"
    paid = "SELECT date, count(*) FROM settlement WHERE book = $1 AND state = 'paid' GROUP BY 1 ORDER BY 1"
    assert [row[0] for row in await rows(installation, paid)] == days
    reconciled = "SELECT date, state FROM reconciliation_day WHERE book = $1 ORDER BY 1"
    assert await rows(installation, reconciled) == [(day, "balanced") for day in days]
    resolved = "SELECT date, state, assignee FROM reconciliation_difference WHERE book = $1"
    assert await rows(installation, resolved) == [(days[2], "resolved", "王芳")]
    refused = "SELECT kind, code FROM command WHERE book = $1 AND status <> 'applied' AND kind NOT LIKE 'ledger.%'"
    assert await rows(installation, refused) == []
    before = await installation.services.store.state(1)
    await Living(installation, clock).fill(quiet)
    assert await installation.services.store.state(1) == before


def test_a_demo_is_left_on_a_business_day_five_after_its_first() -> None:
    assert span(date(2026, 11, 30)) == (date(2026, 11, 23), date(2026, 11, 30))
    assert span(date(2026, 11, 29)) == (date(2026, 11, 20), date(2026, 11, 27)), "a Sunday: the Friday before"
    assert span(date(2026, 10, 3)) == (date(2026, 9, 22), date(2026, 9, 30)), "a holiday; and Mid-autumn before it"
