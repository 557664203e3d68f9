"""The pages of reconciliation: a day with its three sides, a difference side by side, who may act."""

import pytest

from canglian.app.opening import Opened
from tests.bank.settlement.reconciling.test_faces import STRANGE, Trade
from tests.conftest import Caller
from tests.web.entering import Enter, send

PAGE, LIST = "/console/reconciliation", "/console/reconciliation-differences"


@pytest.fixture
async def trade(call: Caller, installation: Opened) -> Trade:
    made = Trade(call, installation)
    await made.make()
    return made


async def test_a_day_is_shown_from_nothing_to_balanced(enter: Enter, trade: Trade) -> None:
    operator = await enter("operator")
    assert "当日尚未对账" in (await operator.get(PAGE)).text
    assert "还没有对过账" in (await operator.get("/console/reconciliation-days")).text
    asked = {"date": trade.today, "channel": "channel"}
    run = await send(operator, PAGE, **asked)
    assert run.status_code == 303, run.text
    shown = (await operator.get(run.headers["location"])).text
    assert ("渠道对账文件尚未到达" in shown, "尚未到达。" in shown) == (True, True)
    home = (await operator.get("/console")).text
    assert "缺渠道文件的对账日" in home, "the home page says that a file is missing"
    await trade.reconcile(trade.file(trade.lines[:2]))
    shown = (await operator.get(f"{PAGE}?date={trade.today}&channel=channel")).text
    for part in ("渠道文件", "缺记", "-¥1,500.00", "宽限期内有差异", "未解释差额", "优先级"):
        assert part in shown, part
    await trade.reconcile(trade.file())
    assert "已平" in (await operator.get(PAGE)).text
    refused = await send(operator, PAGE, date=trade.today, channel="channel")
    assert (refused.status_code, "人工上传" in refused.text) == (422, True), "a file that was sent is needed again"
    assert (await send(operator, PAGE, date=trade.today, channel="nobody")).status_code in (404, 422)


async def test_a_difference_is_assigned_and_resolved_and_only_an_approver_accepts(enter: Enter, trade: Trade) -> None:
    await trade.reconcile(trade.file(trade.lines[:2]))
    (found,) = await trade.differences()
    viewer = await enter("viewer")
    page = f"{LIST}/{found['id']}"
    assert (await send(viewer, page, action="assign", assignee="王芳")).status_code == 403
    viewer.cookies.clear()
    operator = await enter("operator")
    assert "-¥1,500.00" in (await operator.get(f"{LIST}?state=pending&kind=missing")).text
    assert found["id"] not in (await operator.get(f"{LIST}?state=break")).text
    shown = (await operator.get(page)).text
    assert ("无记录" in shown, trade.orders[2] in shown, "三方对照" in shown) == (True, True, True)
    assert (await send(operator, page, action="accept", reason="试")).status_code == 403
    assert (await send(operator, page, action="assign", assignee="王芳")).status_code == 303
    bare = await send(operator, page, action="resolve", resolution="", reason="试")
    assert bare.status_code == 422
    done = await send(operator, page, action="resolve", resolution="corrected_there", reason="渠道已补记")
    assert done.status_code == 303, done.text
    shown = (await operator.get(page)).text
    assert ("渠道已补记" in shown, "对方已更正" in shown, "重新打开" in shown) == (True, True, True)
    assert (await send(operator, page, action="reopen", reason="渠道又退回")).status_code == 303
    operator.cookies.clear()
    approver = await enter("approver")
    accepted = await send(approver, page, action="accept", reason="由本行承担")
    assert accepted.status_code == 303, accepted.text
    assert (await approver.get(f"{LIST}/{STRANGE}")).status_code == 404
