"""A statement on paper is checked by its code: with a key, and by anybody on a phone, who learns nothing new."""

import re
from typing import Any

from canglian.app.opening import Opened
from canglian.app.server import create_app
from canglian.bank.deposit.statements.checking import BURST
from canglian.web.principal import Role
from tests.bank.deposit.api.test_accounts import opened
from tests.conftest import Caller, client_of
from tests.papers import page_texts, require_typefaces

PATH = "/v1/statement-checks"


async def pull(call: Caller, path: str, amount: int, reference: str) -> None:
    """Money of the bound account comes in."""
    (bound,) = (await call("GET", path)).json()["bound_accounts"]
    body = {"kind": "pull", "bound_account": bound["id"], "amount": amount, "channel": "mobile"}
    order = f"/v1/rail-orders/{(await call('POST', '/v1/rail-orders', body)).json()['id']}"
    await call("POST", f"{order}/sent", {"reference": reference})
    answered = await call("POST", f"{order}/answer", {"succeeded": True, "reference": reference})
    assert answered.json()["state"] == "succeeded", answered.text


async def printed(call: Caller) -> tuple[str, str, str]:
    """The code and the ending of a statement of an account with ¥1,234,567.89, and the account's path."""
    require_typefaces()
    account = await opened(call)
    path = f"/v1/deposit-accounts/{account['id']}"
    await pull(call, path, 123_456_789, "R-1")
    pdf = await call("GET", f"{path}/statement?format=pdf")
    found = re.search(r"([0-9A-Z]{4}-){6,}[0-9A-Z]{1,4}", page_texts(pdf.content)[0])
    assert found
    return found[0], account["number"][-4:], path


async def test_a_key_checks_what_was_printed_and_nothing_is_written(call: Caller, installation: Opened) -> None:
    code, ending, _ = await printed(call)
    before = (await installation.services.store.state(1)).commands
    checked = await call("POST", PATH, {"code": code, "number_ending": ending})
    assert checked.status_code == 200, checked.text
    body = checked.json()
    assert (body["opening"], body["paid_in"], body["paid_out"], body["closing"]) == (0, 123_456_789, 0, 123_456_789)
    assert (body["entries"], body["asset"], body["number_ending"]) == (1, "CNY", ending)
    assert body["holder"].endswith("*")
    wrong = {"code": code, "number_ending": f"{(int(ending) + 1) % 10_000:04}"}
    refused = await call("POST", PATH, wrong)
    assert (refused.status_code, refused.json()["code"]) == (404, "statement_check.unknown")
    changed = code[:-1] + ("Z" if code[-1] != "Z" else "Y")
    refused = await call("POST", PATH, {"code": changed, "number_ending": ending})
    assert refused.json()["code"] == "statement_check.unknown"
    assert (await installation.services.store.state(1)).commands == before


async def test_later_movements_do_not_make_it_false(call: Caller) -> None:
    code, ending, path = await printed(call)
    await pull(call, path, 500, "R-2")
    assert (await call("GET", path)).json()["account"]["balance"] == 123_457_289
    body = (await call("POST", PATH, {"code": code, "number_ending": ending})).json()
    assert (body["closing"], body["entries"]) == (123_456_789, 1)


async def test_who_asks_too_often_waits_and_a_stranger_may_not_ask_by_key(call: Caller, caller: Any) -> None:
    body = {"code": "0", "number_ending": "0000"}
    viewer = await caller(Role.VIEWER)
    for _ in range(BURST):
        assert (await viewer("POST", PATH, body)).status_code == 404
    often = await viewer("POST", PATH, body)
    assert (often.status_code, often.json()["code"]) == (429, "statement_check.often")
    assert int(often.headers["retry-after"]) > 0
    assert (await call("POST", PATH, body)).status_code == 404, "another key is counted for itself"


async def test_anybody_checks_on_a_phone_and_the_code_stands_in_no_address(call: Caller, installation: Opened) -> None:
    code, ending, _ = await printed(call)
    client = client_of(create_app(installation))
    page = await client.get("/m/check")
    assert page.status_code == 200
    found = re.search(r'name="_token" value="([^"]+)"', page.text)
    assert found
    form = {"_token": found[1], "code": code.lower(), "ending": ending}
    answer = await client.post("/m/check", data=form)
    assert answer.status_code == 200
    for shown in ("¥1,234,567.89", f"…{ending}", "该对账单由我行出具。"):
        assert shown in answer.text
    assert code not in str(answer.url)
    refused = await client.post("/m/check", data={**form, "ending": "none"})
    assert refused.status_code == 422
    assert "¥" not in refused.text
    foreign = await client.post("/m/check", data={"code": code, "ending": ending})
    assert foreign.status_code == 403
    answers = [await client.post("/m/check", data={**form, "code": "x"}) for _ in range(BURST)]
    assert "核验次数过多" in answers[-1].text
    await client.aclose()
