"""A flash sale opens and closes by the book's clock, gives out its stock exactly, and counts each person once."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from canglian.bank.approval import Book
from canglian.bank.party import Party, PartyRole, RoleName
from canglian.bank.party.commands import AddRole
from canglian.bank.reward import (
    Campaign,
    CampaignOffer,
    CampaignState,
    Coupon,
    FunderKind,
    OfferClaims,
    OfferKind,
    Tier,
)
from canglian.bank.reward.bounds.model import Bounds, Cap, CapKind, OfferCapCount
from canglian.bank.reward.campaigns.commands.values import FunderAsked, OfferAsked
from canglian.bank.reward.commands import ClaimCoupon, VoidCoupon
from canglian.bank.reward.coupons.queries import CouponFilter
from canglian.bank.reward.coupons.queries import coupons as coupons_of
from canglian.bank.wallet.commands import ReportLoss
from canglian.kernel import Engine
from canglian.kernel.postgres.store import PostgresStore
from canglian.kernel.queries.entities import one
from canglian.kernel.queries.paging import Order
from canglian.kernel.values import SHANGHAI, utc_now
from canglian.ledger import AUDITED
from tests.bank.reward.seasons import Season, off
from tests.bank.reward.test_faces import running
from tests.bank.wallet.mobile.conftest import configuration, town
from tests.bank.wallet.mobile.town import Town

__all__ = ["configuration", "town"]

TICK = timedelta(microseconds=1)
BANK = (FunderAsked(FunderKind.BANK, "本行", 10_000),)


async def test_a_flash_sale_opens_and_closes_by_the_clock_of_the_book(season: Season) -> None:
    opens = season.now + timedelta(hours=1)
    closes = opens + timedelta(minutes=10)
    campaign = await season.approved(off(bounds=Bounds(opens_at=opens, closes_at=closes)))
    people = [await season.ewallet(serial) for serial in (1, 2, 3)]
    season.now = opens - TICK
    code, fields = await season.refused(await season.claims(campaign, people[0]))
    assert (code, datetime.fromisoformat(fields["opens_at"])) == ("campaign_offer.not_open", opens)
    assert (await season.offer(campaign)).taken == 0
    season.now = opens
    await season.claimed(campaign, people[0])
    season.now = closes - TICK
    await season.claimed(campaign, people[1])
    season.now = closes
    assert (await season.refused(await season.claims(campaign, people[2])))[0] == "campaign_offer.closed"
    assert (await season.offer(campaign)).taken == 2


async def test_a_claim_that_came_too_early_is_free_to_come_again_under_its_key(season: Season) -> None:
    opens = season.now + timedelta(hours=1)
    campaign = await season.approved(off(bounds=Bounds(opens_at=opens)))
    claim = await season.claims(campaign, await season.ewallet(1))

    async def ask() -> Any:
        return await season.engine.submit(1, claim, actor="person", key="one-claim")

    for _ in range(3):
        outcome = await ask()
        assert outcome.error is not None
        assert outcome.error.code == "campaign_offer.not_open"
    season.now = opens
    coupon = (await ask()).unwrap()
    again = await ask()
    assert again.replayed
    assert again.unwrap() == coupon
    assert len(await season.rows(Coupon)) == 1


async def test_a_refusal_for_another_reason_keeps_its_key(season: Season) -> None:
    campaign = await season.approved(off(stock=1))
    people = [await season.ewallet(serial) for serial in (1, 2)]
    coupon = await season.claimed(campaign, people[0])
    claim = await season.claims(campaign, people[1])
    first = await season.engine.submit(1, claim, actor="person", key="late")
    await season.do(VoidCoupon(coupon=coupon.id, reason="测试"))
    second = await season.engine.submit(1, claim, actor="person", key="late")
    assert first.error is not None
    assert second.error is not None
    assert (first.error.code, second.error.code) == ("campaign_offer.none_left", "campaign_offer.none_left")
    assert (first.replayed, second.replayed) == (False, True)


async def test_what_is_sold_out_says_so_whoever_asks(season: Season) -> None:
    campaign = await season.approved(off(stock=2))
    people = [await season.ewallet(serial) for serial in (1, 2, 3)]
    for person in people[:2]:
        await season.claimed(campaign, person)
    assert (await season.get(Campaign, campaign.id)).state is CampaignState.EXHAUSTED
    assert (await season.refused(await season.claims(campaign, people[2])))[0] == "campaign_offer.none_left"
    nobody = ClaimCoupon(offer=(await season.offer(campaign)).id, wallet="wal_" + "0" * 26)
    assert (await season.refused(nobody))[0] == "campaign_offer.none_left"


async def test_a_wallet_that_is_reported_lost_claims_nothing(season: Season) -> None:
    campaign = await season.approved(off())
    person = await season.ewallet(1)
    await season.do(ReportLoss(wallet=person.id, reason="手机遗失"))
    assert (await season.refused(await season.claims(campaign, person)))[0] == "wallet.lost"


async def test_a_day_ends_at_midnight_in_shanghai(season: Season) -> None:
    midnight = datetime.combine(
        season.now.astimezone(SHANGHAI).date() + timedelta(days=1), datetime.min.time(), SHANGHAI
    )
    end = midnight + timedelta(days=1)
    campaign = await season.approved(off(per_day=1), starts_at=season.now, ends_at=end, day_budget=2_500)
    people = [await season.ewallet(serial) for serial in (1, 2, 3, 4)]
    season.now = (midnight - TICK).astimezone(UTC)
    await season.claimed(campaign, people[0])
    assert (await season.refused(await season.claims(campaign, people[1])))[0] == "campaign_offer.none_today"
    season.now = midnight.astimezone(UTC)
    await season.claimed(campaign, people[1])
    season.now = (end - TICK).astimezone(UTC)
    assert (await season.refused(await season.claims(campaign, people[2])))[0] == "campaign_offer.none_today"
    season.now = end.astimezone(UTC)
    assert (await season.refused(await season.claims(campaign, people[2])))[0] == "campaign.over"


async def test_one_person_with_thirty_phones_gets_one(season: Season) -> None:
    campaign = await season.approved(off(stock=30), funds=(50_000, 30_000, 20_000))
    first = await season.ewallet(1)
    second = await season.ecny(2, party=await season.get(Party, first.party))
    offer = (await season.offer(campaign)).id
    claims = [
        ClaimCoupon(offer=offer, wallet=wallet.id, device=f"{phone:032x}")
        for phone, wallet in enumerate([first, second] * 15)
    ]
    outcomes = await asyncio.gather(
        *(season.engine.submit(1, claim, actor="person", key=f"p-{turn}") for turn, claim in enumerate(claims))
    )
    refused = [outcome.error.code for outcome in outcomes if outcome.error is not None]
    assert refused == ["coupon.per_person"] * 29
    assert (await season.get(OfferClaims, (offer, first.party))).claimed == 1


async def test_thirty_persons_on_one_device_are_stopped_by_its_cap(season: Season) -> None:
    bounds = Bounds(caps=(Cap(CapKind.DEVICE, 3),))
    campaign = await season.approved(off(stock=30, bounds=bounds))
    people = [await season.ewallet(serial) for serial in range(1, 31)]
    offer, device = (await season.offer(campaign)).id, "d" * 32
    outcomes = await asyncio.gather(
        *(
            season.engine.submit(1, ClaimCoupon(offer=offer, wallet=person.id, device=device), actor="person")
            for person in people
        )
    )
    refused = [outcome.error for outcome in outcomes if outcome.error is not None]
    assert [(error.code, error.fields["cap"], error.fields["most"]) for error in refused] == [
        ("coupon.cap", "device", 3)
    ] * 27
    assert len(await season.rows(Coupon)) == 3
    assert (await season.get(OfferCapCount, (offer, "device", device))).claimed == 3
    unknown = ClaimCoupon(offer=offer, wallet=people[-1].id)
    code, fields = await season.refused(unknown)
    assert (code, fields["cap"]) == ("coupon.cap_unknown", "device")


async def test_each_kind_of_cap_counts_for_whom_it_is_about(season: Season) -> None:
    people = [await season.ewallet(serial) for serial in (1, 2, 3)]
    for person in people[:2]:
        await season.do(AddRole(party=person.party, role=RoleName.HOUSEHOLD_MEMBER, within="hh-1"))
    with_phone = await season.approved(off(bounds=Bounds(caps=(Cap(CapKind.PHONE, 1),))), funders=BANK, funds=(50_000,))
    code, fields = await season.refused(await season.claims(with_phone, people[0]))
    assert (code, fields["cap"]) == ("coupon.cap_unknown", "phone")
    bounds = Bounds(caps=tuple(Cap(kind, 1) for kind in CapKind if kind is not CapKind.PHONE))
    campaign = await season.approved(off(bounds=bounds), funders=BANK, funds=(50_000,))
    offer = (await season.offer(campaign)).id

    def claim(person: Any, device: str) -> ClaimCoupon:
        return ClaimCoupon(offer=offer, wallet=person.id, device=device * 32)

    await season.do(claim(people[0], "a"))
    party = await season.get(Party, people[0].party)
    counts = {count.kind: count.holder for count in await season.rows(OfferCapCount)}
    assert counts == {
        "id_number": party.number_index,
        "card": people[0].deposit,
        "device": "a" * 32,
        "household": "hh-1",
    }
    code, fields = await season.refused(claim(people[1], "b"))
    assert (code, fields["cap"]) == ("coupon.cap", "household")
    code, fields = await season.refused(claim(people[2], "a"))
    assert (code, fields["cap"]) == ("coupon.cap", "device")
    await season.do(claim(people[2], "c"))
    (role,) = await season.rows(PartyRole, party=people[0].party)
    assert role.within == "hh-1"


async def test_a_coupon_that_ended_without_a_use_gives_its_places_back_where_its_offer_says_so(season: Season) -> None:
    for again in (False, True):
        bounds = Bounds(caps=(Cap(CapKind.DEVICE, 1),), again=again)
        campaign = await season.approved(off(per_day=1, bounds=bounds), day_budget=2_500, funders=BANK, funds=(50_000,))
        person = await season.ewallet(10 + again)
        claim = ClaimCoupon(offer=(await season.offer(campaign)).id, wallet=person.id, device="a" * 32)
        coupon = await season.do(claim)
        await season.do(VoidCoupon(coupon=coupon.id, reason="测试"))
        if again:
            await season.do(claim)
        else:
            assert (await season.refused(claim))[0] == "campaign_offer.none_today"
        await season.explain(campaign)


async def test_a_percentage_above_all_of_the_price_is_refused(season: Season) -> None:
    for tiers, kind in (
        ((Tier(0, 1_000, 50_000),), OfferKind.PERCENT),
        ((Tier(0, 1_000, 10_001),), OfferKind.PERCENT),
        ((Tier(0, 1_000, 0),), OfferKind.PERCENT),
        ((Tier(1_000, 1_001),), OfferKind.SPEND_AND_SAVE),
    ):
        asked = await season.drafting(OfferAsked(kind=kind, name="满减", tiers=tiers, stock=1), funders=BANK)
        assert (await season.refused(asked))[0] == "campaign_offer.tiers"
    assert await season.rows(Campaign) == []


async def test_caps_and_windows_that_contradict_themselves_are_refused(season: Season) -> None:
    start = season.now
    for bounds, expected in (
        (Bounds(caps=(Cap(CapKind.DEVICE, 1), Cap(CapKind.DEVICE, 2))), "campaign_offer.caps"),
        (Bounds(opens_at=start + timedelta(days=10)), "campaign_offer.window"),
        (Bounds(opens_at=start - timedelta(days=1)), "campaign_offer.window"),
        (Bounds(opens_at=start + timedelta(hours=2), closes_at=start + timedelta(hours=2)), "campaign_offer.window"),
        (Bounds(closes_at=start + timedelta(days=11)), "campaign_offer.window"),
    ):
        assert (await season.refused(await season.drafting(off(bounds=bounds), funders=BANK)))[0] == expected
    assert await season.rows(CampaignOffer) == []


async def test_the_budget_of_a_day_is_kept_by_all_offers_of_a_campaign(season: Season) -> None:
    campaign = await season.approved(off(), off(5_000, 1_000, name="满五十减十"), day_budget=4_000)
    people = [await season.ewallet(serial) for serial in (1, 2, 3)]
    await season.claimed(campaign, people[0], 0)
    await season.claimed(campaign, people[0], 1)
    code, _ = await season.refused(await season.claims(campaign, people[1], 1))
    assert code == "campaign.day_budget"
    assert (await season.get(Campaign, campaign.id)).day_reserved == 3_500
    season.now += timedelta(days=1)
    await season.claimed(campaign, people[1], 1)
    assert (await season.get(Campaign, campaign.id)).day_reserved == 1_000


async def test_what_coupons_take_off_at_a_store_keeps_to_its_budget(season: Season) -> None:
    campaign = await season.approved(off(per_person=5), store_budget=4_000)
    person = await season.ewallet(1, 100_000)
    shop, other = await season.shop(), await season.shop(name="新城粮油店")
    coupons = [await season.claimed(campaign, person) for _ in range(3)]
    paid = await season.used(shop, 12_000, coupons[0], person)
    order = await season.order(shop, 12_000)
    code, fields = await season.refused(season.uses(order, coupons[1], person))
    assert (code, fields["left"]) == ("campaign.store_budget", 1_500)
    await season.used(other, 12_000, coupons[1], person)
    await season.refund(paid, 12_000)
    await season.do(season.uses(order, coupons[2], person))
    await season.explain(campaign)


async def test_claims_of_the_last_coupons_by_two_servers_at_once_give_each_out_once(town: Town) -> None:
    _, offer = await running(town, stock=5)
    wallets = [await town.wallet(await town.person()) for _ in range(12)]
    url = town.services.settings.database_url
    store = await PostgresStore.open(url or "")
    other = Engine(store, Book, audited=AUDITED)
    engines = (town.services.engine, other)
    outcomes = await asyncio.gather(
        *(
            engine.submit(1, ClaimCoupon(offer=offer.id, wallet=wallet.id), actor="person", key=f"{turn}-{number}")
            for number, wallet in enumerate(wallets)
            for turn, engine in enumerate(engines * 3)
        )
    )
    await other.stop()
    await store.close()
    won = [outcome for outcome in outcomes if outcome.error is None]
    codes = {outcome.error.code for outcome in outcomes if outcome.error is not None}
    assert len(won) == 5
    assert codes <= {"campaign_offer.none_left", "coupon.per_person"}
    page = await coupons_of(town.services.reader, 1, CouponFilter(offer=offer.id), Order())
    coupons = page.items
    assert len({coupon.party for coupon in coupons}) == len(coupons) == 5
    assert (await one(town.services.reader, 1, CampaignOffer, offer.id)).taken == 5
    assert utc_now() < coupons[0].expires_at
