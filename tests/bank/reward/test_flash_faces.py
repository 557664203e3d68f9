"""A flash sale over HTTP and on a person's phone: 425 before it opens, one coupon however often it is asked for."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from canglian.bank.payment.commands import RegisterMerchant
from canglian.bank.reward import Coupon
from canglian.bank.reward.bounds.model import Bounds, Cap, CapKind
from canglian.bank.reward.coupons import door
from canglian.bank.reward.coupons.queries import CouponFilter, coupons
from canglian.bank.reward.mobile import flash
from canglian.kernel.queries.paging import Order
from canglian.kernel.values import utc_now
from tests.bank.reward.test_faces import running
from tests.bank.wallet.mobile.conftest import NewPhone, configuration, phone, town
from tests.bank.wallet.mobile.town import Town
from tests.conftest import Caller

__all__ = ["configuration", "phone", "town"]


async def _coupons(town: Town, offer: str) -> list[Coupon]:
    return (await coupons(town.services.reader, 1, CouponFilter(offer=offer), Order())).items


async def test_what_comes_too_early_is_answered_425_with_the_start_and_stands_in_no_log(
    town: Town, call: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    opens = utc_now() + timedelta(hours=1)
    _, offer = await running(town, bounds=Bounds(opens_at=opens))
    wallet = await town.wallet(await town.person())
    path, key = f"/v1/campaign-offers/{offer.id}/claims", {"idempotency-key": "claim-1"}
    before = await town.commands()
    early = await call("POST", path, {"wallet": wallet.id}, headers=key)
    problem = early.json()
    assert (early.status_code, problem["code"], problem["title"]) == (425, "campaign_offer.not_open", "Too Early")
    assert problem["fields"]["opens_at"] == opens.isoformat()
    assert 3_500 < int(early.headers["retry-after"]) <= 3_600
    assert await town.commands() == before
    monkeypatch.setattr(town.services.engine, "clock", lambda: opens)
    lane: Any = town.services.engine._lanes[1]
    monkeypatch.setattr(lane, "_clock", lambda: opens)
    won = await call("POST", path, {"wallet": wallet.id}, headers=key)
    assert won.status_code == 201, won.text
    again = await call("POST", path, {"wallet": wallet.id}, headers=key)
    assert (again.json()["id"], again.headers["idempotent-replayed"]) == (won.json()["id"], "true")
    assert len(await _coupons(town, offer.id)) == 1


async def test_claims_of_one_person_and_of_one_device_come_at_a_bounded_rate(town: Town, call: Caller) -> None:
    _, offer = await running(town, stock=1)
    wallets = [await town.wallet(await town.person()) for _ in range(2)]
    path = f"/v1/campaign-offers/{offer.id}/claims"
    first = {"idempotency-key": "first"}
    won = await call("POST", path, {"wallet": wallets[0].id}, headers=first)
    assert won.status_code == 201
    answers = [await call("POST", path, {"wallet": wallets[0].id}) for _ in range(door.BURST + 3)]
    late = [answer for answer in answers if answer.status_code == 429]
    assert late
    assert (late[0].json()["code"], int(late[0].headers["retry-after"])) == ("claim.often", 1)
    again = await call("POST", path, {"wallet": wallets[0].id}, headers=first)
    assert (again.status_code, again.json()["id"]) == (201, won.json()["id"]), "what was answered is answered again"
    other = await call("POST", path, {"wallet": wallets[1].id})
    assert (other.status_code, other.json()["code"]) == (422, "campaign_offer.none_left")


async def test_a_person_claims_on_the_phone_and_a_device_counts_once(town: Town, phone: NewPhone) -> None:
    bounds = Bounds(opens_at=utc_now() - timedelta(minutes=1), caps=(Cap(CapKind.DEVICE, 1),))
    _, offer = await running(town, bounds=bounds)
    await town.do(RegisterMerchant(name="新城鲜果店", category="5411", region="330106"))
    first, second = await town.person(), await town.person("王建国", "13800138071")
    wallet, other = await town.wallet(first), await town.wallet(second)
    own = phone()
    await own.sign_in(first.mobile)
    assert f'href="/m/flash/{offer.id}"' in (await own.look("/m/coupons")).text
    assert "立即抢" in (await own.look(f"/m/flash/{offer.id}")).text
    won = await own.send(f"/m/flash/{offer.id}/claim", wallet=wallet.id)
    assert str(won.url.path).startswith("/m/coupons/cpn_"), won.text
    assert "满 10 减 3" in won.text
    assert "您已领满" in (await own.look(f"/m/flash/{offer.id}")).text
    own.client.cookies.delete("canglian_person")
    await own.sign_in(second.mobile)
    await own.look(f"/m/flash/{offer.id}")
    refused = await own.send(f"/m/flash/{offer.id}/claim", wallet=other.id)
    assert refused.status_code == 422
    assert "设备" in refused.text
    assert len(await _coupons(town, offer.id)) == 1


async def test_whoever_waits_in_line_asks_again_and_is_given_one_coupon(
    town: Town, phone: NewPhone, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, offer = await running(town, bounds=Bounds(opens_at=utc_now() - timedelta(minutes=1)))
    somebody = await town.person()
    wallet = await town.wallet(somebody)
    own = phone()
    await own.sign_in(somebody.mobile)
    await own.look(f"/m/flash/{offer.id}")
    engine = town.services.engine
    submit: Callable[..., Awaitable[Any]] = engine.submit
    release = asyncio.Event()

    async def slowly(*arguments: Any, **named: Any) -> Any:
        await release.wait()
        return await submit(*arguments, **named)

    monkeypatch.setattr(flash, "PATIENCE_SECONDS", 0.01)
    monkeypatch.setattr(engine, "submit", slowly)
    line = await own.send(f"/m/flash/{offer.id}/claim", wallet=wallet.id)
    assert "/line/" in str(line.url.path), line.text
    assert "排队" in line.text
    at = f"{line.url.path}?{line.url.query.decode()}"
    assert "排队" in (await own.look(at)).text
    assert await _coupons(town, offer.id) == []
    fields = own.form(at)
    release.set()
    monkeypatch.setattr(flash, "PATIENCE_SECONDS", 30)
    for _ in range(3):
        asked = await own.client.post(at, data=fields, headers={"accept": "application/json"})
        assert asked.json() == {"to": at}
        shown = await own.client.get(at)
        assert (shown.status_code, shown.headers["location"][:15]) == (303, "/m/coupons/cpn_")
    assert len(await _coupons(town, offer.id)) == 1
