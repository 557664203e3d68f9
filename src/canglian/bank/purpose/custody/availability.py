"""Why something cannot be done to an offer of prepaid cards or to a card now, and what closing an offer gives back."""

import msgspec

from canglian.bank.purpose.custody.queries import LIVING, OfferStanding, PrepaidTotals
from canglian.bank.purpose.model import OfferState, PrepaidOffer, PurposeContract
from canglian.kernel.amounts import major
from canglian.web.form import Message


class OfferShown(msgspec.Struct, frozen=True):
    """An offer with what became of its cards, as a page shows it."""

    offer: PrepaidOffer
    standing: OfferStanding


def selling(shown: OfferShown) -> str | None:
    """A card is sold."""
    return None if shown.offer.state is OfferState.OPEN else "The offer is closed."


def closing(shown: OfferShown) -> str | None:
    """An offer is closed."""
    return selling(shown)


def closing_gives_back(shown: OfferShown) -> Message:
    """What goes back to whom once it is closed."""
    return given_back(shown.standing.living, shown.standing.remaining, shown.standing.bonus_remaining)


def given_back(cards: int, remaining: int, bonus: int) -> Message:
    """What closing gives back: the buyers' money to them, the bonus to what the merchant has set apart for it."""
    if not cards:
        return "No card has anything left; nothing is given back."
    values = {"count": str(cards), "amount": major(remaining, 2), "bonus": major(bonus, 2)}
    return (
        "%(count)s cards end; in steps %(amount)s yuan go back to buyers and %(bonus)s yuan of bonus to its pool.",
        values,
    )


def merchant_gives_back(totals: PrepaidTotals) -> Message:
    """What closing a merchant gives back; nothing to say where it has sold no cards."""
    return given_back(totals.cards, totals.remaining, totals.bonus_remaining) if totals.cards else ""


def is_card(contract: PurposeContract) -> bool:
    """It is a prepaid card."""
    return contract.card is not None


def giving_back(contract: PurposeContract) -> str | None:
    """A card is given back; whether in time is decided when it is asked for."""
    return None if contract.state in LIVING else "The card has ended."
