"""Whether somebody's checkout takes points off by itself."""

from collections.abc import Iterable
from typing import Annotated

from canglian.bank.reward.points.commands.values import MemberId
from canglian.bank.reward.points.model import PointMember, PointScheme
from canglian.kernel.command import Command, Read
from canglian.kernel.fields import Field, doc
from canglian.ledger.book import Book


class SetPointDeduction(Command[PointMember], kind="reward.set_point_deduction"):
    """Have somebody's checkout take points off by itself, or no longer. Rejects ``point_deduction.not_offered``."""

    member: MemberId
    deducts: Annotated[bool, doc("Whether it does."), Field(label="Take points off payments")]

    def reads(self) -> Iterable[Read]:
        return ((PointMember, self.member),)

    def decide(self, book: Book) -> PointMember:
        member = book.get(PointMember, self.member)
        if book.get(PointScheme, member.scheme).deduction is None:
            book.reject("point_deduction.not_offered", point_scheme=member.scheme)
        return book.put(member.replace(deducts=self.deducts, updated_at=book.now))
