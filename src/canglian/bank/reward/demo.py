"""Campaigns of the demo: one that runs and whose coupons were used, one to be approved, one that was settled."""

from datetime import datetime, time, timedelta
from typing import Any

from canglian.bank.payment.commands import OpenOrder, PayOrder, RefundPayment
from canglian.bank.payment.model import Merchant, Payment, PaymentOrder, SourceUse
from canglian.bank.payment.queries import merchants
from canglian.bank.reward.bounds.model import Bounds, Cap, CapKind
from canglian.bank.reward.campaigns import queries
from canglian.bank.reward.campaigns.commands.values import FunderAsked, OfferAsked
from canglian.bank.reward.campaigns.model import Campaign, Earning, FunderKind, OfferKind, TaskStep, Tier
from canglian.bank.reward.commands import (
    ApproveCampaign,
    ClaimCoupon,
    DraftCampaign,
    EndCampaign,
    FundCampaign,
    InviteFriends,
    JoinTask,
    SettleCampaign,
    SubmitCampaign,
)
from canglian.bank.reward.coupons.model import Coupon
from canglian.bank.reward.coupons.source import KIND
from canglian.bank.reward.draws import demo as draws
from canglian.bank.reward.points import demo as points
from canglian.bank.wallet.commands import ExchangeMoney
from canglian.bank.wallet.model import ExchangeDirection, WalletKind, WalletState
from canglian.bank.wallet.queries import wallets
from canglian.bank.wallet.queries.wallets import WalletFilter, WalletView
from canglian.kernel.command import Command
from canglian.kernel.known import checked_key
from canglian.kernel.queries.observing import book_figures
from canglian.kernel.queries.paging import LIMIT_MAX, Order
from canglian.kernel.values import SHANGHAI, utc_now
from canglian.web.services import Services

ACTOR = "system:demo"
SECOND = "system:demo-approver"
COUNTER = "counter"
_LAST = "reward:done"
_SHOP = "面馆"
SOON_SECONDS = 120
_BANK_BPS = 7_000
_FUNDS = (140_000, 60_000)
"""What the bank and the company pay in for each campaign."""
_CAMPAIGNS = 5


async def fill(services: Services, book: int) -> None:
    """Draft, fund and run the campaigns, unless an earlier run has; and the draws."""
    await draws.fill(services, book)
    await points.fill(services, book)
    if await services.store.known(book, [checked_key(_LAST, ACTOR)]):
        return
    filling = _Filling(services, book)
    company = await filling.company()
    if company is None:
        return
    tea = _offer(OfferKind.SPEND_AND_SAVE, "满 15 减 5", (Tier(1_500, 500),), stock=200, per_person=2)
    spring = await filling.funded("spring", company, "春季品茗", "面馆茶社，满 15 元减 5 元", tea)
    await filling.submitted("spring", spring, approve=True)
    await filling.use(spring)
    tiers = (Tier(2_000, 300), Tier(5_000, 1_000), Tier(10_000, 2_500))
    rising = _offer(OfferKind.TIERED, "多买多减", tiers, stock=500, per_person=1)
    dates = await filling.funded("dates", company, "约惠春日", "满 20 减 3，满 50 减 10，满 100 减 25", rising)
    await filling.submitted("dates", dates, approve=False)
    share = _offer(OfferKind.PERCENT, "九折，最高减 10", (Tier(0, 1_000, 1_000),), stock=100, per_person=1)
    green = await filling.funded("green", company, "青团季", "时令糕团九折", share)
    await filling.submitted("green", green, approve=True)
    await filling.flash(company)
    kinds = await filling.funded("kinds", company, "月月惠", "月月刷、随机立减、洗车权益与邀请有礼", *_kinds())
    await filling.submitted("kinds", kinds, approve=True)
    await filling.take_part(kinds)
    await filling.ask("green:end", EndCampaign(campaign=green.id, reason="时令已过"))
    await filling.ask(_LAST, SettleCampaign(campaign=green.id))


def _offer(kind: OfferKind, name: str, tiers: tuple[Tier, ...], **fields: Any) -> OfferAsked:
    return OfferAsked(kind=kind, name=name, tiers=tiers, **fields)


def _kinds() -> list[OfferAsked]:
    """One offer of each kind that is earned, drawn or redeemed."""
    steps = (TaskStep(0, 200), TaskStep(3, 100), TaskStep(5, 200))
    lots = (Tier(1_000, 100, None, 70), Tier(1_000, 300, None, 25), Tier(1_000, 800, None, 5))
    task, invite = Earning(steps, 500), Earning((), 500)
    return [
        _offer(OfferKind.TASK, "月月刷", (Tier(500, 200),), stock=300, earning=task),
        _offer(OfferKind.RANDOM, "随机立减", lots, stock=100),
        _offer(OfferKind.BENEFIT, "普洗一次", (Tier(0, 2_000),), stock=20),
        _offer(OfferKind.INVITE, "邀请有礼", (Tier(1_000, 500),), stock=50, per_person=5, earning=invite),
    ]


class _Filling:
    def __init__(self, services: Services, book: int) -> None:
        self._services = services
        self._book = book

    async def ask(self, key: str, command: Command[Any], actor: str = ACTOR) -> Any:
        """The result of a command that is done once."""
        named = key if key == _LAST else f"reward:{key}"
        return await self._services.engine.execute(self._book, command, actor=actor, key=named)

    async def company(self) -> WalletView | None:
        """The company's wallet, which pays its share of each campaign."""
        asked = WalletFilter(product="wallet.ecny_corporate")
        page = await wallets.wallets(self._services.reader, self._book, asked, Order("id", None, 1))
        if not page.items:
            return None
        exchange = ExchangeMoney(
            wallet=page.items[0].id, direction=ExchangeDirection.TO_ECNY, amount=_CAMPAIGNS * _FUNDS[1], channel=COUNTER
        )
        await self.ask("exchange", exchange)
        return page.items[0]

    async def funded(self, key: str, company: WalletView, name: str, summary: str, *offers: OfferAsked) -> Campaign:
        """A campaign from the business date on, for which the bank and the company have paid in."""
        today = (await book_figures(self._services.reader, self._book)).today
        starts_at = datetime.combine(today, time(), SHANGHAI)
        draft = DraftCampaign(
            name=name,
            summary=summary,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(days=30),
            uses_until=starts_at + timedelta(days=45),
            asset="ECNY",
            funders=(
                FunderAsked(FunderKind.BANK, "本行", _BANK_BPS),
                FunderAsked(FunderKind.MERCHANT, "新城商圈", 10_000 - _BANK_BPS, company.id),
            ),
            offers=offers,
        )
        drafted: Campaign = await self.ask(f"{key}:draft", draft)
        for place, amount in enumerate(_FUNDS, 1):
            fund = FundCampaign(campaign=drafted.id, funder=place, amount=amount, channel=COUNTER)
            await self.ask(f"{key}:fund-{place}", fund)
        return drafted

    async def flash(self, company: WalletView) -> None:
        """A flash sale that is open, and one that opens soon after the demo is up."""
        if await self._services.store.known(self._book, [checked_key("reward:flash:draft", ACTOR)]):
            return
        now = utc_now()
        device = Cap(CapKind.DEVICE, 2)
        since = Bounds(opens_at=now, caps=(device,))
        soon = Bounds(opens_at=now + timedelta(seconds=SOON_SECONDS), caps=(device,))
        opened, next_one = (
            _offer(OfferKind.SPEND_AND_SAVE, name, (Tier(1_000, 500),), stock=50, per_person=1, bounds=bounds)
            for name, bounds in (("抢 5 元券", since), ("整点抢 5 元券", soon))
        )
        sale = await self.funded("flash", company, "抢券日", "满 10 元减 5 元，抢完为止", opened, next_one)
        await self.submitted("flash", sale, approve=True)

    async def submitted(self, key: str, campaign: Campaign, *, approve: bool) -> None:
        """Hand it in; somebody else approves it."""
        await self.ask(f"{key}:submit", SubmitCampaign(campaign=campaign.id))
        if approve:
            await self.ask(f"{key}:approve", ApproveCampaign(campaign=campaign.id), SECOND)

    async def take_part(self, campaign: Campaign) -> None:
        """Some people join the task, draw a discount, and claim the benefit; one invites."""
        task, luck, gift, invite = await queries.offers_of(self._services.reader, self._book, campaign.id)
        people = await self._people()
        for turn, person in enumerate(people[:4]):
            await self.ask(f"kinds:join-{turn}", JoinTask(offer=task.id, wallet=person.id))
            await self.ask(f"kinds:luck-{turn}", ClaimCoupon(offer=luck.id, wallet=person.id))
        for turn, person in enumerate(people[:2]):
            await self.ask(f"kinds:gift-{turn}", ClaimCoupon(offer=gift.id, wallet=person.id))
        for person in people[:1]:
            await self.ask("kinds:invite", InviteFriends(offer=invite.id, wallet=person.id))

    async def use(self, campaign: Campaign) -> None:
        """Let some people claim a coupon; some use it, and one gives back what was bought."""
        (offer,) = await queries.offers_of(self._services.reader, self._book, campaign.id)
        shops: list[Merchant] = await merchants.called(self._services.reader, self._book, _SHOP)
        for turn, person in enumerate(await self._people()):
            coupon: Coupon = await self.ask(f"claim-{turn}", ClaimCoupon(offer=offer.id, wallet=person.id))
            if not shops or turn > 2 or person.balance - person.held < 1_300:
                continue
            asked = OpenOrder(merchant=shops[0].id, number=f"tea-{turn}", subject="牛肉面", amount=1_800)
            order: PaymentOrder = await self.ask(f"order-{turn}", asked)
            uses = (SourceUse(source=KIND, item=coupon.id), SourceUse(item=person.id))
            paid: Payment = await self.ask(f"pay-{turn}", PayOrder(order=order.id, sources=uses, channel=COUNTER))
            if turn == 1:
                back = RefundPayment(
                    payment=paid.id, number="tea-return", amount=paid.gross, reason="上错了", channel=COUNTER
                )
                await self.ask("refund", back)

    async def _people(self) -> list[WalletView]:
        """Some e-CNY wallets of people, those with most money first, one of each person."""
        asked = WalletFilter(state=WalletState.ACTIVE)
        page = await wallets.wallets(self._services.reader, self._book, asked, Order("id", None, LIMIT_MAX))
        able = [each for each in page.items if each.kind is WalletKind.ECNY and each.parent is None and each.party]
        people = {each.party: each for each in able if each.product != "wallet.ecny_corporate"}
        return sorted(people.values(), key=lambda wallet: wallet.held - wallet.balance)[:6]
