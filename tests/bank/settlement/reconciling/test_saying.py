"""What reconciliation says of a day that nobody can reconcile, and of a side that has not come."""

import pytest

from canglian.app.opening import Opened
from tests.bank.settlement.reconciling.test_faces import DAYS, Trade
from tests.conftest import Caller


@pytest.fixture
async def trade(call: Caller, installation: Opened) -> Trade:
    made = Trade(call, installation)
    await made.make(())
    return made


@pytest.mark.parametrize("day", ["1900-01-01", "0001-01-01", "2010-06-01"])
async def test_a_day_of_long_ago_is_refused_and_none_is_begun(trade: Trade, day: str) -> None:
    answer = await trade.call("POST", DAYS, {"date": day, "channel": "channel"})
    assert (answer.status_code, answer.json()["code"]) == (422, "reconciliation_day.too_old")
    assert (await trade.call("GET", DAYS)).json()["data"] == []


async def test_a_dimension_that_is_none_is_answered_with_those_that_are(trade: Trade) -> None:
    contract = f"pur_{'0' * 26}"
    answer = (await trade.call("GET", f"/v1/purpose-contracts/{contract}/trace?by=merchant")).json()
    assert answer["code"] == "request.malformed"
    assert "holder, shop, region" in answer["detail"]
    chinese = {"accept-language": "zh"}
    answer = (await trade.call("GET", f"/v1/purpose-contracts/{contract}/trace?by=merchant", headers=chinese)).json()
    assert "holder, shop, region" in answer["detail"]
    body = {"order": f"ord_{'0' * 26}", "method": "cash"}
    fault = (await trade.call("POST", "/v1/channel-orders", body)).json()["errors"][0]
    assert (fault["pointer"], fault["code"]) == ("/method", "form.choices")
    assert "card, qr" in fault["detail"]


@pytest.mark.parametrize("text", [r"\ud800", r"\udc00", r"a\ud83d", r"\ud83d\u0041"])
async def test_half_a_character_is_called_so(trade: Trade, text: str) -> None:
    body = ('{"name": "' + text + '", "category": "5411", "region": "330106"}').encode()
    answer = await trade.call("POST", "/v1/merchants", content=body, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (400, "request.malformed")
    assert "surrogate" in answer.json()["detail"]
    whole = body.replace(text.encode(), rb"\ud83d\ude00")
    answer = await trade.call("POST", "/v1/merchants", content=whole, headers={"content-type": "application/json"})
    assert "surrogate" not in answer.text
