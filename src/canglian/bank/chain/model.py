"""Members of a chain, vouchers with their parts, the invoices behind them, what the bank has financed of them."""

import enum
from datetime import date, datetime
from typing import Annotated

import msgspec

from canglian.kernel.entity import Entity, Record
from canglian.kernel.fields import doc


class VoucherState(enum.StrEnum):
    """The life of a voucher: each state names the last step that was taken.

    ``ISSUED`` waits for the core company, which accepts or declines it. ``ACCEPTED``, ``TRANSFERRED`` and ``FINANCED``
    are paid at maturity; of a ``SPLIT`` one its parts are. A ``FROZEN`` one stands still.
    """

    ISSUED = "issued"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    SPLIT = "split"
    TRANSFERRED = "transferred"
    FINANCED = "financed"
    REDEEMED = "redeemed"
    DEFAULTED = "defaulted"
    FROZEN = "frozen"


HELD = frozenset((VoucherState.ACCEPTED, VoucherState.TRANSFERRED))
"""The states in which its holder may split, transfer or finance a voucher."""

PAYABLE = HELD | {VoucherState.FINANCED}
"""The states in which it is paid at maturity."""


class MoveKind(enum.StrEnum):
    """What was done to a voucher."""

    ISSUED = "issued"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    SPLIT = "split"
    TRANSFERRED = "transferred"
    FINANCED = "financed"
    REDEEMED = "redeemed"
    DEFAULTED = "defaulted"
    RECOURSE = "recourse"
    PAID_OUT = "paid_out"
    FROZEN = "frozen"
    UNFROZEN = "unfrozen"


class ChainMember(Entity, frozen=True, table="chain_member", indexes={"party": ("party",)}):
    """A company that takes part in a chain: the core company itself, one of its suppliers, or one of its dealers.

    A core company has no ``core``; what it accepts counts against a product's part of its facility.
    """

    id: Annotated[str, doc("The member's id.")]
    party: Annotated[str, doc("The customer's id.")]
    core: Annotated[str | None, doc("The member that is the chain's core company; null where this is it.")]
    tier: Annotated[int, doc("How far from the core company: 0 for itself, 1 for its own suppliers, and so on.")]
    account: Annotated[str, doc("The deposit account that pays, and is paid.")]
    facility: Annotated[str | None, doc("The facility that acceptance takes from; null for suppliers.")]
    product: Annotated[str | None, doc("The loan product whose part of the facility it is; null for suppliers.")]
    advance_bps: Annotated[int, doc("The most that the bank advances on a voucher, in basis points of its face.")]
    enrolled_at: Annotated[datetime, doc("When it was enrolled.")]
    enrolled_by: Annotated[str, doc("Who enrolled it.")]
    dealer: Annotated[bool, doc("Whether it buys of the core company, instead of selling to it.")] = False
    order_bps: Annotated[
        int, doc("The most that the bank lends on an order or a purchase, in basis points of its amount.")
    ] = 7_000

    @property
    def is_core(self) -> bool:
        """Whether it is the core company of its chain."""
        return self.core is None

    @property
    def chain(self) -> str:
        """The core company's member id: the same for all members of a chain."""
        return self.core or self.id


class Voucher(Entity, frozen=True, table="voucher", indexes={"parent": ("parent",)}):
    """A receivable e-voucher (应收账款电子凭证), or a part of one: the core company pays its face at maturity.

    A part has its ``parent`` and the ``root`` that was issued; a root names itself. All amounts are in fen.
    """

    id: Annotated[str, doc("The voucher's id.")]
    number: Annotated[str, doc("Its number: a part has its parent's, with its own place behind it.")]
    root: Annotated[str, doc("The voucher that was issued, of which this is a part, or itself.")]
    parent: Annotated[str | None, doc("The voucher that was split, or null.")]
    state: Annotated[VoucherState, doc("The last step that was taken, such as `accepted`.")]
    core: Annotated[str, doc("The member that pays it: the core company.")]
    holder: Annotated[str, doc("The member that holds it.")]
    face: Annotated[int, doc("What is paid at maturity, in fen.")]
    invoice: Annotated[str, doc("The number of the invoice that it was issued for, with its code before it.")]
    issued_on: Annotated[date, doc("The business date on which it was issued.")]
    matures_on: Annotated[date, doc("When it is paid; on a day that is no business day, the next one.")]
    reason: Annotated[str | None, doc("Why its term is longer than six months, it was declined or frozen, or null.")]
    parts: Annotated[int, doc("Into how many parts it was split; 0 for none.")]
    paid: Annotated[int, doc("What the core company has paid of it, in fen.")]
    unclaimed: Annotated[int, doc("What of it the holder's account did not take yet, in fen.")]
    frozen_from: Annotated[VoucherState | None, doc("The state that it goes back to when it is unfrozen, or null.")]
    moves: Annotated[int, doc("How many things were done to it.")]
    issued_at: Annotated[datetime, doc("When it was issued.")]
    updated_at: Annotated[datetime, doc("When it was last changed.")]

    @property
    def is_held(self) -> bool:
        """Whether its holder may split, transfer or finance it."""
        return self.state in HELD


class VoucherInvoice(Entity, frozen=True, table="voucher_invoice", key=("code", "number")):
    """An invoice and the voucher, or the financed contract, that it is on; no other one of the book is for it."""

    code: Annotated[str, doc("The invoice's code; empty for a fully digital invoice, which has none.")]
    number: Annotated[str, doc("The invoice's number.")]
    voucher: Annotated[str | None, doc("The voucher that it is on; null after that was declined.")]
    total: Annotated[int, doc("What the invoice is over, in fen.")]
    dated: Annotated[date, doc("The invoice's own date.")]
    digest: Annotated[str, doc("The SHA-256 of the invoice as it was seen.")]
    contract: Annotated[str | None, doc("The contract whose delivery it is for, which the bank finances, or null.")] = (
        None
    )
    order_number: Annotated[str | None, doc("The number of the order that it is for, where that was said.")] = None


class VoucherFinancing(Entity, frozen=True, table="voucher_financing", key=("voucher",)):
    """What the bank has advanced on a voucher (融资): it is repaid first out of what the core company pays.

    ``discount`` is the interest until maturity, kept back at once and earned by the day.
    """

    voucher: Annotated[str, doc("The voucher's id.")]
    member: Annotated[str, doc("The member that was paid.")]
    advance: Annotated[int, doc("What is repaid at maturity, in fen.")]
    discount: Annotated[int, doc("The interest until maturity, in fen; the difference was paid out.")]
    rate_ppm: Annotated[int, doc("The yearly rate, in millionths, by 360 days.")]
    recourse: Annotated[bool, doc("Whether the member pays it back where the core company does not.")]
    begun_on: Annotated[date, doc("The business date on which it was paid out.")]
    ends_on: Annotated[date, doc("When it is repaid.")]
    accrued_to: Annotated[date, doc("Up to the beginning of which day the discount is earned.")]
    earned: Annotated[int, doc("What of the discount is earned, in fen.")]
    repaid: Annotated[int, doc("What of the advance came back, or became a loan, in fen.")]
    open: Annotated[bool, doc("Whether something of it is not repaid.")]
    transfer: Annotated[int, doc("The transfer of the ledger by which it was paid out.")]
    at: Annotated[datetime, doc("When it was paid out.")]
    loan: Annotated[
        str | None, doc("The core company's loan that it became when the voucher was not paid, or null.")
    ] = None

    def earned_on(self, day: date) -> int:
        """What of the discount is earned by the beginning of a day."""
        days = (self.ends_on - self.begun_on).days
        return self.discount * min(max((day - self.begun_on).days, 0), days) // days


class VoucherMove(Record, frozen=True, table="voucher_move", key=("voucher", "number")):
    """What was done to a voucher, and by whom."""

    voucher: Annotated[str, doc("The voucher's id.")]
    number: Annotated[int, doc("Its place among all that was done to this voucher.")]
    root: Annotated[str, doc("The voucher that was issued.")]
    kind: Annotated[MoveKind, doc("What was done, such as `transferred`.")]
    amount: Annotated[int, doc("The amount that it was about, in fen.")]
    source: Annotated[str | None, doc("The member that it came from, or null.")]
    target: Annotated[str | None, doc("The member that it went to; null for the bank.")]
    transfer: Annotated[int | None, doc("The transfer of the ledger, or null where no money moved.")]
    note: Annotated[str | None, doc("Why, or null.")]
    on: Annotated[date, doc("The business date.")]
    at: Annotated[datetime, doc("When.")]
    by: Annotated[str, doc("Who did it.")]
    channel: Annotated[str, doc("Where it was asked for.")]


class Quote(msgspec.Struct, frozen=True):
    """What financing a voucher comes to. All amounts are in fen."""

    advance: Annotated[int, doc("What is repaid at maturity, in fen.")]
    discount: Annotated[int, doc("The interest until maturity, in fen.")]
    paid_out: Annotated[int, doc("What is paid out at once, in fen.")]
    left: Annotated[int, doc("What the holder still gets at maturity, in fen.")]
    rate_ppm: Annotated[int, doc("The yearly rate, in millionths, by 360 days.")]
    days: Annotated[int, doc("For how many days.")]


def quote(face: int, advance_bps: int, rate_ppm: int, begun_on: date, ends_on: date) -> Quote:
    """What financing a face comes to: the advance is rounded down, its discount half up."""
    days = (ends_on - begun_on).days
    advance = face * advance_bps // 10_000
    base = 360 * 1_000_000
    discount = (advance * rate_ppm * days + base // 2) // base
    return Quote(advance, discount, advance - discount, face - advance, rate_ppm, days)
