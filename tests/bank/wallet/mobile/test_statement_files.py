"""A person saves statements of their own wallets: whole name and number, the other side by a mask."""

import re
from typing import Any

import pytest

from canglian.bank.deposit.statements import gathering
from canglian.bank.wallet.commands import TransferBetweenWallets
from canglian.web.principal import Role
from tests.bank.wallet.mobile.conftest import NewPhone
from tests.bank.wallet.mobile.town import Town
from tests.conftest import Caller
from tests.papers import page_texts, require_typefaces

PATH = "/m/statements/files"


async def test_a_month_is_saved_as_pdf_and_for_a_spreadsheet_and_checked(
    town: Town, phone: NewPhone, call: Caller
) -> None:
    owner, other = await town.person("𠮷田㛃"), await town.person("林小妹")
    wallet, payee = await town.wallet(owner, funds=10_000), await town.wallet(other)
    await town.do(TransferBetweenWallets(payer=wallet.id, payee=payee.id, amount=1_234, channel="counter"))
    mine = phone()
    await mine.sign_in(owner.mobile)
    page = (await mine.look("/m/statements")).text
    found = re.search(r'href="(/m/statements/files\?[^"]+)"', page)
    assert found
    assert f'value="{wallet.id}" selected' in (await mine.look(found[1].replace("&amp;", "&"))).text
    csv = await mine.look(f"{PATH}?wallet={wallet.id}&format=csv")
    assert csv.headers["content-type"].startswith("text/csv")
    assert re.search(r"林\*\* [0-9]{4}", csv.text)
    require_typefaces()
    pdf = await mine.look(f"{PATH}?wallet={wallet.id}&format=pdf")
    assert pdf.headers["cache-control"] == "no-store"
    (text,) = page_texts(pdf.content)
    assert "𠮷田㛃" in text
    assert town.number(wallet) in text
    assert re.search(r"林\*\* [0-9]{4}\s+— -¥12\.34 ¥87\.66", text)
    assert "wal_" not in text
    code = re.search(r"([0-9A-Z]{4}-){6,}[0-9A-Z]{1,4}", text)
    assert code
    ending = town.number(wallet)[-4:]
    body = (await call("POST", "/v1/statement-checks", {"code": code[0], "number_ending": ending})).json()
    assert (body["paid_in"], body["paid_out"], body["closing"]) == (10_000, 1_234, 8_766)
    assert body["holder"] == "𠮷**"


async def test_a_wallet_without_an_account_is_checked_by_its_holder_too(
    town: Town, phone: NewPhone, call: Caller
) -> None:
    require_typefaces()
    owner = await town.person()
    wallet = await town.wallet(owner, "wallet.ecny2", funds=700)
    mine = phone()
    await mine.sign_in(owner.mobile)
    (text,) = page_texts((await mine.look(f"{PATH}?wallet={wallet.id}&format=pdf")).content)
    code = re.search(r"([0-9A-Z]{4}-){6,}[0-9A-Z]{1,4}", text)
    assert code
    asked = {"code": code[0], "number_ending": town.number(wallet)[-4:]}
    body = (await call("POST", "/v1/statement-checks", asked)).json()
    assert (body["holder"], body["closing"]) == ("欧***", 700)


async def test_another_persons_wallet_is_not_found_and_a_wrong_day_is_said(town: Town, phone: NewPhone) -> None:
    owner, stranger = await town.person(), await town.person("林小妹")
    wallet = await town.wallet(owner, funds=100)
    theirs = phone()
    await theirs.sign_in(stranger.mobile)
    for form in ("pdf", "csv"):
        refused = await theirs.look(f"{PATH}?wallet={wallet.id}&format={form}")
        assert refused.status_code == 404
        assert "1.00" not in refused.text
    own = phone()
    await own.sign_in(owner.mobile)
    wrong = await own.look(f"{PATH}?wallet={wallet.id}&format=csv&first=2026-13-01")
    assert wrong.status_code == 400
    assert "日期" in wrong.text


async def test_staff_have_masks_and_the_whole_name_with_an_unmasking_of_their_own(
    town: Town, call: Caller, caller: Any
) -> None:
    require_typefaces()
    owner = await town.person("𠮷田㛃")
    wallet = await town.wallet(owner, funds=100)
    path = f"/v1/wallets/{wallet.id}/statement"
    statement = (await call("GET", path)).json()
    assert (statement["paid_in"], statement["entries"]) == (100, 1)
    (text,) = page_texts((await call("GET", f"{path}?format=pdf")).content)
    assert "𠮷**" in text
    assert town.number(wallet) not in text
    seen = await call(
        "POST", f"/v1/parties/{owner.party.id}/unmask", {"fields": ["name"], "reason": "客户要求打印对账单"}
    )
    assert seen.status_code < 300, seen.text
    unmasking = seen.json()["unmasking"]["id"]
    (text,) = page_texts((await call("GET", f"{path}?format=pdf&unmasking={unmasking}")).content)
    assert "𠮷田㛃" in text
    assert town.number(wallet) not in text
    operator = await caller(Role.OPERATOR)
    refused = await operator("GET", f"{path}?format=pdf&unmasking={unmasking}")
    assert (refused.status_code, refused.json()["code"]) == (404, "unmasking.not_found")
    stranger = await town.wallet(await town.person("林小妹"))
    foreign = await call("GET", f"/v1/wallets/{stranger.id}/statement?format=pdf&unmasking={unmasking}")
    assert foreign.json()["code"] == "unmasking.not_found"


async def test_a_spreadsheet_holds_what_is_too_long_for_a_pdf(
    town: Town, phone: NewPhone, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, other = await town.person("刘长账"), await town.person("林小妹")
    wallet, payee = await town.wallet(owner, funds=10_000), await town.wallet(other)
    for amount in (100, 200, 300):
        await town.do(TransferBetweenWallets(payer=wallet.id, payee=payee.id, amount=amount, channel="counter"))
    monkeypatch.setattr(gathering, "LIMIT_MAX", 2)
    monkeypatch.setattr(gathering, "ENTRIES_MAX", 3)
    mine = phone()
    await mine.sign_in(owner.mobile)
    assert "10,000" in (await mine.look(PATH)).text
    refused = await mine.look(f"{PATH}?wallet={wallet.id}&format=pdf")
    assert (refused.status_code, "4 笔明细" in refused.text) == (400, True)
    csv = await mine.look(f"{PATH}?wallet={wallet.id}&format=csv")
    assert csv.headers["cache-control"] == "no-store"
    assert re.findall(r",(-?[0-9.]+),[0-9.]+,CNY", csv.text) == ["100.00", "-1.00", "-2.00", "-3.00"]
