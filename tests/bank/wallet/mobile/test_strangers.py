"""Every route of a person's pages, walked by whoever it is not for."""

import re
from typing import Any

import httpx
import pytest
from litestar import Litestar

from canglian.app.opening import Opened
from canglian.app.server import create_app
from canglian.bank.party.commands import GiveConsent
from canglian.bank.payment import SourceUse
from canglian.bank.payment.commands import OpenOrder, PayOrder, RegisterMerchant
from canglian.bank.purpose.commands import BuyPrepaidCard, OpenPrepaidOffer
from canglian.bank.wallet.commands import AddDevice, TransferBetweenWallets
from canglian.web.mobile import signed_in
from canglian.web.mobile.forms import COOKIE
from canglian.web.mobile.routes import OPEN
from tests.bank.purpose.mobile.test_money import granted
from tests.bank.wallet.mobile.conftest import NewPhone
from tests.bank.wallet.mobile.town import PIN, Phone, Town
from tests.conftest import client_of


def routes(installation: Opened) -> list[tuple[str, str, Any]]:
    """Method, path and handler of every route below /m."""
    served: Any = create_app(installation)
    app = served._app
    assert isinstance(app, Litestar)
    found = [
        (method, route.path, handler)
        for route in app.routes
        if route.path == "/m" or route.path.startswith("/m/")
        for handler in getattr(route, "route_handlers", ())
        for method in handler.http_methods
        if method in ("GET", "POST")
    ]
    assert len(found) >= 60
    return found


def test_every_route_has_the_guard_or_is_open_on_purpose(installation: Opened) -> None:
    for method, path, handler in routes(installation):
        guarded = signed_in in (handler.guards or ())
        assert guarded is not (path in OPEN), (method, path)


async def form_token(client: httpx.AsyncClient) -> str:
    """The token of the forms that this browser is shown."""
    found = re.search(r'name="_token" value="([^"]+)"', (await client.get("/m/help")).text)
    assert found
    return found[1]


@pytest.mark.usefixtures("town")
async def test_nobody_without_a_session_gets_in_and_a_form_changes_nothing(installation: Opened, town: Town) -> None:
    owner = await town.person()
    wallet = await town.wallet(owner, funds=1_000)
    client = client_of(create_app(installation))
    token, before = await form_token(client), await town.commands()
    for method, path, _ in routes(installation):
        if path in OPEN:
            continue
        at = re.sub(r"\{entry:int\}", "1", path)
        at = re.sub(r"\{wallet:str\}", wallet.id, at)
        at = re.sub(r"\{\w+:str\}", "nothing", at)
        answer = await client.request(method, at, data={"_token": token} if method == "POST" else None)
        assert answer.status_code == 303, (method, at, answer.status_code)
        assert answer.headers["location"].startswith("/m/sign-in?next=%2Fm")
    assert await town.commands() == before
    await client.aclose()


async def test_another_person_finds_nothing_and_changes_nothing(
    installation: Opened, town: Town, phone: NewPhone
) -> None:
    owner, other, stranger = await town.person(), await town.person("司徒振华"), await town.person("慕容雪")
    wallet, theirs = await town.wallet(owner, funds=10_000), await town.wallet(other)
    ecny = await town.wallet(owner, "wallet.ecny2", deposit=wallet.deposit)
    await town.wallet(stranger, funds=10_000)
    moved = await town.do(TransferBetweenWallets(payer=wallet.id, payee=theirs.id, amount=1, channel="counter"))
    device = await town.do(AddDevice(wallet=wallet.id, fingerprint="a" * 32, name="旧手机", platform="android"))
    consent = await town.do(
        GiveConsent(party=owner.party.id, scope="profile.basic", purpose="开户", receiver="partner:x")
    )
    shop = await town.do(RegisterMerchant(name="新城面馆", category="5812", region="330106"))
    order = await town.do(OpenOrder(merchant=shop.id, number="o-1", subject="牛肉面", amount=1))
    uses = (SourceUse(item=wallet.id),)
    paid = await town.do(PayOrder(order=order.id, sources=uses, channel="counter"))
    giver = await town.wallet(other, "wallet.ecny2", funds=10_000, deposit=theirs.deposit)
    _, grant = await granted(town, giver, ecny)
    offer = await town.do(OpenPrepaidOffer(payee=shop.id, name="面馆储值卡"))
    card = await town.do(BuyPrepaidCard(offer=offer.id, wallet=wallet.id, amount=1_000, channel="counter"))
    waiting = await town.do(OpenOrder(merchant=shop.id, number="o-2", subject="牛肉面", amount=1))
    victim, own = phone(), phone()
    await own.sign_in(owner.mobile)
    sessions = await town.services.reader.rows("SELECT id FROM person_session WHERE book = $1", 1)
    await victim.sign_in(stranger.mobile)
    named = {
        "device": device.id,
        "transfer": moved.id,
        "consent": consent.id,
        "session": sessions[0][0],
        "rail": "rail_" + "0" * 26,
        "code": "wcd_" + "0" * 26,
        "exchange": "wex_" + "0" * 26,
        "payment": paid.id,
        "order_code": "48" + "0" * 16,
        "grant": grant.id,
        "contract": card.contract.id,
        "offer": "ppo_" + "0" * 26,
        "coupon": "cpn_" + "0" * 26,
        "season_campaign": "sca_" + "0" * 26,
        "invitation": "inv_" + "0" * 26,
        "campaign_offer": "ofr_" + "0" * 26,
        "draw": "drw_" + "0" * 26,
        "draw_win": "win_" + "0" * 26,
        "ticket": "0" * 56,
        "merchant": shop.id,
        "payment_order": waiting.id,
        "settlement": "stl_" + "0" * 26,
        "point_scheme": "psc_" + "0" * 26,
        "point_exchange": "pex_" + "0" * 26,
        "product": "loan.none",
        "credit_application": "apl_" + "0" * 26,
        "loan": "lon_" + "0" * 26,
        "bill": "bil_" + "0" * 26,
        "item": "lon_" + "0" * 26,
    }
    token, before = await form_token(victim.client), await town.commands()
    walked = 0
    for method, path, _ in routes(installation):
        if "{" not in path or path in OPEN:
            continue
        for asked in (wallet, ecny):
            at = path.replace("{entry:int}", str(moved.transfer)).replace("{wallet:str}", asked.id)
            at = re.sub(r"\{(\w+):str\}", lambda found: named[found[1]], at)
            form = {
                "_token": token,
                "pin": PIN,
                "again": PIN,
                "current": PIN,
                "amount": "1",
                "number": "x",
                "sure": "1",
            }
            answer = await victim.client.request(method, at, data=form if method == "POST" else None)
            assert answer.status_code == 404, (method, at, answer.status_code)
            walked += 1
    assert walked >= 50
    assert await town.commands() == before
    await _by_query(victim, wallet.id)
    of_owner = f"/m/transfers/{moved.id}", f"/m/payments/{paid.id}", f"/m/purpose/{grant.id}"
    for own_page in (*of_owner, f"/m/cards/{card.contract.id}"):
        assert (await own.look(own_page)).status_code == 200


async def _by_query(own_phone: Phone, wallet: str) -> None:
    """What stands behind the question mark is looked at, too."""
    assert (await own_phone.look(f"/m/statements?wallet={wallet}")).status_code == 404
    token = await form_token(own_phone.client)
    form = {"_token": token, "wallet": wallet, "amount": "1", "code": "28" + "0" * 16}
    answer = await own_phone.client.post("/m/scan/take", data=form)
    assert answer.status_code == 422


async def test_a_form_from_elsewhere_is_refused(town: Town, phone: NewPhone) -> None:
    owner = await town.person()
    wallet = await town.wallet(owner, funds=1_000)
    mobile = phone()
    await mobile.sign_in(owner.mobile)
    before = await town.commands()
    for form, headers in (
        ({}, {}),
        ({"_token": "0" * 32}, {}),
        ({"_token": await form_token(mobile.client)}, {"sec-fetch-site": "cross-site"}),
        ({"_token": await form_token(mobile.client)}, {"origin": "https://evil.example"}),
    ):
        answer = await mobile.client.post(f"/m/wallets/{wallet.id}/lock", data=form, headers=headers)
        assert answer.status_code == 403
    assert await town.commands() == before
    assert COOKIE != "canglian_form"
