"""What an API key may learn of people by asking: so many questions, and nothing of who else has a number."""

import re
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import pytest

from canglian.app.opening import Opened
from canglian.kernel.errors import Busy
from canglian.kernel.settings import Settings
from canglian.web.key_lookups import KeyLookups
from canglian.web.principal import Role
from tests.bank.party.people import identity
from tests.bank.wallet.api.people import PIN, opened
from tests.conftest import Caller

MOST = 6
KNOWN, UNKNOWN = identity(1), identity(9)

_but_the_clock = re.compile(r'"req_[0-9a-f]+"|\d+ seconds?|"retry_after":\d+')

MakeCaller = Callable[..., Awaitable[Caller]]


@pytest.fixture
def configuration(configuration: Settings) -> Settings:
    return msgspec.structs.replace(configuration, key_lookups_per_minute=MOST)


def person(number: str | None = None, **more: Any) -> dict[str, Any]:
    return {"kind": "person", "name": "欧阳晓燕", **({} if number is None else {"number": number}), **more}


def paper(number: str, **more: Any) -> dict[str, Any]:
    return {"kind": "identity_card", "number": number, "authority": "新城县公安局", "valid_from": "2020-01-01", **more}


DIGEST = {"digest": "0" * 64}


def entry(number: str) -> dict[str, Any]:
    return {"colour": "grey", "listed_by": "number", "value": number, "reason": "待核实"}


def nameless(mobile: str) -> dict[str, Any]:
    return {"product": "wallet.ecny4", "mobile": mobile}


async def known_wallet(call: Caller, installation: Opened) -> tuple[dict[str, Any], str]:
    wallet, services = await opened(call, 1), installation.services
    sql = "SELECT number_sealed FROM wallet WHERE book = $1 AND id = $2"
    sealed = await services.reader.value(sql, 1, wallet["id"])
    return wallet, services.keyring.open(sealed, "wallet.number")


async def spend(call: Caller) -> None:
    for _ in range(MOST):
        assert (await call("POST", "/v1/parties/search", {"number": UNKNOWN})).status_code == 200


async def test_whatever_asks_for_a_number_is_counted_and_refused_alike_for_known_and_unknown(
    call: Caller, caller: MakeCaller, installation: Opened
) -> None:
    wallet, whole = await known_wallet(call, installation)
    unknown = "8806" + "0" * 11 + "9"
    party = (await call("POST", "/v1/parties", person(mobile="13912345678"))).json()["id"]
    other = (await call("POST", "/v1/parties", person(identity(8), mobile="13912345608"))).json()["id"]
    opening = (await call("POST", "/v1/openings", {"party": other, "channel": "app"})).json()["id"]
    paid = {"payer": wallet["id"], "amount": 100, "pin": PIN}
    questions: list[tuple[str, str, list[dict[str, Any]]]] = [
        ("POST", "/v1/parties/search", [{"number": KNOWN}, {"number": UNKNOWN}]),
        ("POST", "/v1/parties/search", [{"mobile": "13912345678"}, {"mobile": "13800138001"}]),
        ("POST", "/v1/wallets/search", [{"number": whole}, {"number": unknown}]),
        ("POST", "/v1/deposit-accounts/search", [{"number": "6219990000000000010"}, {"number": "1"}]),
        ("POST", "/v1/parties?dry_run=true", [person(KNOWN), person(UNKNOWN)]),
        ("POST", "/v1/parties", [person(KNOWN), person(UNKNOWN)]),
        ("PATCH", f"/v1/parties/{party}", [{"number": KNOWN}, {"number": UNKNOWN}]),
        ("POST", f"/v1/parties/{party}/documents", [paper(KNOWN), paper(UNKNOWN)]),
        ("POST", f"/v1/openings/{opening}/document", [paper(KNOWN, **DIGEST), paper(UNKNOWN, **DIGEST)]),
        ("POST", "/v1/lists", [entry(KNOWN), entry(UNKNOWN)]),
        ("POST", "/v1/wallets", [nameless("13912345678"), nameless("13800138001")]),
        ("POST", "/v1/wallet-transfers", [{**paid, "payee_number": whole}, {**paid, "payee_number": unknown}]),
    ]
    asking = await caller(Role.OPERATOR)
    await spend(asking)
    for method, path, bodies in questions:
        answers = [await asking(method, path, body) for body in bodies]
        for answer in answers:
            assert (answer.status_code, answer.json()["code"]) == (429, "lookup.key_often"), (path, answer.text)
            assert int(answer.headers["retry-after"]) >= 1
        known, other = (_but_the_clock.sub("", answer.text) for answer in answers)
        assert known == other
    assert (await asking("GET", f"/v1/parties/{party}")).status_code == 200, "what is asked for by id is no question"
    assert (await asking("POST", "/v1/parties", person())).status_code == 201, "nor is what has no number"
    assert (await call("POST", "/v1/parties/search", {"number": KNOWN})).status_code == 200, "others have their own"


@pytest.mark.parametrize(
    "asked",
    [
        *("dry run", "taken", "shared mobile", "unknown payee", "tried payment"),
        *("wrong paper", "tried paper", "listed", "tried entry", "taken wallet", "tried wallet", "alike"),
    ],
)
async def test_what_only_asks_costs_a_question_and_what_is_done_does_not(
    call: Caller, caller: MakeCaller, installation: Opened, asked: str
) -> None:
    wallet, whole = await known_wallet(call, installation)
    party = (await call("POST", "/v1/parties", person(KNOWN, mobile="13912345678"))).json()["id"]
    for path, body in (("/v1/lists", entry(identity(3))), ("/v1/wallets", nameless("13912345600"))):
        assert (await call("POST", path, body)).status_code == 201
    asking = await caller(Role.OPERATOR)
    for serial in range(20, 21 + MOST):
        done = await asking("POST", "/v1/parties", person(identity(serial), mobile=f"138000000{serial}"))
        assert done.status_code == 201, done.text
    paid = {"payer": wallet["id"], "amount": 100, "pin": PIN}
    for _ in range(MOST):
        answer = await {
            "dry run": lambda: asking("POST", "/v1/parties?dry_run=true", person(UNKNOWN)),
            "taken": lambda: asking("POST", "/v1/parties", person(KNOWN)),
            "shared mobile": lambda: asking("POST", "/v1/parties", person(mobile="13912345678")),
            "unknown payee": lambda: asking(
                "POST", "/v1/wallet-transfers", {**paid, "payee_number": "8806000000000009"}
            ),
            "tried payment": lambda: asking(
                "POST", "/v1/wallet-transfers?dry_run=true", {**paid, "payee_number": whole}
            ),
            "wrong paper": lambda: asking("POST", f"/v1/parties/{party}/documents", paper(UNKNOWN)),
            "tried paper": lambda: asking("POST", f"/v1/parties/{party}/documents?dry_run=true", paper(KNOWN)),
            "listed": lambda: asking("POST", "/v1/lists", entry(identity(3))),
            "tried entry": lambda: asking("POST", "/v1/lists?dry_run=true", entry(UNKNOWN)),
            "taken wallet": lambda: asking("POST", "/v1/wallets", nameless("13912345600")),
            "tried wallet": lambda: asking("POST", "/v1/wallets?dry_run=true", nameless("13912345601")),
            "alike": lambda: asking("GET", f"/v1/parties/{party}/duplicates"),
        }[asked]()
        assert answer.status_code != 429, answer.text
    spent = await asking("POST", "/v1/parties/search", {"number": KNOWN})
    assert (spent.status_code, spent.json()["code"]) == (429, "lookup.key_often")


def test_a_day_has_its_own_count() -> None:
    lookups = KeyLookups(Settings(key_lookups_per_minute=1000, key_lookups_per_day=3))
    for _ in range(3):
        lookups.refuse_spent("ck1")
        lookups.count("ck1")
    with pytest.raises(Busy) as refused:
        lookups.refuse_spent("ck1")
    assert refused.value.retry_after > 3600
    lookups.refuse_spent("ck2")


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("/v1/parties", person(KNOWN), "party.number_taken"),
        ("/v1/lists", entry(KNOWN), "list_entry.listed_already"),
        ("/v1/wallets", nameless("13912345678"), "wallet.mobile_taken"),
    ],
)
async def test_a_program_does_not_learn_who_else_has_a_number(
    call: Caller, caller: MakeCaller, path: str, body: dict[str, Any], code: str
) -> None:
    first = (await call("POST", path, body)).json()["id"]
    program = await caller(Role.OPERATOR)
    told, kept = [await each("POST", path, body) for each in (call, program)]
    assert (told.status_code, kept.status_code) == (422, 422)
    assert (told.json()["code"], kept.json()["code"]) == (code, code)
    assert told.json()["fields"]["other"] == first
    assert first in told.json()["detail"]
    assert "other" not in kept.json()["fields"]
    assert first not in kept.text
    assert "{" not in kept.json()["detail"]
    again = await call("POST", path, body, headers={"idempotency-key": "again"})
    assert again.json()["fields"]["other"] == first
