"""Contracts of the demo: a union's welfare, a county's meal subsidy and a payroll, each given to some customers."""

from datetime import timedelta
from typing import Any

from canglian.bank.purpose.commands import (
    DraftPurposeContract,
    FundPurposeContract,
    GrantLine,
    IssuePurposeGrants,
    SignPurposeContract,
)
from canglian.bank.purpose.model import PurposeContract
from canglian.bank.wallet.commands import ExchangeMoney
from canglian.bank.wallet.model import ExchangeDirection, WalletKind, WalletState
from canglian.bank.wallet.queries import wallets
from canglian.bank.wallet.queries.wallets import WalletFilter, WalletView
from canglian.kernel.command import Command
from canglian.kernel.known import checked_key
from canglian.kernel.queries.observing import book_figures
from canglian.kernel.queries.paging import LIMIT_MAX, Order
from canglian.web.services import Services

ACTOR = "system:demo"
COUNTER = "counter"
WELFARE = "工会福利"
_LAST = "purpose:done"

_CONTRACTS = (
    ("welfare", WELFARE, 300_000, 30_000, 180),
    ("subsidy", "消费补贴", 60_000, 5_000, 60),
    ("payroll", "六月工资", 400_000, 100_000, 30),
)
"""Template, name, what is paid in, what each holder gets, and for how many days."""

_DRAFT = ("welfare", "中秋福利", 90)


async def fill_purpose(services: Services, book: int) -> None:
    """Draft, fund and grant the contracts, unless an earlier run has."""
    if await services.store.known(book, [checked_key(_LAST, ACTOR)]):
        return
    filling = _Filling(services, book)
    payer = await filling.payer()
    if payer is None:
        return
    holders = await filling.holders()
    for place, (template, name, amount, share, days) in enumerate(_CONTRACTS):
        contract = await filling.funded(f"purpose:{place}", payer, template, name, amount, days)
        lines = tuple(GrantLine(holder.id, share) for holder in holders[: 4 - place])
        if lines:
            await filling.ask(f"purpose:{place}:grants", IssuePurposeGrants(contract=contract.id, lines=lines))
    template, name, days = _DRAFT
    await filling.ask(_LAST, await filling.draft(payer, template, name, days))


class _Filling:
    def __init__(self, services: Services, book: int) -> None:
        self._services = services
        self._book = book

    async def ask(self, key: str, command: Command[Any]) -> Any:
        """The result of a command that is done once."""
        return await self._services.engine.execute(self._book, command, actor=ACTOR, key=key)

    async def payer(self) -> WalletView | None:
        """The company's wallet, with e-CNY for all contracts."""
        asked = WalletFilter(product="wallet.ecny_corporate")
        page = await wallets.wallets(self._services.reader, self._book, asked, Order("id", None, 1))
        if not page.items:
            return None
        wanted = sum(amount for _, _, amount, _, _ in _CONTRACTS)
        command = ExchangeMoney(
            wallet=page.items[0].id, direction=ExchangeDirection.TO_ECNY, amount=wanted, channel=COUNTER
        )
        await self.ask("purpose:exchange", command)
        return page.items[0]

    async def holders(self) -> list[WalletView]:
        """Customers' e-CNY wallets, the oldest first."""
        asked = WalletFilter(state=WalletState.ACTIVE)
        page = await wallets.wallets(self._services.reader, self._book, asked, Order("id", None, LIMIT_MAX))
        return [each for each in page.items if each.kind is WalletKind.ECNY and each.parent is None and each.party]

    async def draft(self, payer: WalletView, template: str, name: str, days: int) -> DraftPurposeContract:
        """A draft that is valid from today on."""
        today = (await book_figures(self._services.reader, self._book)).today
        return DraftPurposeContract(
            template=template, name=name, payer=payer.id, valid_until=today + timedelta(days=days)
        )

    async def funded(
        self, key: str, payer: WalletView, template: str, name: str, amount: int, days: int
    ) -> PurposeContract:
        """A contract that was signed and paid in."""
        drafted = await self.ask(f"{key}:draft", await self.draft(payer, template, name, days))
        await self.ask(f"{key}:sign", SignPurposeContract(contract=drafted.id, channel=COUNTER))
        return await self.ask(f"{key}:fund", FundPurposeContract(contract=drafted.id, amount=amount, channel=COUNTER))
