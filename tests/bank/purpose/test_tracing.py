"""Where every fen is: the parts sum up to what was paid in, whatever has happened."""

from typing import Any

import pytest

from canglian.app.opening import Opened
from canglian.bank.purpose.commands import TerminatePurposeContract
from canglian.bank.purpose.room import end_contracts
from tests.bank.purpose.console.given import (
    drafted,
    funded,
    give_back,
    granted,
    rich,
    shop,
    spend,
)
from tests.bank.purpose.console.test_contracts import grants_of
from tests.bank.purpose.funds import GROCERY, Payee
from tests.bank.wallet.api.people import opened
from tests.conftest import Caller
from tests.web.conftest import enter
from tests.web.entering import Enter

NOODLES = Payee(id="mer_noodles", category="5812", region="110101")

__all__ = ["enter"]


@pytest.fixture
async def lived(enter: Enter, installation: Opened, call: Caller) -> str:
    """A contract of which two holders have spent, one got something back, and one was revoked."""
    client = await enter("operator")
    payer, one, two = await rich(installation, call, 1), await opened(call, 2), await opened(call, 3)
    at = await funded(client, payer["id"], amount="300.00")
    await granted(client, at, f"{one['id']}, 100.00\n{two['id']}, 120.00")
    first, second = await grants_of(installation, at)
    account = await shop(installation)
    await spend(installation, first.id, account, 3_333, GROCERY)
    await spend(installation, second.id, account, 4_444, NOODLES)
    await spend(installation, second.id, account, 2_000, GROCERY)
    await give_back(installation, second.id, account, 1_111, NOODLES)
    return at.rsplit("/", 1)[1]


async def traced(call: Caller, contract: str, by: str = "") -> dict[str, Any]:
    answer = await call("GET", f"/v1/purpose-contracts/{contract}/trace{by}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_parts_sum_up_to_what_was_paid_in_by_every_dimension(call: Caller, lived: str) -> None:
    for by in ("", "?by=holder", "?by=shop", "?by=region"):
        found = await traced(call, lived, by)
        assert found["funded"] == 30_000
        assert sum(part["amount"] for part in found["parts"]) == 30_000, by
    shops = {
        part["payee"]: part["amount"] for part in (await traced(call, lived, "?by=shop"))["parts"] if part["payee"]
    }
    assert shops == {"mer_grocery": 5_333, "mer_noodles": 3_333}
    regions = {p["region"]: p["amount"] for p in (await traced(call, lived, "?by=region"))["parts"] if p["region"]}
    assert regions == {"330106": 5_333, "110101": 3_333}
    answer = await call("GET", f"/v1/purpose-contracts/{lived}/trace?by=nothing")
    assert answer.status_code == 400


async def test_after_its_end_all_of_it_is_at_shops_or_back(call: Caller, installation: Opened, lived: str) -> None:
    services = installation.services
    await services.engine.execute(1, TerminatePurposeContract(contract=lived, reason="结束"), actor="test")
    await end_contracts(services, 1)
    grants = await grants_of(installation, lived)
    account = (await call("GET", f"/v1/purpose-movements?contract={lived}&kind=spent")).json()["data"][0]["other"]
    await give_back(installation, grants[0].id, account, 333, GROCERY)
    found = await traced(call, lived, "?by=shop")
    where = {(part["where"], part["payee"]): part["amount"] for part in found["parts"]}
    assert where == {
        ("shop", "mer_grocery"): 5_000,
        ("shop", "mer_noodles"): 3_333,
        ("returned", None): 30_000 - 5_000 - 3_333,
    }
    client = call.client
    for by in ("", "holder", "shop", "region"):
        page = await client.get(f"/console/purpose-contracts/{lived}/trace?by={by}")
        assert page.status_code == 200
        assert page.text.count("¥300.00") >= 2
    file = await client.get(f"/console/purpose-contracts/{lived}/trace?by=region&format=csv")
    assert file.headers["content-type"].startswith("text/csv")
    assert "216.67" in file.text


async def test_a_draft_has_nothing_to_trace(enter: Enter, installation: Opened, call: Caller) -> None:
    client = await enter("operator")
    at = await drafted(client, (await rich(installation, call, 1))["id"])
    assert "尚未出资" in (await client.get(f"{at}/trace")).text
    assert (await traced(call, at.rsplit("/", 1)[1]))["parts"] == []
