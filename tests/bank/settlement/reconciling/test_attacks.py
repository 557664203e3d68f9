"""Files that are not as they should be, through the API: each line is accounted for, and the day is never green."""

import base64
from typing import Any

import pytest

from canglian.app.opening import Opened
from tests.bank.settlement.reconciling.test_faces import DAYS, HEADER, Trade
from tests.conftest import Caller


@pytest.fixture
async def trade(call: Caller, installation: Opened) -> Trade:
    made = Trade(call, installation)
    await made.make()
    return made


def sent(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def channel_of(whole: dict[str, Any]) -> dict[str, Any]:
    return next(side for side in whole["day"]["sides"] if side["side"] == "channel")


async def test_duplicate_missing_and_foreign_lines_are_found_and_no_others(trade: Trade) -> None:
    foreign = trade.line("cho_of_nobody", 700, "chX")
    lines = [trade.lines[0], trade.lines[0], trade.lines[2], foreign]
    whole = await trade.reconcile(trade.file(lines))
    found = {(d["kind"], d["key"].split(" ")[1], d["difference"]) for d in await trade.differences()}
    assert found == {
        ("duplicate", trade.orders[0], 1_000),
        ("missing", trade.orders[1], -2_000),
        ("extra", "cho_of_nobody", 700),
    }
    assert (whole["day"]["state"], [bridge["residual"] for bridge in whole["day"]["bridges"]]) == ("open", [0, 0])
    again = await trade.reconcile(trade.file(lines))
    assert (again["day"]["digest"], again["counts"]) == (whole["day"]["digest"], whole["counts"]), "the same file twice"


async def test_a_truncated_file_leaves_the_day_incomplete_wherever_it_is_cut(trade: Trade) -> None:
    whole = trade.bytes(trade.lines)
    ends = whole.rindex(b"total")
    for cut in (ends, ends - 20, len(whole) - 4):
        answer = await trade.reconcile(sent(whole[:cut]))
        assert (answer["day"]["state"], channel_of(answer)["whole"]) == ("incomplete", False), cut
    assert (await trade.reconcile(sent(whole)))["day"]["state"] == "balanced", "and the whole one makes it good"


async def test_chinese_of_gb18030_is_read_and_what_no_encoding_reads_is_named(trade: Trade) -> None:
    chinese = [f"{line[:-1]}支付宝" for line in trade.lines]
    text = trade.bytes(chinese).decode()
    assert (await trade.reconcile(sent(text.encode("gb18030"))))["day"]["state"] == "balanced"
    broken = trade.bytes(trade.lines).replace(b"ch2026-1", b"ch\xff\xfe\x00-1")
    answer = await trade.reconcile(sent(broken))
    assert answer["day"]["state"] == "incomplete"
    assert channel_of(answer)["problems"] == {"3": "reconciliation.line_unreadable"}


async def test_what_is_no_such_file_is_refused_and_changes_nothing(call: Caller, trade: Trade) -> None:
    before = await trade.reconcile(trade.file())
    for raw, code in (
        (b"", "reconciliation.file_empty"),
        (b"\n", "reconciliation.file_empty"),
        (HEADER.replace("amount", "sum").encode() + b"\n", "reconciliation.file_columns"),
        (b"\x00" * 2_000, "reconciliation.file_columns"),
    ):
        answer = await call("POST", DAYS, trade.body(sent(raw)))
        assert (answer.status_code, answer.json()["code"]) in ((400, code), (422, code)), (raw[:20], answer.text)
    tomorrow = {**trade.body(trade.file()), "date": "2199-01-01"}
    assert (await call("POST", DAYS, tomorrow)).json()["code"] == "reconciliation_day.not_over"
    nobody = {**trade.body(trade.file()), "channel": "nobody"}
    assert (await call("POST", DAYS, nobody)).json()["code"] == "reconciliation.channel_unknown"
    assert (await call("POST", DAYS, {**trade.body(), "file": "no base64!"})).status_code in (400, 422)
    after = (await call("GET", f"{DAYS}/{trade.today}/channel")).json()
    assert after == before
