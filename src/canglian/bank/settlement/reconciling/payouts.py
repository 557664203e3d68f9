"""What a channel keeps of what it collected, and pays out of it: booked once its file of a day has come whole.

Payments less refunds, less fees, is what it pays out; anything else is a difference. The fee is the bank's expense, and
both leave what the channel owes, so that what is left there is what no file has explained yet. A day is booked once:
another file of it books what it changes.
"""

from typing import Final

from canglian.bank.payment import channel
from canglian.bank.settlement.reconciling.matching import DifferenceKind, Found, Side
from canglian.bank.settlement.reconciling.model import ReconciliationDay, SideFigures, SideLine
from canglian.ledger.book import Book

KEY: Final = "payout"
"""The same one on all days, so that what comes on a later day makes good what lacked on an earlier one."""


def payout_difference(figures: SideFigures) -> Found | None:
    """What the channel pays out too much or too little by its own file; None where nothing differs."""
    expected, found = figures.payable, sum(figures.payouts.values())
    if not figures.whole or expected is None or found == expected:
        return None
    kind = (
        DifferenceKind.MISSING if not figures.payouts else DifferenceKind.AMOUNT if expected else DifferenceKind.EXTRA
    )
    return Found(figures.side, kind, KEY, found, expected)


def payout_lines(figures: SideFigures, most: int) -> list[SideLine]:
    """The lines of the file that say what is paid out."""
    lines = [SideLine(side=figures.side, number=number, amount=amount) for number, amount in figures.payouts.items()]
    return lines[:most]


def book_payout(book: Book, day: ReconciliationDay) -> ReconciliationDay:
    """A day with its fee and payout booked, as far as its file is whole and says something new."""
    figures = next((figures for figures in day.sides if figures.side is Side.CHANNEL), None)
    if figures is None or not figures.whole or figures.fee is None:
        return day
    reference, paid_out = f"reconciliation:{day.date.isoformat()}", sum(figures.payouts.values())
    channel.keep_fee(book, figures.fee - day.fee_booked, reference)
    channel.receive_payout(book, paid_out - day.paid_out_booked, reference)
    return day.replace(fee_booked=figures.fee, paid_out_booked=paid_out)
