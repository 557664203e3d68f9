"""Reconciliation at the end of a day: what lacks its file is said, holds nothing up, and is made good when it comes."""

import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from canglian.app.opening import Opened
from canglian.bank.settlement.closing import queries as closing
from canglian.bank.settlement.closing.model import EodState, EodStep, StepState
from canglian.bank.settlement.closing.running import run_end_of_day, run_free_steps
from canglian.bank.settlement.reconciling import arriving
from canglian.kernel.queries.observing import book_figures
from canglian.kernel.values import utc_now
from tests.bank.settlement.reconciling.test_faces import Trade
from tests.conftest import Caller

STEP = "reconciliation"


@pytest.fixture
async def trade(call: Caller, installation: Opened) -> Trade:
    made = Trade(call, installation)
    await made.make()
    return made


async def step_of(installation: Opened, day: Any) -> EodStep:
    found = await closing.step_or_none(installation.services.reader, 1, day, STEP)
    assert found is not None
    return found


async def test_a_missing_file_is_said_and_the_next_day_begins_all_the_same(
    installation: Opened, trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    services = installation.services
    ended = await run_end_of_day(services, 1)
    assert ended.state is EodState.DONE
    assert (await book_figures(services.reader, 1)).today > ended.date
    whole = await closing.whole(services.reader, 1, ended.date)
    assert [(failure.step, failure.item, failure.code) for failure in whole.failures] == [
        (STEP, f"{trade.today} channel", "reconciliation.file_not_there")
    ]
    assert (await step_of(installation, ended.date)).state is StepState.INCOMPLETE, "never green"
    await run_free_steps(services, 1, utc_now() - timedelta(minutes=5))
    assert (await closing.whole(services.reader, 1, ended.date)).failures[0].tries == 1, "not before its time"
    await run_free_steps(services, 1, utc_now())
    assert (await closing.whole(services.reader, 1, ended.date)).failures[0].tries == 2
    await trade.reconcile(trade.file(trade.lines[:2]))
    await run_free_steps(services, 1, utc_now())
    assert (await closing.whole(services.reader, 1, ended.date)).failures == []
    assert (await step_of(installation, ended.date)).state is StepState.DONE
    await run_free_steps(services, 1, utc_now())
    (day,) = (await trade.call("GET", "/v1/reconciliation-days")).json()["data"]
    assert day["state"] == "open", "what differs waits for people, not for the step"


async def test_the_file_is_fetched_and_earlier_days_that_differ_are_looked_at_again(
    installation: Opened, trade: Trade, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    services, asked = installation.services, list[str]()
    lines = trade.lines[:2]

    async def fetched(_services: Any, _channel: Any, on: Any) -> bytes:
        asked.append(on.isoformat())
        return trade.bytes(lines if on.isoformat() == trade.today else [], on.isoformat())

    def connected(*_asked: Any) -> bool:
        return True

    monkeypatch.setattr(arriving, "fetched", fetched)
    monkeypatch.setattr(arriving, "is_connected", connected)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    first = await run_end_of_day(services, 1)
    assert (first.state, (await step_of(installation, first.date)).figures["reconciled"]) == (EodState.DONE, 1)
    (found,) = await trade.differences()
    assert (found["kind"], found["state"]) == ("missing", "pending")
    second = await run_end_of_day(services, 1)
    third = await run_end_of_day(services, 1)
    assert (await trade.differences())[0]["state"] == "break", "its grace is over"
    lines = trade.lines
    fourth = await run_end_of_day(services, 1)
    assert (await trade.differences())[0]["state"] == "cleared"
    fifth = await run_end_of_day(services, 1)
    days = [run.date.isoformat() for run in (first, second, third, fourth, fifth)]
    assert asked == [days[0], days[0], days[1], days[0], days[2], days[0], days[3], days[4]]
    assert list(tmp_path.iterdir()) == []
