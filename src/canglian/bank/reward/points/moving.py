"""The one way in which points move: ``earn``, ``spend``, ``restore``, ``cancel`` and ``expire``.

Each changes lots and the ledger alike, so that what remains of somebody's lots is what their account has.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from canglian.bank.reward.points import accounts, bounding
from canglian.bank.reward.points.model import (
    AfterRefund,
    LotPart,
    LotSource,
    PointLot,
    PointMember,
    PointScheme,
    SchemeState,
)
from canglian.bank.reward.points.rules import cut, kept, valid_until
from canglian.kernel.book import FindKey
from canglian.kernel.command import Read
from canglian.ledger.book import Book
from canglian.ledger.model import Account, Balance


def require_scheme(book: Book, identity: str, *states: SchemeState) -> PointScheme:
    """A scheme in one of these states. Rejects ``point_scheme.not_found`` and ``point_scheme.state``."""
    scheme = book.get(PointScheme, identity)
    if scheme.state not in states:
        book.reject("point_scheme.state", point_scheme=scheme.id, state=scheme.state.value)
    return scheme


def reads(scheme: PointScheme) -> list[Read]:
    """The accounts of a scheme's points."""
    numbers = (scheme.awarded, scheme.spent, scheme.expired, scheme.taken_back)
    return [read for number in numbers for read in ((Account, number), (Balance, number))]


def holder_finds(scheme: str, parties: Iterable[str]) -> list[FindKey]:
    """By which look-ups members of a scheme are found."""
    return [(PointMember, "holder", (scheme, party)) for party in parties]


def require_members(book: Book, holders: Iterable[tuple[PointScheme, str]]) -> None:
    """Have loaded what earning and spending of some people reads: members, their accounts and living lots."""
    require_lots(book, _require_holders(book, holders))


def require_earners(book: Book, holders: Iterable[tuple[PointScheme, str]]) -> None:
    """Have loaded what earning of some people reads: members and their accounts, however many lots they have."""
    book.require(_account_reads(_require_holders(book, holders)))


def require_lots(book: Book, members: Iterable[PointMember]) -> None:
    """Have the accounts and living lots of members loaded."""
    known = list(members)
    book.require(_account_reads(known), [(PointLot, "living", member.id) for member in known])


def _require_holders(book: Book, holders: Iterable[tuple[PointScheme, str]]) -> list[PointMember]:
    pairs = list(holders)
    finds = [
        find
        for scheme, party in pairs
        for find in (*holder_finds(scheme.id, [party]), *bounding.finds(scheme, [party]))
    ]
    ahead = [read for scheme in {scheme.id: scheme for scheme, _ in pairs}.values() for read in reads(scheme)]
    book.require(ahead, finds)
    return [found for scheme, party in pairs if (found := member_of(book, scheme, party)) is not None]


def _account_reads(members: Iterable[PointMember]) -> list[Read]:
    return [read for member in members for read in ((Account, member.account), (Balance, member.account))]


def member_of(book: Book, scheme: PointScheme, party: str) -> PointMember | None:
    """Somebody's points of a scheme; None for whoever has never earned any."""
    found = book.find(PointMember, "holder", (scheme.id, party))
    return found[0] if found else None


def joined(book: Book, scheme: PointScheme, party: str) -> PointMember:
    """Somebody's points of a scheme, from now on."""
    found = member_of(book, scheme, party)
    if found is not None:
        return found
    identity = book.new_id("pmb")
    account = accounts.open_points(book, scheme.id, scheme.asset, scheme.name)
    return book.add(
        PointMember(
            id=identity,
            scheme=scheme.id,
            party=party,
            account=account,
            debt=0,
            deducts=False,
            day=None,
            day_earned=0,
            month_earned=0,
            joined_at=book.now,
            updated_at=book.now,
        )
    )


def earn_by_rules(
    book: Book, scheme: PointScheme, party: str, by_rules: Sequence[int], source: LotSource, **facts: Any
) -> PointLot | None:
    """Points that rules give, within their own bounds and those of the day and the month; None where none are left."""
    bounded = bounding.is_bounded(scheme)
    if bounded:
        by_rules = bounding.within(book, scheme, party, by_rules)
    member = member_of(book, scheme, party)
    day, month = _earned(member, book.today)
    bounds = [(scheme.per_day, day), (scheme.per_month, month)]
    parts = cut(by_rules, min([sum(by_rules), *(most - had for most, had in bounds if most is not None)]))
    points = sum(parts)
    if not points:
        return None
    if bounded:
        bounding.take(book, scheme, party, parts)
        facts["by_rules"] = tuple(parts)
    member = joined(book, scheme, party)
    member = book.put(member.replace(day=book.today, day_earned=day + points, month_earned=month + points))
    return earn(book, scheme, member, points, source, **facts)


def earn(
    book: Book,
    scheme: PointScheme,
    member: PointMember,
    points: int,
    source: LotSource,
    *,
    payment: str | None = None,
    number: str | None = None,
    reason: str | None = None,
    base: int = 0,
    by_rules: tuple[int, ...] = (),
) -> PointLot:
    """A new lot; a debt is paid out of it first."""
    identity = book.new_id("lot")
    netted = min(points, member.debt)
    reference = payment or identity
    accounts.move(book, scheme, scheme.awarded, member.account, points, accounts.EARNED, reference)
    if netted:
        accounts.move(book, scheme, member.account, scheme.taken_back, netted, accounts.NETTED, reference)
    book.put(member.replace(debt=member.debt - netted, updated_at=book.now))
    book.emit(
        "points.earned",
        f"point_member:{member.id}",
        point_scheme=scheme.id,
        point_lot=identity,
        points=points,
        netted=netted,
    )
    left = points - netted
    return book.add(
        PointLot(
            id=identity,
            scheme=scheme.id,
            member=member.id,
            party=member.party,
            living=member.id if left else None,
            source=source,
            payment=payment,
            number=number,
            reason=reason,
            base=base,
            by_rules=by_rules,
            points=points,
            remaining=left,
            spent=0,
            expired=0,
            taken=0,
            netted=netted,
            cancelled=0,
            owed=0,
            earned_on=book.today,
            valid_until=valid_until(scheme.expiry, book.today),
            earned_at=book.now,
            by=book.actor,
            updated_at=book.now,
        )
    )


def spendable(book: Book, member: PointMember) -> list[PointLot]:
    """The lots of which points can be spent today, the oldest expiry first."""
    living = book.find(PointLot, "living", member.id)
    lots = [lot for lot in living if lot.valid_until is None or lot.valid_until >= book.today]
    return sorted(lots, key=lambda lot: (lot.valid_until or date.max, lot.id))


def spend(book: Book, scheme: PointScheme, member: PointMember, points: int, reference: str) -> tuple[LotPart, ...]:
    """Take points out of lots, the oldest expiry first. Rejects ``point_member.short``."""
    lots = spendable(book, member)
    have = sum(lot.remaining for lot in lots)
    if points > have:
        book.reject("point_member.short", left=have, points=points)
    parts: list[LotPart] = []
    left = points
    for lot in lots:
        part = min(left, lot.remaining)
        if not part:
            break
        _changed(book, lot, remaining=-part, spent=part)
        parts.append(LotPart(lot.id, part))
        left -= part
    accounts.move(book, scheme, member.account, scheme.spent, points, accounts.EXCHANGED, reference)
    return tuple(parts)


def restore(
    book: Book, scheme: PointScheme, member: PointMember, parts: Sequence[LotPart], reference: str
) -> PointMember:
    """Give points back to the lots that they came from, with the expiry that these had.

    What a refund had made a debt of is no debt any more: it is taken out again at once.
    """
    points = sum(part.points for part in parts)
    accounts.move(book, scheme, scheme.spent, member.account, points, accounts.RETURNED, reference)
    settled = 0
    for part in parts:
        lot = book.get(PointLot, part.lot)
        paid = min(part.points, lot.owed, member.debt - settled)
        settled += paid
        _changed(book, lot, remaining=part.points - paid, spent=-part.points, taken=paid, owed=-paid)
    if settled:
        accounts.move(book, scheme, member.account, scheme.taken_back, settled, accounts.NETTED, reference)
    return book.put(member.replace(debt=member.debt - settled, updated_at=book.now))


def cancel(
    book: Book, scheme: PointScheme, member: PointMember, lots: Sequence[PointLot], refunded: int, reference: str
) -> int:
    """Cancel the points that what was refunded of a purchase had earned, as the scheme says; how many it was.

    ``refunded`` is what came back of all that these lots were earned for. What of it was spent becomes a debt.
    """
    if scheme.after_refund is AfterRefund.KEEP:
        return 0
    points, base = sum(lot.points for lot in lots), sum(lot.base for lot in lots)
    due = points - kept(points, base, refunded) - sum(lot.cancelled for lot in lots)
    if due < 1:
        return 0
    taken = owed = 0
    left = due
    for lot in sorted(lots, key=lambda lot: lot.id, reverse=True):
        cancelled = min(left, lot.points - lot.cancelled)
        out = min(cancelled, lot.remaining) if scheme.after_refund is AfterRefund.TAKE_BACK else 0
        still = lot.points - lot.expired - lot.taken - out - lot.owed
        debt = min(cancelled - out, still)
        bounding.give_again(book, scheme, lot, lot.cancelled + cancelled)
        _changed(book, lot, remaining=-out, taken=out, cancelled=cancelled, owed=debt)
        taken, owed, left = taken + out, owed + debt, left - cancelled
    if taken:
        accounts.move(book, scheme, member.account, scheme.taken_back, taken, accounts.TAKEN_BACK, reference)
    book.put(member.replace(debt=member.debt + owed, updated_at=book.now))
    book.emit(
        "points.taken_back",
        f"point_member:{member.id}",
        point_scheme=scheme.id,
        points=taken,
        owed=owed,
    )
    return due


def expire(book: Book, scheme: PointScheme, member: PointMember) -> int:
    """Points whose last day is over are gone; how many these were."""
    living = book.find(PointLot, "living", member.id)
    over = [lot for lot in living if lot.valid_until is not None and lot.valid_until < book.today]
    for lot in over:
        _changed(book, lot, remaining=-lot.remaining, expired=lot.remaining)
    points = sum(lot.remaining for lot in over)
    if points:
        reference = over[0].id if len(over) == 1 else member.id
        accounts.move(book, scheme, member.account, scheme.expired, points, accounts.EXPIRED, reference)
        book.emit("points.expired", f"point_member:{member.id}", point_scheme=scheme.id, points=points)
    return points


def _earned(member: PointMember | None, today: date) -> tuple[int, int]:
    """How many points somebody has earned by rules on this day, and in its month."""
    if member is None or member.day is None or (member.day.year, member.day.month) != (today.year, today.month):
        return 0, 0
    return member.day_earned if member.day == today else 0, member.month_earned


def _changed(book: Book, lot: PointLot, **by: int) -> PointLot:
    """A lot whose figures change by so much."""
    figures = {name: getattr(lot, name) + more for name, more in by.items()}
    living = lot.member if figures.get("remaining", lot.remaining) else None
    return book.put(lot.replace(**figures, living=living, updated_at=book.now))
