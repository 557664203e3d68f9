"""Wallets of the demo's customers: e-wallets on their Class II accounts, e-CNY wallets of every tier, a company's."""

import random
from typing import Any

from canglian.bank.deposit import DepositAccount, ProductClass
from canglian.bank.deposit.queries import accounts
from canglian.bank.deposit.queries.accounts import DepositFilter
from canglian.bank.party.sealing import Sealer
from canglian.bank.wallet import Wallet, pins
from canglian.bank.wallet.commands import (
    AllotWalletNumbers,
    ExchangeMoney,
    OpenSubWallet,
    OpenWallet,
    ReportLoss,
    SetPin,
    TransferBetweenWallets,
)
from canglian.bank.wallet.model import ExchangeDirection
from canglian.bank.wallet.numbers import WALLET_NUMBERS
from canglian.kernel.command import Command
from canglian.kernel.known import checked_key
from canglian.kernel.queries.observing import book_figures
from canglian.kernel.queries.paging import LIMIT_MAX, Order
from canglian.web.services import Services

ACTOR = "system:demo"
COUNTER = "counter"
YUAN = 100
_LAST = "wallets:done"
PIN = "719064"
"""The payment PIN of every wallet of a person."""


async def fill_wallets(services: Services, book: int) -> None:
    """Open the wallets, unless an earlier run has."""
    if await services.store.known(book, [checked_key(_LAST, ACTOR)]):
        return
    filling = _Filling(services, book)
    shop = await filling.shop()
    for n, account in enumerate(await filling.accounts(ProductClass.CLASS2)):
        await filling.from_afar(n, account, shop)
    seen = [
        await filling.seen(n, account, shop) for n, account in enumerate(await filling.accounts(ProductClass.CLASS1))
    ]
    await filling.ask(_LAST, ReportLoss(wallet=seen[-1].id, reason="手机遗失"))


class _Filling:
    def __init__(self, services: Services, book: int) -> None:
        self._services = services
        self._book = book
        self._chance = random.Random("新城支行的钱包")  # noqa: S311 - repeatable on purpose

    async def ask(self, key: str, command: Command[Any]) -> Any:
        """The result of a command that is done once."""
        return await self._services.engine.execute(self._book, command, actor=ACTOR, key=key)

    async def accounts(self, kind: ProductClass) -> list[DepositAccount]:
        """Today's deposit accounts of a class, oldest first, without the one that a court froze."""
        today = (await book_figures(self._services.reader, self._book)).today
        asked = DepositFilter(product_class=kind, stopped=False, opened_since=today)
        page = await accounts.accounts(self._services.reader, self._book, asked, Order("id", None, LIMIT_MAX))
        stored = await self._services.store.load(self._book, DepositAccount, [row.id for row in page.items])
        return [stored[row.id] for row in page.items]

    async def _open(self, key: str, product: str, **fields: Any) -> Wallet:
        row = await self.ask(f"{key}:number", AllotWalletNumbers())
        number = WALLET_NUMBERS.allotted(self._services.keyring, row.prefix, row.first, f"{ACTOR}/{key}")
        return await self.ask(key, OpenWallet(product=product, number=number, channel=COUNTER, **fields))

    async def _own(self, key: str, product: str, **fields: Any) -> Wallet:
        """A wallet of a person, with the PIN of the demo."""
        wallet = await self._open(key, product, **fields)
        digest = await pins.hashed(self._services.keyring, wallet.id, PIN, f"{ACTOR}/{key}")
        await self.ask(f"{key}:pin", SetPin(wallet=wallet.id, pin_digest=digest))
        return wallet

    async def shop(self) -> Wallet:
        """The corporate wallet of the first company; the others pay there."""
        account = (await self.accounts(ProductClass.CORPORATE))[0]
        return await self._open("wallets:shop", "wallet.ecny_corporate", party=account.party, deposit=account.id)

    async def from_afar(self, n: int, account: DepositAccount, shop: Wallet) -> None:
        """An e-wallet, and a tier 2 wallet with some e-CNY that is spent; somebody without a name gets a little."""
        key = f"wallets:afar-{n}"
        await self._own(f"{key}:ewallet", "wallet.ewallet", party=account.party, deposit=account.id)
        wallet = await self._own(f"{key}:ecny", "wallet.ecny2", party=account.party, deposit=account.id)
        has = await accounts.account(self._services.reader, self._book, account.id)
        if has.available < 100 * YUAN:
            return
        await self._exchange(key, wallet, 100 * YUAN)
        await self._pay(f"{key}:pay", wallet, shop, self._chance.randint(500, 4_000))
        if n % 2 == 0:
            sealer = Sealer(self._services.keyring, (await book_figures(self._services.reader, self._book)).today, key)
            mobile = sealer.mobile(f"1380013{n:04d}")
            poor = await self._open(f"{key}:anonymous", "wallet.ecny4", mobile=mobile, name="零花钱")
            await self._pay(f"{key}:gift", wallet, poor, self._chance.randint(500, 3_000))

    async def seen(self, n: int, account: DepositAccount, shop: Wallet) -> Wallet:
        """A tier 1 wallet of somebody who was seen, with a sub-wallet for the shop."""
        key = f"wallets:seen-{n}"
        wallet = await self._own(key, "wallet.ecny1", party=account.party, deposit=account.id)
        await self._exchange(key, wallet, self._chance.randint(1, 9) * 100 * YUAN)
        row = await self.ask(f"{key}:sub-number", AllotWalletNumbers())
        number = WALLET_NUMBERS.allotted(self._services.keyring, row.prefix, row.first, f"{ACTOR}/{key}/sub")
        command = OpenSubWallet(
            parent=wallet.id,
            number=number,
            channel=COUNTER,
            name="超市买菜",
            merchant=shop.id,
            single_max=200 * YUAN,
            day_max=500 * YUAN,
        )
        sub = await self.ask(f"{key}:sub", command)
        await self._pay(f"{key}:fill", wallet, sub, 60 * YUAN)
        await self._pay(f"{key}:pay", sub, shop, self._chance.randint(500, 5_000))
        return wallet

    async def _exchange(self, key: str, wallet: Wallet, amount: int) -> None:
        command = ExchangeMoney(wallet=wallet.id, direction=ExchangeDirection.TO_ECNY, amount=amount, channel=COUNTER)
        await self.ask(f"{key}:exchange", command)

    async def _pay(self, key: str, payer: Wallet, payee: Wallet, amount: int) -> None:
        await self.ask(key, TransferBetweenWallets(payer=payer.id, payee=payee.id, amount=amount, channel=COUNTER))
