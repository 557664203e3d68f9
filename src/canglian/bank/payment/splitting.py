"""What of a payment goes on to other merchants: ``split``, ``complete`` for shares that wait, ``returned`` by refunds.

A share that its receiver cannot get now waits, and fails when its time is over: nobody else gets it in its place, the
money stays with the merchant. When a payment is refunded each share comes back in its part; what a receiver has too
little for is claimed from its next settlement, and the payer is refunded all the same.
"""

from collections.abc import Sequence
from datetime import timedelta

from canglian.bank.payment.accounts import payable_account
from canglian.bank.payment.arithmetic import BPS, filled, part
from canglian.bank.payment.authorising import lines_of
from canglian.bank.payment.model import (
    Merchant,
    MerchantRisk,
    MerchantState,
    Payment,
    PaymentLine,
    Receiver,
    ShareState,
    SplitClaim,
    SplitLeg,
    SplitShare,
)
from canglian.bank.payment.rules import policy_in_force
from canglian.ledger.book import Book
from canglian.ledger.model import Balance

SPLIT = "payment.split"
RETURNED = "payment.split_returned"

_LIVING = (ShareState.PENDING, ShareState.DONE)


def split(book: Book, payment: Payment, receivers: Sequence[Receiver], number: str) -> list[SplitShare]:
    """Give shares of a payment to receivers. Rejects ``split.*``, ``merchant.not_found`` and ``.high_risk``."""
    policy = policy_in_force(book)
    until = payment.on + timedelta(days=policy.split_days)
    if book.today > until:
        book.reject("split.too_late", payment=payment.id, last=until.isoformat())
    if book.get(Merchant, payment.merchant).risk is MerchantRisk.HIGH:
        book.reject("merchant.high_risk", merchant=payment.merchant)
    lines, shares = lines_of(book, payment), list[SplitShare]()
    amounts = _amounts(book, payment, lines, receivers, policy.split_share_max_bps)
    for position, (receiver, amount) in enumerate(zip(receivers, amounts, strict=True), 1):
        share = SplitShare(
            id=book.new_id("shr"),
            payment=payment.id,
            merchant=payment.merchant,
            number=number,
            position=position,
            receiver=receiver.merchant,
            amount=amount,
            returned=0,
            legs=[],
            state=ShareState.PENDING,
            until=until,
            asked_on=book.today,
            asked_at=book.now,
            asked_by=book.actor,
            updated_at=book.now,
        )
        if _may_get(book, share):
            share, lines = _moved(book, payment, share, lines)
        shares.append(book.add(share))
    for line in lines:
        book.put(line)
    book.emit(
        "payment.split",
        f"payment:{payment.id}",
        payment=payment.id,
        merchant=payment.merchant,
        number=number,
        amount=sum(amounts),
    )
    if payment.split_until is not None:
        book.put(payment.replace(split_until=None, updated_at=book.now))
    return shares


def complete(book: Book, payment: Payment, share: SplitShare) -> SplitShare:
    """Give a share that waits to its receiver, or let it fail: its time is over, or too little is left of the payment.

    Rejects ``split.waiting`` while neither is so.
    """
    lines = lines_of(book, payment)
    if _may_get(book, share) and share.amount <= sum(_rooms(lines)):
        share, lines = _moved(book, payment, share, lines)
        for line in lines:
            book.put(line)
        return book.put(share)
    is_suspended = book.get(Merchant, share.receiver).state is MerchantState.SUSPENDED
    if book.today <= share.until and is_suspended:
        book.reject("split.waiting", split_share=share.id)
    _emit(book, "payment.split_failed", share, share.amount)
    return book.put(share.replace(state=ShareState.FAILED, updated_at=book.now))


def take_back(book: Book, payment: Payment, refund: str) -> None:
    """After a refund each share that was given comes back in the part that was refunded since of what was left then."""
    for share in book.find(SplitShare, "payment", payment.id):
        if share.state is ShareState.DONE:
            before = share.refunded_before
            back = part(share.amount, payment.refunded - before, payment.captured - before) - share.returned
            if back > 0:
                _returned(book, payment, share, back, refund)


def _amounts(
    book: Book, payment: Payment, lines: Sequence[PaymentLine], receivers: Sequence[Receiver], max_bps: int
) -> list[int]:
    """How much each receiver gets. Rejects what is asked for twice, nothing, and above what may be split."""
    for receiver in receivers:
        book.get(Merchant, receiver.merchant)
        if receiver.merchant == payment.merchant or (receiver.amount is not None and receiver.share_bps is not None):
            book.reject("split.receiver", merchant=receiver.merchant, field="receivers")
    given = sum(share.amount - share.returned for share in _living(book, payment))
    left = payment.captured * max_bps // BPS - given
    left = min(left, sum(_rooms(lines)) - _waiting(book, payment))
    fixed = [receiver.amount or payment.captured * (receiver.share_bps or 0) // BPS for receiver in receivers]
    open_ended = [place for place, receiver in enumerate(receivers) if receiver.amount is receiver.share_bps is None]
    if len(open_ended) > 1:
        book.reject("split.remainder_twice", field="receivers")
    for place in open_ended:
        fixed[place] = max(0, left - sum(fixed))
    if sum(fixed) > left:
        book.reject(
            "split.above", payment=payment.id, left=max(0, left), amount=sum(fixed), asset="CNY", field="receivers"
        )
    if not all(fixed):
        book.reject("split.nothing", field="receivers")
    return fixed


def _living(book: Book, payment: Payment) -> list[SplitShare]:
    return [share for share in book.find(SplitShare, "payment", payment.id) if share.state in _LIVING]


def _waiting(book: Book, payment: Payment) -> int:
    return sum(share.amount for share in _living(book, payment) if share.state is ShareState.PENDING)


def _rooms(lines: Sequence[PaymentLine]) -> list[int]:
    """What of each line the merchant still has: taken, less refunds, the fee that it bears, and what went on."""
    return [max(0, line.captured - line.refunded - (line.fee - line.fee_refunded) - line.split) for line in lines]


def _may_get(book: Book, share: SplitShare) -> bool:
    return book.get(Merchant, share.receiver).state is MerchantState.ACTIVE


def _moved(
    book: Book, payment: Payment, share: SplitShare, lines: list[PaymentLine]
) -> tuple[SplitShare, list[PaymentLine]]:
    """Move a share from what the merchant is owed to what the receiver is, line by line; share and lines after it."""
    merchant, receiver = book.get(Merchant, share.merchant), book.get(Merchant, share.receiver)
    left, legs = list[PaymentLine](), list[SplitLeg]()
    for line, amount in zip(lines, filled(share.amount, _rooms(lines)), strict=True):
        if amount:
            sides = payable_account(book, merchant, line.asset), payable_account(book, receiver, line.asset)
            moved = book.transfer(*sides, amount, SPLIT, reference=share.payment)
            legs.append(SplitLeg(line.id, line.asset, amount, 0, moved.id))
        left.append(line.replace(split=line.split + amount) if amount else line)
    _emit(book, "payment.split_done", share, share.amount)
    given = share.replace(legs=legs, state=ShareState.DONE, refunded_before=payment.refunded, updated_at=book.now)
    return given, left


def _returned(book: Book, payment: Payment, share: SplitShare, back: int, refund: str) -> None:
    """Move ``back`` of a share to the merchant, the last leg first; claim what the receiver has too little for."""
    merchant, receiver = book.get(Merchant, share.merchant), book.get(Merchant, share.receiver)
    rooms = [leg.amount - leg.returned for leg in reversed(share.legs)]
    legs: list[SplitLeg] = []
    for leg, amount in zip(reversed(share.legs), filled(back, rooms), strict=True):
        source, target = payable_account(book, receiver, leg.asset), payable_account(book, merchant, leg.asset)
        balance = book.get(Balance, source)
        paid = min(amount, max(0, balance.credits - balance.debits))
        if paid:
            book.transfer(source, target, paid, RETURNED, reference=payment.id)
        if amount > paid:
            _claim(book, share, refund, leg.asset, amount - paid)
        line = book.get(PaymentLine, leg.line)
        book.put(line.replace(split=line.split - amount))
        legs.append(SplitLeg(leg.line, leg.asset, leg.amount, leg.returned + amount, leg.transfer))
    _emit(book, "payment.split_returned", share, back)
    returned = share.returned + back
    state = ShareState.RETURNED if returned == share.amount else share.state
    book.put(share.replace(legs=legs[::-1], returned=returned, state=state, updated_at=book.now))


def _emit(book: Book, kind: str, share: SplitShare, amount: int) -> None:
    """What became of a share, for the merchant who gave it."""
    book.emit(
        kind,
        f"payment:{share.payment}",
        payment=share.payment,
        share=share.id,
        receiver=share.receiver,
        merchant=share.merchant,
        amount=amount,
    )


def _claim(book: Book, share: SplitShare, refund: str, asset: str, amount: int) -> None:
    identity = book.new_id("clm")
    book.emit(
        "payment.split_claimed",
        f"payment:{share.payment}",
        payment=share.payment,
        share=share.id,
        receiver=share.receiver,
        merchant=share.merchant,
        amount=amount,
        asset=asset,
    )
    book.add(
        SplitClaim(identity, share.id, refund, share.receiver, share.merchant, asset, amount, book.today, book.now)
    )
