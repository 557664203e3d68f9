"""A random life of contracts with everything that may happen to their money: held, spent, passed on, given back, ended.

It knows only what its commands have answered, so that it is lived in memory and on a database alike.
"""

import random
from typing import Any

from canglian.bank.payment import Merchant, Payment
from canglian.bank.payment.commands import CancelPayment, CapturePayment, ChangeMerchant, CloseMerchant
from canglian.bank.purpose import PurposeGrant
from canglian.bank.purpose.commands import (
    AddPurposeTemplate,
    BuyPrepaidCard,
    ClawBackPurposeGrant,
    ClosePrepaidOffer,
    ExpirePurposeContract,
    GiveBackPrepaidCards,
    GrantLine,
    IssuePurposeGrants,
    OpenPrepaidOffer,
    PayOutPurposeGrants,
    RefundPrepaidCard,
    ReleasePurposeContract,
    ResumePurposeContract,
    RevokePurposeGrant,
    SuspendPurposeContract,
    TerminatePurposeContract,
    TransferPurposeGrant,
    WindUpPurposeContract,
)
from canglian.bank.purpose.commands.grants import IssuedGrants
from canglian.bank.purpose.commands.prepaid import PrepaidCard
from canglian.bank.purpose.model import PrepaidOffer, TemplateKind
from canglian.bank.purpose.rules import Case, Payee, Payees, Rules, Use
from canglian.bank.wallet import Wallet
from canglian.kernel import Command
from tests.bank.payment.market import Market

WHY = {"reason": "测试"}


class Life:
    """A life on a branch; ``chance`` is all that decides it."""

    def __init__(self, branch: Market, chance: random.Random) -> None:
        self._branch = branch
        self._chance = chance
        self._wallets: list[Wallet] = []
        self._contracts: list[str] = []
        self._grants: list[tuple[str, str]] = []
        self._cards: list[str] = []
        self._payments: list[Payment] = []
        self._closed: set[str] = set()
        self._refunds = 0

    async def begin(self) -> None:
        """Wallets with money, two merchants, contracts of several templates, and an offer with a bonus."""
        branch = self._branch
        self._wallets = [await branch.ecny(2, 40_000, serial=serial) for serial in (1, 2, 3, 4)]
        self._shop: Merchant = await branch.shop()
        self._gym: Merchant = await branch.shop(name="飞鱼健身", category="7997")
        await branch.do(self._passable())
        for template in ("welfare", "payroll", "passable", "split"):
            contract = await branch.funded(self._wallets[0], 6_000, template, days=self._chance.randint(4, 20))
            self._contracts.append(contract.id)
        pool = await branch.funded(self._wallets[0], 5_000, "prepaid", days=400, payees=(self._gym.id,))
        asked: dict[str, Any] = {"payee": self._gym.id, "name": "健身卡", "bonus_bps": 2_500, "pool": pool.id}
        self._offer: PrepaidOffer = await branch.do(OpenPrepaidOffer(**asked, days=12))

    def _passable(self) -> AddPurposeTemplate:
        payee = Payee(id="shop", category="5411", region="330106", lists=("county",))
        use = Use(payee=payee, amount=1, on=self._branch.now.date(), remaining=5)
        other = Use(payee=Payee(id="shop", category="5411", region="330106"), amount=1, on=use.on, remaining=5)
        rules = Rules(allowed=Payees(lists=("county",)), transferable=True, uses_max=40)
        cases = (
            Case(name="On the list", use=use),
            Case(name="On none", use=other, expected="purpose.list_not_allowed"),
        )
        return AddPurposeTemplate(
            code="passable", kind=TemplateKind.WELFARE, name="可转让", rules=rules, cases=cases, note="测试"
        )

    async def step(self) -> bool:
        """Something happens, or is refused; whether it happened."""
        if self._chance.random() < 0.03:
            await self._branch.day(1)
        command = await self._command()
        if command is None:
            return False
        outcome = await self._branch.ask(command)
        if outcome.error is not None:
            return False
        self._note(outcome.unwrap(), command)
        return True

    def _note(self, result: Any, command: Command[Any]) -> None:
        if isinstance(result, IssuedGrants):
            self._grants += [(grant.id, grant.contract) for grant in result.grants]
        elif isinstance(command, TransferPurposeGrant):
            self._grants.append((result.id, result.contract))
        elif isinstance(result, PrepaidCard):
            self._cards.append(result.contract.id)
            self._contracts.append(result.contract.id)
            self._grants.append((result.grant.id, result.contract.id))
        elif isinstance(result, Payment) and not isinstance(command, CapturePayment | CancelPayment):
            self._payments.append(result)

    async def _command(self) -> Command[Any] | None:
        kinds = (self._spending, self._holding, self._granting, self._refunding, self._ending, self._custody)
        kind = self._chance.choices(kinds, (6, 4, 4, 3, 3, 3))[0]
        return await kind()

    def _wallet(self) -> Wallet:
        return self._chance.choice(self._wallets)

    def _grant(self) -> tuple[str, str] | None:
        return self._chance.choice(self._grants) if self._grants else None

    async def _paid_with(self) -> tuple[Any, Any] | None:
        found = self._grant()
        if found is None:
            return None
        shop = self._chance.choice((self._shop, self._gym))
        if shop.id in self._closed:
            return None
        grant: PurposeGrant = await self._branch.get(PurposeGrant, found[0])
        return await self._branch.order(shop, self._chance.randint(1, 900)), grant

    async def _spending(self) -> Command[Any] | None:
        found = await self._paid_with()
        return None if found is None else self._branch.pays_with(found[0], found[1])

    async def _holding(self) -> Command[Any] | None:
        if self._payments and self._chance.random() < 0.6:
            payment = self._chance.choice(self._payments).id
            if self._chance.random() < 0.3:
                return CancelPayment(payment=payment, **WHY)
            return CapturePayment(
                payment=payment, amount=self._chance.randint(1, 500), final=self._chance.random() < 0.4
            )
        found = await self._paid_with()
        return None if found is None else self._branch.holds_with(found[0], found[1])

    async def _granting(self) -> Command[Any] | None:
        amount, found = self._chance.randint(1, 1_500), self._grant()
        if found is None or self._chance.random() < 0.5:
            lines = (GrantLine(self._wallet().id, amount),)
            return IssuePurposeGrants(contract=self._chance.choice(self._contracts), lines=lines)
        kind = self._chance.choice(("transfer", "transfer", "claw", "revoke"))
        if kind == "transfer":
            return TransferPurposeGrant(grant=found[0], to=self._wallet().id, amount=amount, channel="counter")
        if kind == "claw":
            return ClawBackPurposeGrant(grant=found[0], amount=self._chance.choice((None, amount)), **WHY)
        return RevokePurposeGrant(grant=found[0], **WHY)

    async def _refunding(self) -> Command[Any] | None:
        if not self._payments:
            return None
        self._refunds += 1
        payment = self._chance.choice(self._payments)
        return self._branch.refunding(payment, self._chance.randint(1, 500), f"r-{self._refunds}")

    async def _ending(self) -> Command[Any] | None:
        known = {"contract": self._chance.choice(self._contracts)}
        ids = tuple(grant for grant, contract in self._grants if contract == known["contract"])[:20]
        release = ReleasePurposeContract(**known, **WHY)
        choices: list[Command[Any]] = [
            ExpirePurposeContract(**known),
            WindUpPurposeContract(**known, grants=ids[: self._chance.randint(0, len(ids))]),
            SuspendPurposeContract(**known, **WHY),
            ResumePurposeContract(**known, **WHY),
            ResumePurposeContract(**known, **WHY),
            *((release, PayOutPurposeGrants(**known, grants=ids)) if ids else (release,)),
            *((TerminatePurposeContract(**known, **WHY),) if self._chance.random() < 0.1 else ()),
            ChangeMerchant(merchant=self._shop.id, lists=self._chance.choice(((), ("county",), ("county",)))),
        ]
        return self._chance.choice(choices)

    async def _custody(self) -> Command[Any] | None:
        known: dict[str, Any] = {"offer": self._offer.id}
        if self._chance.random() < 0.02:
            self._closed.add(self._gym.id)
            return CloseMerchant(merchant=self._gym.id, **WHY)
        if self._chance.random() < 0.02:
            return ClosePrepaidOffer(**known, **WHY)
        if self._cards and self._chance.random() < 0.2:
            return RefundPrepaidCard(contract=self._chance.choice(self._cards), channel="counter")
        if self._cards and self._chance.random() < 0.3:
            return GiveBackPrepaidCards(**known, contracts=tuple(self._chance.sample(self._cards, 1)))
        wallet, amount = self._wallet(), self._chance.randint(1, 2_000)
        return BuyPrepaidCard(**known, wallet=wallet.id, amount=amount, channel="counter")
