"""The coupon that takes most off an order of a person, as their checkout offers it."""

from canglian.bank.payment import Merchant, PaymentOrder
from canglian.bank.payment.discounts import Discount
from canglian.bank.payment.from_purpose import payee_of
from canglian.bank.reward import offers
from canglian.bank.reward.campaigns import queries as campaigns
from canglian.bank.reward.coupons import queries
from canglian.bank.reward.coupons.source import KIND
from canglian.bank.wallet.mobile.owning import own_wallets
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.values import utc_now
from canglian.web.mobile import Person
from canglian.web.services import Services


async def best_for(services: Services, person: Person, order: PaymentOrder, merchant: Merchant) -> list[Discount]:
    """The coupon of this person that takes most off an order; of equal ones the one that expires first."""
    reader, book, now = services.reader, person.book, utc_now()
    wallets = [wallet.id for wallet in await own_wallets(services, person)]
    payee, found = payee_of(merchant, order), list[Discount]()
    for coupon, offer, campaign in await queries.usable(reader, book, wallets, now):
        taken = campaign.asset in merchant.accounts and offers.refused(offer.audience, payee, now) is None
        off = offers.discount(offer.tiers, order.payable) if taken else 0
        if off:
            found.append(Discount(KIND, coupon.id, offer.name, campaign.asset, off, coupon.wallet))
    return [max(found, key=lambda discount: discount.amount)] if found else []


async def name_of(reader: Reader, book: int, identity: str) -> str:
    """What a coupon is called."""
    coupon = await queries.coupon(reader, book, identity)
    return (await campaigns.offer(reader, book, coupon.offer)).name


async def wallet_of(reader: Reader, book: int, identity: str) -> str:
    """The wallet whose PIN agrees to using a coupon."""
    return (await queries.coupon(reader, book, identity)).wallet
