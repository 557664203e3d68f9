"""Wallets over HTTP: strangers, foreign ids, wrong PINs, replays, nonsense amounts, double submission."""

import asyncio
import re
from typing import Any

import msgspec
import pytest

from canglian.app.opening import Opened
from canglian.web.principal import Role
from tests.bank.party.test_nothing_plain import everything_stored
from tests.bank.wallet.api.people import PIN, give, holder, opened
from tests.conftest import Caller

WRONG = "305172"


@pytest.fixture
async def two(call: Caller, installation: Opened) -> tuple[dict[str, Any], dict[str, Any]]:
    """A wallet with 50.00 and one with nothing."""
    payer, payee = await opened(call, 1), await opened(call, 2)
    await give(installation, payer["account"], 5_000)
    return payer, payee


def paying(payer: Any, payee: Any, amount: Any = 100, **more: Any) -> dict[str, Any]:
    return {"payer": payer["id"], "payee": payee["id"], "amount": amount, "pin": PIN, **more}


async def balance(call: Caller, wallet: dict[str, Any]) -> int:
    return (await call("GET", f"/v1/wallets/{wallet['id']}")).json()["wallet"]["balance"]


async def test_a_wallet_is_opened_paid_from_and_shown_by_masks(call: Caller, two: Any) -> None:
    payer, payee = two
    assert re.fullmatch(r"8806[0-9]{2}\*{6}[0-9]{4}", payer["number"])
    assert payer["mobile"] == "139****0001"
    answer = await call("POST", "/v1/wallet-transfers", paying(*two, amount=1_880, note="一碗面"))
    assert answer.status_code == 201, answer.text
    moved = answer.json()
    assert (moved["amount"], moved["channel"], moved["asset"]) == (1_880, "api", "ECNY")
    assert (await balance(call, payer), await balance(call, payee)) == (3_120, 1_880)
    listed = (await call("GET", f"/v1/wallet-transfers?wallet={payee['id']}")).json()["data"]
    assert [move["id"] for move in listed] == [moved["id"]]
    undone = await call("POST", f"/v1/wallet-transfers/{moved['id']}/reverse", {"reason": "退款"})
    assert undone.status_code == 201
    shown = (await call("GET", f"/v1/wallet-transfers/{moved['id']}")).json()
    assert shown["reversed_by"] == undone.json()["id"]


async def test_a_wallet_is_found_and_paid_by_its_whole_number(call: Caller, installation: Opened, two: Any) -> None:
    payer, payee = two
    services = installation.services
    row = await services.reader.row("SELECT number_sealed FROM wallet WHERE book = $1 AND id = $2", 1, payee["id"])
    number = services.keyring.open(row["number_sealed"], "wallet.number")
    found = await call("POST", "/v1/wallets/search", {"number": f"{number[:4]} {number[4:]}"})
    assert [wallet["id"] for wallet in found.json()["data"]] == [payee["id"]]
    body = {"payer": payer["id"], "payee_number": number, "amount": 100, "pin": PIN}
    assert (await call("POST", "/v1/wallet-transfers", body)).status_code == 201
    other = number[:-1] + str((int(number[-1]) + 1) % 10)
    for typed, code in ((other, "wallet.number_checksum"), ("1234", "wallet.number_form")):
        answer = await call("POST", "/v1/wallet-transfers", {**body, "payee_number": typed})
        assert (answer.status_code, answer.json()["code"]) == (422, code)
    for ids in ({"payee": payee["id"]}, {"payee": None, "payee_number": None}):
        answer = await call("POST", "/v1/wallet-transfers", {**body, **ids})
        assert (answer.status_code, answer.json()["code"]) == (400, "request.malformed")


async def test_five_wrong_pins_lock_and_the_right_one_helps_no_more(call: Caller, two: Any) -> None:
    payer, payee = two
    for left in (4, 3, 2, 1):
        answer = await call("POST", "/v1/wallet-transfers", paying(payer, payee, pin=WRONG))
        assert (answer.status_code, answer.json()["code"]) == (422, "wallet_pin.wrong")
        assert answer.json()["fields"]["left"] == left
    for pin in (WRONG, PIN):
        answer = await call("POST", "/v1/wallet-transfers", paying(payer, payee, pin=pin))
        assert (answer.status_code, answer.json()["code"]) == (422, "wallet_pin.locked")
    standing = (await call("GET", f"/v1/wallets/{payer['id']}")).json()["pin"]
    assert (standing["locked"], standing["failures"]) == (True, 5)
    assert await balance(call, payer) == 5_000
    reset = await call("POST", f"/v1/wallets/{payer['id']}/pin/reset", {"reason": "本人持证"})
    assert reset.json()["is_set"] is False
    await call("POST", f"/v1/wallets/{payer['id']}/pin", {"pin": "836152"})
    assert (await call("POST", "/v1/wallet-transfers", paying(payer, payee, pin="836152"))).status_code == 201


async def test_a_dry_run_is_no_way_to_try_pins(call: Caller, two: Any) -> None:
    payer, payee = two
    for _ in range(5):
        await call("POST", "/v1/wallet-transfers?dry_run=true", paying(payer, payee, pin=WRONG))
    answer = await call("POST", "/v1/wallet-transfers", paying(payer, payee))
    assert answer.json()["code"] == "wallet_pin.locked"


async def test_a_crowd_of_guesses_has_five_tries(call: Caller, two: Any) -> None:
    payer, payee = two
    guesses = [f"{n:06d}" for n in range(305_170, 305_200)]
    answers = await asyncio.gather(
        *(call("POST", "/v1/wallet-transfers", paying(payer, payee, pin=guess)) for guess in guesses)
    )
    codes = [answer.json()["code"] for answer in answers]
    assert set(codes) == {"wallet_pin.wrong", "wallet_pin.locked"}
    assert codes.count("wallet_pin.wrong") <= 4
    assert await balance(call, payer) == 5_000


async def test_the_pin_of_another_wallet_opens_nothing(call: Caller, two: Any) -> None:
    payer, payee = two
    change = {"pin": "836152", "current": PIN}
    assert (await call("POST", f"/v1/wallets/{payee['id']}/pin", change)).status_code == 200
    answer = await call("POST", "/v1/wallet-transfers", paying(payer, payee, pin="836152"))
    assert answer.json()["code"] == "wallet_pin.wrong"
    without = paying(payer, payee)
    del without["pin"]
    assert (await call("POST", "/v1/wallet-transfers", without)).json()["code"] == "wallet_pin.needed"


@pytest.mark.parametrize("pin", ["123456", "111111", "112233", "130014", "0001", "abcdef", ""])
async def test_a_weak_or_malformed_pin_is_refused(call: Caller, pin: str) -> None:
    wallet = await opened(call, 14, pin=None)
    answer = await call("POST", f"/v1/wallets/{wallet['id']}/pin", {"pin": pin})
    assert answer.status_code == 422
    assert answer.json()["code"] in ("wallet_pin.weak", "wallet_pin.form")
    assert "pin" not in answer.json()["fields"]
    assert not pin or pin not in answer.json()["detail"]


async def test_a_birthday_of_the_holder_is_refused(call: Caller, installation: Opened) -> None:
    person = await holder(installation)
    body = {"product": "wallet.ecny2", "party": person.party, "deposit": person.deposit}
    wallet = await opened(call, pin=None, **body)
    answer = await call("POST", f"/v1/wallets/{wallet['id']}/pin", {"pin": "900307"})
    assert answer.json()["code"] == "wallet_pin.weak"


async def test_a_code_pays_once_and_is_shown_once(call: Caller, two: Any) -> None:
    payer, shop = two
    path = f"/v1/wallets/{payer['id']}/codes"
    key = {"idempotency-key": "code-1"}
    shown = await call("POST", path, {"kind": "pay", "pin": PIN}, headers=key)
    assert shown.status_code == 201, shown.text
    assert shown.headers["cache-control"] == "no-store"
    code = shown.json()
    assert re.fullmatch(r"28[0-9]{16}", code["digits"])
    assert code["picture"].startswith("<svg")
    again = await call("POST", path, {"kind": "pay", "pin": PIN}, headers=key)
    assert again.json()["digits"] == code["digits"]
    assert again.headers["idempotent-replayed"] == "true"
    take = {"code": code["digits"], "amount": 1_250}
    first = await call("POST", f"/v1/wallets/{shop['id']}/take", take)
    assert first.status_code == 201, first.text
    second = await call("POST", f"/v1/wallets/{shop['id']}/take", take)
    assert (second.status_code, second.json()["code"]) == (422, "wallet_code.used")
    broken = {**take, "code": code["digits"][:-1] + str((int(code["digits"][-1]) + 1) % 10)}
    assert (await call("POST", f"/v1/wallets/{shop['id']}/take", broken)).json()["code"] == "wallet_code.form"
    collect = (await call("POST", f"/v1/wallets/{shop['id']}/codes", {"kind": "collect", "amount": 300})).json()
    paid = await call("POST", f"/v1/wallets/{payer['id']}/pay", {"code": collect["digits"], "pin": PIN})
    assert (paid.status_code, paid.json()["amount"]) == (201, 300)
    assert await balance(call, shop) == 1_550


async def test_nothing_secret_stands_in_the_log_the_events_or_the_rows(
    call: Caller, installation: Opened, two: Any, database: str
) -> None:
    payer, shop = two
    code = (await call("POST", f"/v1/wallets/{payer['id']}/codes", {"kind": "pay", "pin": PIN})).json()["digits"]
    await call("POST", f"/v1/wallets/{shop['id']}/take", {"code": code, "amount": 100})
    device = {"device": "5f0c1e9a-secret-device", "name": "手机", "platform": "android"}
    await call("POST", f"/v1/wallets/{payer['id']}/devices", device)
    services = installation.services
    rows = await services.reader.rows("SELECT id, number_sealed FROM wallet WHERE book = $1", 1)
    numbers = [services.keyring.open(row["number_sealed"], "wallet.number") for row in rows]
    text = "\n".join((await everything_stored(database)).values())
    assert payer["id"] in text
    for secret in (PIN, code, device["device"], "13900130001", *numbers):
        assert secret not in text
    shown = await call("GET", "/v1/commands?limit=200")
    for line in shown.json()["data"]:
        whole = (await call("GET", f"/v1/commands/{line['number']}")).text
        assert "$argon2" not in whole


@pytest.mark.parametrize("amount", [0, -1, -(10**18), 10**15 + 1, 2**63, 1.5, "100", None, True])
async def test_an_amount_that_is_none_is_refused(call: Caller, two: Any, amount: Any) -> None:
    answer = await call("POST", "/v1/wallet-transfers", paying(*two, amount=amount))
    assert (answer.status_code, answer.json()["code"]) == (400, "request.malformed")


async def test_more_than_there_is_and_another_kind_of_money_are_refused(call: Caller, two: Any) -> None:
    for body, code in (
        (paying(*two, amount=5_001), "transfer.insufficient_funds"),
        (paying(*two, amount=10**15), "limit.exceeded"),
        (paying(*two, asset="CNY"), "wallet.asset_unlike"),
        (paying(two[0], two[0]), "wallet.same"),
        (paying(*two, note="联系 13800138000"), "party.text_personal"),
    ):
        answer = await call("POST", "/v1/wallet-transfers", body)
        assert (answer.status_code, answer.json()["code"]) == (422, code), answer.text


async def test_a_request_that_is_sent_twice_is_done_once(call: Caller, two: Any) -> None:
    key = {"idempotency-key": "pay-1"}
    answers = await asyncio.gather(
        *(call("POST", "/v1/wallet-transfers", paying(*two, amount=700), headers=key) for _ in range(6))
    )
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    other = await call("POST", "/v1/wallet-transfers", paying(*two, amount=701), headers=key)
    assert (other.status_code, other.json()["code"]) == (409, "idempotency.key_reused")
    opening = {"product": "wallet.ecny4", "mobile": "13900130077"}
    twice = [await call("POST", "/v1/wallets", opening, headers={"idempotency-key": "open-1"}) for _ in range(2)]
    assert twice[0].json()["id"] == twice[1].json()["id"]
    setting = {"pin": "836152", "current": PIN}
    path = f"/v1/wallets/{two[0]['id']}/pin"
    first = await call("POST", path, setting, headers={"idempotency-key": "pin-1"})
    assert first.status_code == 200
    assert await balance(call, two[1]) == 700


async def test_wallets_of_another_book_are_not_found_in_any_route(
    caller: Any, installation: Opened, two: Any, call: Caller
) -> None:
    await installation.open_book("other", "分行", actor="test")
    stranger = await caller(Role.ADMIN, book=2)
    device = {"device": "5f0c1e9a-phone", "name": "手机", "platform": "web"}
    added = (await call("POST", f"/v1/wallets/{two[0]['id']}/devices", device)).json()
    moved = (await call("POST", "/v1/wallet-transfers", paying(*two))).json()
    described = (await call.client.get("/v1/openapi.json")).json()
    before = await installation.services.store.state(1)
    walked = 0
    for path, item in described["paths"].items():
        if not path.startswith(("/v1/wallets/{", "/v1/wallet-transfers/{")):
            continue
        for method in set(item) & {"get", "post", "patch"}:
            body = None
            if "requestBody" in item[method]:
                name = item[method]["requestBody"]["content"]["application/json"]["schema"]["$ref"].rsplit("/", 1)[1]
                body = described["components"]["schemas"][name]["examples"][0]
            named = path.replace("{wallet}", two[0]["id"]).replace("{device}", added["id"])
            named = named.replace("{move}", moved["id"]).replace("{pocket}", "pkt_" + "0" * 26)
            answer = await stranger(method.upper(), named, body)
            assert answer.status_code in (404, 422), (path, method, answer.text)
            assert answer.json()["code"] in _NOT_THERE, (path, answer.text)
            walked += 1
    assert walked >= 25
    theirs = await stranger("POST", "/v1/wallet-transfers", paying(*two))
    assert theirs.json()["code"] == "wallet.not_found"
    assert (await stranger("GET", "/v1/wallets")).json()["data"] == []
    assert (await stranger("GET", "/v1/wallet-transfers")).json()["data"] == []
    assert await installation.services.store.state(1) == before


_NOT_THERE = {"wallet.not_found", "wallet_transfer.not_found", "wallet_code.not_found"}


async def test_who_may_only_look_changes_no_wallet(caller: Any, two: Any) -> None:
    viewer = await caller(Role.VIEWER)
    assert (await viewer("GET", f"/v1/wallets/{two[0]['id']}")).status_code == 200
    for path, body in (
        ("/v1/wallet-transfers", paying(*two)),
        (f"/v1/wallets/{two[0]['id']}/lock", {"locked_by": "bank", "reason": "x"}),
        (f"/v1/wallets/{two[0]['id']}/pin", {"pin": PIN, "current": PIN}),
        (f"/v1/wallets/{two[0]['id']}/codes", {"kind": "pay", "pin": PIN}),
    ):
        answer = await viewer("POST", path, body)
        assert (answer.status_code, answer.json()["code"]) == (403, "auth.forbidden")


async def test_a_limit_says_which_how_much_is_left_and_when_it_renews(call: Caller, two: Any) -> None:
    answer = await call("POST", "/v1/wallet-transfers", paying(*two, amount=200_001))
    problem = answer.json()
    assert (answer.status_code, problem["code"], problem["fields"]["rule"]) == (422, "limit.exceeded", "ecny4-single")
    left = (await call("GET", f"/v1/wallets/{two[0]['id']}")).json()["limits"]
    assert {limit["rule"]: limit["left"] for limit in left["limits"]}["ecny4-day"] == 500_000
    assert msgspec.json.encode(left)


async def test_the_figures_are_versions(call: Caller, caller: Any) -> None:
    products = (await call("GET", "/v1/wallet-products")).json()["data"]
    assert {product["code"] for product in products} >= {"wallet.ewallet", "wallet.ecny1", "wallet.ecny4"}
    operator = await caller(Role.OPERATOR)
    figures = {
        "effective_from": "2099-01-01",
        "number_prefix": "8806",
        "code_seconds": 60,
        "pay_code_max": 50_000,
        "pin_tries": 3,
        "pin_lock_minutes": 0,
        "devices_max": 3,
        "pockets_max": 9,
        "note": "试点",
    }
    assert (await operator("POST", "/v1/wallet-policies", figures)).status_code == 403
    assert (await call("POST", "/v1/wallet-policies", figures)).status_code == 201
    versions = (await call("GET", "/v1/wallet-policies")).json()["data"]
    assert [version["pin_tries"] for version in versions] == [3, 5]
