"""Seasons through the API, the console, and phones of a shopper and a merchant; a visitor sees its own bureau alone."""

from collections.abc import Awaitable, Callable
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from tests.bank.reward.seasons import off
from tests.bank.wallet.mobile.conftest import NewPhone, configuration, phone, town
from tests.bank.wallet.mobile.town import Town
from tests.conftest import Caller
from tests.scenario.shopping.cities import MALLS
from tests.web.conftest import enter
from tests.web.entering import Enter, send

from canglian.app.opening import Opened
from canglian.bank.payment import Merchant, Payment, SourceUse
from canglian.bank.payment.commands import CreatePayment, RegisterMerchant
from canglian.bank.reward import Campaign, CampaignOffer, Coupon, FunderKind
from canglian.bank.reward.bounds.queries import BoundKind
from canglian.bank.reward.campaigns import queries as campaigns
from canglian.bank.reward.campaigns.commands.values import FunderAsked
from canglian.bank.reward.commands import (
    ApproveCampaign,
    ClaimCoupon,
    DraftCampaign,
    EndCampaign,
    FundCampaign,
    SettleCampaign,
    SubmitCampaign,
)
from canglian.bank.reward.estimating.service import days_of, estimate
from canglian.kernel.queries.entities import one, some
from canglian.kernel.receipts import receipt_number
from canglian.kernel.values import SHANGHAI, utc_now
from canglian.scenario.shopping.commands import AddCampaign, AddTheme, CopySeason, JoinCampaign, OpenBureau, OpenSeason
from canglian.scenario.shopping.model import SeasonCampaign, SeasonMerchant, SeasonNote, Theme
from canglian.scenario.shopping.queries import money
from canglian.scenario.shopping.running import run
from canglian.web.console.formats import when
from canglian.web.principal import Role

__all__ = ["configuration", "enter", "phone", "town"]


class Placed:
    """A season with a campaign that runs, paid for by a bureau and the bank in halves."""

    campaign: Campaign
    place: SeasonCampaign
    offer: CampaignOffer
    shop: Merchant
    bureau: Any
    wallet: Any
    season: Any


async def used(town: Town, found: Placed, number: str, gross: int = 2_000) -> Payment:
    """A coupon is claimed and used."""
    coupons = await some(town.services.reader, 1, Coupon, "offer", found.offer.id)
    coupon = next(row for row in coupons if row.state.value == "claimed")
    uses = (SourceUse(source="coupon", item=coupon.id), SourceUse(item=found.wallet.id))
    asked = CreatePayment(
        merchant=found.shop.id, number=number, subject="茶", amount=gross, channel="counter", sources=uses
    )
    return await town.do(asked)


@pytest.fixture
async def placed(town: Town) -> Placed:
    found, now = Placed(), utc_now()
    today = now.astimezone(SHANGHAI).date()
    payer = await town.person("商务局长", "13800138090")
    found.wallet = await town.wallet(payer, funds=100_000)
    await town.do(RegisterMerchant(name="商务局食堂", category="5812", region="320508", party=payer.party.id))
    days = {"starts_on": today - timedelta(days=3), "ends_on": today + timedelta(days=60)}
    found.season = await town.do(OpenSeason(name="爱购苏州", malls=MALLS, **days))
    theme = await town.do(AddTheme(season=found.season.id, name="春季品茗", summary="茶叶茶社", **days))
    halves = (
        FunderAsked(FunderKind.GOVERNMENT, "区商务局", 5_000, found.wallet.id),
        FunderAsked(FunderKind.BANK, "本行", 5_000),
    )
    start = now - timedelta(hours=1)
    drafted = await town.do(
        DraftCampaign(
            name="品茗满减",
            summary="满 10 减 3",
            starts_at=start,
            ends_at=start + timedelta(days=10),
            funders=halves,
            offers=(off(1_000, 300, name="满 10 减 3", per_person=9),),
        )
    )
    found.place = await town.do(AddCampaign(theme=theme.id, campaign=drafted.id))
    for funder in (1, 2):
        await town.do(FundCampaign(campaign=drafted.id, funder=funder, amount=3_000, channel="counter"))
    await town.do(SubmitCampaign(campaign=drafted.id))
    found.campaign = await town.do(ApproveCampaign(campaign=drafted.id), "user:second")
    (found.offer,) = await some(town.services.reader, 1, CampaignOffer, "campaign", drafted.id)
    found.bureau = await town.do(OpenBureau(name="区商务局", wallets=(found.wallet.id,), logins=("visitor",)))
    return found


async def test_a_merchant_joins_a_shopper_claims_and_the_bureau_sees_each_yuan(
    town: Town, phone: NewPhone, placed: Placed, enter: Enter
) -> None:
    owner, shopper = await town.person("茶社老板"), await town.person("王建国")
    placed.shop = await town.do(RegisterMerchant(name="老茶社", category="5411", region="320508", party=owner.party.id))
    boss = phone()
    await boss.sign_in(owner.mobile)
    at = f"/m/shop/{placed.shop.id}"
    assert f'href="{at}/campaigns"' in (await boss.look(at)).text
    assert "¥30.00" in (await boss.look(f"{at}/campaigns/{placed.place.id}")).text, "3 of 10 yuan is 30 of 100"
    await boss.send(f"{at}/campaigns/{placed.place.id}")
    (part,) = await some(town.services.reader, 1, SeasonMerchant, "merchant", placed.shop.id)
    assert part.state.value == "joined"

    placed.wallet = await town.wallet(shopper, funds=10_000)
    own = phone()
    await own.sign_in(shopper.mobile)
    home = (await own.look("/m")).text
    assert 'href="/m/season"' in home
    assert "满 10 减 3" in home, "what is on is seen without a tap"
    page = (await own.look("/m/season")).text
    assert "满 10 减 3" in page
    assert "老茶社" in page
    assert "满 10 减 3" in (await own.look("/m/season?district=320508")).text
    await own.send(f"/m/coupons/{placed.offer.id}/claim", wallet=placed.wallet.id)
    paid = await used(town, placed, "n-1")

    page = (await boss.look(at)).text
    assert "区商务局" in page
    assert "¥1.50" in page
    console = await enter("visitor")
    landed = await console.get("/console/", follow_redirects=True)
    assert "区商务局" in landed.text
    assert str(landed.url.path) == f"/console/season-bureaus/{placed.bureau.id}"
    assert "¥1.50" in landed.text
    whole = await money.whole(town.services.reader, 1, placed.bureau.id)
    assert [(row.funded, row.spent, row.reserved) for row in whole.campaigns] == [(3_000, 150, 0)]
    at = f"/console/season-bureaus/{placed.bureau.id}/campaigns/{placed.campaign.id}"
    by_merchant = (await console.get(at)).text
    assert "老茶社" in by_merchant
    assert "合计 ¥1.50；总账记载已支出 ¥1.50" in by_merchant
    by_payment = await console.get(f"{at}/merchants/{placed.shop.id}", params={"format": "csv"})
    head, line = by_payment.text.removeprefix("\ufeff").splitlines()
    assert head == "付款,时间,原价（元）,已退款（元）,商户优惠（元）,其中贵单位承担（元）"
    assert line == f"{receipt_number(paid.id)},{when(paid.at)},20.00,0.00,3.00,1.50"
    head, line = (await console.get(at, params={"format": "csv"})).text.removeprefix("\ufeff").splitlines()
    assert (head.split(",")[2], line.split(",")[:5]) == ("用券销售额（元）", ["老茶社", "1", "20.00", "3.00", "1.50"])
    console.cookies.set("canglian_language", "en")
    of_bureau = await console.get(f"/console/season-bureaus/{placed.bureau.id}", params={"format": "csv"})
    head, line = of_bureau.text.removeprefix("\ufeff").splitlines()
    assert head.startswith("Campaign,State,Claims from,Claims until,Share of each discount,Funded (yuan),")
    assert line.split(",")[1:2] + line.split(",")[4:6] == ["Running", "50 %", "30.00"]
    console.cookies.clear()
    operator = await enter("operator")
    effect = (await operator.get(f"/console/season-campaigns/{placed.place.id}/effect")).text
    for words in ("用券销售额", "¥20.00", "各方出资成本", "¥3.00", "老茶社", "无法得知"):
        assert words in effect, words
    operator.cookies.clear()
    console = await enter("visitor")
    for path in ("/console/accounts", "/console/seasons", f"/console/campaigns/{placed.campaign.id}", "/console/find"):
        assert (await console.get(path)).status_code in (403, 405), path


async def test_another_bureau_and_a_stranger_see_nothing_of_it(town: Town, placed: Placed, enter: Enter) -> None:
    await town.do(OpenBureau(name="文旅局", wallets=(placed.wallet.id,), logins=("someone",)))
    other = await town.wallet(await town.person("别人"))
    foreign = await town.do(OpenBureau(name="体育局", wallets=(other.id,), logins=("visitor",)))
    hidden = await town.do(OpenBureau(name="工会", wallets=(placed.wallet.id,), logins=("nobody",)))
    visitor = await enter("visitor")
    assert (await visitor.get(f"/console/season-bureaus/{hidden.id}")).status_code == 404
    assert (await visitor.get(f"/console/season-bureaus/{foreign.id}")).status_code == 200
    at = f"/console/season-bureaus/{foreign.id}/campaigns/{placed.campaign.id}"
    assert (await visitor.get(at)).status_code == 404, "it pays nothing into that campaign"
    for path in ("/console/season-bureaus", "/console/season-notes", f"/console/seasons/{placed.season.id}"):
        assert (await visitor.get(path)).status_code == 403, path


async def test_the_managers_pages_are_there_and_claims_are_paused_on_the_board(
    town: Town, placed: Placed, enter: Enter
) -> None:
    operator = await enter("operator")
    board = f"/console/season-campaigns/{placed.place.id}"
    pages = {
        "/console/seasons": "爱购苏州",
        f"/console/seasons/{placed.season.id}": "春季品茗",
        f"/console/season-themes/{placed.place.theme}": "品茗满减",
        board: "品茗满减",
        f"{board}/effect": "对照组",
        "/console/season-bureaus": "区商务局",
        "/console/season-notes": "风险提示",
        f"/console/season-bureaus/{placed.bureau.id}": "品茗满减",
    }
    for path, words in pages.items():
        page = await operator.get(path)
        assert page.status_code == 200, path
        assert words in page.text, path
    answer = await send(operator, board, action="pause", reason="核查")
    assert answer.status_code == 303, answer.text
    assert (await one(town.services.reader, 1, Campaign, placed.campaign.id)).state.value == "paused"
    assert "领取已暂停" in (await operator.get(board)).text
    typed = {"name": "冬季", "starts_on": "2098-12-01", "ends_on": "2098-12-31", "malls": "guanqian=320508=观前街"}
    opened = await send(operator, "/console/seasons/new", action="open", **typed)
    assert opened.status_code == 303, opened.text
    at = opened.headers["location"]
    theme = {"name": "年货", "summary": "年货节", "starts_on": "2098-12-10", "ends_on": "2098-12-20"}
    assert "观前街" in (await send(operator, at, "/console/pick/mall/malls", _many_malls="1", _find_malls="观前")).text
    chosen = {"_pick_malls": "mall", "_many_malls": "1", "_find_malls": "", "malls": "guanqian"}
    assert (await send(operator, at, action="add-theme", **theme, **chosen)).status_code == 303
    (added,) = await some(town.services.reader, 1, Theme, "season", at.rsplit("/", 1)[1])
    assert added.malls == ("guanqian",)
    assert "年货" in (await operator.get(at)).text


async def test_a_merchant_that_buys_from_itself_is_noted_and_paid_nothing_out_until_somebody_has_looked(
    town: Town, phone: NewPhone, placed: Placed, enter: Enter
) -> None:
    owner = await town.person("茶社老板")
    placed.shop = await town.do(RegisterMerchant(name="老茶社", category="5411", region="320508", party=owner.party.id))
    await town.do(_joins(placed))
    placed.wallet = await town.wallet(owner, funds=80_000)
    for turn in range(5):
        await town.do(_claims(placed))
        await used(town, placed, f"n-{turn}", 15_000 if turn else 5_000)
    await run(town.services, 1)
    await run(town.services, 1)
    (note,) = await some(town.services.reader, 1, SeasonNote, "merchant", placed.shop.id)
    assert ([sign.value for sign in note.signs], note.payments, note.discount, note.holds) == (
        ["own_people", "round_amounts"],
        5,
        1_500,
        True,
    )
    assert (await one(town.services.reader, 1, Merchant, placed.shop.id)).risk.value == "watch"
    at = f"/console/season-notes/{note.id}"
    boss = phone()
    await boss.sign_in(owner.mobile)
    shop, waits = f"/m/shop/{placed.shop.id}", "结算暂缓"
    for path in (shop, f"{shop}/campaigns", f"{shop}/campaigns/{placed.place.id}"):
        assert waits in (await boss.look(path)).text, path
    operator = await enter("operator")
    page = (await operator.get(at)).text
    assert "由有复核权限的人员决定" in page
    assert "您的角色仅可查看" not in page
    assert "¥50.00 的整数倍" in page
    assert at in (await operator.get(f"/console/season-campaigns/{placed.place.id}")).text, "the manager sees it"
    operator.cookies.clear()
    approver = await enter("approver")
    assert "老茶社" in (await approver.get(at)).text
    assert (await send(approver, at, action="clear", reason="员工福利采购")).status_code == 303
    assert (await one(town.services.reader, 1, Merchant, placed.shop.id)).risk.value == "normal"
    assert waits not in (await boss.look(shop)).text
    await run(town.services, 1)
    assert len(await some(town.services.reader, 1, SeasonNote, "merchant", placed.shop.id)) == 1, "not twice"


def _joins(placed: Placed) -> Any:
    return JoinCampaign(place=placed.place.id, merchant=placed.shop.id)


def _claims(placed: Placed) -> Any:
    return ClaimCoupon(offer=placed.offer.id, wallet=placed.wallet.id)


async def test_strangers_and_readers_change_nothing_over_http(
    caller: Callable[..., Awaitable[Caller]], call: Caller, installation: Opened, placed: Placed
) -> None:
    season, place = placed.season.id, placed.place
    listed = ("seasons", "season-themes", "season-campaigns", "season-merchants", "season-bureaus", "season-notes")
    for path in listed:
        assert (await call("GET", f"/v1/{path}")).status_code == 200, path
    days = {"starts_on": "2098-12-01", "ends_on": "2098-12-31"}
    writes: list[tuple[str, Any]] = [
        (f"seasons/{season}/themes", {"name": "年货", "summary": "年货", **days}),
        (f"season-themes/{place.theme}/campaigns", {"campaign": placed.campaign.id}),
        (f"season-campaigns/{place.id}/merchants", {"merchant": "mer_" + "0" * 26}),
        (f"season-campaigns/{place.id}/invitations", {"merchant": "mer_" + "0" * 26}),
    ]
    book = (await installation.open_book("second", "二号支行", actor="test")).id
    stranger, viewer, visitor = await caller(book=book), await caller(role=Role.VIEWER), await caller(role=Role.VISITOR)
    before = (await installation.services.store.state(1)).commands
    for path, body in writes:
        answer = await stranger("POST", f"/v1/{path}", body)
        assert answer.json()["code"].endswith(".not_found"), (path, answer.text)
        for reader in (viewer, visitor):
            assert (await reader("POST", f"/v1/{path}", body)).status_code == 403, path
    for path in (f"seasons/{season}", f"season-campaigns/{place.id}", f"season-bureaus/{placed.bureau.id}"):
        assert (await stranger("GET", f"/v1/{path}")).status_code == 404, path
        assert (await viewer("GET", f"/v1/{path}")).status_code == 200, path
        assert (await visitor("GET", f"/v1/{path}")).status_code == 403, path
    assert (await installation.services.store.state(1)).commands == before


async def test_a_theme_s_malls_are_changed_on_its_page_and_a_season_is_copied_in_two_presses(
    town: Town, placed: Placed, enter: Enter
) -> None:
    console = await enter("operator")
    at = f"/console/season-themes/{placed.place.theme}"
    page = (await console.get(at)).text
    assert 'value="春季品茗"' in page
    whole = await one(town.services.reader, 1, Theme, placed.place.theme)
    days = {"starts_on": whole.starts_on.isoformat(), "ends_on": whole.ends_on.isoformat()}
    form = {"action": "change-theme", "name": "春季品茗", "summary": "茶叶茶社", **days, "districts": ""}
    await send(console, at, **form, malls="shilu", _many_malls="1")
    assert (await one(town.services.reader, 1, Theme, whole.id)).malls == ("shilu",)
    refused = await send(console, at, **form, malls="nowhere", _many_malls="1")
    assert refused.status_code == 422
    await send(console, at, **form, malls="", _many_malls="1")
    assert (await one(town.services.reader, 1, Theme, whole.id)).malls == ()

    copied = await send(console, f"/console/seasons/{placed.season.id}", action="copy", name="来年再会")
    assert copied.status_code == 303
    page = (await console.get(copied.headers["location"])).text
    assert "来年再会" in page
    assert "品茗满减" in page
    theirs = await console.get(f"/console/seasons/{placed.season.id}")
    assert "来年再会" not in theirs.text


async def test_the_dry_run_of_a_copied_campaign_counts_the_merchants_that_are_invited(
    town: Town, placed: Placed
) -> None:
    owner, shopper = await town.person("茶社老板"), await town.person("王建国")
    shop = await town.do(RegisterMerchant(name="老茶社", category="5411", region="320508", party=owner.party.id))
    await town.do(JoinCampaign(place=placed.place.id, merchant=shop.id))
    wallet = await town.wallet(shopper, funds=10_000)
    uses = (SourceUse(item=wallet.id),)
    paid = CreatePayment(merchant=shop.id, number="p-1", subject="茶", amount=2_000, channel="counter", sources=uses)
    await town.do(paid)
    copied = await town.do(CopySeason(season=placed.season.id, name="来年再会"))
    assert copied.invited == 1
    since, until = await days_of(town.services, 1, recent=True)
    found = await estimate(town.services, 1, copied.campaigns[0], since, until)
    assert (found.gaining_payments, found.cost) == (1, 300), "nobody has joined yet; whoever is invited counts"
    assert "invited" in found.assumptions


async def test_campaigns_end_on_their_last_day_and_a_bureau_reads_no_draft_that_nobody_has_paid_for(
    town: Town, phone: NewPhone, placed: Placed, enter: Enter
) -> None:
    last = utc_now().astimezone(SHANGHAI).date() + timedelta(days=4)
    midnight = datetime.combine(last + timedelta(days=1), time(), SHANGHAI)
    start = utc_now() - timedelta(hours=1)
    government = FunderAsked(FunderKind.GOVERNMENT, "区商务局", 10_000, placed.wallet.id)

    def drafted(name: str) -> DraftCampaign:
        return DraftCampaign(
            name=name,
            summary="满 10 减 3",
            starts_at=start,
            ends_at=midnight,
            funders=(government,),
            offers=(off(1_000, 300, name="满 10 减 3"),),
        )

    await town.do(drafted("无人出资"))
    twin = await town.do(drafted("品茗满减"))
    await town.do(AddCampaign(theme=placed.place.theme, campaign=twin.id))
    await town.do(FundCampaign(campaign=twin.id, funder=1, amount=3_000, channel="counter"))
    await town.do(SubmitCampaign(campaign=twin.id))
    await town.do(ApproveCampaign(campaign=twin.id), "user:second")
    console = await enter("visitor")
    at, wording = f"/console/season-bureaus/{placed.bureau.id}", f"{last} 24:00"
    page = (await console.get(at)).text
    assert wording in page
    assert f"品茗满减 {start.astimezone(SHANGHAI).year}" in page, "two bars of one name have their years"
    assert "无人出资" not in page
    exported = (await console.get(at, params={"format": "csv"})).text
    assert wording in exported
    assert "无人出资" not in exported
    console.cookies.clear()
    operator = await enter("operator")
    for path in (f"/console/season-themes/{placed.place.theme}", f"/console/campaigns/{twin.id}"):
        assert wording in (await operator.get(path)).text, path
    owner = await town.person("茶社老板")
    shop = await town.do(RegisterMerchant(name="老茶社", category="5411", region="320508", party=owner.party.id))
    boss = phone()
    await boss.sign_in(owner.mobile)
    assert wording in (await boss.look(f"/m/shop/{shop.id}/campaigns")).text


async def test_the_board_of_a_settled_campaign_says_how_far_it_went_and_offers_nothing_more(
    town: Town, placed: Placed, enter: Enter
) -> None:
    operator = await enter("operator")
    board = f"/console/season-campaigns/{placed.place.id}"
    page = (await operator.get(board)).text
    assert "邀请商户" in page
    assert 'id="forecast"' in page
    await town.do(EndCampaign(campaign=placed.campaign.id, reason="提前结束"))
    await town.do(SettleCampaign(campaign=placed.campaign.id))
    page = (await operator.get(board)).text
    assert 'id="forecast"' not in page
    assert 'id="pause"' not in page
    assert "邀请商户" not in page
    assert "暂无数据" not in page
    assert "未支出的资金归各出资方所有" in page
    whole = await campaigns.whole(town.services.reader, 1, placed.campaign.id)
    of_funders = [bound for bound in whole.bounds if bound.kind is BoundKind.FUNDER]
    assert [(bound.most, bound.taken, bound.left) for bound in of_funders] == [(0, 0, 0)] * 2, "nothing was used up"
