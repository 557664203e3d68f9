"""Orders and purchases of a core company, and which number is taken by what."""

import enum
from datetime import date, datetime
from typing import Annotated

from canglian.kernel.entity import Entity
from canglian.kernel.fields import doc


class ContractKind(enum.StrEnum):
    """``order``: the core company buys of a supplier; ``purchase``: a dealer buys of the core company, and prepays."""

    ORDER = "order"
    PURCHASE = "purchase"


class ContractState(enum.StrEnum):
    """The life of a contract: each state names the last step that was taken.

    ``REGISTERED`` waits for the core company. A ``FINANCED`` order is ``DELIVERED`` with its documents, and
    ``RECEIVED`` once the core company has confirmed so: it owes the amount. A ``FINANCED`` purchase has its goods
    released against repayment. ``SETTLED`` is the end of both.
    """

    REGISTERED = "registered"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    FINANCED = "financed"
    DELIVERED = "delivered"
    RECEIVED = "received"
    SETTLED = "settled"


LENT = frozenset((ContractState.FINANCED, ContractState.DELIVERED, ContractState.RECEIVED))
"""The states in which the bank has lent on a contract."""


class TradeContract(
    Entity,
    frozen=True,
    table="trade_contract",
    indexes={"partner": ("partner",), "digest": ("digest",), "loan": ("loan",)},
):
    """An order (订单) or a purchase (采购合同) that the bank finances. All amounts are in fen.

    What is owed of it is that of its ``loan``, which is the partner's and takes from the core company's limit.
    """

    id: Annotated[str, doc("The contract's id.")]
    kind: Annotated[ContractKind, doc("`order` or `purchase`.")]
    state: Annotated[ContractState, doc("The last step that was taken, such as `confirmed`.")]
    core: Annotated[str, doc("The member that is the core company.")]
    partner: Annotated[str, doc("The member that sells to it, or buys of it: the borrower.")]
    number: Annotated[str, doc("The number by which the core company knows it.")]
    amount: Annotated[int, doc("What it is over, in fen.")]
    dated: Annotated[date, doc("The contract's own date.")]
    deliver_by: Annotated[date, doc("By when its goods are delivered.")]
    digest: Annotated[str, doc("The SHA-256 of the contract as it was seen.")]
    reason: Annotated[str | None, doc("Why it, or its delivery, was declined, or null.")]
    loan: Annotated[str | None, doc("The loan by which it is financed, or null.")]
    advance: Annotated[int, doc("What the bank has lent, in fen.")]
    delivery: Annotated[str | None, doc("The SHA-256 of the delivery note as it was seen, or null.")]
    invoice: Annotated[str | None, doc("The number of its invoice, with its code before it, or null.")]
    released: Annotated[int, doc("The goods of a purchase that were released, in fen.")]
    paid: Annotated[int, doc("What the core company has paid of it at the end, in fen.")]
    registered_at: Annotated[datetime, doc("When it was registered.")]
    updated_at: Annotated[datetime, doc("When it was last changed.")]

    @property
    def is_order(self) -> bool:
        """Whether the core company buys."""
        return self.kind is ContractKind.ORDER

    def share_of(self, goods: int) -> int:
        """What of the advance is to be repaid before so much of the goods is released: rounded up."""
        return -(-self.advance * goods // self.amount)


class TradeNumber(Entity, frozen=True, table="trade_number", key=("core", "number")):
    """A number of an order or purchase of a core company: taken by a contract, or by vouchers for its invoices."""

    core: Annotated[str, doc("The member that is the core company.")]
    number: Annotated[str, doc("The number of the order or purchase.")]
    contract: Annotated[str | None, doc("The contract that is financed by it, or null.")]
    vouchers: Annotated[int, doc("How many living vouchers are for its invoices.")]
