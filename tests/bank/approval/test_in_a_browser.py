"""Approval as people use it: filed at one desk, seen and approved at another; on a desk and on a phone."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.async_api import Browser, Page

from canglian.app.demo.logins import PASSWORD, make_logins
from canglian.app.opening import opened
from canglian.bank.approval.commands import Delegate, FileProposal, SetApprovalPolicy, SetApproverGroup, TierAsked
from canglian.kernel.settings import Settings
from canglian.kernel.values import utc_now
from canglian.ledger import AccountState
from canglian.ledger.commands import OpenAccount, PostTransfer, SetAccountState
from canglian.web.principal import Role
from tests import serving
from tests.browser import Watched, chromium, picks, shows

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


class Site(NamedTuple):
    """A running server with proposals, and a browser. ``changed`` is a proposal whose object has changed."""

    address: str
    browser: Browser
    pending: str
    changed: str


@pytest.fixture
async def site(configuration: Settings, database: str, tmp_path: Path) -> AsyncIterator[Site]:
    async with opened(configuration) as installation:
        await installation.open_book("main", "新城支行", actor="test")
        await make_logins(installation.services, 1)
        engine = installation.services.engine
        for number, name in enumerate(("清算往来", "王小明", "利民超市"), 1):
            floor = None if number == 1 else 0
            await engine.execute(1, OpenAccount(asset="CNY", head="2011", name=name, floor=floor), actor="test")
        await engine.execute(1, PostTransfer(debit=1, credit=2, amount=9_000_000, code="fund"), actor="test")
        group = SetApproverGroup(code="heads", name="支行行长", members=["user:admin", "user:approver"])
        await engine.execute(1, group, actor="user:admin")
        tiers = [TierAsked(votes=1, role=Role.APPROVER), TierAsked(votes=1, group="heads")]
        for policy in (
            SetApprovalPolicy(
                code="large-transfers",
                kind="ledger.post_transfer",
                name="大额转账",
                tiers=tiers[:1],
                asset="CNY",
                amount_from=1_000_000,
            ),
            SetApprovalPolicy(code="freezing", kind="ledger.set_account_state", name="大额转账", tiers=tiers),
        ):
            await engine.execute(1, policy, actor="user:admin")
        until = utc_now().replace(year=utc_now().year + 1, month=1)
        delegate = Delegate(
            delegator="user:approver", delegate="user:admin", reason="休假", role=Role.APPROVER, until=until
        )
        await engine.execute(1, delegate, actor="user:approver")
        payload = {"debit": 2, "credit": 3, "amount": 8_000_000, "code": "supplier.payment", "reference": "INV-118"}
        filing = FileProposal(
            kind="ledger.post_transfer", payload=payload, reason="六月货款，发票 118", role=Role.OPERATOR
        )
        pending = await engine.execute(1, filing, actor="user:operator")
        payload = {"account": 3, "state": "frozen", "reason": "法院裁定 2026-118"}
        filing = FileProposal(kind="ledger.set_account_state", payload=payload, reason="协助执行", role=Role.OPERATOR)
        changed = await engine.execute(1, filing, actor="user:operator")
        freeze = SetAccountState(account=3, state=AccountState.FROZEN_OUT, reason="x")
        await engine.execute(1, freeze, actor="test")
        freeze = SetAccountState(account=3, state=AccountState.FROZEN_IN, reason="x")
        await engine.execute(1, freeze, actor="test")
    process, address = serving.start(database, tmp_path)
    try:
        async with chromium() as browser:
            yield Site(address, browser, pending.id, changed.id)
    finally:
        serving.end(process)


def paths(site: Site) -> list[str]:
    below = [
        "tasks",
        "proposals",
        f"proposals/{site.pending}",
        f"proposals/{site.changed}",
        "proposals/new",
        "proposals/new?kind=ledger.set_account_state",
        "approval-policies",
        "approval-policies/large-transfers",
        "approval-policies/new?code=freezing",
        "approver-groups?code=heads",
        "delegations",
    ]
    return [f"/console/{path}" for path in below]


async def enter(site: Site, login: str, width: int = 1440, language: str = "zh-CN") -> Watched:
    """Log in, as somebody would."""
    context = await site.browser.new_context(viewport={"width": width, "height": 900}, locale=language)
    watched = Watched(await context.new_page())
    page = watched.page
    await page.goto(f"{site.address}/console/proposals")
    await page.fill("[name=login]", login)
    await page.fill("[name=password]", PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/console/proposals")
    return watched


async def test_every_page_fits_its_window_and_breaks_no_policy(site: Site) -> None:
    for width, language in ((1440, "zh-CN"), (390, "zh-CN"), (390, "en-GB")):
        watched = await enter(site, "admin", width, language)
        for path in paths(site):
            answer = await watched.page.goto(site.address + path)
            assert answer is not None
            assert answer.status == 200, path
            assert not await watched.is_wider_than_its_window(), (width, path)
        assert watched.complaints == []


async def _fill_in(maker: Page) -> None:
    """Fill in a transfer; what is found for the accounts stands on the form before it is sent."""
    await picks(maker, debit="2", credit="1")
    for name, value in (("amount", "12000"), ("code", "supplier.payment")):
        await maker.fill(f"[name={name}]", value)


async def test_a_payment_is_refused_filed_and_approved_by_another(site: Site) -> None:
    maker = (await enter(site, "operator")).page
    await maker.goto(f"{site.address}/console/transfers/new")
    await _fill_in(maker)
    await maker.click("main button[type=submit]")
    await shows(maker, "[role=alert]", "请提交审批申请")
    await maker.goto(f"{site.address}/console/proposals/new")
    await _fill_in(maker)
    await maker.fill("[name=proposal_reason]", "七月货款")
    await maker.click("main form button[type=submit]")
    await maker.wait_for_url("**/console/proposals/apr_*")
    address = maker.url
    await shows(maker, "main", "¥12,000.00")

    checker = (await enter(site, "approver", 390)).page
    await checker.goto(f"{site.address}/console/tasks")
    await checker.click(f"a[href='{address.removeprefix(site.address)}']")
    await checker.wait_for_url(address)
    await shows(checker, "main", "七月货款")
    await checker.fill("#approve [name=comment]", "已核对")
    await checker.click("#approve button.btn-primary")
    await checker.wait_for_load_state()
    await shows(checker, "main", "已同意")
    await maker.reload()
    await maker.click("main a[href^='/console/transfers/']")
    await maker.wait_for_url("**/console/transfers/2")
    await shows(maker, "main", "¥12,000.00")
