"""Payments and refunds as tasks and invitations see them, in the commit of each."""

from canglian.bank.payment.hooks import Captured, Refunded, on_captured, on_refunded
from canglian.bank.payment.model import PaymentLine
from canglian.bank.reward.campaigns.model import CampaignOffer
from canglian.bank.reward.earning import invitations, tasks
from canglian.bank.reward.earning.model import Invitee, TaskProgress
from canglian.ledger.book import Book


def payer_of(lines: tuple[PaymentLine, ...]) -> str | None:
    """Who has paid of their own money first; None where the bank does not know."""
    return next((line.holder for line in lines if not line.discount), None)


def captured(book: Book, what: Captured) -> None:
    """What was taken counts."""
    payer = payer_of(what.lines)
    if payer is None:
        return
    progress, invited = _of(book, payer)
    for each in progress:
        tasks.purchased(book, each, what.payment.id, what.payment.captured, book.now)
    for each in invited:
        invitations.paid_first(book, each, what.payment.id, what.payment.captured)


def refunded(book: Book, what: Refunded) -> None:
    """What was given back counts no more."""
    payer = payer_of(what.lines)
    if payer is None:
        return
    progress, invited = _of(book, payer)
    left = what.payment.captured - what.payment.refunded
    for each in progress:
        tasks.given_back(book, each, what.payment.id, left)
    for each in invited:
        invitations.given_back(book, each, what.payment.id, left)


def _of(book: Book, payer: str) -> tuple[list[TaskProgress], list[Invitee]]:
    """What somebody takes part in, with the offers of it."""
    book.require((), [(TaskProgress, "party", payer), (Invitee, "party", payer)])
    progress, invited = book.find(TaskProgress, "party", payer), book.find(Invitee, "party", payer)
    if progress or invited:
        book.require([(CampaignOffer, each.offer) for each in (*progress, *invited)])
    return progress, invited


on_captured(captured)
on_refunded(refunded)
