"""People with wallets."""

from typing import Any

from canglian.bank.deposit import Counterparty, DepositAccount, Inside
from canglian.bank.party import Party
from canglian.bank.party.numbering import Allotted
from canglian.bank.wallet import Wallet, WalletTransfer
from canglian.bank.wallet.commands import (
    AllotWalletNumbers,
    OpenSubWallet,
    OpenWallet,
    SetPin,
    TransferBetweenWallets,
)
from canglian.bank.wallet.commands.money import clearing_account
from canglian.bank.wallet.numbers import WALLET_NUMBERS
from canglian.kernel import Command
from canglian.ledger.commands import PostTransfer
from tests.bank.deposit.holders import KEYRING, SEALER, Holders, Pay

PIN_DIGEST = "$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNo"


class FindClearing(Command[int], kind="test.wallet_clearing"):
    """The number of the branch's own account on the other side of an exchange."""

    asset: str

    def decide(self, book: Any) -> int:
        return clearing_account(book, self.asset)


class Purses(Holders):
    """A branch whose people have wallets."""

    async def wallet_number(self) -> Allotted:
        row = await self.do(AllotWalletNumbers())
        return WALLET_NUMBERS.allotted(KEYRING, row.prefix, row.first)

    async def opening(self, product: str, **fields: Any) -> OpenWallet:
        return OpenWallet(product=product, number=await self.wallet_number(), **{"channel": "mobile", **fields})

    async def class2(self, serial: int = 1) -> DepositAccount:
        """A Class II account whose holder was verified face to face, so that it takes money of others."""
        return await self.counter(await self.seen(serial), "deposit.class2")

    async def ewallet(self, serial: int = 1, funds: int = 0, *, pin: bool = True) -> Wallet:
        """An e-wallet on a Class II account of a person of its own."""
        account = await self.class2(serial)
        if funds:
            await self.fund(account, funds)
        return await self._opened(
            await self.opening("wallet.ewallet", party=account.party, deposit=account.id), pin=pin
        )

    async def anonymous(self, serial: int = 1, funds: int = 0, *, pin: bool = True) -> Wallet:
        """A tier 4 wallet, known by a mobile."""
        mobile = SEALER.mobile(f"1390013{serial:04d}")
        wallet = await self._opened(await self.opening("wallet.ecny4", mobile=mobile), pin=pin)
        if funds:
            await self.give(wallet, funds)
        return wallet

    async def ecny(
        self, tier: int = 2, funds: int = 0, *, party: Party | None = None, serial: int = 1, pin: bool = True
    ) -> Wallet:
        """An e-CNY wallet of a person with a deposit account."""
        holder = party or await self.seen(serial)
        account = await self.counter(holder, "deposit.class2")
        asked = await self.opening(f"wallet.ecny{tier}", party=holder.id, deposit=account.id)
        wallet = await self._opened(asked, pin=pin)
        if funds:
            await self.give(wallet, funds)
        return wallet

    async def sub(self, parent: Wallet, **fields: Any) -> Wallet:
        asked = {"name": "早餐", "channel": "mobile", **fields}
        return await self.do(OpenSubWallet(parent=parent.id, number=await self.wallet_number(), **asked))

    async def _opened(self, asked: OpenWallet, *, pin: bool) -> Wallet:
        wallet = await self.do(asked)
        if pin:
            await self.do(SetPin(wallet=wallet.id, pin_digest=PIN_DIGEST))
        return wallet

    async def give(self, wallet: Wallet, amount: int) -> None:
        """E-CNY out of nowhere."""
        clearing = await self.do(FindClearing(asset="ECNY"))
        await self.do(PostTransfer(debit=clearing, credit=wallet.account, amount=amount, code="test.give"))

    async def cash(self, account: DepositAccount, amount: int) -> None:
        cash = await self.inside(Inside.CASH)
        await self.do(
            Pay(payer=cash, payee=account.id, amount=amount, channel="counter", counterparty=Counterparty.CASH)
        )

    def paying(self, payer: Wallet, payee: Wallet, amount: int, **fields: Any) -> TransferBetweenWallets:
        asked = {"channel": "mobile", "pin": 1, **fields}
        return TransferBetweenWallets(payer=payer.id, payee=payee.id, amount=amount, **asked)

    async def send(self, payer: Wallet, payee: Wallet, amount: int, **fields: Any) -> WalletTransfer:
        return await self.do(self.paying(payer, payee, amount, **fields))

    async def has(self, wallet: Wallet) -> int:
        return await self.balance(wallet.account)

    async def get_deposit(self, wallet: Wallet) -> DepositAccount:
        return await self.get(DepositAccount, wallet.deposit)

    async def seen_again(self, wallet: Wallet) -> Wallet:
        return await self.get(Wallet, wallet.id)


__all__ = ["KEYRING", "PIN_DIGEST", "SEALER", "Purses"]
