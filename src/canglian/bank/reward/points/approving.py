"""Awards of more points than a scheme lets somebody give alone are always approved by a second person."""

from canglian.bank.approval import Approvable, Description, Fact, approvable
from canglian.bank.party.model import Party
from canglian.bank.reward.points.commands import AwardPoints
from canglian.bank.reward.points.model import PointScheme
from canglian.ledger.book import Book
from canglian.web.form import Input


def _award(book: Book, command: AwardPoints) -> Description:
    scheme, party = book.get(PointScheme, command.scheme), book.get(Party, command.party)
    facts = [
        Fact("Point scheme", "text", scheme.name),
        Fact("State", "state", scheme.state.value, watched=True),
        Fact("Customer", "code", party.id),
        Fact("Points", "text", f"{command.points:,}"),
        Fact("Number of the award", "text", command.number),
        Fact("Reason", "text", command.reason),
    ]
    return Description(f"point_scheme:{scheme.id}", facts, command.points, scheme.asset)


def _above(book: Book, command: AwardPoints) -> bool:
    scheme = book.maybe(PointScheme, command.scheme)
    return scheme is not None and command.points > scheme.alone_max


approvable(
    Approvable(
        AwardPoints,
        "Award points",
        _award,
        outcome=lambda lot: f"point_member:{lot.member}",
        fields=(
            Input(name="scheme", label="Point scheme"),
            Input(name="party", label="Customer"),
            Input(name="points"),
            Input(name="number"),
        ),
        reason="reason",
        always=_above,
        matter=lambda command: f"point_lot:{command.scheme}:{command.number}",
    )
)
