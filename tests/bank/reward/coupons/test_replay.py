"""On PostgreSQL, warm and cold: a life with quoted coupons is stored, its chain holds, and its log leads to it."""

from datetime import timedelta
from typing import Any

import pytest

from canglian.bank.approval import Book
from canglian.bank.payment.commands import AuthoriseOrder, CancelPayment, CloseOrder, ExpireOrder, PayOrder, TakePayment
from canglian.bank.reward import Coupon, CouponQuote, CouponState, FunderKind, QuoteState, RefundPolicy
from canglian.bank.reward.campaigns.commands.values import FunderAsked
from canglian.bank.reward.commands import (
    EndCampaign,
    ExpireCouponQuotes,
    ExpireCoupons,
    PayBackFunder,
    SettleCampaign,
)
from canglian.bank.wallet.commands import ShowCode
from canglian.bank.wallet.model import CodeKind
from canglian.kernel import Engine
from canglian.kernel.auditing import replay, verify
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.postgres.store import PostgresStore
from canglian.kernel.queries.entities import one
from canglian.kernel.shape import quoted, shape
from canglian.ledger import AUDITED
from tests.bank.reward.coupons.test_quotes import paying, percent, quoting
from tests.bank.reward.seasons import Season, off

BANK = (FunderAsked(FunderKind.BANK, "本行", 10_000),)


class Stored(Season):
    """A season on a database, with the book that an installation has."""

    def _engine(self) -> Engine:
        return Engine(self.store, Book, audited=AUDITED, clock=lambda: self.now)

    async def rows(self, kind: Any, **fields: Any) -> list[Any]:
        form, reader = shape(kind), Reader(self.store.pool)
        found = await reader.rows(f"SELECT {', '.join(form.names)} FROM {quoted(form.table)} WHERE book = $1", 1)
        rows = [form.make(row) for row in map(tuple, found)]
        return [row for row in rows if all(getattr(row, name) == value for name, value in fields.items())]


@pytest.mark.parametrize("cache", [500_000, 2])
async def test_a_life_with_quoted_coupons_replays(database: str, cache: int) -> None:
    store = await PostgresStore.open(database)
    season = Stored(store)
    season.engine._limits["cache_max"] = cache  # pyright: ignore[reportPrivateUsage]
    await season.open()
    offers = (
        off(1_000, 300, stacks=True, per_person=3, refund=RefundPolicy.REQUALIFY),
        percent(1_000, rank=2, per_person=3, valid_days=1),
    )
    campaign = await season.approved(*offers, funders=BANK, funds=(1_000_000,))
    person, shop = await season.ewallet(1, 90_000), await season.shop()
    coupons = [await season.claimed(campaign, person, place) for place in (0, 1)]

    order = await season.order(shop, 5_000)
    quote = await season.do(quoting(order, person))
    assert len(quote.taken) == 2
    await season.do(CloseOrder(order=order.id, reason="不要了"))
    late = await season.order(shop, 5_000, minutes=5)
    quote = await season.do(quoting(late, person))
    season.now = late.expires_at
    await season.do(ExpireOrder(order=late.id))
    quote = await season.do(quoting(await season.order(shop, 5_000), person))
    season.now = quote.expires_at
    assert await season.do(ExpireCouponQuotes(quotes=(quote.id,))) == 1

    order = await season.order(shop, 5_000)
    quote = await season.do(quoting(order, person))
    held = await season.do(_authorising(paying(order, quote, person)))
    await season.do(CancelPayment(payment=held.id, reason="不要了"))
    reader = Reader(store.pool)
    assert [(await one(reader, 1, Coupon, coupon.id)).state for coupon in coupons] == [CouponState.CLAIMED] * 2

    order = await season.order(shop, 5_000)
    quote = await season.do(quoting(order, person))
    paid = await season.do(paying(order, quote, person))
    assert (await one(reader, 1, CouponQuote, quote.id)).state is QuoteState.USED
    await season.refund(paid, 4_500, "r-1")

    await season.claimed(campaign, person, 0)
    await season.do(ShowCode(wallet=person.id, code_kind=CodeKind.PAY, code_digest="a" * 32, channel="mobile", pin=1))
    scanned = await season.do(
        TakePayment(order=(await season.order(shop, 2_000)).id, code_digest="a" * 32, channel="counter")
    )
    assert [line.source for line in await season.lines(scanned)] == ["coupon", "wallet"]

    await season.do(EndCampaign(campaign=campaign.id, reason="提前结束"))
    season.now += timedelta(days=11)
    left = [coupon.id for coupon in await season.rows(Coupon) if coupon.reserving]
    if left:
        await season.do(ExpireCoupons(coupons=tuple(left)))
    await season.do(SettleCampaign(campaign=campaign.id))
    await season.do(PayBackFunder(campaign=campaign.id, funder=1, channel="counter"))
    await season.refund(scanned, 2_000, "r-2")
    await season.refund(paid, 500, "r-3")
    await season.explain(campaign)
    ((unreserved, reserved, spent, returned),) = await season.funders(campaign)
    assert (unreserved, reserved, spent) == (0, 0, 0)
    assert returned > 0
    await season.engine.stop()

    assert (await verify(Reader(store.pool), 1, AUDITED)).broken is None
    replayed = await replay(store, 1, Book)
    await store.close()
    assert replayed.differences == []
    assert replayed.rows["coupon_quote"] == 5


def _authorising(asked: object) -> AuthoriseOrder:
    assert isinstance(asked, PayOrder)
    return AuthoriseOrder(order=asked.order, sources=asked.sources, channel="mobile")
