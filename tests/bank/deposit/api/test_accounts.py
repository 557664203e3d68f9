"""Deposit accounts over HTTP: from the opening to the statement, all by masks; strangers find nothing."""

import re
from typing import Any

from canglian.app.opening import Opened
from canglian.bank.deposit.queries import accounts
from canglian.kernel.records import CommandLine
from canglian.web.principal import Role
from tests.bank.party.api.test_openings import STEPS, started
from tests.conftest import Caller
from tests.papers import require_typefaces


async def opened(call: Caller, **more: Any) -> dict[str, Any]:
    """A Class II account of somebody who was verified from afar."""
    opening = await started(call)
    done = [await call("POST", f"/v1/openings/{opening}/{path}", body) for path, body in STEPS.items()][-1]
    body = {
        "product": "deposit.class2",
        "channel": "mobile",
        "party": done.json()["party"],
        "opening": opening,
        "bank": "农村信用社",
        **more,
    }
    answer = await call("POST", "/v1/deposit-accounts", body, headers={"idempotency-key": "open-1"})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_an_account_is_opened_once_under_a_key_and_shown_by_masks(call: Caller, installation: Opened) -> None:
    account = await opened(call)
    assert re.fullmatch(r"621999\*{9}[0-9]{4}", account["number"])
    body = {
        "product": "deposit.class2",
        "channel": "mobile",
        "party": account["party"],
        "opening": (await call("GET", f"/v1/deposit-accounts/{account['id']}")).json()["account"]["opening"],
        "bank": "农村信用社",
    }
    again = await call("POST", "/v1/deposit-accounts", body, headers={"idempotency-key": "open-1"})
    assert (again.status_code, again.headers["idempotent-replayed"]) == (201, "true")
    assert again.json() == account
    whole = (await call("GET", f"/v1/deposit-accounts/{account['id']}")).json()
    assert whole["account"]["balance"] == 0
    assert [(bound["state"], bound["number"]) for bound in whole["bound_accounts"]] == [
        ("active", "622202*********0123")
    ]
    listed = (await call("GET", f"/v1/deposit-accounts?party={account['party']}&state=active")).json()["data"]
    assert [listed_account["id"] for listed_account in listed] == [account["id"]]


async def test_a_number_is_looked_up_whole_and_stands_in_no_log(call: Caller, installation: Opened) -> None:
    account = await opened(call)
    services = installation.services
    stored = await accounts.stored(services.reader, 1, account["id"])
    number = services.keyring.open(stored.number_sealed, "deposit_account.number")
    found = await call("POST", "/v1/deposit-accounts/search", {"number": number})
    assert [listed_account["id"] for listed_account in found.json()["data"]] == [account["id"]]
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
    refused = await call("POST", "/v1/deposit-accounts/search", {"number": wrong})
    assert (refused.status_code, refused.json()["code"]) == (422, "deposit_account.number_checksum")
    assert number not in refused.text
    own = {"number": number, "bank": "本行"}
    bound = await call("POST", f"/v1/deposit-accounts/{account['id']}/bound-accounts", own)
    assert (bound.status_code, bound.json()["code"]) == (422, "bound_account.own")
    wide = {**own, "number": "".join(chr(ord(digit) + 0xFEE0) for digit in number)}
    bound = await call("POST", f"/v1/deposit-accounts/{account['id']}/bound-accounts", wide)
    assert (bound.status_code, bound.json()["code"]) == (422, "bound_account.own")
    for row in await services.reader.rows("SELECT payload, result FROM command WHERE book = $1", 1):
        assert number not in f"{row[0]}{row[1]}"
    assert CommandLine.__table__ == "command"


async def test_a_dry_run_opens_nothing(call: Caller, installation: Opened) -> None:
    before = (await installation.services.store.state(1)).commands
    body = {"product": "deposit.internal", "channel": "counter"}
    tried = await call("POST", "/v1/deposit-accounts?dry_run=true", body)
    assert (tried.status_code, tried.json()["product"]) == (200, "deposit.internal")
    assert (await installation.services.store.state(1)).commands == before
    assert (await call("GET", "/v1/deposit-accounts")).json()["data"] == []


async def test_money_comes_by_the_rail_and_the_statement_tells_it_in_every_form(call: Caller) -> None:
    account = await opened(call)
    path = f"/v1/deposit-accounts/{account['id']}"
    (bound,) = (await call("GET", path)).json()["bound_accounts"]
    body = {"kind": "pull", "bound_account": bound["id"], "amount": 123_456_789, "channel": "mobile"}
    order = (await call("POST", "/v1/rail-orders", body)).json()
    assert (order["state"], order["amount"]) == ("requested", 123_456_789)
    await call("POST", f"/v1/rail-orders/{order['id']}/sent", {"reference": "R-1"})
    answered = await call("POST", f"/v1/rail-orders/{order['id']}/answer", {"succeeded": True, "reference": "R-1"})
    assert (answered.status_code, answered.json()["state"]) == (200, "succeeded")
    statement = (await call("GET", f"{path}/statement")).json()
    assert (statement["opening"], statement["paid_in"], statement["closing"], statement["entries"]) == (
        0,
        123_456_789,
        123_456_789,
        1,
    )
    csv = await call("GET", f"{path}/statement?format=csv")
    assert csv.headers["content-type"].startswith("text/csv")
    assert "1,234,567.89" in csv.text or "1234567.89" in csv.text
    camt = await call("GET", f"{path}/statement?format=camt053")
    assert camt.headers["content-type"].startswith("application/xml")
    assert '<Amt Ccy="CNY">1234567.89</Amt>' in camt.text
    backwards = await call("GET", f"{path}/statement?format=pdf&first=2026-02-01&last=2026-01-01")
    assert (backwards.status_code, backwards.json()["code"]) == (400, "statement.period_invalid")
    require_typefaces()
    pdf = await call("GET", f"{path}/statement?format=pdf")
    assert (pdf.status_code, pdf.headers["content-type"], pdf.content[:5]) == (200, "application/pdf", b"%PDF-")
    assert pdf.headers["cache-control"] == "no-store"


async def test_freezing_lifting_and_closing(call: Caller, caller: Any) -> None:
    account = await opened(call)
    path = f"/v1/deposit-accounts/{account['id']}"
    order = {"kind": "out", "cause": "order", "reason": "协助冻结", "authority": "新城县人民法院"}
    freeze = (await call("POST", f"{path}/freezes", order)).json()
    operator = await caller(Role.OPERATOR)
    lift = f"{path}/freezes/{freeze['id']}/lift"
    refused = await operator("POST", lift, {"reason": "解除"})
    assert (refused.status_code, refused.json()["code"]) == (403, "auth.forbidden")
    closing = {"reason": "客户申请", "channel": "mobile"}
    assert (await call("POST", f"{path}/close", closing)).json()["code"] == "deposit_account.frozen_out"
    elsewhere = f"/v1/deposit-accounts/dep_{'0' * 26}/freezes/{freeze['id']}/lift"
    assert (await call("POST", elsewhere, {"reason": "解除"})).json()["code"] == "account_freeze.not_found"
    assert (await call("POST", lift, {"reason": "解除"})).status_code == 200
    closed = await call("POST", f"{path}/close", closing)
    assert (closed.status_code, closed.json()["state"]) == (200, "closed")


async def test_a_reason_with_a_persons_number_in_it_is_refused(call: Caller) -> None:
    account = await opened(call)
    body = {"kind": "out", "cause": "risk", "reason": "本人 13800138000 来电"}
    refused = await call("POST", f"/v1/deposit-accounts/{account['id']}/freezes", body)
    assert (refused.status_code, refused.json()["code"]) == (422, "party.text_personal")


async def test_what_belongs_to_another_book_is_not_found(call: Caller, caller: Any, installation: Opened) -> None:
    account = await opened(call)
    (bound,) = (await call("GET", f"/v1/deposit-accounts/{account['id']}")).json()["bound_accounts"]
    pull = {"kind": "pull", "bound_account": bound["id"], "amount": 100, "channel": "mobile"}
    order = (await call("POST", "/v1/rail-orders", pull)).json()
    await installation.open_book("other", "分行", actor="test")
    stranger = await caller(Role.ADMIN, book=2)
    reason = {"reason": "x"}
    for method, path, body in (
        ("GET", f"/v1/deposit-accounts/{account['id']}", None),
        ("GET", f"/v1/deposit-accounts/{account['id']}/statement", None),
        ("POST", f"/v1/deposit-accounts/{account['id']}/freezes", {"kind": "out", "cause": "risk", **reason}),
        ("POST", f"/v1/deposit-accounts/{account['id']}/close", {**reason, "channel": "counter"}),
        ("POST", f"/v1/deposit-accounts/{account['id']}/upgrade", {}),
        ("GET", f"/v1/bound-accounts/{bound['id']}", None),
        ("POST", f"/v1/bound-accounts/{bound['id']}/end", reason),
        ("POST", "/v1/rail-orders", pull),
        ("GET", f"/v1/rail-orders/{order['id']}", None),
        ("POST", f"/v1/rail-orders/{order['id']}/answer", {"succeeded": True}),
    ):
        answer = await stranger(method, path, body)
        status = 422 if path == "/v1/rail-orders" else 404  # what a body names is not what the address names
        assert (answer.status_code, answer.json()["code"].split(".")[1]) == (status, "not_found"), (path, answer.text)
    assert (await stranger("GET", "/v1/deposit-accounts")).json()["data"] == []


async def test_a_small_transfer_does_not_tell_its_amount(call: Caller) -> None:
    account = await opened(call)
    body = {"number": "6228480400556677889", "bank": "农村信用社"}
    bound = (await call("POST", f"/v1/deposit-accounts/{account['id']}/bound-accounts", body)).json()
    path = f"/v1/bound-accounts/{bound['id']}"
    await call("POST", f"{path}/elements", {"elements": 5, "matched": True, "reference": "el-2"})
    sent = (await call("POST", f"{path}/transfer")).json()
    assert (sent["state"], sent["confirmation"]) == ("confirming", "one_cent")
    assert (await call("GET", f"/v1/rail-orders/{sent['order']}")).json()["amount"] is None
    confirmed = (await call("POST", f"{path}/told", {"amount": 100})).json()
    assert (confirmed["state"], confirmed["tries"]) == ("confirming", 1)


async def test_products_show_their_versions_and_take_new_ones(call: Caller, caller: Any) -> None:
    shown = (await call("GET", "/v1/deposit-products")).json()["data"]
    assert [product["code"] for product in shown] == [
        f"deposit.{name}" for name in ("class1", "class2", "class3", "corporate", "internal")
    ]
    new = {"code": "deposit.class1", "product_class": "class1", "name": "个人Ⅰ类账户", "rate_ppm": 1000}
    operator = await caller(Role.OPERATOR)
    assert (await operator("POST", "/v1/deposit-products", new)).status_code == 403
    added = await call("POST", "/v1/deposit-products", new)
    assert (added.status_code, added.json()["version"]) == (201, 2)
    product = (await call("GET", "/v1/deposit-products/deposit.class1")).json()
    assert (product["in_force"]["rate_ppm"], len(product["versions"])) == (1000, 2)
    wrong = await call("POST", "/v1/deposit-products", {**new, "code": "deposit.class2"})
    assert wrong.json()["code"] == "deposit_product.code_class"


async def test_the_rails_file_is_read_once_its_day_is_over(call: Caller) -> None:
    early = {"date": "2099-01-01", "lines": []}
    refused = await call("POST", "/v1/rail-files", early)
    assert (refused.status_code, refused.json()["code"]) == (422, "rail_line.day_not_over")
    line = {"order": "rail_nobody", "kind": "pull", "amount": 1, "succeeded": True, "reference": "R-9"}
    file = {"date": "2020-01-01", "lines": [line]}
    for _ in range(2):
        done = await call("POST", "/v1/rail-files", file)
        assert done.json() == {"agreed": 0, "settled": 0, "differs": 1, "missing": 0}
    (found,) = (await call("GET", "/v1/rail-differences?resolved=false")).json()["data"]
    assert (found["kind"], found["subject"]) == ("unknown_order", "R-9")
    resolved = await call("POST", f"/v1/rail-differences/{found['id']}/resolve", {"resolution": "对方测试数据"})
    assert (resolved.status_code, resolved.json()["resolution"]) == (200, "对方测试数据")
