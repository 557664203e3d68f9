"""How a command becomes approvable: its room registers a short description of it.

    approvable(
        Approvable(CloseAccount, "Close an account", describe=_close_account, outcome=lambda a: f"account:{a.id}")
    )

``describe`` reads the book and says what a person has to see: facts, what it is about, and its amount. It runs when the
proposal is filed and again with every vote; where a watched fact differs then, the vote is refused.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from canglian.bank.approval.model import Fact
from canglian.kernel.command import Command
from canglian.web.form import Input

_encode = msgspec.json.Encoder(order="deterministic").encode


class Description(msgspec.Struct, frozen=True):
    """A command as a person reads it. ``subject`` names the thing (``account:42``)."""

    subject: str
    facts: list[Fact]
    amount: int | None = None
    asset: str | None = None


class Demand(msgspec.Struct, frozen=True):
    """What a policy is held against: a command counts as this kind with this amount."""

    kind: str
    amount: int | None = None
    asset: str | None = None


@dataclass(frozen=True)
class Approvable:
    """A kind of command that can be approved.

    ``title`` is a message id. ``fields`` are those of the command that the console's form asks for, an account of the
    ledger as the kind ``account``. ``counts_as`` has the kinds whose policies it may fall under, and ``demands`` with
    which amounts it does (by default its own kind with the described amount). ``outcome`` names what came of it.
    ``reason`` is the field of the command that holds why, which a form has once for both the command and its proposal.
    ``plain`` are fields that come in plain, with their types; they are sealed before they are kept (``sealing.py``).
    ``matter`` names what is to be settled, where two requests about it may not wait at the same time.
    ``always`` refuses it directly even where no policy says so, in all cases or in those that it tells from book and
    command; then a book begins with a policy of its own, by which one approver votes.
    """

    command: type[Command[Any]]
    title: str
    describe: Callable[[Any, Any], Description]
    counts_as: tuple[str, ...] = ()
    demands: Callable[[Any, Any], Iterable[Demand]] | None = None
    outcome: Callable[[Any], str | None] = lambda _: None
    fields: tuple[Input, ...] = ()
    reason: str | None = None
    plain: Mapping[str, Any] = field(default_factory=dict[str, Any], hash=False)
    matter: Callable[[Any], str] | None = None
    always: bool | Callable[[Any, Any], bool] = False

    @property
    def kind(self) -> str:
        """The command's kind."""
        return self.command.__kind__

    @property
    def kinds(self) -> tuple[str, ...]:
        """Its own kind, and those that it may count as."""
        return (self.kind, *self.counts_as)

    def is_always_approved(self, book: Any, command: Any) -> bool:
        """Whether others have to approve it, whatever the policies say."""
        return self.always if isinstance(self.always, bool) else self.always(book, command)

    def demanded(self, book: Any, command: Any) -> list[Demand]:
        """What policies are held against."""
        if self.demands is not None:
            return list(self.demands(book, command))
        described = self.describe(book, command)
        return [Demand(self.kind, described.amount, described.asset)]


APPROVABLE: Final[dict[str, Approvable]] = {}
"""Every approvable kind."""


def approvable(described: Approvable) -> None:
    """Register a kind; once."""
    if APPROVABLE.setdefault(described.kind, described) is not described:
        raise AssertionError(f"{described.kind} is described twice")


def digest_of(kind: str, payload: str, facts: Iterable[Fact]) -> str:
    """A fingerprint of the command and of the state of what it is about."""
    watched = [fact for fact in facts if fact.watched]
    return hashlib.sha256(_encode([kind, payload, watched])).hexdigest()


def payload_of(command: Command[Any]) -> str:
    """A command as JSON, as it is logged."""
    return _encode(command).decode()


def differing(shown: Iterable[Fact], now: Iterable[Fact]) -> list[tuple[Fact | None, Fact | None]]:
    """The watched facts that were shown and are otherwise now, as pairs; None where there is none on a side."""
    before, after = _by_place(shown), _by_place(now)
    places = [*before, *(place for place in after if place not in before)]
    pairs = [(before.get(place), after.get(place)) for place in places]
    return [pair for pair in pairs if pair[0] != pair[1]]


def _by_place(facts: Iterable[Fact]) -> dict[tuple[str, int], Fact]:
    """Watched facts by their label, counted where it repeats."""
    placed: dict[tuple[str, int], Fact] = {}
    for fact in facts:
        if fact.watched:
            turn = sum(label == fact.label for label, _ in placed)
            placed[fact.label, turn] = fact
    return placed
