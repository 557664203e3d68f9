"""The ledger's pages: statements to print and to save, what may be done and why not, who did what."""

import csv
import io

import pytest

from canglian.app.opening import Opened
from canglian.ledger.commands import (
    HoldFunds,
    Line,
    OpenAccount,
    PostTransfer,
    PostTransfers,
    ReleaseHold,
    ReverseTransfer,
    SetAccountState,
)
from canglian.ledger.model import AccountState
from canglian.ledger.queries.trial_balance import trial_balance
from canglian.web.console.formats import money
from tests.web.entering import Enter, find, send


@pytest.fixture(autouse=True)
async def content(installation: Opened) -> None:
    """Three accounts; a salary of 100.00 and 450 payments of 0.01 by account 2 to account 3."""
    engine = installation.services.engine
    for number, name in enumerate(("清算往来", "王小明", "利民超市"), 1):
        floor = None if number == 1 else 0
        await engine.execute(1, OpenAccount(asset="CNY", head="2011", name=name, floor=floor), actor="test")
    await engine.execute(1, PostTransfer(debit=1, credit=2, amount=100_00, code="salary"), actor="user:ann")
    lines = [Line(debit=2, credit=3, amount=1, code="shop.payment", reference=f"OR-{n}") for n in range(450)]
    await engine.execute(1, PostTransfers(lines=lines), actor="test")


async def test_a_statement_has_its_totals_pages_and_can_be_printed_whole(enter: Enter) -> None:
    client = await enter("viewer")
    page = (await client.get("/console/accounts/2/statement")).text
    for figure in ("¥0.00", "¥100.00", "¥4.50", "¥95.50"):
        assert f'<div class="figure">{figure}' in page or f'<div class="figure in">{figure}' in page
    assert page.count("<tr data-href") == 200
    assert "本期共 451 笔分录" in page
    assert "all=1" in page
    whole = (await client.get("/console/accounts/2/statement?all=1")).text
    assert whole.count("<tr data-href") == 451
    assert "data-print" in whole
    assert "王小明" in whole.partition('class="facts printed"')[2].partition("</dl>")[0]


async def test_a_character_that_was_kept_and_turns_a_text_is_shown_by_its_number(
    enter: Enter, installation: Opened
) -> None:
    async with installation.services.store.pool.acquire() as connection:
        await connection.execute("UPDATE account SET name = $1 WHERE book = 1 AND id = 2", "王\u202e小\uffff明")
        await connection.execute("UPDATE transfer SET reference = $1 WHERE book = 1 AND id = 1", "a\u2066b")
    client = await enter("viewer")
    paths = "accounts", "accounts/2", "accounts/2/statement", "transfers", "transfers/1"
    pages = {path: await client.get(f"/console/{path}", follow_redirects=True) for path in paths}
    for path, page in (pages | {"find": await find(client, "2")}).items():
        assert page.status_code == 200
        assert not {"\u202e", "\u2066", "\uffff"} & set(page.text), path
        assert "王⟨U+202E⟩小⟨U+FFFF⟩明" in page.text or "a⟨U+2066⟩b" in page.text, path


async def test_a_statement_is_saved_with_all_its_entries(enter: Enter) -> None:
    client = await enter("viewer")
    answer = await client.get("/console/accounts/2/statement?format=csv")
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert rows[0] == ["会计日期", "流水", "对方账户", "业务码", "参考号", "金额", "余额", "币种"]
    assert len(rows) == 452
    assert rows[1][2:] == ["1 清算往来", "工资", "", "100.00", "100.00", "CNY"]
    assert rows[-1][2:] == ["3 利民超市", "商户消费", "OR-449", "-0.01", "95.50", "CNY"]
    assert "statement-2-" in answer.headers["content-disposition"]


async def test_what_may_not_be_done_is_greyed_with_its_reason(installation: Opened, enter: Enter) -> None:
    engine = installation.services.engine
    await engine.execute(1, HoldFunds(debit=2, credit=3, amount=20, code="deposit"), actor="test")
    await engine.execute(1, ReleaseHold(hold=1), actor="test")
    await engine.execute(1, ReverseTransfer(transfer=2, reason="退货"), actor="user:bob")
    client = await enter("operator")
    for path, reason in (
        ("/console/accounts/2", "尚有余额 ¥95.51、预冻结 ¥0.00。"),
        ("/console/holds/1", "已无预冻结金额。"),
        ("/console/transfers/2", "已被冲正。"),
        ("/console/transfers/452", "本笔即为冲正。"),
    ):
        page = (await client.get(path)).text
        assert f'class="may-not">{reason}' in page, path
        assert "disabled data-disabled" in page, path
    client.cookies.clear()
    client = await enter("viewer")
    for path in ("/console/accounts/2", "/console/transfers/1"):
        page = (await client.get(path)).text
        assert "您的角色无权办理此业务。" in page
        assert "disabled data-disabled" in page


async def test_history_tells_who_did_what_and_why(installation: Opened, enter: Enter) -> None:
    engine = installation.services.engine
    await engine.execute(
        1, SetAccountState(account=2, state=AccountState.FROZEN_OUT, reason="证件过期"), actor="user:bob"
    )
    await engine.execute(1, ReverseTransfer(transfer=2, reason="退货"), actor="key:till")
    client = await enter("auditor")
    page = (await client.get("/console/accounts/2")).text
    assert "证件过期" in page
    assert "用户 bob" in page
    newest = (await installation.services.store.state(1)).commands - 1
    assert f'href="/console/commands/{newest}"' in page
    page = (await client.get("/console/transfers/2")).text
    assert "已冲正" in page
    assert "密钥 till" in page
    assert "退货" in page


@pytest.mark.parametrize("first", ["nonsense", "2026-13-01", ""])
async def test_a_date_that_is_none_is_the_default(enter: Enter, first: str) -> None:
    client = await enter("viewer")
    page = await client.get("/console/accounts/2/statement", params={"first": first})
    assert page.status_code == 200
    assert "本期共 451 笔分录" in page.text


async def test_the_search_opens_the_only_hit_and_lists_several(enter: Enter) -> None:
    client = await enter("viewer")
    for text, at in (("利民超市", "accounts/3"), ("OR-7", "transfers/9"), ("#451", "transfers/451")):
        answer = await find(client, text)
        assert (answer.status_code, answer.headers.get("location")) == (303, f"/console/{at}"), text
    several = (await find(client, "2")).text
    assert 'data-href="/console/accounts/2"' in several
    assert 'data-href="/console/transfers/2"' in several
    assert "¥95.50" in several
    for text in ("", "pty_00000000000000000000000000", "<b>"):
        nothing = (await find(client, text)).text
        assert "未找到" in nothing, text


@pytest.mark.parametrize("typed", ["13800138000", "+86 138-0013-8000", "１３８００１３８０００", "11010119900307001X"])
async def test_what_people_type_into_a_reference_is_no_number_of_a_person(
    enter: Enter, installation: Opened, typed: str
) -> None:
    client = await enter("operator")
    before = (await installation.services.store.state(1)).commands
    account = {"asset": "CNY", "head": "2011", "floor": "", "ceiling": ""}
    for field in ("reference", "owner", "purpose"):
        answer = await send(client, "/console/accounts/new", **account, **{field: typed})
        assert answer.status_code == 422, field
        assert 'aria-invalid="true"' in answer.text
    transfer = {"debit": "1", "credit": "2", "amount": "1.00", "code": "transfer", "reference": typed}
    for step in ("", "post"):
        answer = await send(client, "/console/transfers/new", **transfer, step=step)
        assert (answer.status_code, typed in answer.text) == (422, True)
    assert (await installation.services.store.state(1)).commands == before


async def test_the_chart_of_accounts_sums_up_each_class_and_leads_to_accounts(
    installation: Opened, enter: Enter
) -> None:
    client = await enter("viewer")
    page = (await client.get("/console/chart-of-accounts")).text
    trial = await trial_balance(installation.services.reader, 1)
    for line in trial.lines:
        assert f'href="/console/chart-of-accounts/{line.head}"' in page
        assert money(line.credit_balance - line.debit_balance, line.asset) in page
    under = (await client.get("/console/chart-of-accounts/2011")).text
    assert 'href="/console/accounts/2"' in under
    assert (await client.get("/console/chart-of-accounts/9999")).status_code == 404
    assert (await client.get("/console/chart-of-accounts?date=2001-01-01")).status_code == 200


async def test_what_the_ledger_would_refuse_is_greyed_before_anybody_asks(installation: Opened, enter: Enter) -> None:
    engine = installation.services.engine
    wallet = "wal_01m8963thdvmddb4s1yzv2k9f3"
    opening = OpenAccount(asset="CNY", head="2011", owner=wallet, name="8806****1234")
    kept = await engine.execute(1, opening, actor="test")
    await engine.execute(1, PostTransfer(debit=1, credit=kept.id, amount=500, code="cash"), actor="test")
    placed = await engine.execute(1, HoldFunds(debit=kept.id, credit=3, amount=20, code="deposit"), actor="test")
    client = await enter("operator")
    account = (await client.get(f"/console/accounts/{kept.id}")).text
    hold = (await client.get(f"/console/holds/{placed.id}")).text
    for page, actions in ((account, 2), (hold, 2)):
        assert page.count("data-disabled") == actions
        assert f'href="/console/wallets/{wallet}"' in page
        assert "由 …v2k9f3 管理" in page
    empty = await engine.execute(1, OpenAccount(asset="CNY", head="2011"), actor="test")
    assert "data-disabled" not in (await client.get(f"/console/accounts/{empty.id}")).text
