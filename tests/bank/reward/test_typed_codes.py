"""Codes that somebody shows are not found by trying: of a prize, of a benefit, on a phone and through the API."""

import asyncio

import pytest

from canglian.bank.payment import Merchant
from canglian.bank.payment.commands import RegisterMerchant
from canglian.bank.reward import Coupon, CouponState
from canglian.bank.reward.benefits.queries import code_of as benefit_code
from canglian.bank.reward.commands import CountTypedCode
from canglian.bank.reward.draws.service import code_of, proves
from canglian.bank.reward.typed_codes.commands import EVERY, WRONG_BURST
from canglian.bank.reward.typed_codes.model import TypedCodes
from canglian.kernel.errors import Busy
from canglian.kernel.queries.entities import one
from tests.bank.reward.seasons import Season
from tests.bank.reward.test_redeeming import claimed
from tests.bank.wallet.mobile.conftest import NewPhone, configuration, phone, town
from tests.bank.wallet.mobile.town import Town
from tests.conftest import Caller

__all__ = ["configuration", "phone", "town"]

WIN, OTHER = "win_" + "1" * 26, "win_" + "2" * 26


async def test_the_code_of_a_prize_is_typed_wrongly_so_often_only(town: Town) -> None:
    services = town.services
    right = code_of(services.keyring, WIN)
    for wrong in range(WRONG_BURST):
        assert await proves(services, 1, WIN, right, "teller"), "the right one costs nothing"
        assert not await proves(services, 1, WIN, f"{(int(right) + 1 + wrong) % 10**8:08d}", "teller")
    services.memory.clear()  # as a restart does
    with pytest.raises(Busy, match=r"typed_code\.often"):
        await proves(services, 1, WIN, right, "teller")
    assert await proves(services, 1, OTHER, code_of(services.keyring, OTHER), "teller")
    assert (await one(services.reader, 1, TypedCodes, WIN)).wrong == WRONG_BURST


async def test_of_codes_typed_at_once_no_more_are_looked_at_than_one_after_the_other(town: Town) -> None:
    services = town.services
    right = code_of(services.keyring, WIN)
    typed = [f"{(int(right) + 1 + wrong) % 10**8:08d}" for wrong in range(3 * WRONG_BURST)]
    asked = (proves(services, 1, WIN, code, "teller") for code in typed)
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert sum(answer is False for answer in answers) == WRONG_BURST
    assert sum(isinstance(answer, Busy) for answer in answers) == 2 * WRONG_BURST


async def test_a_wrong_code_is_forgotten_after_a_minute(season: Season) -> None:
    wrong, right = CountTypedCode(of=WIN, right=False), CountTypedCode(of=WIN, right=True)
    assert [await season.do(wrong) for _ in range(WRONG_BURST + 1)] == [0] * WRONG_BURST + [60]
    season.now += EVERY / 2
    assert await season.do(right) == 30
    season.now += EVERY / 2
    assert [await season.do(asked) for asked in (right, wrong, right)] == [0, 0, 60]
    season.now += 2 * WRONG_BURST * EVERY
    assert [await season.do(wrong) for _ in range(WRONG_BURST + 1)] == [0] * WRONG_BURST + [60]


async def test_programs_try_no_codes_of_prizes_or_benefits(call: Caller, town: Town) -> None:
    shop: Merchant = await town.do(
        RegisterMerchant(name="洁净洗车", category="7542", region="330106", party=(await town.person()).party.id)
    )
    coupon = await claimed(town)
    right = await benefit_code(town.services.reader, 1, coupon.id)
    asked = (
        (f"/v1/draw-wins/{WIN}/handover", {"code": "00000000"}, {"code": "00000001"}),
        ("/v1/coupons/redemptions", {"code": "0" * 12, "merchant": shop.id}, {"code": right, "merchant": shop.id}),
    )
    for path, wrong, then in asked:
        for _ in range(WRONG_BURST):
            assert (await call("POST", path, wrong)).status_code in (404, 422), path
        answer = await call("POST", path, then)
        assert (answer.status_code, answer.json()["code"]) == (429, "typed_code.often"), path
        assert int(answer.headers["retry-after"]) >= 1
    assert (await one(town.services.reader, 1, Coupon, coupon.id)).state is CouponState.CLAIMED


async def test_a_merchants_people_try_no_codes_and_keep_no_other_merchant_out(town: Town, phone: NewPhone) -> None:
    owner, other = await town.person(), await town.person("李红", "13800138072")
    first, second = [
        await town.do(RegisterMerchant(name=name, category="7542", region="330106", party=somebody.party.id))
        for name, somebody in (("洁净洗车", owner), ("别家洗车", other))
    ]
    coupon = await claimed(town)
    right = await benefit_code(town.services.reader, 1, coupon.id) or ""
    guessing, honest = phone(), phone()
    await guessing.sign_in(owner.mobile)
    at = f"/m/shop/{first.id}/benefits"
    await guessing.look(at)
    for wrong in range(WRONG_BURST):
        assert "没有" in (await guessing.send(at, code=f"{wrong:012d}")).text
    before = await town.commands()
    assert "错误的码太多" in (await guessing.send(at, code=right, sure="1")).text
    assert await town.commands() == before
    await honest.sign_in(other.mobile)
    at = f"/m/shop/{second.id}/benefits"
    await honest.look(at)
    assert "已核销" in (await honest.send(at, code=right, sure="1")).text
    assert (await one(town.services.reader, 1, Coupon, coupon.id)).state is CouponState.USED
