"""Offers of prepaid cards on the console: opened, sold, closed with a preview; how far giving back has come."""

from canglian.app.opening import Opened
from canglian.bank.purpose.commands import OpenPrepaidOffer
from canglian.bank.purpose.room import end_contracts
from canglian.bank.wallet import LockedBy
from canglian.bank.wallet.commands import LockWallet
from tests.bank.purpose.console.given import merchant, rich
from tests.conftest import Caller
from tests.web.entering import Enter, send

OFFERS = "/console/prepaid-offers"


async def test_cards_are_sold_and_a_closing_merchant_gives_all_of_it_back(
    enter: Enter, installation: Opened, call: Caller
) -> None:
    client = await enter("operator")
    buyers = [await rich(installation, call, serial, 50_000) for serial in (1, 2, 3)]
    gym = await merchant(installation, "乡村健身房", "7997")
    shop = f"/console/merchants/{gym.id}"
    assert f'href="{OFFERS}/new?payee={gym.id}"' in (await client.get(shop)).text
    assert gym.id in (await client.get(f"{OFFERS}/new?payee={gym.id}")).text
    empty = {"action": "open", "payee": gym.id, "name": "健身年卡", "days": "365", "pool": ""}
    assert (await send(client, f"{OFFERS}/new", **{**empty, "bonus_bps": "1000"})).status_code == 422
    answer = await send(client, f"{OFFERS}/new", **{**empty, "bonus_bps": ""})
    assert answer.status_code == 303, answer.text
    at = answer.headers["location"]
    cards: list[str] = []
    for buyer in buyers:
        answer = await send(client, at, action="buy", wallet=buyer["id"], amount="300.00")
        assert answer.status_code == 303, answer.text
        cards.append(answer.headers["location"])
    page = (await client.get(at)).text
    assert "¥900.00" in page
    assert "3 张卡" in page
    assert "900.00 元" in page
    assert "900.00 元" in (await client.get(shop)).text
    for path in (f"/console/prepaid-cards?payee={gym.id}", OFFERS):
        assert "健身年卡" in (await client.get(path)).text, path
        assert (await client.get(path, params={"format": "csv"})).status_code == 200, path
    assert (await send(client, cards[0], action="refund")).status_code == 303
    engine = installation.services.engine
    await engine.execute(
        1, LockWallet(wallet=buyers[2]["id"], locked_by=LockedBy.BANK, reason="涉案核查"), actor="test"
    )
    assert (await send(client, shop, action="close", reason="停业清算")).status_code == 303
    page = (await client.get(at)).text
    assert "已退还 1/3 张卡" in page
    assert "停业清算" in page
    await end_contracts(installation.services, 1)
    page = (await client.get(at)).text
    assert "全部预付卡均已处理" in page
    assert "1 张卡" in page
    assert "¥300.00" in page
    assert (await send(client, at, action="buy", wallet=buyers[0]["id"], amount="1.00")).status_code == 422


async def test_auditors_sell_nothing(enter: Enter, installation: Opened) -> None:
    client, gym = await enter("auditor"), await merchant(installation, "乡村健身房", "7997")
    opening = OpenPrepaidOffer(payee=gym.id, name="健身年卡")
    offer = await installation.services.engine.execute(1, opening, actor="test")
    at = f"{OFFERS}/{offer.id}"
    assert 'name="action"' not in (await client.get(at)).text
    assert (await client.get(f"{OFFERS}/new")).status_code == 403
    for path in (at, f"{OFFERS}/new"):
        for action in ("buy", "close", "open"):
            assert (await send(client, at, path, action=action)).status_code == 403, path
