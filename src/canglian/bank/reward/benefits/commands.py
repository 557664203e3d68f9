"""A merchant redeems a benefit by the code that its holder shows."""

from collections.abc import Iterable
from typing import Annotated

from msgspec import Meta

from canglian.bank.payment import Merchant, payable_account
from canglian.bank.payment.commands.values import MerchantId
from canglian.bank.payment.rules import require_active_merchant
from canglian.bank.purpose.rules import Payee
from canglian.bank.reward import accounts, offers
from canglian.bank.reward.benefits.model import BenefitCode
from canglian.bank.reward.bounds.budgets import spend_at
from canglian.bank.reward.campaigns.model import Campaign, CampaignOffer
from canglian.bank.reward.coupons.model import Coupon, CouponState
from canglian.kernel.command import Command, Read
from canglian.kernel.fields import Field
from canglian.ledger.book import Book

DIGITS = 12
Code = Annotated[
    str,
    Meta(pattern=rf"^[0-9]{{{DIGITS}}}\Z", description="The twelve digits that the holder shows."),
    Field(label="Code"),
]


def add_code(book: Book, coupon: str) -> BenefitCode:
    """The code of a benefit that was claimed just now."""
    return book.add(BenefitCode(f"{book.random.randrange(10**DIGITS):0{DIGITS}d}", coupon))


class RedeemBenefit(Command[Coupon], kind="reward.redeem_benefit"):
    """Redeem a benefit at a merchant, which its funders pay in the same commit; once.

    Rejects ``benefit_code.not_found``, ``coupon.state``, ``coupon.expired``, ``coupon.*_not_allowed``,
    ``campaign.store_budget``, ``merchant.*``, and what the ledger does.
    """

    code: Code
    merchant: MerchantId

    def reads(self) -> Iterable[Read]:
        return ((BenefitCode, self.code), (Merchant, self.merchant))

    def decide(self, book: Book) -> Coupon:
        merchant = require_active_merchant(book, self.merchant)
        known = book.maybe(BenefitCode, self.code)
        if known is None:
            book.reject("benefit_code.not_found", field="code")
        coupon = book.get(Coupon, known.coupon)
        if coupon.state is not CouponState.CLAIMED:
            book.reject("coupon.state", coupon=coupon.id, state=coupon.state.value)
        if book.now >= coupon.expires_at:
            book.reject("coupon.expired", expires_at=coupon.expires_at.isoformat())
        campaign, offer = book.get(Campaign, coupon.campaign), book.get(CampaignOffer, coupon.offer)
        payee = Payee(id=merchant.id, category=merchant.category, region=merchant.region, lists=merchant.lists)
        found = offers.refused(offer.audience, payee, book.now)
        if found is not None:
            book.reject(found)
        book.require(accounts.reads(campaign))
        spend_at(book, campaign, merchant.id, coupon.amount)
        payable = payable_account(book, merchant, campaign.asset)
        accounts.spend(book, campaign, coupon.reserved, payable, coupon.id)
        book.put(offer.replace(used=offer.used + 1, updated_at=book.now))
        book.emit("coupon.used", f"coupon:{coupon.id}", coupon=coupon.id, campaign=campaign.id, amount=coupon.amount)
        return book.put(
            coupon.replace(
                state=CouponState.USED,
                used=coupon.amount,
                spent=coupon.reserved,
                reserved=(0,) * len(coupon.reserved),
                reserving=False,
                updated_at=book.now,
            )
        )


__all__ = ["RedeemBenefit"]
