"""What has to be so of a draw before anything of it changes."""

from datetime import timedelta

from canglian.bank.reward.draws import drawing
from canglian.bank.reward.draws.model import Draw, DrawRules, DrawState, Prize
from canglian.bank.reward.draws.publishing import rules_of
from canglian.ledger.book import Book

RANKED_MAX = 2_000
"""How many winners and alternates a draw has at most: they are drawn in one decision."""

KEPT_DAYS = 731
"""How long records are kept at least: two years."""


def require(book: Book, draw: str, *states: DrawState) -> Draw:
    """A draw in one of these states. Rejects ``draw.not_found`` and ``draw.state``."""
    found = book.get(Draw, draw)
    if found.state not in states:
        book.reject("draw.state", draw=found.id, state=found.state.value)
    return found


def changed(book: Book, draw: Draw, state: DrawState, reason: str | None = None) -> Draw:
    """A draw that comes into a state."""
    book.emit(f"draw.{state.value}", f"draw:{draw.id}", draw=draw.id)
    return book.put(draw.replace(state=state, reason=reason, updated_at=book.now))


def published(book: Book, draw: Draw) -> Draw:
    """The next version of a draw's rules, kept for ever; the draw is not put yet."""
    version = draw.version + 1
    rules = rules_of(draw, version)
    text = drawing.canonical(rules).decode()
    found = drawing.hash_of(rules)
    book.add(DrawRules(draw.id, version, text, found, book.now, book.actor))
    kept = (draw.draws_at + timedelta(days=KEPT_DAYS)).date()
    return draw.replace(version=version, rules_hash=found, kept_until=kept)


def count(prizes: tuple[Prize, ...]) -> int:
    """How many prizes there are."""
    return sum(prize.quantity for prize in prizes)


def refuse_own(book: Book, draw: Draw) -> None:
    """Rejects ``draw.own_approval`` for who drafted or submitted a draw."""
    if book.actor in (draw.drafted_by, draw.submitted_by):
        book.reject("draw.own_approval")
