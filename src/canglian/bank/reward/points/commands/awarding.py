"""Points that are awarded: by somebody with a reason, for an event that a program reports, by the lines of a file."""

from collections.abc import Iterable
from typing import Annotated

import msgspec
from msgspec import Meta

from canglian.bank.party.model import Party
from canglian.bank.party.rules import require_active_party
from canglian.bank.reward.points import moving
from canglian.bank.reward.points.commands.values import AwardNumber, Event, PartyId, PointsAsked, SchemeId
from canglian.bank.reward.points.model import LotSource, PointLot, PointScheme, SchemeState
from canglian.bank.reward.points.rules import earned_by
from canglian.bank.wallet import Wallet
from canglian.kernel.command import Command, Find, Read
from canglian.kernel.errors import Rejection
from canglian.kernel.fields import Reason, doc
from canglian.ledger.book import Book

LINES_MAX = 500
"""How many lines of a file one command awards at most."""

_ACTIVE = SchemeState.ACTIVE


class AwardPoints(Command[PointLot], kind="reward.award_points"):
    """Award points to somebody. The same number with the same figures again answers the award that there is.

    Rejects ``point_scheme.state``, ``point_lot.number_taken``, and what the state of the customer does; above what the
    scheme says ``approval.required``.
    """

    scheme: SchemeId
    party: PartyId
    points: PointsAsked
    number: AwardNumber
    reason: Reason

    def reads(self) -> Iterable[Read]:
        return ((PointScheme, self.scheme), (Party, self.party))

    def finds(self) -> Iterable[Find]:
        return (_find_number(self.scheme, self.number), *moving.holder_finds(self.scheme, [self.party]))

    def decide(self, book: Book) -> PointLot:
        scheme = book.get(PointScheme, self.scheme)
        known = _known(book, scheme, self.number, self.party, self.points)
        if known is not None:
            return known
        moving.require_scheme(book, self.scheme, _ACTIVE)
        require_active_party(book, self.party)
        moving.require_earners(book, [(scheme, self.party)])
        member = moving.joined(book, scheme, self.party)
        return moving.earn(book, scheme, member, self.points, LotSource.AWARD, number=self.number, reason=self.reason)


class AwardForEvent(Command[PointLot], kind="reward.award_for_event"):
    """Award what the scheme's rules give for an event, within the bounds of the day and the month.

    The same number again answers the award that there is. Rejects ``point_scheme.state``, ``point_scheme.no_event``,
    ``point_member.bounds``, ``point_lot.number_taken``, and what the state of the customer does.
    """

    scheme: SchemeId
    party: PartyId
    event: Event
    number: AwardNumber

    def reads(self) -> Iterable[Read]:
        return ((PointScheme, self.scheme), (Party, self.party))

    def finds(self) -> Iterable[Find]:
        return (_find_number(self.scheme, self.number), *moving.holder_finds(self.scheme, [self.party]))

    def decide(self, book: Book) -> PointLot:
        scheme = book.get(PointScheme, self.scheme)
        known = _known(book, scheme, self.number, self.party, None)
        if known is not None:
            return known
        moving.require_scheme(book, self.scheme, _ACTIVE)
        points = earned_by(scheme.rules, self.event)
        if not any(points):
            book.reject("point_scheme.no_event", event=self.event, field="event")
        require_active_party(book, self.party)
        moving.require_earners(book, [(scheme, self.party)])
        lot = moving.earn_by_rules(
            book, scheme, self.party, points, LotSource.EVENT, number=self.number, reason=self.event
        )
        if lot is None:
            book.reject("point_member.bounds")
        return lot


class AwardLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A line of a file: whose wallet it is, and how many points."""

    line: Annotated[int, Meta(ge=1), doc("The number of the line in the file.")]
    wallet: Annotated[str, Meta(pattern=r"^wal_[0-9a-z]{26}\Z"), doc("A wallet of the person who gets them.")]
    points: PointsAsked
    number: AwardNumber


class RefusedAward(msgspec.Struct, frozen=True):
    """A line of which no points came, and why."""

    line: Annotated[int, doc("The number of the line in the file.")]
    code: Annotated[str, doc("The code of its refusal.")]


class AwardedLines(msgspec.Struct, frozen=True):
    """What became of some lines. ``repeated`` lines had been awarded before."""

    awarded: Annotated[list[int], doc("The lines by which points were awarded.")]
    repeated: Annotated[list[int], doc("The lines that had been awarded before.")]
    refused: Annotated[list[RefusedAward], doc("The lines that were refused.")]


class ImportPointAwards(Command[AwardedLines], kind="reward.import_point_awards"):
    """Award points by some lines of a file; what is wrong with one stops no other. A number awards once.

    Rejects ``point_scheme.state``.
    """

    scheme: SchemeId
    reason: Reason
    lines: Annotated[tuple[AwardLine, ...], Meta(min_length=1, max_length=LINES_MAX), doc("Lines of the file.")]

    def reads(self) -> Iterable[Read]:
        return [(PointScheme, self.scheme), *((Wallet, line.wallet) for line in self.lines)]

    def weight(self) -> int:
        return len(self.lines)

    def decide(self, book: Book) -> AwardedLines:
        scheme = moving.require_scheme(book, self.scheme, _ACTIVE)
        wallets = {line.wallet: book.maybe(Wallet, line.wallet) for line in self.lines}
        parties = {wallet.party for wallet in wallets.values() if wallet is not None and wallet.party is not None}
        book.require((), [_find_number(scheme.id, line.number) for line in self.lines])
        moving.require_earners(book, [(scheme, party) for party in sorted(parties)])
        done = AwardedLines([], [], [])
        for line in self.lines:
            wallet = wallets[line.wallet]
            try:
                if _award(book, scheme, line, None if wallet is None else wallet.party, self.reason):
                    done.awarded.append(line.line)
                else:
                    done.repeated.append(line.line)
            except Rejection as refused:
                done.refused.append(RefusedAward(line.line, refused.code))
        return done


def _award(book: Book, scheme: PointScheme, line: AwardLine, party: str | None, reason: str) -> bool:
    """Whether points came of a line now; not where they did before."""
    if party is None:
        book.reject("point_lot.no_party", wallet=line.wallet)
    if _known(book, scheme, line.number, party, line.points) is not None:
        return False
    if line.points > scheme.alone_max:
        book.reject("point_lot.above_alone", most=scheme.alone_max)
    require_active_party(book, party)
    member = moving.joined(book, scheme, party)
    moving.earn(book, scheme, member, line.points, LotSource.FILE, number=line.number, reason=reason)
    return True


def _find_number(scheme: str, number: str) -> Find:
    return (PointLot, "number", (scheme, number))


def _known(book: Book, scheme: PointScheme, number: str, party: str, points: int | None) -> PointLot | None:
    """The award of a number, or None. Rejects ``point_lot.number_taken`` where it was another one."""
    found = book.find(PointLot, "number", (scheme.id, number))
    if not found:
        return None
    if found[0].party != party or points not in (None, found[0].points):
        book.reject("point_lot.number_taken", number=number, point_lot=found[0].id, field="number")
    return found[0]
