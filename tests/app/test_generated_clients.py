"""Programs that others generate of the server's document: a Python client calls it, TypeScript checks its types."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from canglian.app.api_document import document
from canglian.app.opening import Opened
from canglian.app.server import application, create_app
from canglian.kernel.settings import Settings
from canglian.web.principal import Role
from canglian.web.system.access import create_key
from tests.app.generated_client import PACKAGE, GeneratedClient, generate
from tests.bank.party.people import credit, identity
from tests.bank.wallet.api.people import PIN, give, holder

ROOT = Path(__file__).parents[2]
FRONTEND = ROOT / "src/canglian/web/frontend"
TODAY = "2026-01-05"
REASON = {"reason": "本人申请"}
PAPER = {
    "kind": "identity_card",
    "number": identity(1),
    "authority": "新城县公安局",
    "valid_from": "2020-01-01",
    "valid_until": "2040-01-01",
}


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    """The document of the server."""
    return document(application(Settings().body_bytes_max))


@pytest.fixture(scope="module")
def package(described: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The generated Python package, importable."""
    folder = tmp_path_factory.mktemp("generated")
    generate(described, folder)
    sys.path.insert(0, str(folder))
    yield
    sys.path.remove(str(folder))
    for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
        del sys.modules[name]


@pytest.fixture
async def client(package: None, installation: Opened) -> GeneratedClient:
    _, key = await create_key(installation.services, name="test", of_book=1, role=Role.ADMIN, actor="test")
    return GeneratedClient(create_app(installation), key)


def of_tags(described: dict[str, Any], *tags: str) -> set[str]:
    """The operations below these tags."""
    return {
        operation["operationId"]
        for item in described["paths"].values()
        for operation in item.values()
        if isinstance(operation, dict) and operation.get("tags", [""])[0] in tags
    }


async def test_the_python_client_calls_every_operation_of_the_ledger(
    client: GeneratedClient, described: dict[str, Any]
) -> None:
    await call_accounts(client)
    await call_transfers(client)
    await call_holds(client)
    assert client.called == of_tags(described, "accounts", "transfers", "holds")


async def call_accounts(client: GeneratedClient) -> None:
    for reference in ("till", "chen", "li", "spare"):
        account = {"asset": "CNY", "head": "2011", "reference": reference, "floor": None, "metadata": {"shop": "7"}}
        await client("openAccount", body=account)
    listed = await client("listAccounts", reference="chen", limit=5)
    assert [account.id for account in listed.data] == [2]
    assert (await client("getAccount", 2)).reference == "chen"
    await client("changeAccount", 2, body={"floor": -500, "ceiling": None})
    frozen = await client("setAccountState", 3, body={"state": "frozen", "reason": "法院"})
    assert frozen.state == "frozen"
    await client("setAccountState", 3, body={"state": "open", "reason": "解除"})
    assert (await client("closeAccount", 4)).state == "closed"
    assert (await client.refused("closeAccount", 4)).code == "account.closed"


async def call_transfers(client: GeneratedClient) -> None:
    move = {"debit": "till", "credit": 2, "amount": 900, "code": "test.move"}
    posted = await client("postTransfer", body=move, idempotency_key="a")
    assert (posted.debit, posted.credit, posted.amount) == (1, 2, 900)
    filling = {**move, "debit": 2, "credit": "li", "balancing": True, "bounded_by": "debit", "allow_zero": True}
    bulk = await client("postTransfers", body={"lines": [move, {**filling, "amount": 5000}], "atomic": True})
    assert (bulk.posted, bulk.group, len(bulk.transfers)) == (2, 2, 2)
    bulk = await client("postTransfers", body={"lines": [{**move, "credit": 99}, move]})
    assert [(error.code, error.pointer) for error in bulk.errors] == [("account.not_found", "/lines/0/credit")]
    then = datetime.now(UTC).replace(microsecond=0) - timedelta(seconds=1)
    assert (await client("importHistory", body={"lines": [{**move, "happened_at": then.isoformat()}]})).posted == 1
    assert (await client("getTransfer", 1)).amount == 900
    assert (await client("reverseTransfer", 1, body={"reason": "错账"})).reverses == 1
    assert (await client("traceTransfer", 1, depth=2)).root == 1
    found = await client("listTransfers", debit="till", amount_gte=900, sort="id", limit=1)
    assert ([transfer.id for transfer in found.data], found.next_cursor is None) == ([1], False)
    assert (await client.refused("listTransfers", credit="nobody")).errors[0].parameter == "credit"
    assert (await client("getBalance", 3)).balance > 0
    assert (await client("getBalanceCourse", 3))[-1].balance > 0
    assert len((await client("listEntries", 3)).data) == 1
    day = (await client("getTransfer", 1)).date
    assert (await client("getStatement", 3, date_gte=day, date_lte=day)).closing > 0


async def call_holds(client: GeneratedClient) -> None:
    held = {"debit": "till", "credit": "li", "amount": 100, "code": "test.hold", "metadata": {"room": "7"}}
    assert (await client("placeHold", body=held)).amount == 100
    await client("placeHold", body=held)
    assert (await client("captureHold", 1, body={"amount": 60, "final": True})).amount == 60
    assert (await client("releaseHold", 2)).state == "released"
    assert (await client("getHold", 1)).captured == 60
    assert [hold.id for hold in (await client("listHolds", account="li")).data] == [2, 1]


async def test_the_python_client_calls_every_operation_of_parties(
    client: GeneratedClient, described: dict[str, Any]
) -> None:
    person = {"kind": "person", "name": "陈小满", "number": identity(1), "mobile": "13800138000"}
    party = (await client("registerParty", body=person)).id
    company = {"kind": "company", "name": "晴川光伏科技有限公司", "number": credit(1), "representative": party}
    firm = (await client("registerParty", body=company)).id
    double = (await client("registerParty", body={"kind": "person", "name": "陈小满", "mobile": "13800138000"})).id
    assert len((await client("listParties")).data) == 3
    assert {found.id for found in (await client("searchParties", body={"mobile": "13800138000"})).data} == {
        party,
        double,
    }
    assert (await client("getParty", party)).party.name == "陈**"
    assert (await client("changeParty", party, body={"occupation": "教师"})).occupation == "教师"
    assert len((await client("listDuplicates", party)).data) == 1
    await client("chooseSignIn", double)
    seen = await client("unmaskParty", party, body={"fields": ["name"], "reason": "电话核实"})
    assert seen.data.name == "陈小满"
    assert await client("readUnmasking", seen.unmasking.id)
    assert await client("exportPersonalData", party, body=REASON)
    document_ = (await client("addDocument", party, body=PAPER)).id
    await client("verifyParty", party, body={"document": document_, "place": "新城支行"})
    await client("rateParty", party, body={"risk": "medium", "reason": "年度复核"})
    role = (await client("addRole", party, body={"role": "villager", "within": "village:7"})).id
    await client("endRole", party, role)
    owner = (await client("addBeneficialOwner", firm, body={"owner": party, "control": "shares", "share_bps": 6000})).id
    await client("endBeneficialOwner", firm, owner)
    await client("stateNoOwners", firm, body=REASON)
    held = {"spoke_with": party, "how": "on_site", "held_at": "2026-01-05T02:00:00Z", "outcome": "confirmed"}
    await client("noteIntentCheck", firm, body={**held, "reference": "intent-0001"})
    assert (await client("mergeParties", party, body={"other": double, **REASON})).id == party
    await client("endRelationship", party, body=REASON)
    await client("resumeRelationship", party, body=REASON)
    assert (await client.refused("eraseParty", party, body=REASON)).code == "party.relation_goes_on"
    assert client.called == of_tags(described, "parties")


async def test_the_python_client_calls_every_operation_of_wallets(
    client: GeneratedClient, described: dict[str, Any], installation: Opened
) -> None:
    ours = of_tags(described, "wallets")
    person = await holder(installation)
    asked = {"product": "wallet.ecny2", "party": person.party, "deposit": person.deposit}
    purse, loose, gone = await call_opening(client, asked)
    await give(installation, purse.account, 500_000)
    await call_keeping(client, purse.id, loose.id, person)
    await call_paying(client, purse.id, loose.id, person.deposit)
    await call_parts(client, purse.id, loose.id)
    await call_outside(client, {**asked, "product": "wallet.ewallet"})
    await client("closeWallet", gone.id, body={"reason": "不再使用", "pin": PIN})
    await call_figures(client)
    assert client.called & ours == ours


async def call_opening(client: GeneratedClient, asked: dict[str, Any]) -> Any:
    purse = await client("openWallet", body=asked)
    others = [
        await client("openWallet", body={"product": "wallet.ecny4", "mobile": mobile})
        for mobile in ("13800138001", "13900130002")
    ]
    for wallet in (purse, *others):
        await client("setWalletPin", wallet.id, body={"pin": PIN})
    assert len((await client("listWallets", limit=3)).data) == 3
    assert (await client("getWallet", purse.id)).wallet.id == purse.id
    return purse, *others


async def call_keeping(client: GeneratedClient, wallet: str, loose: str, person: Any) -> None:
    await client("checkWalletPin", wallet, body={"pin": PIN})
    await client("lockWallet", wallet, body={"locked_by": "holder", "reason": "在找手机"})
    await client("unlockWallet", wallet, body={"unlocked_by": "holder", "reason": "找到了", "pin": PIN})
    await client("reportWalletLost", wallet, body=REASON)
    await client("liftWalletLoss", wallet, body={**REASON, "document": person.document})
    await client("resetWalletPin", wallet, body=REASON)
    await client("setWalletPin", wallet, body={"pin": PIN})
    device = {"device": "5f0c1e9a-phone", "name": "我的手机", "platform": "android"}
    added = (await client("addWalletDevice", wallet, body=device)).id
    await client("trustWalletDevice", wallet, added)
    await client("removeWalletDevice", wallet, added)
    await client("upgradeWalletFaceToFace", wallet, body={"document": person.document, "place": "新城支行"})
    await client("upgradeWallet", loose, body={"product": "wallet.ecny3", "party": person.party})


async def call_paying(client: GeneratedClient, payer: str, payee: str, deposit: str) -> None:
    paid = {"payer": payer, "payee": payee, "amount": 2550, "pin": PIN}
    move = (await client("transferBetweenWallets", body=paid)).id
    assert (await client("getWalletTransfer", move)).amount == 2550
    assert (await client("reverseWalletTransfer", move, body=REASON)).id != move
    assert len((await client("listWalletTransfers", wallet=payee)).data) == 2
    shown = await client("showWalletCode", payer, body={"kind": "pay", "pin": PIN})
    assert (await client("takeByCode", payee, body={"code": shown.digits, "amount": 1880})).amount == 1880
    shown = await client("showWalletCode", payee, body={"kind": "collect", "amount": 300})
    assert (await client("payByCode", payer, body={"code": shown.digits, "pin": PIN})).amount == 300
    exchange = {"direction": "to_deposit", "amount": 30000, "deposit": deposit, "pin": PIN}
    await client("exchangeMoney", payer, body=exchange)
    day = datetime.now(UTC).date()
    span = {"first": day - timedelta(days=1), "last": day + timedelta(days=1)}
    assert (await client("getWalletStatement", payer, **span)).closing is not None


async def call_parts(client: GeneratedClient, wallet: str, merchant: str) -> None:
    pocket = {"kind": "benefit", "name": "助农权益", "asset": "ECNY", "purpose": "benefit:village7"}
    opened = (await client("openWalletPocket", wallet, body=pocket)).id
    await client("closeWalletPocket", wallet, opened)
    part = {"name": "早餐", "merchant": merchant, "single_max": 5000, "day_max": 10000}
    below = (await client("openSubWallet", wallet, body=part)).id
    await client("changeSubWallet", below, body={"day_max": 20000})
    assert (await client("searchWallets", body={"number": "8806 0000 0000 0009"})).data == []


async def call_outside(client: GeneratedClient, asked: dict[str, Any]) -> None:
    wallet, deposit = (await client("openWallet", body=asked)).id, asked["deposit"]
    await client("setWalletPin", wallet, body={"pin": PIN})
    bound = (await client("bindAccount", deposit, body={"number": "6228480400556677889", "bank": "农村信用社"})).id
    elements = {"elements": 5, "matched": True, "reference": "elements-0001"}
    await client("answerElements", bound, body=elements)
    await client("sendBindingCode", bound, body={"reference": "sms-0001"})
    await client("confirmBindingCode", bound, body={"matched": True, "reference": "sms-0001"})
    order = {"bound_account": bound, "amount": 30000, "pin": PIN}
    assert (await client("rechargeWallet", wallet, body=order)).amount == 30000
    assert (await client("withdrawFromWallet", wallet, body=order)).amount == 30000


async def call_figures(client: GeneratedClient) -> None:
    product = (await client("listWalletProducts")).data[0]
    assert product.code
    figures = {
        "code": "wallet.ecny2", "name": "数字人民币二类钱包", "level": "remote", "document": False, "account": True,
        "anonymous": False, "rate_ppm": 500, "day_count": 360, "sub_wallets_max": 20, "note": "新规生效",
        "effective_from": "2099-01-01",
    }  # fmt: skip
    await client("setWalletProduct", body=figures)
    assert (await client("listWalletPolicies")).data
    policy = {
        "effective_from": "2099-01-01", "number_prefix": "8806", "code_seconds": 60, "pay_code_max": 100000,
        "pin_tries": 5, "pin_lock_minutes": 1440, "devices_max": 5, "pockets_max": 50, "note": "新规生效",
    }  # fmt: skip
    await client("addWalletPolicy", body=policy)


def test_typescript_takes_the_types_of_the_document(described: dict[str, Any], tmp_path: Path) -> None:
    binaries = FRONTEND / "node_modules/.bin"
    assert (binaries / "openapi-typescript").exists(), "run make assets"
    (tmp_path / "openapi.json").write_bytes(msgspec.json.encode(described))
    (tmp_path / "use.ts").write_text(USE)
    environment = {"PATH": f"{ROOT / '.tools/bin'}:{os.environ['PATH']}"}
    for words in (
        ["openapi-typescript", "openapi.json", "--default-non-nullable", "false", "--output", "canglian.d.ts"],
        ["tsc", "--noEmit", "--strict", "--skipLibCheck", "false", "use.ts"],
    ):
        done = subprocess.run(
            [binaries / words[0], *words[1:]],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stdout + done.stderr


USE = """
import type { components, operations, paths } from "./canglian";
type Move = components["schemas"]["TransferRequest"];
const move: Move = { debit: "till", credit: 2, amount: 900, code: "test.move", balancing: true, bounded_by: "debit" };
const query: NonNullable<operations["listTransfers"]["parameters"]["query"]> = { debit: "till", limit: 5 };
// @ts-expect-error no text is an amount
const wrong: Move = { debit: 1, credit: 2, amount: "900", code: "test.move" };
// @ts-expect-error no such field
const unknown: Move = { debit: 1, credit: 2, amount: 900, code: "test.move", colour: "red" };
type Paths = paths["/v1/accounts/{number}"]["get"];
export { move, query, wrong, unknown, type Paths };
"""
