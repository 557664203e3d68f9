"""Approval's pages: who sees and may do what, and that no form goes round a policy."""

import re
from datetime import timedelta
from typing import Any

import httpx
import pytest

from canglian.app.demo.logins import PASSWORD
from canglian.app.opening import Opened
from canglian.bank.approval import ProposalState, queries
from canglian.bank.approval.commands import SetApprovalPolicy, TierAsked
from canglian.bank.approval.describing import APPROVABLE
from canglian.kernel.password_hash import hashed
from canglian.kernel.queries.paging import Order
from canglian.kernel.values import SYSTEM_BOOK
from canglian.ledger.queries.accounts import account
from canglian.web.principal import Role
from canglian.web.system import queries as system
from canglian.web.system.commands import ChangeUser, CreateUser
from tests.web.entering import Enter, find, send

NEW = "/console/proposals/new"
FREEZING = {"kind": "ledger.set_account_state", "account": "1", "state": "frozen-out", "reason": "法院"}
PAYMENT = {"kind": "ledger.post_transfer", "debit": "1", "credit": "2", "amount": "200.00", "code": "pay"}


async def balance(installation: Opened, number: int) -> int:
    return (await account(installation.services.reader, 1, number)).balance


async def file(client: httpx.AsyncClient, **values: str) -> str:
    answer = await send(client, NEW, **{**PAYMENT, "proposal_reason": "发票 118", **values})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


async def only(installation: Opened) -> Any:
    found = await queries.proposals(installation.services.reader, 1, queries.ProposalFilter(), Order())
    (row,) = found.items
    return row


async def test_a_proposal_is_filed_seen_and_approved(desk: Enter, installation: Opened) -> None:
    client = await desk("operator")
    page = await file(client)
    shown = (await client.get(page)).text
    assert "¥200.00" in shown
    assert "王小明" in shown
    assert "待您审批" not in shown
    assert 'id="approve"' not in shown
    waiting = '<a href="/console/tasks"><span class="figure">1</span> 我的待办</a>'
    assert waiting not in (await client.get("/console")).text
    assert (await find(client, page.rpartition("/")[2])).headers["location"] == page
    client = await desk("approver")
    assert waiting in (await client.get("/console")).text
    tasks = (await client.get("/console/tasks")).text
    assert page in tasks
    shown = (await client.get(page)).text
    assert 'id="approve"' in shown
    digest = re.search(r'name="digest" value="(\w+)"', shown)
    assert digest
    answer = await send(client, page, action="approve", digest=digest[1], comment="已核对")
    assert answer.status_code == 303, answer.text
    assert (await balance(installation, 1), await balance(installation, 2)) == (80_000, 20_000)
    shown = (await client.get(page)).text
    assert "已核对" in shown
    assert 'href="/console/transfers/2"' in shown
    assert page not in (await client.get("/console/tasks")).text
    assert page in (await client.get("/console/proposals?state=approved")).text
    assert page not in (await client.get("/console/proposals?state=pending")).text


async def test_only_what_a_policy_covers_is_offered(desk: Enter, installation: Opened) -> None:
    client = await desk("operator")
    offered = re.findall(r'href="\?kind=([a-z_.]+)"', (await client.get(NEW)).text)
    assert "ledger.post_transfer" in offered
    assert "ledger.set_account_state" not in offered
    tiers = [TierAsked(votes=1, role=Role.APPROVER)]
    ended = SetApprovalPolicy(code="large", kind="ledger.post_transfer", name="大额转账", tiers=tiers, active=False)
    await installation.services.engine.execute(1, ended, actor="test")
    assert "目前没有审批规则" in (await client.get(NEW)).text


async def test_of_a_transfer_one_reversal_waits_and_its_page_leads_there(desk: Enter, installation: Opened) -> None:
    tiers = [TierAsked(votes=1, role=Role.APPROVER)]
    policy = SetApprovalPolicy(code="undo", kind="ledger.reverse_transfer", name="冲正", tiers=tiers)
    await installation.services.engine.execute(1, policy, actor="test")
    client = await desk("operator")
    undoing = {"kind": "ledger.reverse_transfer", "transfer": "1"}
    first = await file(client, **undoing)
    transfer = (await client.get("/console/transfers/1")).text
    assert f'href="{first}"' in transfer
    assert "未结" in transfer
    again = await send(client, NEW, **undoing, proposal_reason="发票 119")
    assert again.status_code == 422
    assert "同一事项已有审批申请" in again.text
    assert (await only(installation)).id == first.rpartition("/")[2]
    assert (await send(client, first, action="withdraw")).status_code == 303
    assert await file(client, **undoing) != first


async def test_a_date_far_ahead_is_filed_by_one_and_begun_by_another(desk: Enter, installation: Opened) -> None:
    today = (await installation.services.store.state(1)).today
    begun = today + timedelta(days=10)
    client = await desk("admin")
    form = {"kind": "ledger.close_day", "next_day": begun.isoformat(), "proposal_reason": "国庆假期"}
    answer = await send(client, f"{NEW}?kind=ledger.close_day", **form)
    assert answer.status_code == 303, answer.text
    page = answer.headers["location"]
    client = await desk("approver")
    shown = (await client.get(page)).text
    assert begun.isoformat() in shown
    assert "不可撤销" in shown
    digest = re.search(r'name="digest" value="(\w+)"', shown)
    assert digest
    answer = await send(client, page, action="approve", digest=digest[1], comment="已核对")
    assert answer.status_code == 303, answer.text
    assert begun.isoformat() in (await client.get(page)).text
    assert (await installation.services.store.state(1)).today == begun


async def test_no_form_of_the_console_goes_round_the_policy(desk: Enter, installation: Opened) -> None:
    form = {"debit": "1", "credit": "2", "amount": "200.00", "code": "pay"}
    for login in ("operator", "admin"):
        client = await desk(login)
        for step in ("", "post"):
            answer = await send(client, "/console/transfers/new", **form, step=step)
            assert answer.status_code == 422, answer.text
            assert "请提交审批申请" in answer.text
            assert 'value="200.00"' in answer.text
    assert (await balance(installation, 1), await balance(installation, 2)) == (100_000, 0)
    small = await send(client, "/console/transfers/new", **{**form, "amount": "99.99"}, step="post")
    assert small.status_code == 303


async def test_the_maker_sees_why_not_and_is_refused(desk: Enter, installation: Opened) -> None:
    client = await desk("admin")
    page = await file(client)
    shown = (await client.get(page)).text
    assert "不得审批本人经办的事项" in shown
    answer = await send(client, page, action="approve")
    assert answer.status_code == 422
    assert (await only(installation)).state is ProposalState.PENDING
    answer = await send(client, page, action="withdraw")
    assert answer.status_code == 303
    assert (await only(installation)).state is ProposalState.WITHDRAWN


async def test_who_may_not_vote_sees_why_and_is_refused(desk: Enter, installation: Opened) -> None:
    page = await file(await desk("operator"))
    for login in ("viewer", "auditor", "operator"):
        client = await desk(login)
        assert 'id="approve"' not in (await client.get(page)).text
        for action in ("approve", "reject"):
            answer = await send(client, page, action=action, comment="x")
            assert answer.status_code in (403, 422), (login, action)
        for path in ("/console/approval-policies/new", "/console/tasks"):
            assert (await client.get(path)).status_code == 403, (login, path)
    client = await desk("approver")
    for action, status in (("withdraw", 403), ("confirm", 403), ("burn", 404), ("", 404)):
        assert (await send(client, page, action=action)).status_code == status, action
    assert (await only(installation)).state is ProposalState.PENDING
    assert await balance(installation, 1) == 100_000


async def test_what_changed_stands_on_the_page(desk: Enter, installation: Opened) -> None:
    page = await file(await desk("operator"))
    client = await desk("admin")
    frozen = await send(client, "/console/accounts/2", action="state", state="frozen-out", reason="法院")
    assert frozen.status_code == 303
    client = await desk("approver")
    shown = (await client.get(page)).text
    assert "提交之后发生了变化" in shown
    assert "止付" in shown
    assert 'id="approve"' not in shown
    assert (await send(client, page, action="approve")).status_code == 422
    client = await desk("operator")
    assert (await send(client, page, action="confirm")).status_code == 303
    client = await desk("approver")
    stale = await send(client, page, action="approve", digest="0" * 64)
    assert stale.status_code == 422
    shown = (await client.get(page)).text
    digest = re.search(r'name="digest" value="(\w+)"', shown)
    assert digest
    assert (await send(client, page, action="approve", digest=digest[1])).status_code == 303
    assert await balance(installation, 2) == 20_000


async def test_a_warning_says_that_a_rule_would_refuse_and_the_page_that_it_did(
    desk: Enter, installation: Opened
) -> None:
    page = await file(await desk("operator"), amount="900.00")
    client = await desk("admin")
    for _ in range(2):
        await send(client, "/console/transfers/new", debit="1", credit="3", amount="99.00", code="x", step="post")
    client = await desk("approver")
    assert "按目前情况规则会拒绝办理" in (await client.get(page)).text
    assert (await send(client, page, action="approve")).status_code == 303
    shown = (await client.get(page)).text
    assert "审批通过后被规则拒绝" in shown
    assert "¥802.00" in shown
    assert (await balance(installation, 1), await balance(installation, 2)) == (80_200, 0)


async def test_a_rejection_needs_a_comment(desk: Enter, installation: Opened) -> None:
    page = await file(await desk("operator"))
    client = await desk("approver")
    answer = await send(client, page, action="reject")
    assert answer.status_code == 422
    assert 'href="#reject-comment"' in answer.text
    assert (await send(client, page, action="reject", comment="<b>已付</b>")).status_code == 303
    shown = (await client.get(page)).text
    assert "&lt;b&gt;已付&lt;/b&gt;" in shown
    assert (await only(installation)).state is ProposalState.REJECTED


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"amount": "-5"}, "amount"),
        ({"amount": "1e9"}, "amount"),
        ({"debit": "77"}, "debit"),
        ({"credit": "abc"}, "credit"),
        ({"credit": "77"}, "credit"),
        ({"debit": "9" * 30}, "debit"),
        ({**FREEZING, "reason": ""}, "reason"),
        ({**FREEZING, "reason": "见 13800138000"}, "reason"),
        ({**FREEZING, "proposal_reason": "见 13800138000"}, "proposal_reason"),
        ({"code": ""}, "code"),
        ({"proposal_reason": ""}, "proposal_reason"),
        ({"kind": "ledger.post_transfers"}, "kind"),
        ({"kind": "approval.file"}, "kind"),
    ],
)
async def test_a_form_says_what_is_wrong_and_keeps_its_values(
    desk: Enter, installation: Opened, values: dict[str, str], field: str
) -> None:
    client = await desk("operator")
    answer = await send(client, NEW, **{**PAYMENT, "proposal_reason": "发票", **values})
    assert answer.status_code == 422
    assert f'href="#f-{field}"' in answer.text
    found = await queries.proposals(installation.services.reader, 1, queries.ProposalFilter(), Order())
    assert found.items == []


async def test_what_is_wrong_with_no_field_stands_at_none(desk: Enter) -> None:
    client = await desk("operator")
    answer = await send(client, NEW, **{**PAYMENT, "credit": "1", "proposal_reason": "发票"})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert 'href="#f-' not in answer.text


async def test_a_policy_gets_versions_and_shows_them(desk: Enter, installation: Opened) -> None:
    client = await desk("admin")
    form = {
        "code": "large", "kind": "ledger.post_transfer", "name": "大额转账", "asset": "CNY", "amount_from": "500.00",
        "role_operator": "yes", "who_1": "role:approver", "votes_1": "1", "who_2": "role:admin", "votes_2": "1",
        "expiry_hours": "24", "enforced": "yes", "active": "yes",
    }  # fmt: skip
    answer = await send(client, "/console/approval-policies/new?code=large", "/console/approval-policies/new", **form)
    assert answer.headers["location"] == "/console/approval-policies/large", answer.text
    newest, first = await queries.policy_versions(installation.services.reader, 1, "large")
    assert (newest.amount_from, first.amount_from) == (50_000, 10_000)
    assert [(tier.role, tier.votes) for tier in newest.tiers] == [("approver", 1), ("admin", 1)]
    shown = (await client.get("/console/approval-policies/large")).text
    assert "¥500.00" in shown
    assert "¥100.00" in shown
    assert re.findall(r'<span class="state[ a-z]*">(\w+)</span>', shown) == ["当前适用", "已失效"]
    later = {**form, "effective_from": "2099-01-01"}
    assert (await send(client, "/console/approval-policies/new", **later)).status_code == 303
    shown = (await client.get("/console/approval-policies/large")).text
    assert re.findall(r'<span class="state[ a-z]*">(\w+)</span>', shown) == ["待生效", "当前适用", "已失效"]
    assert "大额转账" in (await client.get("/console/approval-policies")).text
    for wrong in (
        {"who_1": "", "who_2": ""},
        {"amount_from": "x"},
        {"code": "Large!"},
        {"votes_1": "99"},
        {"kind": "x"},
    ):
        answer = await send(client, "/console/approval-policies/new", **{**form, **wrong})
        assert answer.status_code == 422, wrong
        assert 'value="大额转账"' in answer.text
    assert len(await queries.policy_versions(installation.services.reader, 1, "large")) == 3


async def test_groups_and_delegations_are_set_and_used(desk: Enter, installation: Opened) -> None:
    services = installation.services
    command = CreateUser(login="wang", name="王芳", password=await hashed(PASSWORD), roles={"1": Role.APPROVER})
    await services.engine.execute(SYSTEM_BOOK, command, actor="test")
    client = await desk("admin")
    groups = "/console/approver-groups"
    assert (await send(client, groups, code="heads", name="主管", **{"user:wang": "yes"})).status_code == 303
    assert (await send(client, groups, code="x", name="x", **{"user:viewer": "yes"})).status_code == 422
    assert "王芳" in (await client.get(f"{groups}?code=heads")).text
    form = {"code": "large", "kind": "ledger.post_transfer", "name": "大额", "who_1": "group:heads", "votes_1": "1"}
    form |= {"expiry_hours": "24", "enforced": "yes", "active": "yes"}
    assert (await send(client, "/console/approval-policies/new", **form)).status_code == 303
    there = "/console/delegations"
    client = await desk("wang")
    given = await send(client, there, action="delegate", delegate="user:approver", until="2027-06-30", reason="休假")
    assert given.status_code == 303, given.text
    foreign = await send(
        client, there, action="delegate", delegator="user:admin", delegate="user:wang", until="2027-06-30", reason="x"
    )
    assert foreign.status_code == 422
    (delegation,) = await queries.delegations(services.reader, 1)
    assert delegation.until.isoformat() == "2027-06-30T15:59:59+00:00"
    page = await file(await desk("operator"))
    client = await desk("approver")
    assert page in (await client.get("/console/tasks")).text
    shown = (await client.get(page)).text
    assert '<option value="user:wang"' in shown
    assert (await send(client, page, action="approve")).status_code == 422
    assert (await send(client, there, action="revoke", delegation=delegation.id)).status_code == 422
    assert (await send(client, page, action="approve", on_behalf_of="user:wang")).status_code == 303
    assert "用户 approver → 用户 wang" in (await client.get(page)).text
    client = await desk("wang")
    assert (await send(client, there, action="revoke", delegation=delegation.id)).status_code == 303
    (delegation,) = await queries.delegations(services.reader, 1)
    assert delegation.revoked_at is not None


async def test_another_books_proposals_are_not_there(desk: Enter, installation: Opened) -> None:
    page = await file(await desk("operator"))
    await installation.open_book("other", "分行", actor="test")
    services = installation.services
    user = await system.user_by_login(services.reader, "approver")
    assert user is not None
    await services.engine.execute(SYSTEM_BOOK, ChangeUser(user=user.id, roles={"2": Role.ADMIN}), actor="test")
    client = await desk("approver")
    assert (await client.get(page)).status_code == 404
    for action in ("approve", "reject", "withdraw", "confirm"):
        answer = await send(client, "/console/proposals/new", page, action=action, comment="x")
        assert answer.status_code == 404, action
    assert (await client.get("/console/approval-policies/large")).status_code == 404
    assert page not in (await client.get("/console/proposals")).text
    assert (await only(installation)).state is ProposalState.PENDING


async def test_what_needs_approval_leads_to_a_request_that_knows_what_it_is_about(
    desk: Enter, installation: Opened
) -> None:
    tiers = [TierAsked(votes=1, role=Role.APPROVER)]
    policy = SetApprovalPolicy(code="undo", kind="ledger.reverse_transfer", name="冲正", tiers=tiers)
    await installation.services.engine.execute(1, policy, actor="test")
    client = await desk("operator")
    page = (await client.get("/console/transfers/1")).text
    assert 'id="reverse"' not in page
    assert f'href="{NEW}?kind=ledger.reverse_transfer&amp;transfer=1"' in page
    form = (await client.get(f"{NEW}?kind=ledger.reverse_transfer&transfer=1")).text
    assert re.search(r'type="radio" name="transfer" value="1" checked>\s*¥1,000.00', form)
    assert 'name="reason"' not in form, "it is asked why once"
    empty = await send(client, NEW, kind="ledger.reverse_transfer", proposal_reason="错账", _pick_transfer="transfer")
    assert empty.status_code == 422
    filed = await send(client, NEW, kind="ledger.reverse_transfer", transfer="1", proposal_reason="错账")
    assert filed.status_code == 303, filed.text
    client = await desk("approver")
    answer = await send(client, filed.headers["location"], action="approve")
    assert answer.status_code == 303, answer.text
    assert (await balance(installation, 1), await balance(installation, 3)) == (0, 0)
    assert "错账" in (await client.get("/console/transfers/2")).text


async def test_what_may_not_be_done_to_a_request_is_greyed_with_its_reason(desk: Enter) -> None:
    page = await file(await desk("operator"))
    shown = (await (await desk("operator")).get(page)).text
    assert re.findall(r"data-disabled>(\w+)</button>", shown) == ["同意", "驳回"], "a teller withdraws"
    assert 'id="withdraw"' in shown
    shown = (await (await desk("approver")).get(page)).text
    assert 'id="approve"' in shown
    assert re.findall(r"data-disabled>(\w+)</button>", shown) == ["撤回"]


async def test_somebody_elses_delegation_is_greyed_in_its_row(desk: Enter) -> None:
    client = await desk("admin")
    there = "/console/delegations"
    given = await send(client, there, action="delegate", delegate="user:approver", until="2027-06-30", reason="休假")
    assert given.status_code == 303, given.text
    assert "data-disabled" not in (await client.get(there)).text.partition("<tbody>")[2].partition("</tbody>")[0]
    row = (await (await desk("approver")).get(there)).text.partition("<tbody>")[2].partition("</tbody>")[0]
    assert "data-disabled>结束</button>" in row
    row = (await (await desk("viewer")).get(there)).text.partition("<tbody>")[2].partition("</tbody>")[0]
    assert "data-disabled" not in row, "what a role never does stands in no row"


async def test_every_form_of_a_request_finds_its_things_and_none_asks_for_an_id(desk: Enter) -> None:
    things = (
        "account",
        "debit",
        "credit",
        "transfer",
        "freeze",
        "difference",
        "bound_account",
        "party",
        "survivor",
        "other",
        "merchant",
        "payment",
        "scheme",
        "wallet",
        "document",
    )
    client = await desk("operator")
    asked = set[str]()
    for described in APPROVABLE.values():
        if described.fields:
            page = (await client.get(f"{NEW}?kind={described.kind}")).text
            names = {each.name for each in described.fields}
            found = set(re.findall(r"name=\"_find_([^\"]+)\"", page))
            assert (described.kind, {name for name in things if name in names}) == (described.kind, found)
            asked |= names
    assert set(things) <= asked


async def test_a_refusal_names_the_policy_as_people_call_it(desk: Enter) -> None:
    client = await desk("operator")
    page = await send(client, "/console/transfers/new", **PAYMENT)
    assert "规则“大额转账”" in page.text, re.findall(r"<main.*?<form", page.text, re.DOTALL)
