"""The settlement of one account, decided on what a run has read of it.

What a run reads are sums over the account's transfers, which decisions cannot make; the balance proves them: what was
carried over and all that was booked since come to it, or the account has moved meanwhile and is read again.
"""

from collections.abc import Iterable
from datetime import date
from typing import Annotated

import msgspec

from canglian.bank.payment.accounts import payable_account
from canglian.bank.payment.model import Merchant, MerchantRisk, MerchantState, SplitClaim
from canglian.bank.settlement.settling.model import (
    Settlement,
    SettlementPosition,
    SettlementState,
    SettlementTerms,
)
from canglian.bank.settlement.settling.paying_out import CLAIM, PaidOut, has_destination, pay_out
from canglian.bank.settlement.settling.terms import terms_of
from canglian.kernel.command import Read
from canglian.kernel.errors import Rejection
from canglian.kernel.fields import doc
from canglian.ledger.book import Book
from canglian.ledger.model import Account, Balance

MOVED = "settlement.moved"
DIFFERS = "settlement.differs"


class Sums(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False, omit_defaults=True):
    """What was booked in an account, by what it was for; in fen."""

    gross: int = 0
    refunds: int = 0
    fees: int = 0
    tax: int = 0
    splits_in: int = 0
    splits_out: int = 0
    claims_in: int = 0
    other: int = 0

    @property
    def net(self) -> int:
        """What they come to."""
        return (
            self.gross
            - self.refunds
            - self.fees
            - self.tax
            + self.splits_in
            - self.splits_out
            + self.claims_in
            + self.other
        )


class DueSettlement(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False, omit_defaults=True):
    """An account of a merchant as it was read for a settlement."""

    merchant: Annotated[str, doc("The merchant's id.")]
    asset: Annotated[str, doc("The unit of value.")]
    account: Annotated[int, doc("The account of the ledger.")]
    after: Annotated[int, doc("The last transfer that is settled.")]
    last: Annotated[int, doc("The last transfer that this settlement contains.")]
    seen: Annotated[int, doc("The last transfer of the account when it was read.")]
    sums: Annotated[Sums, doc("What was booked after the one up to the other.")]
    since: Annotated[int, doc("What was booked after that, in sum.")] = 0
    kept_due: Annotated[int, doc("What of the settled payments is kept back to be split.")] = 0
    kept: Annotated[int, doc("What of all payments is kept back to be split.")] = 0
    claims: Annotated[tuple[str, ...], doc("Claims that the merchant owes others.")] = ()

    def reads(self) -> Iterable[Read]:
        """What its settlement reads, as far as this says."""
        yield Merchant, self.merchant
        yield SettlementTerms, self.merchant
        yield SettlementPosition, self.account
        yield Account, self.account
        yield Balance, self.account
        for claim in self.claims:
            yield SplitClaim, claim


def settle(book: Book, day: date, due: DueSettlement) -> Settlement | str:
    """Settle one account; or say why it was left out: ``settlement.moved`` or ``settlement.differs``."""
    position = book.maybe(SettlementPosition, due.account)
    balance = book.get(Balance, due.account)
    settled_to, carried = (0, 0) if position is None else (position.last_transfer, position.carried)
    if (position is not None and position.date >= day) or settled_to != due.after or balance.last_transfer != due.seen:
        return MOVED
    has, net = balance.credits - balance.debits, carried + due.sums.net
    if has != net + due.since:
        return DIFFERS
    identity = book.new_id("stl")
    available = max(0, min(net - due.kept_due, has - due.kept))
    claimed = _collect(book, day, due, available, identity)
    state, reason, paid = _paid(book, due, available - claimed, identity)
    paid_out = available - claimed if paid is not None else 0
    settlement = Settlement(
        id=identity,
        merchant=due.merchant,
        asset=due.asset,
        account=due.account,
        date=day,
        after_transfer=due.after,
        last_transfer=due.last,
        carried_in=carried,
        net=net,
        kept_back=due.kept_due,
        claims_out=claimed,
        paid_out=paid_out,
        carried_out=net - claimed - paid_out,
        state=state,
        reason=reason,
        destination=None if paid is None else paid.destination,
        transfer=None if paid is None else paid.transfer,
        at=book.now,
        updated_at=book.now,
        **{name: getattr(due.sums, name) for name in Sums.__struct_fields__},
    )
    after = SettlementPosition(due.account, due.merchant, identity, day, due.last, settlement.carried_out)
    if position is None:
        book.add(after)
    else:
        book.put(after)
    book.emit(
        "settlement.made",
        f"settlement:{identity}",
        settlement=identity,
        merchant=due.merchant,
        amount=paid_out,
        asset=due.asset,
        state=state.value,
    )
    return book.add(settlement)


def _collect(book: Book, day: date, due: DueSettlement, available: int, settlement: str) -> int:
    """Take what the merchant owes others from what it has, the oldest claim first; how much it was."""
    taken = 0
    for identity in due.claims:
        claim = book.get(SplitClaim, identity)
        amount = min(claim.left, available - taken)
        if amount <= 0:
            continue
        target = payable_account(book, book.get(Merchant, claim.merchant), claim.asset)
        book.transfer(due.account, target, amount, CLAIM, reference=settlement)
        book.put(claim.replace(collected=claim.collected + amount, collected_on=day))
        book.emit(
            "payment.claim_collected",
            f"settlement:{settlement}",
            settlement=settlement,
            merchant=claim.merchant,
            receiver=claim.receiver,
            amount=amount,
            asset=claim.asset,
        )
        taken += amount
    return taken


def _paid(
    book: Book, due: DueSettlement, payable: int, settlement: str
) -> tuple[SettlementState, str | None, PaidOut | None]:
    """What becomes of what may be paid out. A refusal of the payout stands in the settlement, and its money waits."""
    merchant, terms = book.get(Merchant, due.merchant), terms_of(book, due.merchant)
    if terms.hold_reason is not None:
        return SettlementState.HELD, "settlement.on_hold", None
    if merchant.state is MerchantState.SUSPENDED:
        return SettlementState.HELD, "settlement.merchant_suspended", None
    if merchant.risk is MerchantRisk.HIGH:
        return SettlementState.HELD, "settlement.merchant_risk", None
    if not payable:
        return SettlementState.CARRIED, "settlement.nothing_due", None
    if payable < terms.minimum:
        return SettlementState.CARRIED, "settlement.below_minimum", None
    if not has_destination(book, merchant, due.asset):
        return SettlementState.CARRIED, "settlement.no_destination", None
    try:
        paid = book.attempt(lambda book: pay_out(book, due.merchant, due.asset, due.account, payable, settlement))
    except Rejection as refused:
        return SettlementState.FAILED, refused.code, None
    return SettlementState.PAID, None, paid
