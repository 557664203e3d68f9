"""Merchants of the demo, whose orders its customers have paid; one payment was given back in part."""

from typing import Any

from canglian.bank.deposit import DepositAccount
from canglian.bank.payment.commands import (
    AddMerchantStaff,
    AddStore,
    OpenOrder,
    PayOrder,
    RefundPayment,
    RegisterMerchant,
)
from canglian.bank.payment.demo_prepaid import BOUGHT, sell_cards
from canglian.bank.payment.demo_purpose import spend_welfare
from canglian.bank.payment.model import Merchant, Payment, PaymentOrder, SourceUse
from canglian.bank.wallet.model import WalletKind, WalletState
from canglian.bank.wallet.queries import wallets
from canglian.bank.wallet.queries.wallets import WalletFilter, WalletView
from canglian.kernel.command import Command
from canglian.kernel.known import checked_key
from canglian.kernel.queries.paging import LIMIT_MAX, Order
from canglian.web.services import Services

ACTOR = "system:demo"
COUNTER = "counter"
_LAST = "payments:done"

_SHOPS = (
    ("新城鲜果店", "5411", "330106", "文二路店", "standard", "鲜果一篮", 2_380),
    ("老街面馆", "5812", "330106", None, "standard", "牛肉面", 1_800),
    ("新城人民医院", "8062", "330106", "门诊", "public", "挂号费", 1_500),
)


async def fill_payments(services: Services, book: int) -> None:
    """Register the merchants and let people pay, unless an earlier run has."""
    if await services.store.known(book, [checked_key(_LAST, ACTOR)]):
        return
    filling = _Filling(services, book)
    payers, company = await filling.payers(), await filling.company()
    paid: list[Payment] = []
    for turn, (name, category, region, store, fees, subject, amount) in enumerate(_SHOPS):
        asked = RegisterMerchant(
            name=name,
            category=category,
            region=region,
            store=store,
            fees=fees,
            payout_wallet=company.id if turn < 2 and company is not None else None,
            payout_account=await filling.account_of(company) if turn < 2 else None,
            party=payers[0].party if turn == 0 and payers else None,
            origins=("https://shop.example",) if turn == 0 else (),
        )
        shop: Merchant = await filling.ask(f"payments:shop-{turn}", asked)
        await filling.furnish(f"payments:furnish-{turn}", shop, payers[1:2])
        for number, payer in enumerate(payers):
            paid.append(await filling.pay(f"{turn}-{number}", shop, payer, subject, amount))
    for payment in paid[:1]:
        half = RefundPayment(
            payment=payment.id, number="demo-return", amount=payment.gross // 2, reason="少了一半", channel=COUNTER
        )
        await filling.ask("payments:refund", half)
    await spend_welfare(services, book)
    await sell_cards(services, book, await filling.payers(BOUGHT), await filling.company())
    await filling.ask(_LAST, RegisterMerchant(name="新城书店", category="5942", region="330106"))


class _Filling:
    def __init__(self, services: Services, book: int) -> None:
        self._services = services
        self._book = book

    async def ask(self, key: str, command: Command[Any]) -> Any:
        """The result of a command that is done once."""
        return await self._services.engine.execute(self._book, command, actor=ACTOR, key=key)

    async def furnish(self, key: str, shop: Merchant, cashiers: list[WalletView]) -> None:
        """A store, and somebody who takes payments there on their own phone."""
        name = shop.store or "总店"
        await self.ask(
            f"{key}-store",
            AddStore(merchant=shop.id, code="main", name=name, region=shop.region, address="文二路 391 号"),
        )
        for cashier in cashiers:
            if cashier.party is not None:
                await self.ask(f"{key}-staff", AddMerchantStaff(merchant=shop.id, party=cashier.party))

    async def payers(self, needed: int = sum(shop[-1] for shop in _SHOPS)) -> list[WalletView]:
        """Some wallets with money enough for every shop, the oldest first."""
        page = await wallets.wallets(
            self._services.reader, self._book, WalletFilter(state=WalletState.ACTIVE), Order("id", None, LIMIT_MAX)
        )
        able = [
            wallet
            for wallet in page.items
            if wallet.kind is WalletKind.ECNY and wallet.parent is None and wallet.balance - wallet.held >= needed
        ]
        return able[:6]

    async def company(self) -> WalletView | None:
        """The company's wallet, to which the first merchants are paid out."""
        asked = WalletFilter(product="wallet.ecny_corporate")
        page = await wallets.wallets(self._services.reader, self._book, asked, Order("id", None, 1))
        return page.items[0] if page.items else None

    async def account_of(self, company: WalletView | None) -> int | None:
        """The company's account in the ledger, to which merchants are paid what is no e-CNY."""
        if company is None or company.deposit is None:
            return None
        stored = await self._services.store.load(self._book, DepositAccount, [company.deposit])
        return stored[company.deposit].account

    async def pay(self, key: str, shop: Merchant, payer: WalletView, subject: str, amount: int) -> Payment:
        """An order that is paid at once, at the counter of the shop."""
        opened: PaymentOrder = await self.ask(
            f"payments:order-{key}", OpenOrder(merchant=shop.id, number=f"demo-{key}", subject=subject, amount=amount)
        )
        command = PayOrder(order=opened.id, sources=(SourceUse(item=payer.id),), channel=COUNTER)
        return await self.ask(f"payments:pay-{key}", command)
