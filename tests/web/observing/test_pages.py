"""The command log and the events as people read them: no machine word without its meaning."""

import re

from canglian.app.opening import Opened
from canglian.ledger.commands import DefineAsset, OpenAccount, PostTransfer
from canglian.web.observing.api import whole
from tests.web.entering import Enter


async def moved(installation: Opened) -> None:
    """Two accounts, a transfer and one that is refused."""
    engine = installation.services.engine
    for floor in (None, 0):
        await engine.execute(1, OpenAccount(asset="CNY", head="2011", floor=floor), actor="test")
    await engine.execute(1, PostTransfer(debit=1, credit=2, amount=7770, code="salary"), actor="user:ann")
    await engine.submit(1, PostTransfer(debit=2, credit=1, amount=9900, code="salary"), actor="user:ann")


def shown(page: str) -> str:
    """The text of a page without its tags, and without what stands behind "as it is stored"."""
    body = page.partition("<main")[2]
    body = re.sub(r"<(details|datalist)\b.*?</\1>", "", body, flags=re.DOTALL)
    return re.sub(r"<[^>]+>", " ", body)


async def test_the_log_and_its_lines_are_told_in_words(installation: Opened, enter: Enter) -> None:
    await moved(installation)
    client = await enter("auditor")
    text = shown((await client.get("/console/commands?limit=25")).text)
    assert "用户 ann" in text
    assert "转账" in text
    assert "ledger.post_transfer" not in text
    assert "insufficient_funds" not in text
    number = (await installation.services.store.state(1)).commands
    page = shown((await client.get(f"/console/commands/{number}")).text)
    assert "¥99.00" in page
    assert "付款账户" in page
    assert "工资" in page
    assert "{" not in page


async def test_a_transfers_record_has_its_amount_in_yuan_and_balances_by_the_normal_side(
    installation: Opened, enter: Enter
) -> None:
    await moved(installation)
    engine = installation.services.engine
    number = (await installation.services.store.state(1)).commands - 1
    await engine.execute(1, DefineAsset(code="GRAIN", name="Grain", scale=0), actor="test")
    client = await enter("auditor")
    page = (await client.get(f"/console/commands/{number}")).text
    assert "-¥77.70" in page, "of the account that is overdrawn"
    assert shown(page).count("¥77.70") == 4, "asked for, moved, and both balances"
    assert "7,770" not in shown(page), "though assets differ in their decimals"
    record, _ = await whole(installation.services.reader, 1, number)
    assert (record.result["debit_balance"], record.result["credit_balance"]) == (-7770, 7770)
    assert record.payload["amount"] == 7770


async def test_events_are_told_in_words_and_lead_to_what_they_are_about(installation: Opened, enter: Enter) -> None:
    await moved(installation)
    client = await enter("viewer")
    page = (await client.get("/console/events")).text
    assert 'href="/console/transfers/1"' in page
    text = shown(page)
    assert "流水 1" in text
    assert "金额 ¥77.70" in text
    assert "transfer.posted" not in text
    assert '{"' not in text
    exported = (await client.get("/console/events?format=csv")).text
    assert "转账" in exported
    assert "金额 ¥77.70" in exported
