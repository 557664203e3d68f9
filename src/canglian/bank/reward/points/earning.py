"""Points of purchases: earned in the commit in which a payment is captured, cancelled in that of its refund."""

from collections import defaultdict
from collections.abc import Sequence

from canglian.bank.payment import PaymentLine
from canglian.bank.payment.from_purpose import payee_of
from canglian.bank.payment.hooks import Captured, Refunded, on_captured, on_refunded
from canglian.bank.reward.points import bounding, moving
from canglian.bank.reward.points.model import LotSource, PointLot, PointMember, PointScheme, SchemeState
from canglian.bank.reward.points.rules import earned
from canglian.kernel.command import Read
from canglian.ledger.book import Book


def earn_of(book: Book, what: Captured) -> None:
    """Everybody who paid of their own earns what the rules of each active scheme give, for all that was taken so far.

    What a coupon took off earns nothing; nor does a payer whom the bank does not know by name.
    """
    active = book.find(PointScheme, "state", SchemeState.ACTIVE)
    if not active:
        return
    before = [line.captured - taken for line, taken in zip(what.lines, what.taken, strict=True)]
    paid, had = _own(what.lines, [line.captured for line in what.lines]), _own(what.lines, before)
    payee = payee_of(what.merchant, what.order)
    found = [
        (scheme, party, amount, points)
        for scheme in active
        for party, amount in paid.items()
        if any(points := earned(scheme.rules, payee, amount))
    ]
    if not found:
        return
    moving.require_members(book, [(scheme, party) for scheme, party, _, _ in found])
    lots = book.find(PointLot, "payment", what.payment.id) if had else []
    for scheme, party, amount, points in found:
        own = [lot for lot in lots if (lot.scheme, lot.party) == (scheme.id, party)]
        base = amount - sum(lot.base for lot in own)
        more = _more(scheme, points, own)
        moving.earn_by_rules(book, scheme, party, more, LotSource.PURCHASE, payment=what.payment.id, base=base)


def _more(scheme: PointScheme, by_rules: Sequence[int], lots: Sequence[PointLot]) -> tuple[int, ...]:
    """What each rule gives beyond what lots of the same payment have of it; in one sum where none is bounded."""
    if not bounding.is_bounded(scheme):
        return (max(0, sum(by_rules) - sum(lot.points for lot in lots)),)
    had = [sum(lot.by_rules[place] for lot in lots if lot.by_rules) for place in range(len(by_rules))]
    return tuple(max(0, points - before) for points, before in zip(by_rules, had, strict=True))


def cancel_of(book: Book, what: Refunded) -> None:
    """The points that what came back had earned are cancelled, as their scheme says."""
    lots = book.find(PointLot, "payment", what.payment.id)
    if not lots:
        return
    reads: list[Read] = [(PointMember, lot.member) for lot in lots]
    reads += [(PointScheme, lot.scheme) for lot in lots]
    book.require(reads)
    members = {lot.member: book.get(PointMember, lot.member) for lot in lots}
    schemes = {lot.scheme: book.get(PointScheme, lot.scheme) for lot in lots}
    counts = [find for lot in lots for find in bounding.finds(schemes[lot.scheme], [lot.party])]
    book.require([read for scheme in schemes.values() for read in moving.reads(scheme)], counts)
    moving.require_lots(book, members.values())
    back = _own(what.lines, [line.refunded for line in what.lines])
    for member in members.values():
        own = [lot for lot in lots if lot.member == member.id]
        moving.cancel(book, schemes[member.scheme], member, own, back.get(member.party, 0), what.payment.id)


def _own(lines: Sequence[PaymentLine], amounts: Sequence[int]) -> dict[str, int]:
    """What amounts of a payment's lines were each payer's own money, by customer."""
    found: defaultdict[str, int] = defaultdict(int)
    for line, amount in zip(lines, amounts, strict=True):
        if line.holder is not None and not line.discount and amount:
            found[line.holder] += amount
    return found


on_captured(earn_of)
on_refunded(cancel_of)
