"""What moved: records that are written once, and how much a sub-wallet has paid on a day."""

import enum
from datetime import date, datetime
from typing import Annotated

from canglian.bank.deposit.model.interest import FinishedDay, UnsettledInterest
from canglian.kernel.entity import Entity, Record
from canglian.kernel.fields import doc


class MoveKind(enum.StrEnum):
    """How it came about: asked for, by a code that the payer or the payee showed, within a family, undoing another."""

    TRANSFER = "transfer"
    PAY_CODE = "pay_code"
    COLLECT_CODE = "collect_code"
    SUB_WALLET = "sub_wallet"
    REVERSAL = "reversal"


class ExchangeDirection(enum.StrEnum):
    """From deposit money to e-CNY (兑出), or back (兑回)."""

    TO_ECNY = "to_ecny"
    TO_DEPOSIT = "to_deposit"


class WalletTransfer(Record, frozen=True, table="wallet_transfer"):
    """Money that went from one wallet to another. ``transfer`` is the ledger's; ``reverses`` the one that this undoes.

    ``counted`` says whether it was counted against limits, on ``on``.
    """

    id: str
    payer: str
    payee: str
    amount: int
    asset: str
    kind: MoveKind
    channel: str
    counted: bool
    transfer: int
    on: date
    at: datetime
    by: str
    code: str | None = None
    reference: str | None = None
    note: str | None = None
    reverses: str | None = None


class WalletReversal(Record, frozen=True, table="wallet_reversal", key=("transfer",)):
    """The link from a transfer to the one that undid it; a transfer has at most one."""

    transfer: str
    reversed_by: str


class WalletExchange(Record, frozen=True, table="wallet_exchange"):
    """Deposit money that became e-CNY, or the other way round, one for one; its two transfers in the ledger."""

    id: Annotated[str, doc("Its number or id.")]
    wallet: Annotated[str, doc("The wallet's id.")]
    deposit: Annotated[str, doc("The deposit account that the wallet stands on, or is bound to.")]
    direction: Annotated[ExchangeDirection, doc("`to_ecny` from deposit money, `to_deposit` back.")]
    amount: Annotated[int, doc("In the minor unit of the asset (fen for CNY).")]
    channel: Annotated[str, doc("Where it was asked for.")]
    given: Annotated[int, doc("The transfer that took the money from the giving side.")]
    taken: Annotated[int, doc("The transfer that brought the money to the taking side.")]
    on: Annotated[date, doc("The business date.")]
    at: Annotated[datetime, doc("When.")]
    by: Annotated[str, doc("Who asked for it.")]


class SubWalletDay(Entity, frozen=True, table="sub_wallet_day", key=("wallet", "date")):
    """What a sub-wallet has paid on a business date."""

    wallet: str
    date: date
    paid: int


class WalletInterest(UnsettledInterest, frozen=True, table="wallet_interest", key=("account",)):
    """The unsettled interest of an e-CNY wallet. Days before ``changed_on`` bear that of ``earlier_product``."""

    account: int
    wallet: str
    product: str
    earlier_product: str | None
    changed_on: date | None
    accrued: int
    remainder: int
    day_count: int
    until: date
    settled_on: date
    closed: bool

    def product_on(self, day: date) -> str:
        if self.earlier_product is not None and self.changed_on is not None and day < self.changed_on:
            return self.earlier_product
        return self.product


class WalletInterestDay(FinishedDay, frozen=True, table="wallet_interest_day", key=("date",)):
    """A day of which all e-CNY wallets have their interest."""
