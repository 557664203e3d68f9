"""Campaigns of a branch, whose coupons are used in its shops."""

from datetime import timedelta
from typing import Any

from canglian.bank.payment import Payment, PaymentOrder, SourceUse
from canglian.bank.payment.commands import AuthoriseOrder, PayOrder, RegisterMerchant
from canglian.bank.reward import Campaign, CampaignOffer, Coupon, FunderKind, OfferKind, Tier
from canglian.bank.reward.campaigns.commands.values import FunderAsked, OfferAsked
from canglian.bank.reward.commands import (
    ApproveCampaign,
    ClaimCoupon,
    DraftCampaign,
    FundCampaign,
    SubmitCampaign,
)
from canglian.bank.wallet import Wallet
from canglian.ledger.model import Transfer
from tests.bank.payment.shops import Shops

PLACES = ("unreserved", "reserved", "spent", "returned")


def off(over: int = 10_000, amount: int = 2_500, **fields: Any) -> OfferAsked:
    """So much off from a price on."""
    asked: dict[str, Any] = {"kind": OfferKind.SPEND_AND_SAVE, "name": "满百减二十五", "stock": 10, **fields}
    return OfferAsked(tiers=(Tier(over, amount),), **asked)


class Season(Shops):
    """A branch with campaigns."""

    async def second(self, command: Any) -> Any:
        """What somebody else does."""
        return (await self.engine.submit(1, command, actor="user:second")).unwrap()

    async def drafting(self, *offers: OfferAsked, funders: Any = None, **fields: Any) -> DraftCampaign:
        """A campaign that is paid for by the bureau, the bank and a merchant; its claims run for ten days from now."""
        if funders is None:
            bureau, merchant = [await self.payer(serial, 500_000) for serial in (91, 92)]
            funders = (
                FunderAsked(FunderKind.GOVERNMENT, "商务局", 5_000, bureau.id),
                FunderAsked(FunderKind.BANK, "本行", 3_000),
                FunderAsked(FunderKind.MERCHANT, "新城商场", 2_000, merchant.id),
            )
        asked: dict[str, Any] = {"name": "春季品茗", "summary": "茶叶满减", "starts_at": self.now, **fields}
        asked.setdefault("ends_at", asked["starts_at"] + timedelta(days=10))
        return DraftCampaign(funders=funders, offers=offers or (off(),), **asked)

    async def payer(self, serial: int, funds: int) -> Wallet:
        """A wallet of somebody who may pay for campaigns: the owner of a shop."""
        wallet = await self.ewallet(serial, funds)
        await self.do(RegisterMerchant(name=f"商户{serial}", category="5411", region="330106", party=wallet.party))
        return wallet

    async def draft(self, *offers: OfferAsked, **fields: Any) -> Campaign:
        return await self.do(await self.drafting(*offers, **fields))

    async def pay_in(self, campaign: Campaign, *amounts: int) -> None:
        """What each funder pays in."""
        for place, amount in enumerate(amounts, 1):
            if amount:
                await self.do(FundCampaign(campaign=campaign.id, funder=place, amount=amount, channel="counter"))

    async def approved(
        self, *offers: OfferAsked, funds: tuple[int, ...] = (50_000, 30_000, 20_000), **fields: Any
    ) -> Campaign:
        """A campaign that takes claims once its time has come."""
        campaign = await self.draft(*offers, **fields)
        await self.pay_in(campaign, *funds)
        await self.do(SubmitCampaign(campaign=campaign.id))
        return await self.second(ApproveCampaign(campaign=campaign.id))

    async def offer(self, campaign: Campaign, place: int = 0) -> CampaignOffer:
        return sorted(await self.rows(CampaignOffer, campaign=campaign.id), key=lambda offer: offer.position)[place]

    async def claims(self, campaign: Campaign, wallet: Wallet, place: int = 0) -> ClaimCoupon:
        return ClaimCoupon(offer=(await self.offer(campaign, place)).id, wallet=wallet.id)

    async def claimed(self, campaign: Campaign, wallet: Wallet, place: int = 0) -> Coupon:
        return await self.do(await self.claims(campaign, wallet, place))

    def uses(self, order: PaymentOrder, coupon: Coupon, wallet: Wallet, **fields: Any) -> PayOrder:
        """Pay an order with a coupon, the rest from a wallet."""
        uses = (SourceUse(source="coupon", item=coupon.id, pin=1), SourceUse(item=wallet.id, pin=1))
        return PayOrder(order=order.id, sources=uses, **{"channel": "mobile", **fields})

    def locks(self, order: PaymentOrder, coupon: Coupon, wallet: Wallet) -> AuthoriseOrder:
        paying = self.uses(order, coupon, wallet)
        return AuthoriseOrder(order=order.id, sources=paying.sources, channel="mobile")

    async def used(self, merchant: Any, amount: int, coupon: Coupon, wallet: Wallet, **fields: Any) -> Payment:
        return await self.do(self.uses(await self.order(merchant, amount, **fields), coupon, wallet))

    async def coupon(self, coupon: Coupon) -> Coupon:
        return await self.get(Coupon, coupon.id)

    async def funders(self, campaign: Campaign) -> list[tuple[int, ...]]:
        """Of each funder what is unreserved, reserved, spent and returned."""
        return [tuple([await self.balance(getattr(funder, place)) for place in PLACES]) for funder in campaign.funders]

    async def funded(self, campaign: Campaign) -> list[int]:
        """What each funder has paid in, less what it was paid back, by the transfers of the ledger."""
        moved = await self.rows(Transfer)
        return [
            sum(row.amount for row in moved if row.code == "reward.funded" and row.credit == funder.unreserved)
            - sum(row.amount for row in moved if row.code == "reward.paid_back" and row.debit == funder.returned)
            for funder in campaign.funders
        ]

    async def explain(self, campaign: Campaign) -> None:
        """Every fen of every funder is in one of its four places, and what was spent has reached merchants."""
        campaign = await self.get(Campaign, campaign.id)
        money = await self.funders(campaign)
        assert [sum(places) for places in money] == await self.funded(campaign)
        assert min(place for places in money for place in places) >= 0
        coupons = await self.rows(Coupon, campaign=campaign.id)
        for position, (_, reserved, spent, _) in enumerate(money):
            assert reserved == sum(coupon.reserved[position] for coupon in coupons)
            assert spent == sum(coupon.spent[position] for coupon in coupons)
        assert -(await self.balance(campaign.redeemed)) == sum(places[2] for places in money)


__all__ = ["Season", "off"]
