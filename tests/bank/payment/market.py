"""Shops that are paid with money for a purpose, of people who have wallets too."""

from typing import Any

from canglian.bank.payment import PaymentOrder, SourceUse
from canglian.bank.payment.commands import AuthoriseOrder, PayOrder
from canglian.bank.purpose import PurposeGrant
from canglian.bank.wallet import Wallet
from tests.bank.payment.shops import Shops
from tests.bank.purpose.funds import Contracts


class Market(Shops, Contracts):
    """A branch with merchants, and contracts about money for a purpose."""

    def uses(self, *things: PurposeGrant | Wallet, pin: int | None = 1) -> tuple[SourceUse, ...]:
        """What pays, in this order."""
        return tuple(
            SourceUse(source="wallet" if isinstance(thing, Wallet) else "purpose", item=thing.id, pin=pin)
            for thing in things
        )

    def pays_with(self, order: PaymentOrder, *things: PurposeGrant | Wallet, **fields: Any) -> PayOrder:
        asked: dict[str, Any] = {"channel": "mobile", "sources": self.uses(*things), **fields}
        return PayOrder(order=order.id, **asked)

    def holds_with(self, order: PaymentOrder, *things: PurposeGrant | Wallet) -> AuthoriseOrder:
        return AuthoriseOrder(order=order.id, sources=self.uses(*things), channel="mobile")

    _payers = 50

    async def grant_of(self, holder: Wallet, amount: int, template: str = "welfare", **fields: Any) -> PurposeGrant:
        """A grant from a payer of its own."""
        self._payers += 1
        payer = await self.ecny(2, amount, serial=self._payers)
        [grant] = await self.granted(await self.funded(payer, amount, template, **fields), holder, amount=amount)
        return grant


__all__ = ["Market"]
