"""The stored command: reading it, describing it, carrying it out."""

from typing import Any

import msgspec

from canglian.bank.approval.describing import APPROVABLE, Approvable, Description, differing, digest_of
from canglian.bank.approval.model import Fact, Proposal
from canglian.kernel.book import Book
from canglian.kernel.command import Command
from canglian.kernel.errors import Rejection


def approvable_of(book: Book, kind: str) -> Approvable:
    """The description of a kind; ``approval.kind_unknown``."""
    described = APPROVABLE.get(kind)
    if described is None:
        book.reject("approval.kind_unknown", kind=kind)
    return described


def read(described: Approvable, payload: str) -> Command[Any]:
    """A payload as its command; ``proposal.payload_malformed``."""
    try:
        return msgspec.json.decode(payload, type=described.command)
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        raise Rejection("proposal.payload_malformed", problem=str(error), field="payload") from None


def stored(book: Book, proposal: Proposal) -> tuple[Approvable, Command[Any]]:
    """The command that a proposal holds, with everything that it says it reads at hand."""
    described = approvable_of(book, proposal.kind)
    command = read(described, proposal.payload)
    book.require(command.reads())
    return described, command


def check_unchanged(book: Book, proposal: Proposal, described: Approvable, command: Command[Any]) -> None:
    """``approval.object_changed`` where a watched fact is not as it was shown."""
    now: Description = described.describe(book, command)
    if digest_of(proposal.kind, proposal.payload, now.facts) != proposal.digest:
        labels = dict.fromkeys(_label(pair) for pair in differing(proposal.facts, now.facts))
        book.reject("approval.object_changed", changed=", ".join(labels) or "—")


def _label(pair: tuple[Fact | None, Fact | None]) -> str:
    fact = pair[0] or pair[1]
    return "" if fact is None else fact.label


def decide_for(book: Book, maker: str, command: Command[Any]) -> Any:
    """The command decided on behalf of its maker, whom it sees as its actor; what was done is undone if it refuses."""
    asked = book.actor
    book.actor = maker
    try:
        return book.attempt(command.decide)
    finally:
        book.actor = asked
