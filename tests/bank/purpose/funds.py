"""People with wallets who hold money for a purpose, and shops to which it is paid."""

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any

from canglian.bank import purpose
from canglian.bank.deposit.moving import open_in_ledger
from canglian.bank.purpose import Payee, PurposeContract, PurposeGrant, PurposeMovement
from canglian.bank.purpose.commands import (
    DraftPurposeContract,
    FundPurposeContract,
    GrantLine,
    IssuePurposeGrants,
    SignPurposeContract,
    WindUpPurposeContract,
)
from canglian.bank.wallet import Wallet
from canglian.kernel import Command
from canglian.ledger.model import Balance
from tests.bank.wallet.purses import Purses

GROCERY = Payee(id="mer_grocery", category="5411", region="330106")
BAR = Payee(id="mer_bar", category="5813", region="330106")


class OpenShop(Command[int], kind="test.purpose_shop"):
    """An account in which a shop is owed money."""

    def decide(self, book: Any) -> int:
        return open_in_ledger(book, "2241", "ECNY", floor=None, name="shop").id


class Spend(Command[PurposeMovement], kind="test.purpose_spend"):
    """Pay from a grant, as a room above does."""

    grant: str
    account: int
    amount: int
    payee: Payee

    def decide(self, book: Any) -> PurposeMovement:
        return purpose.spend(book, book.get(PurposeGrant, self.grant), self.account, self.amount, self.payee)


class Return(Command[PurposeMovement], kind="test.purpose_return"):
    """Give back what was spent, as a room above does."""

    grant: str
    account: int
    amount: int
    payee: Payee

    def decide(self, book: Any) -> PurposeMovement:
        return purpose.give_back(book, book.get(PurposeGrant, self.grant), self.account, self.amount, self.payee)


class Order(Command[list[str]], kind="test.purpose_order"):
    """The grants of a wallet that may pay a payee, in the order of spending."""

    wallet: str
    payee: Payee

    def decide(self, book: Any) -> list[str]:
        return [grant.id for grant in purpose.grants_of(book, self.wallet, self.payee)]


class Contracts(Purses):
    """A branch with contracts about money for a purpose."""

    async def drafted(self, payer: Wallet, template: str = "welfare", *, days: int = 30, **fields: Any) -> Any:
        until = (await self.store.state(1)).today + timedelta(days=days)
        return await self.do(
            DraftPurposeContract(template=template, name="敬老餐", payer=payer.id, valid_until=until, **fields)
        )

    async def funded(
        self, payer: Wallet, amount: int, template: str = "welfare", *, days: int = 30, **fields: Any
    ) -> PurposeContract:
        contract = await self.drafted(payer, template, days=days, **fields)
        await self.do(SignPurposeContract(contract=contract.id, channel="counter"))
        return await self.do(FundPurposeContract(contract=contract.id, amount=amount, channel="counter"))

    async def granted(self, contract: PurposeContract, *holders: Wallet, amount: int) -> list[PurposeGrant]:
        lines = tuple(GrantLine(holder.id, amount) for holder in holders)
        return (await self.do(IssuePurposeGrants(contract=contract.id, lines=lines))).grants

    async def wound_up(self, contract: PurposeContract) -> PurposeContract:
        living = [grant.id for grant in await self.rows(PurposeGrant, contract=contract.id) if grant.remaining]
        return await self.do(WindUpPurposeContract(contract=contract.id, grants=tuple(living)))

    async def contract(self, contract: PurposeContract) -> PurposeContract:
        return await self.get(PurposeContract, contract.id)

    async def contract_payer(self, grant: PurposeGrant) -> Wallet:
        """The wallet that funded a grant's contract."""
        contract = await self.get(PurposeContract, grant.contract)
        return await self.get(Wallet, contract.payer)

    async def by(self, actor: str, command: Command[Any]) -> Any:
        """Done, as somebody asked for it."""
        return (await self.engine.submit(1, command, actor=actor)).unwrap()

    async def together(self, *commands: Command[Any]) -> list[Any]:
        """Ask for all of them at once; the book decides them in this order."""
        return list(await asyncio.gather(*(self.ask(command) for command in commands)))

    async def grant(self, grant: PurposeGrant) -> PurposeGrant:
        return await self.get(PurposeGrant, grant.id)

    async def require_conserved(self) -> None:
        """Every contract's account has what is not allotted and what remains of its grants, as its records say."""
        remaining: Counter[str] = Counter()
        reserved: Counter[str] = Counter()
        for grant in await self.rows(PurposeGrant):
            assert 0 <= grant.held <= grant.remaining
            remaining[grant.contract] += grant.remaining
            reserved[grant.contract] += grant.held
        recorded: Counter[str] = Counter()
        for movement in await self.rows(PurposeMovement):
            inwards = movement.kind.value in ("funded", "refunded")
            recorded[movement.contract] += (1 if inwards else -1) * movement.amount * movement.purpose
        for contract in await self.rows(PurposeContract):
            balance = await self.get(Balance, contract.account)
            held = balance.credits - balance.debits
            assert contract.allotted == remaining[contract.id]
            assert contract.held == reserved[contract.id] == balance.debits_held
            assert held == contract.unallotted + contract.allotted == recorded[contract.id]


class Funds(Contracts):
    """A branch with shops that are paid for a purpose, as a room above does."""

    async def shop(self) -> int:
        return await self.do(OpenShop())

    def spending(self, grant: PurposeGrant, shop: int, amount: int, payee: Payee = GROCERY) -> Spend:
        return Spend(grant=grant.id, account=shop, amount=amount, payee=payee)

    def returning(self, grant: PurposeGrant, shop: int, amount: int, payee: Payee = GROCERY) -> Return:
        return Return(grant=grant.id, account=shop, amount=amount, payee=payee)


__all__ = ["BAR", "GROCERY", "Contracts", "Funds", "Order"]
