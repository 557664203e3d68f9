"""Campaigns and coupons in the search, and on the filters of lists: found by what people know, no id is typed."""

from canglian.app.opening import Opened
from canglian.bank.reward import Coupon
from canglian.bank.reward.coupons.commands import ClaimCoupon
from canglian.kernel.receipts import receipt_number
from tests.bank.reward.test_faces import running
from tests.bank.wallet.mobile.conftest import configuration, town
from tests.bank.wallet.mobile.town import Town
from tests.web.conftest import enter
from tests.web.entering import Enter, find, send

__all__ = ["configuration", "enter", "town"]


async def claimed(town: Town) -> Coupon:
    """A coupon of a campaign that runs."""
    _, offer = await running(town)
    wallet = await town.wallet(await town.person(), "wallet.ecny2")
    return await town.do(ClaimCoupon(offer=offer.id, wallet=wallet.id))


async def test_a_campaign_is_found_by_a_part_of_its_name_and_a_coupon_by_its_number(town: Town, enter: Enter) -> None:
    coupon = await claimed(town)
    client = await enter("viewer")
    found = await find(client, "季品茗")
    assert found.headers["location"] == f"/console/campaigns/{coupon.campaign}"
    assert (await find(client, "季品酒")).status_code == 200
    found = await find(client, receipt_number(coupon.id))
    assert found.headers["location"] == f"/console/coupons/{coupon.id}"


async def test_coupons_are_narrowed_by_what_is_chosen_and_links_alone_name_ids(
    town: Town, enter: Enter, installation: Opened
) -> None:
    coupon = await claimed(town)
    client = await enter("viewer")
    page = (await client.get("/console/coupons")).text
    assert 'data-chip="offer"' not in page
    assert 'name="_find_campaign"' in page
    answer = await send(
        client,
        "/console/coupons",
        "/console/filter",
        _at="/console/coupons",
        _pick_campaign="campaign",
        _find_campaign="品茗",
    )
    assert coupon.id in (await client.get(answer.headers["location"])).text
    linked = (await client.get("/console/coupons?offer=cof_01m8mfq0000000000000abcdef")).text
    assert "…abcdef" in linked
    assert coupon.id not in linked
