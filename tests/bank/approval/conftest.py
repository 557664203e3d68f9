"""A branch with approvers for a use case; an installation with people for the faces."""

from collections.abc import AsyncIterator

import httpx
import pytest

from canglian.app.demo.logins import PASSWORD, make_logins
from canglian.app.opening import Opened
from canglian.bank.approval.commands import SetApprovalPolicy, TierAsked
from canglian.ledger.commands import OpenAccount, PostTransfer
from canglian.web.principal import Role
from tests.bank.approval.office import Office
from tests.web.entering import Enter, token_in


@pytest.fixture
async def office() -> AsyncIterator[Office]:
    """In memory."""
    running = await Office().open()
    yield running
    await running.engine.stop()


@pytest.fixture
async def money(installation: Opened) -> None:
    """Account 1 has 1,000.00, account 2 nothing; account 3 paid it."""
    engine = installation.services.engine
    for name, floor in (("王小明", 0), ("利民超市", 0), ("清算往来", None)):
        await engine.execute(1, OpenAccount(asset="CNY", head="2011", floor=floor, name=name), actor="test")
    await engine.execute(1, PostTransfer(debit=3, credit=1, amount=100_000, code="test.fund"), actor="test")


@pytest.fixture
async def desk(http: httpx.AsyncClient, installation: Opened, money: None) -> Enter:
    """Logs somebody of the demo in to the console; who was logged in before is logged out. There is a policy."""
    await make_logins(installation.services, 1)
    tiers = [TierAsked(votes=1, role=Role.APPROVER)]
    policy = SetApprovalPolicy(
        code="large", kind="ledger.post_transfer", name="大额转账", asset="CNY", amount_from=10_000, tiers=tiers
    )
    await installation.services.engine.execute(1, policy, actor="test")

    async def log_in(login: str) -> httpx.AsyncClient:
        http.cookies.clear()
        token = token_in((await http.get("/console/login")).text)
        answer = await http.post("/console/login", data={"_token": token, "login": login, "password": PASSWORD})
        assert answer.status_code == 303, answer.text
        return http

    return log_in
