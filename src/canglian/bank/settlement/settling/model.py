"""What settlements of merchants keep: terms, the settlements, and how far each account is settled."""

import enum
from datetime import date, datetime
from typing import Annotated

from canglian.kernel.entity import Entity
from canglian.kernel.fields import doc


class SettlementState(enum.StrEnum):
    """Paid out; carried over to the next one; held by the terms; failed where the payout was refused."""

    PAID = "paid"
    CARRIED = "carried"
    HELD = "held"
    FAILED = "failed"


class SettlementTerms(Entity, frozen=True, table="settlement_terms", key=("merchant",)):
    """How a merchant is settled. Without a row the first terms hold: T+1, any amount."""

    merchant: Annotated[str, doc("The merchant's id.")]
    cycle: Annotated[int, doc("After how many business days what is paid is settled: 0 is T+0, 1 is T+1.")]
    minimum: Annotated[int, doc("What a payout comes to at least, in fen; less is carried over.")]
    hold_reason: Annotated[str | None, doc("Why it is not paid out for now; null where it is.")]
    updated_at: Annotated[datetime, doc("When they were last changed.")]
    updated_by: Annotated[str, doc("Who changed them last.")]


class Settlement(Entity, frozen=True, table="settlement"):
    """What became of a merchant's account on a business date (结算单). Amounts are in fen.

    ``net`` is ``carried_in + gross - refunds - fees - tax + splits_in - splits_out + claims_in + other``, which are the
    sums of the account's transfers after ``after_transfer`` up to ``last_transfer``; and it is ``claims_out +
    paid_out + carried_out``.
    """

    id: Annotated[str, doc("The settlement's id.")]
    merchant: Annotated[str, doc("The merchant's id.")]
    asset: Annotated[str, doc("The unit of value, such as `CNY`.")]
    account: Annotated[int, doc("The account of the ledger in which the merchant is owed it.")]
    date: Annotated[date, doc("The business date of the settlement.")]
    after_transfer: Annotated[int, doc("The last transfer of the ledger that the settlement before it contains.")]
    last_transfer: Annotated[int, doc("The last transfer of the ledger that it contains.")]
    carried_in: Annotated[int, doc("What the settlement before it carried over; below nothing for a debt.")]
    gross: Annotated[int, doc("What was paid to the merchant.")]
    refunds: Annotated[int, doc("What was refunded.")]
    fees: Annotated[int, doc("Fees without their tax, less what refunds gave back.")]
    tax: Annotated[int, doc("Value-added tax in the fees, less what refunds gave back.")]
    splits_in: Annotated[int, doc("Shares of other merchants' payments, less what went back.")]
    splits_out: Annotated[int, doc("Shares that went to other merchants, less what came back.")]
    claims_in: Annotated[int, doc("What was collected for it from receivers of its splits.")]
    other: Annotated[int, doc("What else was booked in the account.")]
    net: Annotated[int, doc("The sum of all that.")]
    kept_back: Annotated[int, doc("What of the net is kept back to be split.")]
    claims_out: Annotated[int, doc("What was taken from it for merchants to which it owed returned shares.")]
    paid_out: Annotated[int, doc("What was paid out.")]
    carried_out: Annotated[int, doc("What is carried over to the next settlement; below nothing for a debt.")]
    state: Annotated[SettlementState, doc("`paid`, `carried`, `held` or `failed`.")]
    reason: Annotated[str | None, doc("Why nothing was paid out: `settlement.*`, or the code of the refusal; or null.")]
    destination: Annotated[str | None, doc("The wallet, or the account of the ledger, that was paid; or null.")]
    transfer: Annotated[int | None, doc("The transfer of the ledger that paid it out, or null.")]
    at: Annotated[datetime, doc("When it was made.")]
    updated_at: Annotated[datetime, doc("When it was last changed.")]


class SettlementPosition(Entity, frozen=True, table="settlement_position", key=("account",)):
    """How far an account of a merchant is settled, so that no settlement reads what an earlier one has read."""

    account: Annotated[int, doc("The account of the ledger.")]
    merchant: Annotated[str, doc("The merchant's id.")]
    settlement: Annotated[str, doc("Its last settlement.")]
    date: Annotated[date, doc("The business date of that.")]
    last_transfer: Annotated[int, doc("The last transfer of the ledger that is settled.")]
    carried: Annotated[int, doc("What that settlement carried over, in fen.")]


class Cutoff(Entity, frozen=True, table="cutoff", key=("date",)):
    """Where the movements of a business date end (日切): what is booked later belongs to the next settlement."""

    date: Annotated[date, doc("The business date.")]
    last_transfer: Annotated[int, doc("The last transfer of the ledger before the cut-off.")]
    at: Annotated[datetime, doc("When.")]
