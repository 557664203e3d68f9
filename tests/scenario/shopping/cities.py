"""A city with a season, in which merchants join campaigns."""

from datetime import date
from typing import Any

from tests.bank.reward.seasons import Season as Branch
from tests.bank.reward.seasons import off

from canglian.bank.payment import Merchant
from canglian.bank.reward import Campaign
from canglian.bank.reward.campaigns.commands.values import OfferAsked
from canglian.bank.reward.commands import ApproveCampaign, DraftCampaign, SubmitCampaign
from canglian.kernel.values import SHANGHAI
from canglian.scenario.shopping.commands import AddCampaign, AddTheme, JoinCampaign, OpenSeason
from canglian.scenario.shopping.model import Mall, Season, SeasonCampaign, SeasonMerchant, Theme

MALLS = (Mall("guanqian", "观前街", "320508"), Mall("shilu", "石路", "320508"))


class City(Branch):
    """A branch with seasons. All campaigns have the same bureau, bank and merchant as their funders."""

    _funders: Any = None

    async def drafting(self, *offers: OfferAsked, funders: Any = None, **fields: Any) -> DraftCampaign:
        drafted = await super().drafting(*offers, funders=funders or self._funders, **fields)
        self._funders = self._funders or drafted.funders
        return drafted

    async def season(self, **fields: Any) -> Season:
        asked = {"name": "爱购苏州", "starts_on": date(2020, 1, 1), "ends_on": date(2099, 12, 31), "malls": MALLS}
        return await self.do(OpenSeason(**{**asked, **fields}))

    async def theme(self, season: Season | None = None, **fields: Any) -> Theme:
        season = season or await self.season()
        asked: dict[str, Any] = {"name": "春季品茗", "summary": "茶叶茶社", **fields}
        asked.setdefault("starts_on", season.starts_on)
        asked.setdefault("ends_on", season.ends_on)
        return await self.do(AddTheme(season=season.id, **asked))

    async def placed(self, theme: Theme | None = None, *offers: Any, **fields: Any) -> tuple[Campaign, SeasonCampaign]:
        """A draft that was put into a theme."""
        campaign = await self.draft(*offers)
        theme = theme or await self.theme()
        place = await self.do(AddCampaign(theme=theme.id, campaign=campaign.id, **fields))
        return campaign, place

    async def on(self, campaign: Campaign, *funds: int) -> Campaign:
        """The campaign takes claims from now on."""
        await self.pay_in(campaign, *(funds or (50_000, 30_000, 20_000)))
        await self.do(SubmitCampaign(campaign=campaign.id))
        return await self.second(ApproveCampaign(campaign=campaign.id))

    async def joined(self, place: SeasonCampaign, merchant: Merchant, **fields: Any) -> SeasonMerchant:
        return await self.do(JoinCampaign(place=place.id, merchant=merchant.id, **fields))

    def day(self) -> date:
        return self.now.astimezone(SHANGHAI).date()


__all__ = ["MALLS", "City", "off"]
