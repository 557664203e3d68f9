"""The coupons that take most off an order of a person, as their checkout offers them, and what is said of each."""

from collections.abc import Sequence
from datetime import datetime

from canglian.bank.payment import Merchant, PaymentOrder
from canglian.bank.payment.discounts import Discount, Kept, LeftOut
from canglian.bank.reward.bounds.budgets import store_of
from canglian.bank.reward.bounds.queries import spent_at
from canglian.bank.reward.campaigns import queries as campaigns
from canglian.bank.reward.coupons import queries
from canglian.bank.reward.coupons.source import KIND, back_of
from canglian.bank.reward.coupons.weighing import Weighed, weigh
from canglian.bank.reward.points.deduction.checkout import taken_off
from canglian.bank.reward.quotes import queries as quotes
from canglian.bank.reward.quotes.commands import QuoteCoupons
from canglian.bank.reward.quotes.model import QuoteState
from canglian.bank.wallet.mobile.owning import own_wallets
from canglian.bank.wallet.service import WalletService
from canglian.kernel.errors import Rejection
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.values import SHANGHAI, utc_now
from canglian.web.mobile import Person
from canglian.web.services import Services


async def _wallets(services: Services, person: Person) -> list[str]:
    return [wallet.id for wallet in await own_wallets(services, person)]


async def _weighed(
    services: Services, person: Person, wallets: Sequence[str], order: PaymentOrder, merchant: Merchant
) -> Weighed:
    reader, book, now = services.reader, person.book, utc_now()
    owned = await queries.usable(reader, book, wallets, now, order.id)
    bounded = {campaign.id: campaign.store_budget for _, _, campaign in owned if campaign.store_budget is not None}
    spent = await spent_at(reader, book, bounded, store_of(order)) if bounded else {}
    rooms = {identity: max(0, most - spent.get(identity, 0)) for identity, most in bounded.items()}
    return weigh(owned, order, merchant, now, rooms)


async def best_for(services: Services, person: Person, order: PaymentOrder, merchant: Merchant) -> list[Discount]:
    """The coupons of this person that together take most off an order, and what their points take off after them."""
    found = await _weighed(services, person, await _wallets(services, person), order, merchant)
    coupons = [
        Discount(KIND, taken.coupon.id, taken.offer.name, taken.campaign.asset, taken.amount, taken.coupon.wallet)
        for taken in found.taken
    ]
    return [*coupons, *await taken_off(services, person, order, merchant, sum(off.amount for off in coupons))]


async def left_out_of(services: Services, person: Person, order: PaymentOrder, merchant: Merchant) -> list[LeftOut]:
    """The coupons of this person that an order does not take, and why."""
    wallets = await _wallets(services, person)
    found = await _weighed(services, person, wallets, order, merchant)
    kept = await quotes.kept(services.reader, person.book, wallets, utc_now())
    return [
        *(LeftOut(out.offer.name, out.why) for out in found.left),
        *(
            LeftOut(each.name, Rejection("coupon.kept", until=f"{each.until.astimezone(SHANGHAI):%H:%M}"))
            for each in kept
            if each.order != order.id
        ),
    ]


async def keep(service: WalletService, order: PaymentOrder, used: Sequence[tuple[str, str]]) -> Kept:
    """Quote coupons for an order, so that they are kept for it."""
    wallets = tuple(dict.fromkeys(wallet for wallet, _ in used))
    asked = QuoteCoupons(order=order.id, wallets=wallets, only=tuple(item for _, item in used))
    quote = (await service.submit(asked)).unwrap()
    return Kept(quote.id, quote.expires_at)


async def refuse_over(reader: Reader, book: int, identity: str, now: datetime) -> None:
    """Rejects ``coupon_quote.expired`` where a quote does not hold any more."""
    quote = await quotes.quote(reader, book, identity)
    if quote.state is QuoteState.EXPIRED or (quote.state is QuoteState.OPEN and quote.expires_at <= now):
        raise Rejection("coupon_quote.expired", coupon_quote=quote.id, expires_at=quote.expires_at.isoformat())


async def name_of(reader: Reader, book: int, identity: str) -> str:
    """What a coupon is called."""
    coupon = await queries.coupon(reader, book, identity)
    return (await campaigns.offer(reader, book, coupon.offer)).name


async def wallet_of(reader: Reader, book: int, identity: str) -> str:
    """The wallet whose PIN agrees to using a coupon."""
    return (await queries.coupon(reader, book, identity)).wallet


async def terms_of(reader: Reader, book: int, identity: str) -> str:
    """The message id that says what a refund makes of a coupon."""
    coupon = await queries.coupon(reader, book, identity)
    return f"refund_policy.{(await campaigns.offer(reader, book, coupon.offer)).refund.value}"


async def funders_of(reader: Reader, book: int, identity: str, amount: int) -> list[tuple[str, int]]:
    """Which funder would get back how much, where so much of what a coupon took off is given back."""
    coupon = await queries.coupon(reader, book, identity)
    campaign = await campaigns.campaign(reader, book, coupon.campaign)
    parts = zip(campaign.funders, back_of(campaign, coupon, amount), strict=True)
    return [(funder.name, part) for funder, part in parts if part]
