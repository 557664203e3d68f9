"""The audit chain verified from the console: it is started once, followed, and tells what it found."""

import asyncio

import asyncpg
import httpx

from canglian.app.opening import Opened
from canglian.ledger.commands import OpenAccount, PostTransfer
from canglian.web.observing.verifying import Verifications
from tests.web.entering import Enter, send

CHAIN = "/console/chain"


async def verified(client: httpx.AsyncClient) -> str:
    """Start a verification and wait for its end; the page."""
    assert (await send(client, CHAIN, f"{CHAIN}/verify")).headers["location"] == CHAIN
    while "hx-trigger" in (page := (await client.get(CHAIN)).text):
        await asyncio.sleep(0.01)
    return page


async def moved(installation: Opened) -> None:
    """Two accounts and a transfer."""
    engine = installation.services.engine
    for floor in (None, 0):
        await engine.execute(1, OpenAccount(asset="CNY", head="2011", floor=floor), actor="test")
    await engine.execute(1, PostTransfer(debit=1, credit=2, amount=500, code="test.move"), actor="test")


async def test_a_whole_chain_holds_and_says_how_much_it_covers(installation: Opened, enter: Enter) -> None:
    await moved(installation)
    client = await enter("auditor")
    assert "立即核验" in (await client.get(CHAIN)).text
    page = await verified(client)
    state = await installation.services.store.state(1)
    assert f"审计链完整：{state.sequence} 个批次、{state.commands} 条指令与提交时一致。" in page
    assert state.hash.hex() in page
    assert "审计小林" in page


async def test_what_a_page_was_told_of_it_does_not_change_when_it_ends(installation: Opened) -> None:
    verifications = Verifications(installation.services)
    verifications.start(1, "auditor")
    begun = verifications.last(1)
    assert begun is not None
    while (ended := verifications.last(1)) is None or ended.is_running:
        await asyncio.sleep(0.01)
    assert (begun.is_running, begun.found) == (True, None)
    assert ended.found is not None


async def test_what_was_changed_behind_the_ledgers_back_is_told(
    installation: Opened, enter: Enter, database: str
) -> None:
    await moved(installation)
    connection = await asyncpg.connect(database)
    command = await connection.fetchval("UPDATE transfer SET amount = 501 WHERE book = 1 AND id = 1 RETURNING command")
    batch = await connection.fetchval("SELECT batch FROM command WHERE book = 1 AND number = $1", command)
    await connection.close()
    page = await verified(await enter("auditor"))
    assert f"审计链在批次 {batch} 处断裂。" in page
    assert "所写数据在提交后被改动。" in page
    assert "审计链完整" not in page


async def test_one_runs_at_a_time_and_its_progress_is_seen(installation: Opened) -> None:
    await moved(installation)
    verifications = Verifications(installation.services)
    assert verifications.last(1) is None
    first = verifications.start(1, "ann")
    assert first.is_running
    assert verifications.start(1, "bob") is first
    while first.is_running:
        await asyncio.sleep(0.01)
    assert (first.done, first.total) == (first.found and first.found.commands, 4)
    assert verifications.start(1, "bob") is not first
    nobody = verifications.start(99, "ann")
    while nobody.is_running:
        await asyncio.sleep(0.01)
    assert (nobody.found, nobody.stopped_by) == (None, "book.not_found")


async def test_who_may_not_audit_verifies_nothing(enter: Enter) -> None:
    client = await enter("operator")
    assert (await send(client, "/console/security", f"{CHAIN}/verify")).status_code == 403
