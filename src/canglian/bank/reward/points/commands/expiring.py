"""Points whose last day is over are gone."""

from collections.abc import Iterable
from datetime import date

from canglian.bank.reward.points import moving
from canglian.bank.reward.points.commands.values import MemberId
from canglian.bank.reward.points.model import PointMember, PointScheme
from canglian.kernel.command import Command, Read
from canglian.ledger.book import Book


class ExpirePoints(Command[int], kind="reward.expire_points"):
    """The points of somebody whose last day was before ``on`` are gone; how many these were.

    Rejects ``point_member.not_due`` while the business date is before ``on``.
    """

    member: MemberId
    on: date

    def reads(self) -> Iterable[Read]:
        return ((PointMember, self.member),)

    def decide(self, book: Book) -> int:
        if book.today < self.on:
            book.reject("point_member.not_due", today=book.today.isoformat())
        member = book.get(PointMember, self.member)
        scheme = book.get(PointScheme, member.scheme)
        book.require(moving.reads(scheme))
        moving.require_lots(book, [member])
        return moving.expire(book, scheme, member)
