"""A business day of the demo's merchants: people pay, one payment is split, one is given back, a card is used."""

from datetime import date
from typing import Any

from canglian.bank.payment.commands import CreatePayment, OpenOrder, RefundPayment
from canglian.bank.payment.demo_channel import OPEN_MINUTES, hear_from_channel, pay_by_channel
from canglian.bank.payment.demo_prepaid import GYM
from canglian.bank.payment.from_purpose import KIND
from canglian.bank.payment.model import ChannelState, Merchant, Payment, Receiver, SourceUse
from canglian.bank.payment.queries import channel, merchants
from canglian.bank.payment.queries.channel import ChannelOrderFilter
from canglian.bank.purpose.custody import queries as custody
from canglian.bank.purpose.custody.queries import CardFilter
from canglian.bank.wallet.model import WalletKind, WalletState
from canglian.bank.wallet.queries import wallets
from canglian.bank.wallet.queries.wallets import WalletFilter, WalletView
from canglian.kernel.command import Command
from canglian.kernel.queries.observing import book_figures
from canglian.kernel.queries.paging import LIMIT_MAX, Order
from canglian.web.services import Services

ACTOR = "system:demo"
COUNTER = "counter"
FRUIT, NOODLES, HOSPITAL = "新城鲜果店", "老街面馆", "新城人民医院"
_SALES = ((FRUIT, "苹果两斤", 1_560), (FRUIT, "车厘子", 3_980), (NOODLES, "牛肉面", 1_800), (HOSPITAL, "挂号费", 1_500))
"""Where, what and for how much: each time the next customer pays, a little more on some days."""

_BASKET = 3_600
_DELIVERED_BPS = 1_500
"""What of a basket another merchant gets, who packs it."""

_SWIM = 2_000
_HAS_LEAST = 5_000
"""Who has less does not go shopping."""


async def trade(services: Services, book: int) -> None:
    """Live the business date, once."""
    day = (await book_figures(services.reader, book)).today
    shopping = _Shopping(services, book, day)
    payers = await shopping.payers()
    for turn, (name, subject, amount) in enumerate(_SALES):
        shop = await shopping.shop(name)
        if shop is not None and payers:
            payer = payers[(day.toordinal() + turn) % len(payers)]
            paid = await shopping.sell(shop, f"sale-{turn}", subject, amount + day.day * 10, payer)
            if turn == 0:
                await shopping.give_half_back(paid)
            await shopping.open_order(shop, f"open-{turn}", subject, amount)
    await shopping.sell_basket(payers)
    await shopping.swim()
    noodles = await shopping.shop(NOODLES)
    if noodles is not None:
        await pay_by_channel(shopping.ask, noodles, day)
    await shopping.hear(ChannelState.REQUESTED)


async def end_trade(services: Services, book: int) -> None:
    """The channel says of what was lost on the business date that it never had it."""
    day = (await book_figures(services.reader, book)).today
    await _Shopping(services, book, day).hear(ChannelState.UNKNOWN)


class _Shopping:
    def __init__(self, services: Services, book: int, day: date) -> None:
        self._services = services
        self._book = book
        self._day = day

    async def ask(self, key: str, command: Command[Any]) -> Any:
        """The result of a command that is done once."""
        return await self._services.engine.execute(self._book, command, actor=ACTOR, key=f"trade:{key}")

    async def shop(self, name: str) -> Merchant | None:
        """A merchant by its name, unless there is none."""
        return next(iter(await merchants.called(self._services.reader, self._book, name)), None)

    async def payers(self) -> list[WalletView]:
        """Wallets with enough for some days."""
        asked, order = WalletFilter(state=WalletState.ACTIVE), Order("id", None, LIMIT_MAX)
        found = (await wallets.wallets(self._services.reader, self._book, asked, order)).items
        people = [wallet for wallet in found if wallet.kind is WalletKind.ECNY and wallet.parent is None]
        return [wallet for wallet in people if wallet.balance - wallet.held >= _HAS_LEAST]

    async def hear(self, state: ChannelState) -> None:
        """How the channel's orders of the day in a state have ended."""
        asked = ChannelOrderFilter(state=state, first_date=self._day, last_date=self._day)
        order = Order("id", None, LIMIT_MAX)
        found = await channel.channel_orders(self._services.reader, self._book, asked, order)
        await hear_from_channel(self.ask, found.items)

    async def sell(
        self, shop: Merchant, name: str, subject: str, amount: int, payer: WalletView, *receivers: Receiver
    ) -> Payment:
        """An order that is paid at once."""
        return await self._paid(shop, name, subject, amount, SourceUse(item=payer.id), *receivers)

    async def _paid(
        self, shop: Merchant, name: str, subject: str, amount: int, source: SourceUse, *receivers: Receiver
    ) -> Payment:
        command = CreatePayment(
            merchant=shop.id,
            number=f"{self._day:%m%d}-{name}",
            subject=subject,
            amount=amount,
            channel=COUNTER,
            sources=(source,),
            receivers=receivers,
        )
        return await self.ask(f"{self._day}:{name}", command)

    async def open_order(self, shop: Merchant, name: str, subject: str, amount: int) -> None:
        """An order that nobody has paid yet."""
        number = f"{self._day:%m%d}-{name}"
        command = OpenOrder(merchant=shop.id, number=number, subject=subject, amount=amount, minutes=OPEN_MINUTES)
        await self.ask(f"{self._day}:{name}", command)

    async def sell_basket(self, payers: list[WalletView]) -> None:
        """Fruit that the noodle shop packs, for its share."""
        fruit, noodles = await self.shop(FRUIT), await self.shop(NOODLES)
        if fruit is None or noodles is None or not payers:
            return
        payer = payers[self._day.toordinal() % len(payers)]
        share = Receiver(merchant=noodles.id, share_bps=_DELIVERED_BPS)
        await self.sell(fruit, "basket", "鲜果礼盒", _BASKET, payer, share)

    async def give_half_back(self, payment: Payment) -> None:
        """A refund of half the price."""
        half = RefundPayment(
            payment=payment.id,
            number=f"back-{self._day:%m%d}",
            amount=payment.gross // 2,
            reason="少了一半",
            channel=COUNTER,
        )
        await self.ask(f"{self._day}:back", half)

    async def swim(self) -> None:
        """Somebody uses a prepaid card."""
        gym = await self.shop(GYM)
        if gym is None:
            return
        found = (await custody.cards(self._services.reader, self._book, CardFilter(payee=gym.id), Order(limit=9))).items
        living = [card for card in found if card.is_living and card.remaining >= _SWIM]
        if living:
            card = living[self._day.toordinal() % len(living)]
            await self._paid(gym, "swim", "游泳一次", _SWIM, SourceUse(source=KIND, item=card.grant))
