"""Settlements and the end of a day over HTTP and on pages: who may, what is shown, strangers are refused."""

from datetime import date
from typing import Any

import pytest

from canglian.app.opening import Opened
from canglian.bank.settlement.closing.commands import NoteEodStep
from canglian.bank.settlement.closing.running import run_end_of_day
from canglian.bank.settlement.settling.running import settle_day
from tests.bank.payment.api.test_payments import SHOP, done, order, sources
from tests.bank.wallet.api.people import give, opened
from tests.conftest import Caller
from tests.web.entering import Enter, send

STRANGE = "0" * 26


@pytest.fixture
async def settled(call: Caller, installation: Opened) -> dict[str, Any]:
    """A merchant that was paid 30.00 and settled the same day."""
    services = installation.services
    payer, purse = await opened(call, 1), await opened(call, 2)
    await give(installation, payer["account"], 5_000)
    shop = await done(call, "/v1/merchants", {**SHOP, "payout_wallet": purse["id"]})
    terms = await done(call, f"/v1/settlement-terms/{shop['id']}", {"cycle": 0, "minimum": 100}, 200)
    assert (terms["cycle"], terms["minimum"]) == (0, 100)
    asked = await order(call, shop, 3_000)
    await done(call, f"/v1/payment-orders/{asked['id']}/pay", sources(payer))
    coming = (await call("GET", f"/v1/settlement-terms/{shop['id']}")).json()["next"]
    assert {payout["asset"]: payout["amount"] for payout in coming} == {"CNY": 0, "ECNY": 2_989}
    today = (await call("GET", "/v1/day")).json()["today"]
    assert {payout["date"] for payout in coming} == {today}
    run = await settle_day(services.engine, services.reader, 1, date.fromisoformat(today))
    assert (run.settled, run.left) == (1, [])
    (found,) = (await call("GET", f"/v1/settlements?merchant={shop['id']}")).json()["data"]
    return found


async def test_a_settlement_is_read_with_its_entries_as_json_and_csv(call: Caller, settled: dict[str, Any]) -> None:
    assert (settled["gross"], settled["fees"] + settled["tax"], settled["paid_out"]) == (3_000, 11, 2_989)
    assert (settled["state"], settled["carried_out"]) == ("paid", 0)
    path = f"/v1/settlements/{settled['id']}"
    assert (await call("GET", path)).json() == settled
    entries = (await call("GET", f"{path}/entries")).json()["data"]
    assert sum(entry["amount"] for entry in entries) + settled["carried_in"] == settled["net"]
    assert [entry["code"] for entry in entries] == ["payment.paid", "payment.fee", "payment.tax"]
    answer = await call("POST", f"{path}/payout")
    assert (answer.status_code, answer.json()["code"]) == (422, "settlement.nothing_due")
    for strange in (f"/v1/settlements/stl_{STRANGE}", f"/v1/settlements/stl_{STRANGE}/entries"):
        assert (await call("GET", strange)).json()["code"] == "settlement.not_found"
    assert (await call("GET", f"/v1/settlement-terms/mer_{STRANGE}")).json()["code"] == "merchant.not_found"


async def test_pages_show_the_day_the_statement_and_the_terms(enter: Enter, settled: dict[str, Any]) -> None:
    operator = await enter("operator")
    for path in ("/console/settlement-day", "/console/settlements", f"/console/settlements/{settled['id']}"):
        page = await operator.get(path)
        assert (page.status_code, "29.89" in page.text) == (200, True), path
    terms = f"/console/settlement-terms/{settled['merchant']}"
    assert "T+0" in (await operator.get(terms)).text
    held = await send(operator, terms, action="hold", reason="核查中")
    assert held.status_code == 303, held.text
    assert "核查中" in (await operator.get(terms)).text
    assert (await operator.get(f"/console/settlements/stl_{STRANGE}")).status_code == 404


async def test_the_end_of_a_day_is_started_by_an_administrator_alone(
    enter: Enter, call: Caller, installation: Opened
) -> None:
    admin, page = await enter("admin"), "/console/end-of-day"
    started = await send(admin, page, action="start")
    assert started.status_code == 303, started.text
    shown = (await admin.get(page)).text
    assert "hx-get" in shown, "a run that is under way is looked at again"
    today = (await call("GET", "/v1/day")).json()["today"]
    whole = (await call("GET", f"/v1/end-of-day-runs/{today}")).json()
    assert (whole["run"]["state"], len(whole["steps"]) >= 8) == ("running", True)
    noted = NoteEodStep(date=date.fromisoformat(today), name="settlement", total=2, done=1)
    await installation.services.engine.execute(1, noted, actor="test")
    under_way = await admin.get(page)
    assert under_way.status_code == 200, "a step has a time, and one that is left"
    assert '<progress max="100" value="50">' in under_way.text
    assert "hx-refresh" not in (await admin.get(page, headers={"hx-request": "true"})).headers
    assert (await call("GET", "/v1/end-of-day-runs/2001-01-01")).json()["code"] == "eod_run.not_found"
    assert [run["date"] for run in (await call("GET", "/v1/end-of-day-runs")).json()["data"]] == [today]


async def test_a_page_that_watched_the_end_of_a_day_is_loaded_anew_once_it_is_over(
    enter: Enter, installation: Opened
) -> None:
    admin, page = await enter("admin"), "/console/end-of-day"
    await run_end_of_day(installation.services, 1)
    watched = await admin.get(page, headers={"hx-request": "true"})
    assert watched.headers["hx-refresh"] == "true", "the date on top and the days before are others"
    assert "hx-refresh" not in (await admin.get(page)).headers


async def test_the_settlement_day_shows_the_last_one_that_was_settled(
    enter: Enter, call: Caller, installation: Opened, settled: dict[str, Any]
) -> None:
    await run_end_of_day(installation.services, 1)
    assert (await call("GET", "/v1/day")).json()["today"] > settled["date"]
    operator = await enter("operator")
    assert "29.89" in (await operator.get("/console/settlement-day")).text
    assert "29.89" not in (await operator.get("/console/settlement-day?date=2001-01-01")).text


async def test_an_operation_that_needs_no_body_takes_none(call: Caller) -> None:
    for body in ({"date": "2026-01-05"}, {"dry": True}, []):
        refused = await call("POST", "/v1/end-of-day-runs", json=body)
        assert (refused.status_code, refused.json()["code"]) == (400, "request.malformed"), refused.text
    assert (await call("GET", "/v1/end-of-day-runs")).json()["data"] == []


async def test_an_operator_looks_at_the_end_of_a_day_and_starts_none(enter: Enter) -> None:
    operator, page = await enter("operator"), "/console/end-of-day"
    assert (await operator.get(page)).status_code == 200
    assert (await send(operator, page, action="start")).status_code == 403


async def test_a_viewer_changes_no_terms(enter: Enter, settled: dict[str, Any]) -> None:
    viewer, terms = await enter("viewer"), f"/console/settlement-terms/{settled['merchant']}"
    assert (await viewer.get(terms)).status_code == 200
    assert (await send(viewer, terms, action="hold", reason="x")).status_code == 403
