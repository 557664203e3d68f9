"""Prizes: claimed in time by who won them, handed over against a code, passed on to alternates where nobody comes."""

from datetime import timedelta

from canglian.bank.reward.draws import money
from canglian.bank.reward.draws.commands import values
from canglian.bank.reward.draws.commands.joining import refuse_basis
from canglian.bank.reward.draws.model import ConditionKind, Draw, DrawState, DrawWin, PrizeKind, WinState
from canglian.bank.reward.draws.rules import require
from canglian.bank.wallet import Wallet
from canglian.kernel.command import Command
from canglian.ledger.book import Book

_STATE = WinState
TOGETHER = 100
"""How many prizes lapse in one command at most."""


class ClaimPrize(Command[DrawWin], kind="reward.claim_prize"):
    """Claim a prize that was won: money comes into the wallet, goods are there to be collected.

    The wallet is the winner's. Rejects ``draw_win.state``, ``draw_win.late``, ``draw_win.wallet``, ``draw_win.asset``,
    ``draw_entrant.*`` where the payment was given back meanwhile, and what the wallet rejects.
    """

    win: values.DrawWinId
    wallet: values.WalletId
    channel: values.Channel

    def decide(self, book: Book) -> DrawWin:
        win = book.get(DrawWin, self.win)
        draw = book.get(Draw, win.draw)
        _refuse_closed(book, win)
        wallet = book.get(Wallet, self.wallet)
        if wallet.party != win.party:
            book.reject("draw_win.wallet", wallet=wallet.id, field="wallet")
        if draw.condition.kind in (ConditionKind.PAYMENT, ConditionKind.COUPON):
            refuse_basis(book, draw, win.basis, win.party)
        prize = draw.prizes[(win.prize or 1) - 1]
        transfer = None
        if prize.kind is PrizeKind.BENEFIT:
            if wallet.asset != draw.asset:
                book.reject("draw_win.asset", asset=draw.asset, field="wallet")
            draw, moved = money.pay(book, draw, wallet, prize.value, self.channel, win.id)
            book.put(draw.replace(updated_at=book.now))
            transfer = moved.id
        book.emit("draw_win.claimed", f"draw_win:{win.id}", draw_win=win.id, draw=draw.id)
        return book.put(win.replace(state=_STATE.CLAIMED, transfer=transfer, claimed_at=book.now, updated_at=book.now))


class HandOverPrize(Command[DrawWin], kind="reward.hand_over_prize"):
    """Hand goods over to who has shown the code of their prize.

    Rejects ``draw_win.code``, ``draw_win.state`` and ``draw_win.no_goods``.
    """

    win: values.DrawWinId
    proved: bool

    def decide(self, book: Book) -> DrawWin:
        win = book.get(DrawWin, self.win)
        draw = book.get(Draw, win.draw)
        if not self.proved:
            book.reject("draw_win.code", field="code")
        if win.prize is None or draw.prizes[win.prize - 1].kind is not PrizeKind.GOODS:
            book.reject("draw_win.no_goods", draw_win=win.id)
        if win.state is not _STATE.CLAIMED:
            book.reject("draw_win.state", draw_win=win.id, state=win.state.value)
        book.emit("draw_win.collected", f"draw_win:{win.id}", draw_win=win.id, draw=draw.id)
        return book.put(win.replace(state=_STATE.COLLECTED, updated_at=book.now))


class LapsePrizes(Command[int], kind="reward.lapse_prizes"):
    """Prizes that nobody claimed in time go to the alternates in their order; how many lapsed.

    Where no alternate is left, the money is its funders' again. Rejects ``draw.state``.
    """

    draw: values.DrawId

    def decide(self, book: Book) -> int:
        draw = require(book, self.draw, DrawState.REVEALED, DrawState.VERIFIED)
        wins = sorted(book.find(DrawWin, "draw", draw.id), key=lambda win: win.rank)
        late = [win for win in wins if _is_late(book, win)][:TOGETHER]
        waiting = [win for win in wins if win.state is _STATE.WAITING]
        freed = 0
        for win in late:
            book.put(win.replace(state=_STATE.LAPSED, updated_at=book.now))
            book.emit("draw_win.lapsed", f"draw_win:{win.id}", draw_win=win.id, draw=draw.id)
            if waiting:
                _offer(book, draw, waiting.pop(0), win.prize or 1)
            elif draw.prizes[(win.prize or 1) - 1].kind is PrizeKind.BENEFIT:
                freed += draw.prizes[(win.prize or 1) - 1].value
        if freed:
            book.put(money.let_go(book, draw, freed).replace(updated_at=book.now))
        if late and not any(book.get(DrawWin, win.id).state is _STATE.OFFERED for win in wins):
            for win in waiting:
                book.put(win.replace(state=_STATE.PASSED, updated_at=book.now))
        return len(late)


def _refuse_closed(book: Book, win: DrawWin) -> None:
    if win.state is not _STATE.OFFERED:
        book.reject("draw_win.state", draw_win=win.id, state=win.state.value)
    if win.claim_by is None or book.now >= win.claim_by:
        book.reject("draw_win.late", draw_win=win.id)


def _is_late(book: Book, win: DrawWin) -> bool:
    return win.state is _STATE.OFFERED and win.claim_by is not None and win.claim_by <= book.now


def _offer(book: Book, draw: Draw, alternate: DrawWin, prize: int) -> None:
    """A prize comes to an alternate, for as many days as it was there before."""
    claim_by = book.now + timedelta(days=draw.claim_days)
    book.put(alternate.replace(state=_STATE.OFFERED, prize=prize, claim_by=claim_by, updated_at=book.now))
    book.emit("draw_win.moved_up", f"draw_win:{alternate.id}", draw_win=alternate.id, draw=draw.id)
