"""Awards of more points than a scheme lets somebody give alone are always approved by a second person, and so is money
of its wallet that is set aside at the counter, without the wallet's PIN."""

from canglian.bank.approval import Approvable, Description, Fact, approvable
from canglian.bank.party.model import Party
from canglian.bank.reward.points.commands import AwardPoints, FundPointScheme
from canglian.bank.reward.points.model import PointScheme
from canglian.bank.wallet import Wallet
from canglian.bank.wallet.rules import COUNTER
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


def _fund(book: Book, command: FundPointScheme) -> Description:
    scheme = book.get(PointScheme, command.scheme)
    facts = [
        Fact("Point scheme", "text", scheme.name),
        Fact("State", "state", scheme.state.value, watched=True),
        Fact("Amount", "money", command.amount, asset=scheme.pays),
    ]
    if scheme.wallet is not None:
        wallet = book.get(Wallet, scheme.wallet)
        facts.append(Fact("Wallet", "code", wallet.id))
        if wallet.party is not None:
            facts.append(Fact("Customer", "party", wallet.party))
    return Description(f"point_scheme:{scheme.id}", facts, command.amount, scheme.pays)


def _is_without_pin(book: Book, command: FundPointScheme) -> bool:
    """Whether a wallet pays and nobody typed its PIN."""
    scheme = book.maybe(PointScheme, command.scheme)
    return command.channel == COUNTER and scheme is not None and scheme.wallet is not None


approvable(
    Approvable(
        FundPointScheme,
        "Set money aside for points",
        _fund,
        outcome=lambda scheme: f"point_scheme:{scheme.id}",
        always=_is_without_pin,
    )
)
