"""Campaigns and coupons through the API, the console and a person's phone; strangers are refused everywhere."""

import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from canglian.app.opening import Opened
from canglian.bank.payment import Merchant
from canglian.bank.payment.commands import OpenOrder, RefundPayment, RegisterMerchant
from canglian.bank.reward import Campaign, CampaignOffer, Coupon, CouponState, FunderKind
from canglian.bank.reward.campaigns.commands.values import FunderAsked
from canglian.bank.reward.commands import ApproveCampaign, DraftCampaign, FundCampaign, SubmitCampaign
from canglian.bank.reward.earning.model import Invitation
from canglian.bank.reward.running import run
from canglian.kernel.queries.entities import one, some
from canglian.kernel.values import utc_now
from canglian.web.principal import Role
from tests.bank.payment.api.test_payments import done, order, shop
from tests.bank.reward.seasons import off
from tests.bank.reward.test_earning import gift, invite, swipes
from tests.bank.wallet.mobile.conftest import NewPhone, configuration, phone, town
from tests.bank.wallet.mobile.town import PIN, Town
from tests.conftest import Caller
from tests.web.conftest import enter
from tests.web.entering import Enter, send

__all__ = ["configuration", "enter", "phone", "shop", "town"]

WHY = {"reason": "核查"}
CAMPAIGNS = "/console/campaigns"


def draft() -> dict[str, Any]:
    start = datetime.now(UTC) - timedelta(hours=1)
    return {
        "name": "春季品茗",
        "summary": "茶叶门店满减",
        "starts_at": start.isoformat(),
        "ends_at": (start + timedelta(days=10)).isoformat(),
        "asset": "ECNY",
        "funders": [{"kind": "bank", "name": "本行", "share_bps": 10_000}],
        "offers": [
            {"kind": "spend_and_save", "name": "满 10 减 3", "tiers": [{"over": 1_000, "off": 300}], "stock": 5}
        ],
    }


@pytest.fixture
async def second(caller: Callable[..., Awaitable[Caller]]) -> Caller:
    """Somebody else, who approves."""
    return await caller(role=Role.APPROVER)


@pytest.fixture
async def payer(town: Town) -> dict[str, Any]:
    """A wallet with 50.00 of somebody with a name."""
    wallet = await town.wallet(await town.person(), "wallet.ecny2", funds=5_000)
    return {"id": wallet.id}


@pytest.fixture
async def campaign(call: Caller, second: Caller) -> dict[str, Any]:
    """A campaign that runs."""
    drafted = await done(call, "/v1/campaigns", draft())
    at = f"/v1/campaigns/{drafted['id']}"
    await done(call, f"{at}/funds", {"funder": 1, "amount": 10_000}, 200)
    await done(call, f"{at}/submission", None, 200)
    refused = await call("POST", f"{at}/approval")
    assert (refused.status_code, refused.json()["code"]) == (422, "campaign.own_approval")
    return await done(second, f"{at}/approval", None, 200)


async def offer_of(call: Caller, campaign: Any) -> str:
    return (await call("GET", f"/v1/campaigns/{campaign['id']}")).json()["offers"][0]["id"]


async def test_a_coupon_is_claimed_and_pays_over_http(call: Caller, campaign: Any, payer: Any, shop: Any) -> None:
    offer = await offer_of(call, campaign)
    coupon = await done(call, f"/v1/campaign-offers/{offer}/claims", {"wallet": payer["id"]})
    assert (coupon["state"], coupon["amount"]) == ("claimed", 300)
    again = await call("POST", f"/v1/campaign-offers/{offer}/claims", {"wallet": payer["id"]})
    assert (again.status_code, again.json()["code"]) == (422, "coupon.per_person")
    asked = await order(call, shop, 1_500)
    uses = [{"source": "coupon", "item": coupon["id"], "pin": PIN}, {"item": payer["id"], "pin": PIN}]
    paid = await done(call, f"/v1/payment-orders/{asked['id']}/pay", {"sources": uses})
    assert paid["amount"] == 1_500
    used = (await call("GET", f"/v1/coupons/{coupon['id']}")).json()
    assert (used["state"], used["used"], used["payment"]) == ("used", 300, paid["id"])
    whole = (await call("GET", f"/v1/campaigns/{campaign['id']}")).json()
    assert {name: whole["funders"][0][name] for name in ("unreserved", "reserved", "spent", "returned")} == {
        "unreserved": 9_700,
        "reserved": 0,
        "spent": 300,
        "returned": 0,
    }
    for path in (f"coupons?campaign={campaign['id']}", f"coupons?payment={paid['id']}", "campaigns?state=running"):
        assert len((await call("GET", f"/v1/{path}")).json()["data"]) == 1, path


async def test_strangers_and_readers_change_nothing(
    caller: Callable[..., Awaitable[Caller]], call: Caller, installation: Opened, campaign: Any, payer: Any, shop: Any
) -> None:
    offer = await offer_of(call, campaign)
    coupon = await done(call, f"/v1/campaign-offers/{offer}/claims", {"wallet": payer["id"]})
    asked = await order(call, shop, 1_500)
    quote = await done(call, "/v1/coupon-quotes", {"order": asked["id"], "wallets": [payer["id"]]})
    at = f"campaigns/{campaign['id']}"
    writes: list[tuple[str, Any]] = [
        (f"{at}/copies", {"name": "副本", "starts_at": "2099-01-01T00:00:00Z"}),
        (f"{at}/revisions", draft()),
        (f"{at}/funds", {"funder": 1, "amount": 1}),
        *((f"{at}/{verb}", None) for verb in ("submission", "approval", "settlement")),
        *((f"{at}/{verb}", WHY) for verb in ("return", "pause", "resumption", "ending")),
        (f"{at}/paybacks", {"funder": 1}),
        (f"campaign-offers/{offer}/claims", {"wallet": payer["id"]}),
        (f"coupons/{coupon['id']}/voiding", WHY),
        ("coupon-quotes", {"order": asked["id"], "wallets": [payer["id"]]}),
        (f"coupon-quotes/{quote['id']}/cancel", None),
        *((f"campaign-offers/{offer}/{verb}", {"wallet": payer["id"]}) for verb in ("joins", "invitations")),
        ("invitations/inv_" + "0" * 26 + "/acceptance", {"wallet": payer["id"]}),
        ("coupons/redemptions", {"code": "0" * 12, "merchant": "mer_" + "0" * 26}),
    ]
    reads = [
        at,
        f"{at}/estimate",
        f"campaign-offers/{offer}",
        f"coupons/{coupon['id']}",
        f"coupon-quotes/{quote['id']}",
    ]
    book = (await installation.open_book("second", "二号支行", actor="test")).id
    stranger, viewer = await caller(book=book), await caller(role=Role.VIEWER)
    before = (await installation.services.store.state(1)).commands
    for path in reads:
        assert (await stranger("GET", f"/v1/{path}")).status_code == 404, path
        assert (await viewer("GET", f"/v1/{path}")).status_code == 200, path
    for path, body in writes:
        answer = await stranger("POST", f"/v1/{path}", body)
        assert answer.status_code in (404, 422), (path, answer.text)
        assert answer.json()["code"].endswith(".not_found"), (path, answer.text)
        assert (await viewer("POST", f"/v1/{path}", body)).status_code == 403, path
    assert (await viewer("POST", "/v1/campaigns", draft())).status_code == 403
    assert (await installation.services.store.state(1)).commands == before


async def test_an_operator_drafts_funds_and_submits_and_an_approver_approves(
    enter: Enter, installation: Opened
) -> None:
    client = await enter("operator")
    start = datetime.now(UTC) + timedelta(hours=9)
    typed = {
        "name": "约惠春日",
        "summary": "满减",
        "starts_at": f"{start:%Y-%m-%dT%H:%M}",
        "ends_at": f"{start + timedelta(days=30):%Y-%m-%dT%H:%M}",
        "asset": "CNY",
        "funders": "1",
        "f1_kind": "bank",
        "f1_name": "本行",
        "f1_share_bps": "100",
        "offers": "2",
        "o1_kind": "tiered",
        "o1_name": "多买多减",
        "o1_tiers": "20=3 50=10",
        "o1_stock": "100",
        "o1_caps": "device=1 household=2",
        "o1_opens_at": f"{start + timedelta(hours=1):%Y-%m-%dT%H:%M}",
        "o1_again": "yes",
        "o1_holdout_bps": "12.5",
        "day_budget": "800.50",
        "o2_kind": "random",
        "o2_name": "随机立减",
        "o2_tiers_shown": "2",
        "o2_tier1_over": "20",
        "o2_tier1_off": "1",
        "o2_tier1_weight": "70",
        "o2_tier2_over": "20",
        "o2_tier2_off": "5",
        "o2_tier2_weight": "30",
        "o2_stock": "50",
        "o2_day_6": "yes",
        "o2_from_clock": "17:00",
        "o2_segments": "new_customer:30",
    }
    wrong = await send(client, f"{CAMPAIGNS}/new", **{**typed, "o2_tier1_off": "三"})
    assert wrong.status_code == 422
    assert 'id="design-o2_tiers-wrong"' in wrong.text
    wrong = await send(client, f"{CAMPAIGNS}/new", **{**typed, "o1_caps": "car=1"})
    assert (wrong.status_code, 'id="design-o1_caps-wrong"' in wrong.text) == (422, True)
    faults = {"ends_at": "2026-13-40", "f1_share_bps": "250", "o1_stock": "-1", "o2_name": ""}
    wrong = await send(client, f"{CAMPAIGNS}/new", **{**typed, **faults})
    at_fields = re.findall(r'id="design-(\w+)-wrong"', wrong.text)
    assert (wrong.status_code, sorted(at_fields)) == (422, sorted(faults)), "all at once, each at its field"
    for text in ('value="2026-13-40"', "请按 2026-01-31 09:30 的格式", "优惠 1 · 发放张数"):
        assert text in wrong.text, text
    faults = {"o2_tier1_off": "-5", "o2_from_clock": "25:99", "o2_segments": "new_customer:-3", "f1_share_bps": "250"}
    wrong = await send(client, f"{CAMPAIGNS}/new", **{**typed, **faults})
    at_fields = re.findall(r'id="design-(\w+)-wrong"', wrong.text)
    assert sorted(at_fields) == ["f1_share_bps", "o2_from_clock", "o2_segments", "o2_tiers"]
    assert ("出资方 1 · 承担比例" in wrong.text, "100=25" in wrong.text) == (True, False)
    nowhere = {"_pick_o1_regions": "division", "_many_o1_regions": "1", "_find_o1_regions": "亚特兰蒂斯"}
    wrong = await send(client, f"{CAMPAIGNS}/new", **{**typed, **nowhere, "o1_stock": "-1"})
    assert sorted(re.findall(r'id="design-(\w+)-wrong"', wrong.text)) == ["o1_regions", "o1_stock"]
    more = await send(client, f"{CAMPAIGNS}/new", **typed, more="offer")
    assert (more.status_code, 'name="o3_name"' in more.text, "随机立减" in more.text) == (200, True, True)
    more = await send(client, f"{CAMPAIGNS}/new", **typed, more="tier2")
    assert ('name="o2_tier3_weight"' in more.text, 'value="70"' in more.text) == (True, True)
    summary = (await send(client, f"{CAMPAIGNS}/new", **typed, more="summary")).text
    assert [text in summary for text in ("¥1,250.00", "内容完整")] == [True] * 2
    summary = (await send(client, f"{CAMPAIGNS}/new", **{**typed, "f1_share_bps": "80"}, more="summary")).text
    assert ("各出资方比例合计须为 100%" in summary, "内容完整" in summary) == (True, False)
    answer = await send(client, f"{CAMPAIGNS}/new", **typed)
    assert answer.status_code == 303, answer.text
    at = answer.headers["location"]
    assert "满 ¥20.00 减 ¥3.00；满 ¥50.00 减 ¥10.00" in (await client.get(at)).text
    design = (await client.get(f"{at}/design")).text
    for name, text in (
        ("o1_tier2_over", "50"),
        ("o1_tier2_off", "10"),
        ("o2_tier1_weight", "70"),
        ("o1_cap_device", "1"),
    ):
        assert f'name="{name}" value="{text}"' in design, name
    assert "new_customer:30" in design
    assert [f'value="{text}"' in design for text in ("12.50", "800.50", typed["o1_opens_at"])] == ([True] * 3)
    changed = await send(client, f"{at}/design", **{**typed, "name": "约惠暮春", "o2_gone": "yes"})
    assert changed.status_code == 303, changed.text
    page = (await client.get(at)).text
    assert ("约惠暮春" in page, "随机立减" in page) == (True, False)
    assert "0 / 0" in (await client.get(f"{at}/estimate")).text
    assert (await send(client, at, action="submit")).status_code == 422
    assert (await send(client, at, action="fund", funder="1", amount="1000.00")).status_code == 303
    page = (await client.get(at)).text
    assert "¥1,000.00" in page
    assert (await send(client, at, action="submit")).status_code == 303
    assert (await send(client, at, action="approve")).status_code == 403
    client.cookies.clear()
    approver = await enter("approver")
    assert "待审批活动" in (await approver.get("/console/")).text
    assert f'hx-get="{at}/estimate"' in (await approver.get(at)).text
    assert (await send(approver, at, action="approve")).status_code == 303
    assert (await send(approver, f"{at}/design", **typed)).status_code in (403, 422)
    found = await one(installation.services.reader, 1, Campaign, at.rsplit("/", 1)[1])
    assert (found.state.value, found.approved_by) == ("scheduled", "user:approver")
    for path in (CAMPAIGNS, "/console/coupons"):
        assert (await approver.get(path)).status_code == 200, path
        assert (await approver.get(path, params={"format": "csv"})).status_code == 200, path


async def running(town: Town, **fields: Any) -> tuple[Campaign, CampaignOffer]:
    """A campaign that runs, whose coupons take 3.00 off 10.00."""
    start = utc_now() - timedelta(hours=1)
    asked = DraftCampaign(
        name="春季品茗",
        summary="茶叶门店满减",
        starts_at=start,
        ends_at=start + timedelta(days=10),
        funders=(FunderAsked(FunderKind.BANK, "本行", 10_000),),
        offers=(off(1_000, 300, name="满 10 减 3", **fields),),
    )
    drafted = await town.do(asked)
    await town.do(FundCampaign(campaign=drafted.id, funder=1, amount=10_000, channel="counter"))
    await town.do(SubmitCampaign(campaign=drafted.id))
    approved = await town.do(ApproveCampaign(campaign=drafted.id), "user:second")
    (offer,) = await some(town.services.reader, 1, CampaignOffer, "campaign", drafted.id)
    return approved, offer


async def test_a_person_claims_on_the_phone_and_the_checkout_takes_it_off(town: Town, phone: NewPhone) -> None:
    _, offer = await running(town)
    somebody = await town.person()
    wallet = await town.wallet(somebody, funds=10_000)
    merchant: Merchant = await town.do(RegisterMerchant(name="新城鲜果店", category="5411", region="330106"))
    own = phone()
    await own.sign_in(somebody.mobile)
    assert 'href="/m/coupons"' in (await own.look("/m")).text
    page = (await own.look("/m/coupons")).text
    assert "满 ¥10.00 减 ¥3.00" in page
    claimed = await own.send(f"/m/coupons/{offer.id}/claim", wallet=wallet.id)
    at = str(claimed.url.path)
    assert at.startswith("/m/coupons/cpn_"), claimed.text
    coupon = await one(town.services.reader, 1, Coupon, at.rsplit("/", 1)[1])
    page = (await own.look("/m/coupons")).text
    assert "您已领满" in page
    asked = await town.do(OpenOrder(merchant=merchant.id, number="o-1", subject="鲜果", amount=2_000))
    checkout = f"/m/checkout/{asked.code}"
    page = (await own.look(checkout)).text
    assert "满 10 减 3" in page
    assert "-¥3.00" in page
    await own.send(checkout, wallet=wallet.id)
    assert "¥17.00" in own.page.text
    page = (await own.send(f"{checkout}/pay", pin=PIN)).text
    assert "-¥17.00" in page
    assert "-¥3.00" in page
    assert await town.has(wallet) == 8_300
    assert "-¥17.00" in (await own.look("/m/payments")).text
    used = await one(town.services.reader, 1, Coupon, coupon.id)
    assert used.state is CouponState.USED
    back = RefundPayment(payment=used.payment or "", number="r-1", amount=2_000, reason="退货", channel="counter")
    await town.do(back)
    assert "+¥17.00" in (await own.look(f"/m/payments/{used.payment}")).text
    assert "退回 ¥17.00" in (await own.look("/m/payments")).text
    assert (await one(town.services.reader, 1, Coupon, coupon.id)).state is CouponState.CLAIMED
    assert await town.has(wallet) == 10_000


async def test_another_persons_coupon_and_wallet_are_not_found(town: Town, phone: NewPhone) -> None:
    _, offer = await running(town)
    holder, thief = await town.person(), await town.person("王建国", "13800138071")
    wallet = await town.wallet(holder, funds=1_000)
    await town.wallet(thief)
    own = phone()
    await own.sign_in(holder.mobile)
    await own.look("/m/coupons")
    claimed = await own.send(f"/m/coupons/{offer.id}/claim", wallet=wallet.id)
    stranger = phone()
    await stranger.sign_in(thief.mobile)
    assert (await stranger.look(str(claimed.url.path))).status_code == 404
    await stranger.look("/m/coupons")
    before = await town.commands()
    assert (await stranger.send(f"/m/coupons/{offer.id}/claim", wallet=wallet.id)).status_code == 404
    assert await town.commands() == before
    nobody = phone()
    assert "满 10 减 3" not in (await nobody.look("/m/coupons")).text


async def test_the_clock_starts_ends_and_expires(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    campaign, offer = await running(town)
    assert offer.taken == 0
    await run(town.services, 1)
    assert (await one(town.services.reader, 1, Campaign, campaign.id)).state.value == "running"


async def test_tasks_invitations_and_benefits_are_taken_part_in_on_the_phone(town: Town, phone: NewPhone) -> None:
    start = utc_now() - timedelta(hours=1)
    asked = DraftCampaign(
        name="月月惠",
        summary="月月刷、权益与邀请",
        starts_at=start,
        ends_at=start + timedelta(days=10),
        funders=(FunderAsked(FunderKind.BANK, "本行", 10_000),),
        offers=(swipes(), invite(), gift()),
    )
    drafted = await town.do(asked)
    await town.do(FundCampaign(campaign=drafted.id, funder=1, amount=10_000, channel="counter"))
    await town.do(SubmitCampaign(campaign=drafted.id))
    await town.do(ApproveCampaign(campaign=drafted.id), "user:second")
    found = await some(town.services.reader, 1, CampaignOffer, "campaign", drafted.id)
    task, inviting, benefit = sorted(found, key=lambda offer: offer.position)
    somebody, friend = await town.person(), await town.person("王建国", "13800138071")
    wallet, theirs = await town.wallet(somebody, funds=10_000), await town.wallet(friend)
    own = phone()
    await own.sign_in(somebody.mobile)
    assert 'href="/m/tasks"' in (await own.look("/m")).text
    assert f"/m/coupons/{task.id}/claim" not in (await own.look("/m/coupons")).text
    page = (await own.look("/m/tasks")).text
    assert ("报名本月任务" in page, "邀请好友" in page) == (True, True)
    page = (await own.send(f"/m/tasks/{task.id}", wallet=wallet.id)).text
    assert ("本月已计 0 笔消费" in page, "✓ 报名即得 ¥2.00 立减券" in page) == (True, True)
    page = (await own.send(f"/m/tasks/{inviting.id}", wallet=wallet.id)).text
    assert ("<svg" in page, "0 人已接受" in page) == (True, True)
    (invitation,) = await some(town.services.reader, 1, Invitation, "offer", inviting.id)
    other = phone()
    await other.sign_in(friend.mobile)
    assert "接受邀请" in (await other.look(f"/m/invitations/{invitation.id}")).text
    assert "已接受邀请" in (await other.send(f"/m/invitations/{invitation.id}", wallet=theirs.id)).text
    refused = await own.look(f"/m/invitations/{invitation.id}")
    assert refused.status_code == 200
    assert "不能接受自己的邀请" in (await own.send(f"/m/invitations/{invitation.id}", wallet=wallet.id)).text
    assert (await one(town.services.reader, 1, Invitation, invitation.id)).accepted == 1
    await own.look("/m/coupons")
    claimed = await own.send(f"/m/coupons/{benefit.id}/claim", wallet=wallet.id)
    (code,) = await town.services.reader.rows("SELECT code FROM benefit_code WHERE book = $1", 1)
    shown = (await own.look(str(claimed.url.path))).text
    assert f"{code[0][:4]} {code[0][4:8]} {code[0][8:]}" in shown


async def test_money_of_a_funders_wallet_needs_its_pin_or_a_second_person(
    call: Caller, town: Town, enter: Enter
) -> None:
    somebody = await town.person("商务局长", "13800138090")
    wallet = await town.wallet(somebody, funds=5_000)
    funders = [
        {"kind": "government", "name": "商务局", "share_bps": 5_000, "wallet": wallet.id},
        {"kind": "bank", "name": "本行", "share_bps": 5_000},
    ]
    private = await call("POST", "/v1/campaigns", draft() | {"funders": funders, "asset": "CNY"})
    assert (private.status_code, private.json()["code"]) == (422, "campaign.funder_wallet")
    await town.do(RegisterMerchant(name="食堂", category="5812", region="330106", party=somebody.party.id))
    drafted = await done(call, "/v1/campaigns", draft() | {"funders": funders, "asset": "CNY"})
    at = f"/v1/campaigns/{drafted['id']}/funds"
    no_pin = await call("POST", at, {"funder": 1, "amount": 400})
    assert no_pin.json()["code"] == "wallet_pin.needed"
    console = await enter("operator")
    page = f"{CAMPAIGNS}/{drafted['id']}"
    refused = await send(console, page, action="fund", funder="1", amount="4.00")
    assert (refused.status_code, await town.has(wallet)) == (422, 5_000)
    asked = {"funder": 1, "amount": 400, "reason": "局长当面确认"}
    filed = await done(call, f"/v1/campaigns/{drafted['id']}/fund-proposals", asked)
    assert (filed["state"], await town.has(wallet)) == ("pending", 5_000)
    sent = await send(console, page, action="request-fund", funder="1", amount="1.00", reason="局长当面确认")
    assert (sent.status_code, await town.has(wallet)) == (303, 5_000)
    assert "代出资方拨款" in (await console.get(sent.headers["location"])).text
    shown = (await call("GET", f"/v1/proposals/{filed['id']}")).json()
    assert {"Campaign", "Funder", "Amount", "Customer"} <= {fact["label"] for fact in shown["facts"]}
    await send(console, "/console/", "/console/logout")
    approver = await enter("approver")
    assert (await send(approver, f"/console/proposals/{filed['id']}", action="approve")).status_code == 303
    assert await town.has(wallet) == 4_600
