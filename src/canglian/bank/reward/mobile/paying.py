"""The coupons that take most off an order of a person, as their checkout offers them."""

from canglian.bank.payment import Merchant, PaymentOrder
from canglian.bank.payment.discounts import Discount
from canglian.bank.payment.from_purpose import payee_of
from canglian.bank.reward import offers, stacking
from canglian.bank.reward.campaigns import queries as campaigns
from canglian.bank.reward.coupons import queries
from canglian.bank.reward.coupons.source import KIND, candidate_of
from canglian.bank.wallet.mobile.owning import own_wallets
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.values import utc_now
from canglian.web.mobile import Person
from canglian.web.services import Services


async def best_for(services: Services, person: Person, order: PaymentOrder, merchant: Merchant) -> list[Discount]:
    """The coupons of this person that together take most off an order."""
    reader, book, now = services.reader, person.book, utc_now()
    wallets = [wallet.id for wallet in await own_wallets(services, person)]
    payee = payee_of(merchant, order)
    taken = {
        coupon.id: (coupon, offer, campaign)
        for coupon, offer, campaign in await queries.usable(reader, book, wallets, now)
        if campaign.asset in merchant.accounts and offers.refused(offer.audience, payee, now) is None
    }
    candidates = [candidate_of(coupon, offer) for coupon, offer, _ in taken.values()]
    discounts: list[Discount] = []
    for candidate, off in stacking.best(order.payable, candidates).used:
        coupon, offer, campaign = taken[candidate.id]
        discounts.append(Discount(KIND, coupon.id, offer.name, campaign.asset, off, coupon.wallet))
    return discounts


async def name_of(reader: Reader, book: int, identity: str) -> str:
    """What a coupon is called."""
    coupon = await queries.coupon(reader, book, identity)
    return (await campaigns.offer(reader, book, coupon.offer)).name


async def wallet_of(reader: Reader, book: int, identity: str) -> str:
    """The wallet whose PIN agrees to using a coupon."""
    return (await queries.coupon(reader, book, identity)).wallet
