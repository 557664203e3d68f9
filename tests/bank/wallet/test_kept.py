"""Money of accounts and wallets moves by their rooms alone: the ledger's own routes take none of it."""

from typing import Any

import pytest

from canglian.app.opening import Opened
from canglian.bank.approval import Book
from canglian.kernel.auditing import replay
from canglian.ledger.commands import CloseDay, OpenAccount
from tests.bank.wallet.api.people import PIN, give, holder, opened
from tests.conftest import Caller


class Place:
    """Two wallets, a deposit account, an account of the bank, and a payment between the wallets."""

    def __init__(self, call: Caller, installation: Opened) -> None:
        self.call = call
        self.services = installation.services
        self.installation = installation

    async def prepare(self) -> "Place":
        person = await holder(self.installation)
        self.mine = await opened(self.call, 1)
        self.other = await opened(self.call, 2)
        await give(self.installation, self.mine["account"], 5_000)
        paid = {"payer": self.mine["id"], "payee": self.other["id"], "amount": 700, "pin": PIN}
        self.paid = (await self.call("POST", "/v1/wallet-transfers", paid)).json()
        command = OpenAccount(asset="ECNY", head="2011", floor=None)
        self.free = (await self.services.engine.execute(1, command, actor="test")).id
        whole = await self.call("GET", f"/v1/deposit-accounts/{person.deposit}")
        self.deposit = whole.json()["account"]["ledger_account"]
        return self

    async def refused(self, method: str, path: str, body: Any) -> None:
        answer = await self.call(method, path, body)
        assert (answer.status_code, answer.json()["code"]) == (422, "account.kept"), (path, answer.text)


@pytest.fixture
async def place(call: Caller, installation: Opened) -> Place:
    return await Place(call, installation).prepare()


async def test_the_ledger_takes_no_money_from_a_wallet_and_changes_none(place: Place) -> None:
    account, free = place.mine["account"], place.free
    line = {"debit": account, "credit": free, "amount": 100, "code": "take"}
    await place.refused("POST", "/v1/transfers", line)
    await place.refused("POST", "/v1/transfers?dry_run=true", line)
    await place.refused("POST", "/v1/transfers/bulk", {"lines": [line, line]})
    await place.refused("POST", "/v1/holds", line)
    await place.refused("POST", f"/v1/transfers/{place.paid['transfer']}/reverse", {})
    for number in (account, place.deposit):
        await place.refused("PATCH", f"/v1/accounts/{number}", {"floor": -1_000_000})
        await place.refused("PATCH", f"/v1/accounts/{number}", {"owner": None})
        await place.refused("POST", f"/v1/accounts/{number}/state", {"state": "frozen", "reason": "x"})
        await place.refused("POST", f"/v1/accounts/{number}/close", {})
    assert (await place.call("GET", f"/v1/accounts/{account}")).json()["balance"] == 4_300


async def test_money_may_come_in_and_the_wallet_undoes_its_own_payment(place: Place) -> None:
    inwards = {"debit": place.free, "credit": place.mine["account"], "amount": 100, "code": "give"}
    assert (await place.call("POST", "/v1/transfers", inwards)).status_code == 201
    undone = await place.call("POST", f"/v1/wallet-transfers/{place.paid['id']}/reverse", {"reason": "退款"})
    assert undone.status_code == 201
    limits = await place.call("GET", f"/v1/limits?subject=wallet:{place.mine['id']}")
    day = [limit for limit in limits.json()["data"][0]["limits"] if limit["rule"] == "ecny4-day"]
    assert [limit["used"] for limit in day] == [0]


async def test_refusals_at_the_door_are_replayed(place: Place) -> None:
    line = {"debit": place.mine["account"], "credit": place.free, "amount": 100, "code": "take"}
    await place.refused("POST", "/v1/transfers", line)
    today = (await place.services.store.state(1)).today
    await place.services.engine.execute(1, CloseDay(next_day=today.fromordinal(today.toordinal() + 1)), actor="test")
    assert (await replay(place.services.store, 1, Book)).differences == []
