"""Days and differences over HTTP: a file is sent, what differs is dealt with, others are refused."""

import asyncio
import base64
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from canglian.app.opening import Opened
from canglian.bank.payment.commands import AnswerChannelOrder, MarkChannelSent
from canglian.web.principal import Role
from tests.bank.payment.api.test_payments import SHOP, done, order
from tests.conftest import Caller

STRANGE = f"rcd_{'0' * 26}"
DAYS, DIFFERENCES = "/v1/reconciliation-days", "/v1/reconciliation-differences"
HEADER = "number,original,kind,method,amount,fee,date,at,reference"


class Trade:
    """A shop that payers of other banks paid by the channel, and the file that the channel makes of it."""

    def __init__(self, call: Caller, installation: Opened) -> None:
        self.call = call
        self.installation = installation
        self.lines: list[str] = []
        self.today = ""
        self.orders: list[str] = []

    async def make(self, amounts: tuple[int, ...] = (1_000, 2_000, 150_000)) -> None:
        self.today = (await self.call("GET", "/v1/day")).json()["today"]
        self.shop = await done(self.call, "/v1/merchants", SHOP)
        for place, amount in enumerate(amounts):
            await self.paid(amount, f"2026-{place}")

    async def paid(self, amount: int, number: str) -> None:
        asked = await order(self.call, self.shop, amount, number)
        channel_order = await done(self.call, "/v1/channel-orders", {"order": asked["id"], "method": "qr"})
        identity = channel_order["id"]
        await self.do(MarkChannelSent(channel_order=identity))
        await self.do(
            AnswerChannelOrder(channel_order=identity, succeeded=True, amount=amount, reference=f"ch{number}")
        )
        self.orders.append(identity)
        self.lines.append(self.line(identity, amount, f"ch{number}"))

    async def do(self, command: Any) -> Any:
        return await self.installation.services.engine.execute(1, command, actor="system:channel")

    def line(self, number: str, amount: int, reference: str) -> str:
        return f"{number},,pay,qr,{amount},0,{self.today},{self.today}T10:00:00+08:00,{reference}"

    def bytes(self, lines: list[str], on: str = "") -> bytes:
        """The file with its line of totals."""
        total = sum(int(line.split(",")[4]) for line in lines)
        day = on or self.today
        payout = [f"payout-{day},,payout,,{total},0,{day},{day}T23:59:59+08:00,payout-{day}"] if total else []
        text = "\n".join([HEADER, *lines, *payout, f"total,,,,{total},0,{day},,{len(lines)}"]) + "\n"
        return text.encode()

    def file(self, lines: list[str] | None = None) -> str:
        """The file in Base64."""
        return base64.b64encode(self.bytes(self.lines if lines is None else lines)).decode()

    def body(self, file: str | None = None) -> dict[str, Any]:
        asked = {"date": self.today, "channel": "channel"}
        return asked if file is None else {**asked, "file": file}

    async def reconcile(self, file: str | None = None) -> dict[str, Any]:
        return await done(self.call, DAYS, self.body(file), 200)

    async def differences(self, query: str = "") -> list[dict[str, Any]]:
        return (await self.call("GET", f"{DIFFERENCES}{query}")).json()["data"]


@pytest.fixture
async def trade(call: Caller, installation: Opened) -> Trade:
    made = Trade(call, installation)
    await made.make()
    return made


async def test_a_day_is_incomplete_without_its_file_and_balanced_with_it(call: Caller, trade: Trade) -> None:
    first = await trade.reconcile()
    assert (first["day"]["state"], [side["side"] for side in first["day"]["sides"]]) == (
        "incomplete",
        ["ledger", "orders"],
    )
    whole = await trade.reconcile(trade.file())
    assert (whole["day"]["state"], whole["day"]["matched"], whole["counts"]) == ("balanced", {"1:1:1": 3}, [])
    assert [bridge["residual"] for bridge in whole["day"]["bridges"]] == [0, 0]
    path = f"{DAYS}/{trade.today}/channel"
    assert (await call("GET", path)).json() == whole
    (listed,) = (await call("GET", f"{DAYS}?state=balanced&date.gte={trade.today}")).json()["data"]
    assert listed == whole["day"]
    needed = await call("POST", DAYS, trade.body())
    assert (needed.status_code, needed.json()["code"]) == (422, "reconciliation.file_needed")
    assert (await call("GET", path)).json() == whole, "a file that is not sent again spoils nothing"


async def test_a_planted_difference_is_found_assigned_and_resolved(call: Caller, trade: Trade) -> None:
    planted = [trade.lines[0], trade.line(trade.orders[1], 2_100, "ch2026-1"), trade.lines[2]]
    whole = await trade.reconcile(trade.file(planted))
    assert (whole["day"]["state"], whole["day"]["pending"]) == ("open", 1)
    (found,) = await trade.differences(f"?date={trade.today}&state=pending&kind=amount")
    assert (found["side"], found["found"], found["expected"], found["difference"]) == ("channel", 2_100, 2_000, 100)
    assert found["key"] == f"payment {trade.orders[1]}"
    assert [(line["side"], line["amount"]) for line in found["lines"]] == [
        ("channel", 2_100),
        ("ledger", 2_000),
        ("orders", 2_000),
    ]
    path = f"{DIFFERENCES}/{found['id']}"
    assigned = await done(call, f"{path}/assign", {"assignee": "王芳"}, 200)
    assert (assigned["state"], await trade.differences("?assignee=王芳")) == ("assigned", [assigned])
    body = {"resolution": "corrected_there", "reason": "渠道已更正"}
    resolved = await done(call, f"{path}/resolve", body, 200)
    assert (resolved["state"], resolved["resolution"]) == ("resolved", "corrected_there")
    day = (await call("GET", f"{DAYS}/{trade.today}/channel")).json()["day"]
    assert (day["state"], day["pending"], day["breaks"]) == ("balanced", 0, 0)
    again = await call("POST", f"{path}/accept", {"reason": "再次"})
    assert (again.status_code, again.json()["code"]) == (422, "reconciliation_difference.closed")
    reopened = await done(call, f"{path}/reopen", {"reason": "渠道又退回"}, 200)
    assert (reopened["state"], reopened["reopened"]) == ("pending", 1)
    twice = await call("POST", f"{path}/reopen", {"reason": "渠道又退回"})
    assert (twice.status_code, twice.json()["code"]) == (422, "reconciliation_difference.not_ended")


async def test_an_accepted_difference_is_open_again_when_its_amount_changes(call: Caller, trade: Trade) -> None:
    def planted(amount: int) -> str:
        return trade.file([trade.lines[0], trade.line(trade.orders[1], amount, "ch2026-1"), trade.lines[2]])

    await trade.reconcile(planted(2_100))
    (found,) = await trade.differences()
    await done(call, f"{DIFFERENCES}/{found['id']}/accept", {"reason": "尾差由本行承担"}, 200)
    assert (await trade.reconcile(planted(2_100)))["day"]["state"] == "balanced"
    assert (await trade.reconcile(planted(2_101)))["day"]["state"] == "open"
    (again,) = await trade.differences("?state=pending")
    assert (again["id"], again["difference"], again["reopened"]) == (found["id"], 101, 1)


async def test_of_runs_at_once_one_has_the_last_word_and_the_day_is_as_it_says(trade: Trade) -> None:
    """Neither run clears what the other has found, which would leave a day that only looks balanced."""
    files = [
        trade.file([line for line in trade.lines if not line.startswith(missing)])
        for missing in trade.orders
        for _ in "ab"
    ]
    answers = await asyncio.gather(*(trade.call("POST", DAYS, trade.body(file)) for file in files))
    codes = {answer.json().get("code") for answer in answers if answer.status_code != 200}
    assert any(answer.status_code == 200 for answer in answers)
    assert codes <= {"reconciliation_day.superseded"}
    still_open = [found for found in await trade.differences() if found["state"] == "pending"]
    day = (await trade.call("GET", f"{DAYS}/{trade.today}/channel")).json()["day"]
    assert (day["state"], day["pending"], len(still_open)) == ("open", 1, 1)
    assert next(side for side in day["sides"] if side["side"] == "channel")["lines"] == 2


async def test_strangers_and_lesser_roles_change_nothing(
    caller: Callable[..., Awaitable[Caller]], installation: Opened, trade: Trade
) -> None:
    await trade.reconcile(trade.file(trade.lines[:2]))
    (found,) = await trade.differences()
    await installation.open_book("other", "分行", actor="test")
    stranger, viewer, operator = await caller(Role.ADMIN, 2), await caller(Role.VIEWER), await caller(Role.OPERATOR)
    path = f"{DIFFERENCES}/{found['id']}"
    acts = {
        "assign": {"assignee": "王芳"},
        "resolve": {"resolution": "other", "reason": "试"},
        "accept": {"reason": "试"},
        "reopen": {"reason": "试"},
    }
    assert (await stranger("GET", path)).json()["code"] == "reconciliation_difference.not_found"
    assert (await stranger("GET", f"{DAYS}/{trade.today}/channel")).json()["code"] == "reconciliation_day.not_found"
    assert (await stranger("GET", DIFFERENCES)).json()["data"] == []
    for name, body in acts.items():
        assert (await stranger("POST", f"{path}/{name}", body)).json()["code"] == "reconciliation_difference.not_found"
        assert (await viewer("POST", f"{path}/{name}", body)).status_code == 403, name
    assert (await viewer("POST", DAYS, trade.body(trade.file()))).status_code == 403
    assert (await operator("POST", f"{path}/accept", acts["accept"])).status_code == 403, "others accept"
    assert await trade.differences() == [found]
    assert (await operator("POST", f"{path}/assign", acts["assign"])).status_code == 200
    for unknown in (f"{DIFFERENCES}/{STRANGE}", f"{DAYS}/2001-01-01/channel", f"{DAYS}/{trade.today}/nobody"):
        assert (await viewer("GET", unknown)).status_code == 404, unknown
