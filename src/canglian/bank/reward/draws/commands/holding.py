"""A draw is held: its entries are frozen, what nobody knew comes in, the seed is revealed, and it is computed again."""

from datetime import timedelta
from itertools import islice

from canglian.bank.reward.draws import drawing, money
from canglian.bank.reward.draws.commands import values
from canglian.bank.reward.draws.model import (
    Draw,
    DrawEntry,
    DrawState,
    DrawWin,
    EntropyKind,
    PrizeKind,
    WinState,
)
from canglian.bank.reward.draws.proof import Winner, is_of_signature, round_after
from canglian.bank.reward.draws.publishing import rules_of
from canglian.bank.reward.draws.rules import changed, refuse_own, require
from canglian.kernel.command import Command
from canglian.ledger.book import Book

_STATE = DrawState


class FreezeDraw(Command[Draw], kind="reward.freeze_draw"):
    """Freeze the entries once the time to join is over; nobody joins any more. Void where nobody has.

    Where it comes late, the round of the beacon that decides is the first one a minute later.
    Rejects ``draw.state`` and ``draw.not_over``.
    """

    draw: values.DrawId

    def decide(self, book: Book) -> Draw:
        draw = require(book, self.draw, _STATE.PUBLISHED)
        if book.now < draw.joins_until:
            book.reject("draw.not_over", ends_at=draw.joins_until.isoformat())
        if not draw.entries:
            return changed(book, money.let_go(book, draw, money.worth(draw.prizes)), _STATE.VOID)
        frozen_at = book.now.replace(microsecond=0)
        decides = draw.round
        if draw.beacon is not None and draw.round is not None:
            beacon = {"genesis": draw.beacon.genesis, "period": draw.beacon.period}
            decides = round_after(beacon, draw.round, int(frozen_at.timestamp()))
        book.emit("draw.list_hash", f"draw:{draw.id}", draw=draw.id, entries=draw.entries, hash=draw.head)
        return changed(book, draw.replace(frozen_at=frozen_at, deciding_round=decides), _STATE.FROZEN)


class DrawByBeacon(Command[Draw], kind="reward.draw_by_beacon"):
    """The round of the beacon is there: nobody changes the outcome any more.

    Rejects ``draw.state``, ``draw.beacon`` for another round or a value that its signature does not give, and
    ``draw.other_entropy``.
    """

    draw: values.DrawId
    beat: values.Beat

    def decide(self, book: Book) -> Draw:
        draw = require(book, self.draw, _STATE.FROZEN)
        if draw.entropy is not EntropyKind.DRAND:
            book.reject("draw.other_entropy", draw=draw.id)
        _refuse_withheld(book, draw)
        beat = self.beat
        if beat.round != draw.deciding_round or not is_of_signature(beat.value, beat.signature):
            book.reject("draw.beacon", draw=draw.id, round=draw.deciding_round or 0)
        drawn = draw.replace(value=beat.value, signature=beat.signature, drawn_at=book.now)
        return changed(book, drawn, _STATE.DRAWN)


class RevealSecondSeed(Command[Draw], kind="reward.reveal_second_seed"):
    """The second office reveals its seed, as somebody else than who drafted the draw.

    Rejects ``draw.state``, ``draw.not_yet``, ``draw.own_approval``, ``draw.other_entropy``, and ``draw.seed_wrong`` for
    another one than was committed.
    """

    draw: values.DrawId
    secret: values.Secret

    def decide(self, book: Book) -> Draw:
        draw = require(book, self.draw, _STATE.FROZEN)
        if draw.entropy is not EntropyKind.SECOND_SEED:
            book.reject("draw.other_entropy", draw=draw.id)
        _refuse_withheld(book, draw)
        refuse_own(book, draw)
        _refuse_early(book, draw)
        if not drawing.opens(self.secret, draw.second_hash or ""):
            book.reject("draw.seed_wrong", field="secret")
        return changed(book, draw.replace(value=self.secret, drawn_at=book.now), _STATE.DRAWN)


class RevealDraw(Command[Draw], kind="reward.reveal_draw"):
    """Reveal the bank's seed: who has won follows from it. Rejects ``draw.state`` and ``draw.seed_wrong``."""

    draw: values.DrawId
    seed: values.Secret

    def decide(self, book: Book) -> Draw:
        draw = require(book, self.draw, _STATE.DRAWN)
        _refuse_withheld(book, draw)
        if not drawing.opens(self.seed, draw.seed_hash):
            book.reject("draw.seed_wrong", field="seed")
        return _reveal(book, draw.replace(seed=self.seed))


class StateFigure(Command[Draw], kind="reward.state_figure"):
    """State the public figure that stands in for what was withheld, once its time has come; a second person confirms.

    Rejects ``draw.state`` and ``draw.fallback_early``.
    """

    draw: values.DrawId
    figure: values.Figure

    def decide(self, book: Book) -> Draw:
        draw = require(book, self.draw, _STATE.FROZEN, _STATE.DRAWN)
        _refuse_before_fallback(book, draw)
        book.emit("draw.figure_stated", f"draw:{draw.id}", draw=draw.id, figure=self.figure)
        return book.put(draw.replace(figure=self.figure, figure_by=book.actor, updated_at=book.now))


class ConfirmFigure(Command[Draw], kind="reward.confirm_figure"):
    """Confirm the public figure by typing it again, as somebody else; what was withheld stays out of the draw.

    Rejects ``draw.state``, ``draw.fallback_early``, ``draw.own_approval`` and ``draw.figure_differs``.
    """

    draw: values.DrawId
    figure: values.Figure

    def decide(self, book: Book) -> Draw:
        draw = require(book, self.draw, _STATE.FROZEN, _STATE.DRAWN)
        _refuse_before_fallback(book, draw)
        if draw.figure is None or self.figure != draw.figure:
            book.reject("draw.figure_differs", field="figure")
        if book.actor == draw.figure_by:
            book.reject("draw.own_approval")
        return _reveal(book, draw)


class ConfirmDraw(Command[Draw], kind="reward.confirm_draw"):
    """A revealed draw was computed again from its proof, with the same winners.

    Rejects ``draw.state``, and ``draw.result_differs`` where the winners are others.
    """

    draw: values.DrawId
    result_hash: values.Hash

    def decide(self, book: Book) -> Draw:
        draw = require(book, self.draw, _STATE.REVEALED)
        if self.result_hash != draw.result_hash:
            book.reject("draw.result_differs", draw=draw.id)
        return changed(book, draw.replace(verified_at=book.now), _STATE.VERIFIED)


def result_of(winners: list[Winner]) -> str:
    """The hash of who won, in their order."""
    return drawing.hash_of([[winner.rank, winner.position, winner.number, winner.prize] for winner in winners])


def _refuse_early(book: Book, draw: Draw) -> None:
    if book.now < draw.draws_at:
        book.reject("draw.not_yet", draws_at=draw.draws_at.isoformat())


def _refuse_withheld(book: Book, draw: Draw) -> None:
    """Rejects ``draw.withheld``: what did not come in until the public figure stands in stays out."""
    if book.now >= draw.fallback_at:
        book.reject("draw.withheld", fallback_at=draw.fallback_at.isoformat())


def _refuse_before_fallback(book: Book, draw: Draw) -> None:
    if book.now < draw.fallback_at:
        book.reject("draw.fallback_early", fallback_at=draw.fallback_at.isoformat())


def _reveal(book: Book, draw: Draw) -> Draw:
    """Rank the entries, and offer the prizes; money that no prize takes is free again."""
    rules = rules_of(draw, draw.version)
    key = drawing.key_of(draw.rules_hash or "", draw.head, draw.entries, draw.seed, draw.value, draw.figure)
    entries = _ranked(book, draw, key, drawing.wanted(rules))
    claim_by = book.now + timedelta(days=draw.claim_days)
    winners: list[Winner] = []
    for rank, entry in enumerate(entries, 1):
        prize = drawing.prize_of(rules, rank)
        winners.append(Winner(rank, entry.position, entry.number, prize))
        book.add(
            DrawWin(
                id=book.new_id("win"),
                draw=draw.id,
                rank=rank,
                position=entry.position,
                number=entry.number,
                party=entry.party,
                wallet=entry.wallet,
                basis=entry.basis,
                prize=prize or None,
                drawn_prize=prize,
                state=WinState.OFFERED if prize else WinState.WAITING,
                claim_by=claim_by if prize else None,
                transfer=None,
                claimed_at=None,
                updated_at=book.now,
            )
        )
    won = sum(_worth(draw, winner.prize) for winner in winners)
    draw = money.let_go(book, draw, money.worth(draw.prizes) - won)
    return changed(book, draw.replace(result_hash=result_of(winners), revealed_at=book.now), _STATE.REVEALED)


def _worth(draw: Draw, prize: int) -> int:
    """What a prize comes to in money."""
    if not prize or draw.prizes[prize - 1].kind is not PrizeKind.BENEFIT:
        return 0
    return draw.prizes[prize - 1].value


def _ranked(book: Book, draw: Draw, key: bytes, wanted: int) -> list[DrawEntry]:
    """The entries that win. They are loaded as many at once as are wanted, and more where somebody came up twice."""
    drawn: list[int] = []
    order = drawing.positions(key, draw.entries)
    while True:
        more = list(islice(order, max(wanted, len(drawn))))
        drawn += more
        book.require([(DrawEntry, (draw.id, place + 1)) for place in drawn])
        ranking = drawing.ranked(drawn, lambda place: book.get(DrawEntry, (draw.id, place + 1)).number, wanted)
        if len(ranking) == wanted or not more:
            return [book.get(DrawEntry, (draw.id, place + 1)) for place in ranking]
