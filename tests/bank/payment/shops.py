"""People with wallets, and shops in which they pay."""

from typing import Any

from canglian.bank.payment import Merchant, Payment, PaymentLine, PaymentOrder, Refund, SourceUse
from canglian.bank.payment.commands import AuthoriseOrder, OpenOrder, PayOrder, RefundPayment, RegisterMerchant
from canglian.bank.wallet import Wallet
from canglian.ledger.commands import OpenAccount, PostTransfer
from canglian.ledger.model import Account
from tests.bank.wallet.purses import Purses


class Shops(Purses):
    """A branch whose merchants are paid."""

    _orders = 0
    outside = 0

    async def shop(self, **fields: Any) -> Merchant:
        asked = {"name": "新城鲜果店", "category": "5411", "region": "330106", **fields}
        return await self.do(RegisterMerchant(**asked))

    async def order(self, merchant: Merchant, amount: int, **fields: Any) -> PaymentOrder:
        self._orders += 1
        asked: dict[str, Any] = {"number": f"o-{self._orders}", "subject": "鲜果一篮", **fields}
        return await self.do(OpenOrder(merchant=merchant.id, amount=amount, **asked))

    def pays(self, order: PaymentOrder, *wallets: Wallet, channel: str = "mobile", pin: int | None = 1) -> PayOrder:
        uses = tuple(SourceUse(item=wallet.id, pin=pin) for wallet in wallets)
        return PayOrder(order=order.id, sources=uses, channel=channel)

    async def paid(self, merchant: Merchant, wallet: Wallet, amount: int, **fields: Any) -> Payment:
        return await self.do(self.pays(await self.order(merchant, amount, **fields), wallet))

    def authorises(self, order: PaymentOrder, *wallets: Wallet) -> AuthoriseOrder:
        uses = tuple(SourceUse(item=wallet.id, pin=1) for wallet in wallets)
        return AuthoriseOrder(order=order.id, sources=uses, channel="mobile")

    def refunding(self, payment: Payment, amount: int, number: str = "r-1") -> RefundPayment:
        return RefundPayment(payment=payment.id, number=number, amount=amount, reason="退货", channel="counter")

    async def refund(self, payment: Payment, amount: int, number: str = "r-1") -> Refund:
        return await self.do(self.refunding(payment, amount, number))

    async def owed(self, merchant: Merchant, asset: str = "CNY") -> int:
        return await self.balance(merchant.accounts[asset])

    async def spent(self, merchant: Merchant, asset: str, amount: int) -> None:
        """A settlement has paid this much out, as far as it was owed."""
        amount = min(amount, max(0, await self.owed(merchant, asset)))
        if amount:
            bank = await self.do(OpenAccount(asset=asset, head="3001", floor=None))
            await self.do(PostTransfer(debit=merchant.accounts[asset], credit=bank.id, amount=amount, code="test.out"))
            self.outside += amount

    async def fees(self, asset: str = "CNY") -> tuple[int, int]:
        """The bank's income of fees, and the tax in them."""
        found = {account.reference: account for account in await self.rows(Account)}
        kinds = ("income", "tax")
        accounts = [found.get(f"payment.{kind}.{asset.lower()}") for kind in kinds]
        income, tax = [0 if account is None else await self.balance(account.id) for account in accounts]
        return income, tax

    async def lines(self, payment: Payment) -> list[PaymentLine]:
        return sorted(await self.rows(PaymentLine, payment=payment.id), key=lambda line: line.position)


__all__ = ["Shops"]
