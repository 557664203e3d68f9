"""Points of the demo: a scheme of the branch, people who earn by paying, some points that expire soon, an exchange."""

from typing import Any

from canglian.bank.payment.commands import OpenOrder, PayOrder, RefundPayment
from canglian.bank.payment.model import Merchant, Payment, PaymentOrder, SourceUse
from canglian.bank.payment.queries import merchants
from canglian.bank.reward.points import queries
from canglian.bank.reward.points.commands import (
    ApprovePointScheme,
    AwardPoints,
    DraftPointScheme,
    ExchangePoints,
    FundPointScheme,
)
from canglian.bank.reward.points.model import (
    Deduction,
    EarningRule,
    ExchangeKind,
    ExchangeRule,
    Expiry,
    ExpiryKind,
    PointLot,
    PointScheme,
    RuleKind,
)
from canglian.bank.wallet.model import WalletKind, WalletState
from canglian.bank.wallet.queries import wallets
from canglian.bank.wallet.queries.wallets import WalletFilter, WalletView
from canglian.kernel.command import Command
from canglian.kernel.known import checked_key
from canglian.kernel.queries.paging import LIMIT_MAX, Order
from canglian.web.services import Services

ACTOR = "system:demo"
SECOND = "system:demo-approver"
COUNTER = "counter"
_LAST = "points:done"
_SHOP = "面馆"


async def fill(services: Services, book: int) -> None:
    """Run the schemes, unless an earlier run has."""
    if await services.store.known(book, [checked_key(_LAST, ACTOR)]):
        return
    filling = _Filling(services, book)
    street = await filling.scheme(_STREET)
    await filling.ask("fund", FundPointScheme(scheme=street.id, amount=500_000, channel=COUNTER))
    spring = await filling.scheme(_SPRING)
    await filling.earn(street, spring)
    draft = DraftPointScheme(code="village", name="文明积分", owner="新城村委会", alone_max=50)
    await filling.ask(_LAST, draft)


_STREET = DraftPointScheme(
    code="street",
    name="新城积分",
    owner="新城支行",
    rules=(
        EarningRule(kind=RuleKind.PER_AMOUNT, points=10, per_fen=100),
        EarningRule(kind=RuleKind.EVENT, points=50, event="invite", per_person=500),
    ),
    per_day=2_000,
    expiry=Expiry(kind=ExpiryKind.MONTHS, months=12),
    exchanges=(ExchangeRule(kind=ExchangeKind.MONEY, name="一元零钱", points=100, amount=100),),
    deduction=Deduction(points=100, amount=100, share_bps=5_000),
    price=100,
    alone_max=1_000,
    pays="ECNY",
)
_SPRING = DraftPointScheme(
    code="spring",
    name="春季积分",
    owner="新城支行",
    rules=(EarningRule(kind=RuleKind.PER_PURCHASE, points=20, at_least=1_000, per_day=60, total=50_000),),
    expiry=Expiry(kind=ExpiryKind.MONTHS, months=1),
    exchanges=(ExchangeRule(kind=ExchangeKind.MONEY, name="五角零钱", points=50, amount=50),),
    price=100,
    alone_max=200,
    pays="ECNY",
)


class _Filling:
    def __init__(self, services: Services, book: int) -> None:
        self._services = services
        self._book = book

    async def ask(self, key: str, command: Command[Any], actor: str = ACTOR) -> Any:
        """The result of a command that is done once."""
        named = key if key == _LAST else f"points:{key}"
        return await self._services.engine.execute(self._book, command, actor=actor, key=named)

    async def scheme(self, draft: DraftPointScheme) -> PointScheme:
        """A scheme that somebody else has approved."""
        drafted: PointScheme = await self.ask(f"{draft.code}:draft", draft)
        return await self.ask(f"{draft.code}:approve", ApprovePointScheme(scheme=drafted.id), SECOND)

    async def earn(self, street: PointScheme, spring: PointScheme) -> None:
        """People pay and are awarded points; one gives back what was bought, another exchanges."""
        shops: list[Merchant] = await merchants.called(self._services.reader, self._book, _SHOP)
        for turn, person in enumerate(await self._people()):
            award = AwardPoints(
                scheme=street.id,
                party=person.party or "",
                points=120 + 40 * turn,
                number=f"neighbours-{turn}",
                reason="参加邻里节",
            )
            lot: PointLot = await self.ask(f"award-{turn}", award)
            more = AwardPoints(
                scheme=spring.id,
                party=person.party or "",
                points=30 + 10 * turn,
                number=f"tea-{turn}",
                reason="春季品茗签到",
            )
            await self.ask(f"tea-{turn}", more)
            if shops and turn < 3 and person.balance - person.held >= 1_600:
                await self._pay(shops[0], person, turn)
            if turn == 2:
                member = await queries.member(self._services.reader, self._book, lot.member)
                exchange = ExchangePoints(member=member.id, exchange=1, wallet=person.id, channel=COUNTER)
                await self.ask("exchange", exchange)

    async def _pay(self, shop: Merchant, person: WalletView, turn: int) -> None:
        asked = OpenOrder(merchant=shop.id, number=f"points-{turn}", subject="雪菜面", amount=1_600)
        order: PaymentOrder = await self.ask(f"order-{turn}", asked)
        uses = (SourceUse(item=person.id),)
        paid: Payment = await self.ask(f"pay-{turn}", PayOrder(order=order.id, sources=uses, channel=COUNTER))
        if turn == 1:
            back = RefundPayment(
                payment=paid.id, number="points-return", amount=800, reason="少上一份", channel=COUNTER
            )
            await self.ask("refund", back)

    async def _people(self) -> list[WalletView]:
        """Some e-CNY wallets of people, the oldest first, one of each person."""
        asked = WalletFilter(state=WalletState.ACTIVE)
        page = await wallets.wallets(self._services.reader, self._book, asked, Order("id", None, LIMIT_MAX))
        able = [each for each in page.items if each.kind is WalletKind.ECNY and each.parent is None and each.party]
        people = {each.party: each for each in able if each.product != "wallet.ecny_corporate"}
        return list(people.values())[:6]
