"""What the demo's seasons are made with: commands that are done once, people, merchants, campaigns with their money."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import msgspec

from canglian.bank.payment.commands import CreatePayment
from canglian.bank.payment.model import Merchant, Payment, SourceUse
from canglian.bank.payment.queries import merchants
from canglian.bank.reward.campaigns.commands.values import FunderAsked, OfferAsked
from canglian.bank.reward.campaigns.model import Campaign, CampaignOffer, FunderKind
from canglian.bank.reward.commands import (
    ApproveCampaign,
    ClaimCoupon,
    DraftCampaign,
    FundCampaign,
    SubmitCampaign,
)
from canglian.bank.reward.coupons.model import Coupon
from canglian.bank.reward.coupons.source import KIND
from canglian.bank.wallet.model import WalletKind, WalletState
from canglian.bank.wallet.queries import wallets
from canglian.bank.wallet.queries.wallets import WalletFilter, WalletView
from canglian.kernel.command import Command
from canglian.kernel.known import checked_key
from canglian.kernel.queries.paging import LIMIT_MAX, Order
from canglian.kernel.values import SHANGHAI
from canglian.scenario.shopping.commands import AddCampaign
from canglian.scenario.shopping.model import Joining, SeasonCampaign, Theme
from canglian.web.services import Services

ACTOR = "system:demo"
SECOND = "system:demo-approver"
COUNTER = "counter"
FRUIT, NOODLES = "新城鲜果店", "老街面馆"
_HAS_LEAST = 15_000
"""Who has less does not go shopping: whoever does still has enough for the other purchases of the demo."""


class Payers(msgspec.Struct, frozen=True):
    """The wallets of a bureau and of the company that pays for the merchants."""

    bureau: str
    company: str


class Days(msgspec.Struct, frozen=True):
    """The days of a campaign, both included."""

    first: date
    last: date

    @property
    def starts_at(self) -> datetime:
        """The first instant."""
        return datetime.combine(self.first, time(), SHANGHAI)

    @property
    def ends_at(self) -> datetime:
        """The instant after the last one."""
        return datetime.combine(self.last + timedelta(days=1), time(), SHANGHAI)


class City:
    """The demo's book on a business date."""

    def __init__(self, services: Services, book: int, today: date) -> None:
        self.services = services
        self.book = book
        self.today = today

    async def ask(self, key: str, command: Command[Any], actor: str = ACTOR) -> Any:
        """The result of a command that is done once."""
        return await self.services.engine.execute(self.book, command, actor=actor, key=f"shopping:{key}")

    async def tried(self, key: str, command: Command[Any]) -> Any:
        """The result of a command that is done once, or None where it is refused."""
        outcome = await self.services.engine.submit(self.book, command, actor=ACTOR, key=f"shopping:{key}")
        return outcome.result if outcome.error is None else None

    async def is_done(self, key: str) -> bool:
        """Whether an earlier run has done this."""
        return bool(await self.services.store.known(self.book, [checked_key(f"shopping:{key}", ACTOR)]))

    async def shop(self, name: str) -> Merchant | None:
        """A merchant by its name, unless there is none."""
        return next(iter(await merchants.called(self.services.reader, self.book, name)), None)

    async def people(self) -> list[WalletView]:
        """E-CNY wallets of people with enough for some purchases, the oldest first, one of each person."""
        asked, order = WalletFilter(state=WalletState.ACTIVE), Order("id", None, LIMIT_MAX)
        found = (await wallets.wallets(self.services.reader, self.book, asked, order)).items
        able = [
            wallet
            for wallet in found
            if wallet.kind is WalletKind.ECNY
            and wallet.parent is None
            and wallet.party is not None
            and wallet.product != "wallet.ecny_corporate"
            and wallet.balance - wallet.held >= _HAS_LEAST
        ]
        return list({wallet.party: wallet for wallet in able}.values())

    async def placed(
        self, key: str, theme: Theme, payers: Payers, name: str, summary: str, offer: OfferAsked, days: Days
    ) -> tuple[SeasonCampaign, Campaign]:
        """A draft in a theme, whose coupons are taken by merchants that join: three funders pay for it."""
        draft = DraftCampaign(
            name=name,
            summary=summary,
            starts_at=days.starts_at,
            ends_at=days.ends_at,
            asset="ECNY",
            funders=(
                FunderAsked(FunderKind.GOVERNMENT, "区商务局", 5_000, payers.bureau),
                FunderAsked(FunderKind.BANK, "本行", 3_000),
                FunderAsked(FunderKind.MERCHANT, "新城商圈", 2_000, payers.company),
            ),
            offers=(offer,),
        )
        drafted: Campaign = await self.ask(f"{key}:draft", draft)
        adding = AddCampaign(theme=theme.id, campaign=drafted.id, joining=Joining.OPEN)
        return await self.ask(f"{key}:place", adding), drafted

    async def approved(self, key: str, campaign: Campaign, funds: Sequence[int]) -> Campaign:
        """The campaign with what each funder pays in, which somebody else has approved."""
        for funder, amount in enumerate(funds, 1):
            fund = FundCampaign(campaign=campaign.id, funder=funder, amount=amount, channel=COUNTER)
            await self.ask(f"{key}:fund-{funder}", fund)
        await self.ask(f"{key}:submit", SubmitCampaign(campaign=campaign.id))
        return await self.ask(f"{key}:approve", ApproveCampaign(campaign=campaign.id), SECOND)

    async def used(
        self, key: str, offer: CampaignOffer, wallet: WalletView, shop: Merchant, subject: str, amount: int
    ) -> Payment | None:
        """A coupon that somebody claims and uses at once; the wallet pays the rest. None where an earlier run has.

        Who had money enough then may have spent it since: a fill that goes on may see other people.
        """
        if await self.is_done(f"{key}:pay"):
            return None
        coupon: Coupon = await self.ask(f"{key}:claim:{wallet.id}", ClaimCoupon(offer=offer.id, wallet=wallet.id))
        command = CreatePayment(
            merchant=shop.id,
            number=key.replace(":", "-"),
            subject=subject,
            amount=amount,
            channel=COUNTER,
            sources=(SourceUse(source=KIND, item=coupon.id), SourceUse(item=wallet.id)),
        )
        return await self.ask(f"{key}:pay", command)
