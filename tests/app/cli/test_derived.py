"""Verbs that come from a room's actions: lists, one thing, and what is done to it."""

import json
import subprocess
import sys
from collections.abc import Awaitable, Callable
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest

from canglian.app.cli.nouns import NOUNS
from canglian.app.opening import Opened
from canglian.bank.deposit.queries import accounts
from canglian.bank.purpose.room import end_contracts
from canglian.bank.wallet.model import LockedBy
from canglian.bank.wallet.queries import wallets
from canglian.kernel.errors import AMOUNTS
from canglian.kernel.fields import base_of, description_of, field_of, fields_of
from canglian.kernel.values import utc_now
from canglian.web.principal import Role
from tests.bank.party.api.test_parties import registered
from tests.bank.wallet.api.people import give, opened
from tests.conftest import Caller
from tests.serving import environment

PROGRAM = str(Path(sys.executable).with_name("canglian"))
IS_NO_DATE = "is no date (2026-11-23) and no instant (2026-11-23T09:30:00+08:00)."
Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run(database: str, tmp_path: Path, installation: Opened) -> Run:
    """Runs the program on the test's installation."""
    given = environment(database, tmp_path)

    def call(*words: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [PROGRAM, *words],
            env=given,
            cwd=tmp_path,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
        )

    return call


async def test_an_account_is_found_frozen_once_and_thawed(run: Run, call: Caller, installation: Opened) -> None:
    body = {"product": "deposit.internal", "channel": "counter"}
    opened = await call("POST", "/v1/deposit-accounts", body)
    assert opened.status_code == 201, opened.text
    account = opened.json()["id"]
    listed = json.loads(run("deposit", "list", "--json").stdout)
    assert [row["id"] for row in listed["data"]] == [account]
    assert json.loads(run("deposit", "list", "--state", "closed", "--json").stdout)["data"] == []
    assert account in run("deposit", "list").stdout
    assert json.loads(run("deposit", "show", account, "--json").stdout)["state"] == "active"

    words = ("deposit", "freeze", account, "--kind", "out", "--cause", "risk", "--key", "f1", "--json")
    personal = run(*words, "--reason", "本人 13800138000")
    assert (personal.returncode, json.loads(personal.stderr)["error"]["code"]) == (1, "party.text_personal")
    tried = run(*words[:-3], "--reason", "可疑交易", "--dry-run", "--json")
    assert tried.returncode == 0, tried.stderr
    assert not (await accounts.account(installation.services.reader, 1, account)).stops_out
    frozen = run(*words, "--reason", "可疑交易")
    assert frozen.returncode == 0, frozen.stderr
    again = run(*words, "--reason", "可疑交易")
    freeze = json.loads(frozen.stdout)["id"]
    assert json.loads(again.stdout)["id"] == freeze
    assert (await accounts.account(installation.services.reader, 1, account)).stops_out
    lifted = run("deposit", "lift-freeze", account, freeze, "--reason", "核实无误")
    assert lifted.returncode == 0, lifted.stderr
    assert not (await accounts.account(installation.services.reader, 1, account)).stops_out


def test_what_cannot_be_read_is_said_at_its_option(run: Run) -> None:
    wrong = run("deposit", "freeze", "dep_1", "--kind", "out", "--cause", "risk", "--reason", "x", "--json")
    assert (wrong.returncode, json.loads(wrong.stderr)["error"]["code"]) == (2, "request.malformed")
    assert run("deposit", "freeze", "dep_1", "--kind", "nothing", "--cause", "risk", "--reason", "x").returncode == 2
    missing = run("deposit", "show", "dep_" + "0" * 26, "--json")
    assert (missing.returncode, json.loads(missing.stderr)["error"]["code"]) == (1, "deposit_account.not_found")


def test_what_asks_for_a_persons_number_is_no_verb(run: Run) -> None:
    assert run("deposit", "bind", "dep_" + "0" * 26, "--number", "6228480400556677889", "--bank", "x").returncode == 2
    assert json.loads(run("bound-account", "list", "--state", "active", "--json").stdout)["data"] == []


IN_BASIS_POINTS = {"margin_bps"}
"""What people say in basis points: LPR and 50."""


def test_every_verb_takes_amounts_in_yuan_and_shares_in_percent() -> None:
    asked = 0
    for name, found in NOUNS.items():
        nouns = getattr(import_module(found.module), "NOUNS", {})
        resource = nouns[name].resource if name in nouns else None
        for action in (each for each in (resource.actions if resource else ()) if each.cli):
            for field, kind, _ in fields_of(action.asked_of_people) if action.asked_of_people else ():
                if field in IN_BASIS_POINTS:
                    continue
                if base_of(kind)[0] is int and (field in AMOUNTS or field.endswith(("_bps", "_ppm"))):
                    assert field_of(kind).unit is not None, (name, action.name, field)
                    asked += 1
    assert asked > 8


def test_every_amount_that_is_listed_in_columns_is_shown_as_one() -> None:
    shown = 0
    for name, found in NOUNS.items():
        nouns = getattr(import_module(found.module), "NOUNS", {})
        resource = nouns[name].resource if name in nouns else None
        listing = None if resource is None else resource.listing
        if listing is None:
            continue
        (row,) = get_args(get_type_hints(listing.read)["return"])
        for field, kind, _ in fields_of(row):
            if base_of(kind)[0] is int and field in listing.columns and "in fen" in (description_of(kind) or ""):
                if (name, field) == ("point-scheme", "price"):
                    continue  # in fen, while the asset of its row is the points
                assert field in AMOUNTS | set(listing.money), (name, field)
                shown += 1
    assert shown > 20


def test_a_limit_is_typed_in_yuan_or_in_fen(run: Run) -> None:
    until = (utc_now().date() + timedelta(days=30)).isoformat()
    words = ("--holder", "wallet:wal_1", "--rule", "ecny4-single", "--until", until, "--reason", "备货", "--dry-run")
    for limit, said in (
        (("--limit", "30.005"), "amount.too_fine"),
        (("--limit", "30.5", "--fen"), "amount.too_fine"),
        (("--limit", "x"), "amount.invalid"),
    ):
        refused = run("limit", "grant", *words, *limit, "--json")
        assert refused.returncode != 0
        assert said in refused.stdout + refused.stderr
    for limit in (("--limit", "3000"), ("--limit", "300000", "--fen")):
        assert run("limit", "grant", *words, *limit).returncode == 0, limit


async def test_another_limit_is_asked_for_here_and_approved_by_somebody_else(
    run: Run, caller: Callable[..., Awaitable[Caller]]
) -> None:
    policy = {"code": "limits", "kind": "limit.grant_override", "name": "限额调整", "keys_vote": True}
    policy |= {"tiers": [{"votes": 1, "role": "approver"}]}
    assert (await (await caller(Role.ADMIN))("POST", "/v1/approval-policies", policy)).status_code == 201
    until = (utc_now().date() + timedelta(days=30)).isoformat()
    words = ("--holder", "wallet:wal_1", "--rule", "ecny4-single", "--limit", "3,000.00", "--until", until)
    filed = run("limit", "grant", *words, "--reason", "备货", "--json")
    assert filed.returncode == 0, filed.stderr
    proposal = json.loads(filed.stdout)["id"]
    assert json.loads(run("limit", "list", "--json").stdout)["data"] == []
    waiting = json.loads(run("approval", "list", "--state", "pending", "--json").stdout)["data"]
    assert [(row["id"], row["kind"]) for row in waiting] == [(proposal, "limit.grant_override")]
    assert proposal in run("approval", "list").stdout
    assert json.loads(run("approval", "show", proposal, "--json").stdout)["payload"]["limit"] == 300_000
    assert "limit.grant_override" in run("approval", "show", proposal).stdout

    assert run("approval", "approve", proposal).returncode == 2, "whoever has the machine votes in nobody's name"
    voted = await (await caller(Role.APPROVER))("POST", f"/v1/proposals/{proposal}/approve", {})
    assert voted.json()["state"] == "approved", voted.text
    (granted,) = json.loads(run("limit", "list", "--json").stdout)["data"]
    assert (granted["limit"], granted["state"]) == (300_000, "granted")
    assert "3,000.00" in run("limit", "list").stdout
    assert json.loads(run("limit", "show", granted["id"], "--json").stdout)["reason"] == "备货"
    assert str(granted["replaced_limit"]) not in run("limit", "show", granted["id"]).stdout, "amounts are in yuan"

    ending = run("limit", "end", granted["id"], "--reason", "备货结束", "--json")
    assert ending.returncode == 0, ending.stderr
    taken_back = run("approval", "withdraw", json.loads(ending.stdout)["id"])
    assert taken_back.returncode == 0, taken_back.stderr
    assert json.loads(run("approval", "list", "--state", "pending", "--json").stdout)["data"] == []


async def test_a_party_is_listed_shown_by_masks_and_rated(run: Run, call: Caller) -> None:
    party = (await registered(call))["id"]
    assert party in run("party", "list", "--kind", "person").stdout
    assert json.loads(run("party", "list", "--risk", "high", "--json").stdout)["data"] == []
    shown = run("party", "show", party, "--json").stdout
    assert json.loads(shown)["level"] == "none"
    assert "sealed" not in shown
    rated = run("party", "rate", party, "--risk", "medium", "--reason", "年度复核", "--json")
    assert rated.returncode == 0, rated.stderr
    assert json.loads(run("party", "list", "--risk", "medium", "--json").stdout)["data"][0]["id"] == party
    role = run("party", "add-role", party, "--role", "villager", "--within", "village:7")
    assert role.returncode == 0, role.stderr
    assert "villager" in run("party", "show", party).stdout


async def test_an_opening_is_started_listed_and_shown(run: Run, call: Caller) -> None:
    party = (await registered(call, mobile="13800138000"))["id"]
    started = run("opening", "start", "--party", party, "--channel", "counter", "--key", "o1", "--json")
    assert started.returncode == 0, started.stderr
    opening = json.loads(started.stdout)["id"]
    assert opening in run("opening", "list", "--party", party).stdout
    assert json.loads(run("opening", "show", opening, "--json").stdout)["state"] == "init"


async def test_a_wallet_is_found_locked_and_unlocked_by_the_bank(run: Run, call: Caller, installation: Opened) -> None:
    opened = await call("POST", "/v1/wallets", {"product": "wallet.ecny4", "mobile": "13800138000"})
    assert opened.status_code == 201, opened.text
    wallet = opened.json()["id"]
    listed = run("wallet", "list", "--json")
    assert [row["id"] for row in json.loads(listed.stdout)["data"]] == [wallet]
    assert json.loads(run("wallet", "list", "--state", "closed", "--json").stdout)["data"] == []
    shown = run("wallet", "show", wallet, "--json")
    assert (json.loads(shown.stdout)["id"], json.loads(shown.stdout)["state"]) == (wallet, "active")
    assert "13800138000" not in listed.stdout + shown.stdout

    locked = run("wallet", "lock", wallet, "--locked-by", "bank", "--reason", "可疑交易", "--json")
    assert locked.returncode == 0, locked.stderr
    assert (await wallets.wallet(installation.services.reader, 1, wallet)).locked_by is LockedBy.BANK
    unlocked = run("wallet", "unlock", wallet, "--reason", "核实无误")
    assert unlocked.returncode == 0, unlocked.stderr
    assert (await wallets.wallet(installation.services.reader, 1, wallet)).locked_by is None


def test_no_verb_of_a_wallet_takes_a_secret(run: Run) -> None:
    verbs = run("wallet", "--help").stdout
    assert "onboard" in verbs
    for secret in ("recharge", "withdraw", "exchange", "add-device"):
        assert secret not in verbs
    for verb in ("unlock", "close"):
        assert "--pin" not in run("wallet", verb, "--help").stdout


async def test_money_is_typed_in_yuan(run: Run, call: Caller) -> None:
    opened = await call("POST", "/v1/deposit-accounts", {"product": "deposit.internal", "channel": "counter"})
    account = opened.json()["id"]
    cash = ("deposit", "cash", account, "--direction", "in", "--json")
    in_yuan = run(*cash, "--amount", "12.50", "--dry-run")
    assert json.loads(in_yuan.stdout)["amount"] == 1250, in_yuan.stderr
    assert json.loads(run(*cash, "--amount", "1250", "--fen", "--dry-run").stdout)["amount"] == 1250
    too_fine = run(*cash, "--amount", "12.505")
    assert json.loads(too_fine.stderr)["error"]["code"] == "amount.too_fine"


async def test_a_prepaid_card_is_sold_used_twice_and_given_back_when_its_merchant_closes(
    run: Run, call: Caller, installation: Opened
) -> None:
    def done(*words: str) -> dict[str, Any]:
        outcome = run(*words, "--json")
        assert outcome.returncode == 0, outcome.stderr
        return json.loads(outcome.stdout)

    buyer = await opened(call, 1)
    await give(installation, buyer["account"], 50_000)
    gym = done("merchant", "register", "--name", "乡村健身房", "--category", "7997", "--region", "330106")["id"]
    offer = done("prepaid-offer", "open", "--payee", gym, "--name", "健身年卡")["id"]
    card = done("prepaid-offer", "buy", offer, "--wallet", buyer["id"], "--amount", "300")
    used = ("payment", "create", "--merchant", gym, "--subject", "健身一次", "--source", card["grant"]["id"])
    for number, amount in (("v-1", "50"), ("v-2", "75.50")):
        done(*used, "--number", number, "--amount", amount)
    refused = run(*used, "--number", "v-3", "--amount", "174.51", "--json")
    assert json.loads(refused.stderr)["error"]["code"] == "purpose.insufficient"
    wrong = run("payment", "create", *used[2:-1], "dep_1", "--number", "v-4", "--amount", "1", "--json")
    assert json.loads(wrong.stderr)["error"]["code"] == "payment.source_unknown"
    [listed] = done("prepaid-card", "list", "--payee", gym)["data"]
    assert (listed["grant"], listed["remaining"], listed["uses"]) == (card["grant"]["id"], 17_450, 2)
    done("merchant", "close", gym, "--reason", "停业清算")
    await end_contracts(installation.services, 1)
    assert done("prepaid-card", "show", listed["id"])["state"] == "terminated"
    assert (await call("GET", f"/v1/wallets/{buyer['id']}")).json()["wallet"]["balance"] == 37_450


async def test_statements_are_written_as_files(run: Run, call: Caller, tmp_path: Path) -> None:
    wallet = (await opened(call))["id"]
    body = {"product": "deposit.internal", "channel": "counter"}
    account = (await call("POST", "/v1/deposit-accounts", body)).json()["id"]
    for words in (["wallet", "statement", wallet], ["deposit", "statement", account]):
        done = run(*words, "paper.pdf", "--json")
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["file"] == "paper.pdf"
        assert (tmp_path / "paper.pdf").read_bytes().startswith(b"%PDF-")
        named = json.loads(run(*words, "--format", "csv", "--from", "2026-01-01", "--language", "en", "--json").stdout)
        assert (named["from"], named["format"]) == ("2026-01-01", "csv")
        assert (tmp_path / named["file"]).read_text("utf-8-sig").startswith("Business date,")
        printed = run(*words, "-", "--format", "csv", "--from", "2026-01-01", "--language", "en").stdout
        assert printed == (tmp_path / named["file"]).read_text("utf-8")
        assert not (tmp_path / "-").exists()
        wrong = run(*words, "--from", "2026-13-01")
        assert (wrong.returncode, wrong.stderr.splitlines()[0]) == (
            2,
            f'Error: "2026-13-01" {IS_NO_DATE} [cli.instant_invalid]',
        )
    strange = run("wallet", "statement", "wal_" + "0" * 26)
    assert (strange.returncode, "wallet.not_found" in strange.stderr) == (1, True)
