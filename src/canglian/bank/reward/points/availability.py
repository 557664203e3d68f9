"""Why something cannot be done to a scheme or an exchange now, as its page says before anybody tries."""

from canglian.bank.reward.points.model import ExchangeState, PointExchange, SchemeState
from canglian.bank.reward.points.queries import PointMemberWhole, PointSchemeWhole


def is_draft(shown: PointSchemeWhole) -> bool:
    """It was not approved yet."""
    return shown.scheme.state is SchemeState.DRAFT


def is_active(shown: PointSchemeWhole) -> bool:
    """Points are earned."""
    return shown.scheme.state is SchemeState.ACTIVE


def is_open(shown: PointSchemeWhole) -> bool:
    """It was not closed."""
    return shown.scheme.state is not SchemeState.CLOSED


def is_closed(shown: PointSchemeWhole) -> bool:
    """Nothing is earned any more."""
    return shown.scheme.state is SchemeState.CLOSED


def has_wallet(shown: PointSchemeWhole) -> bool:
    """A wallet pays for it."""
    return shown.scheme.wallet is not None


def has_no_wallet(shown: PointSchemeWhole) -> bool:
    """The bank pays for it."""
    return shown.scheme.wallet is None


def awarding(shown: PointSchemeWhole) -> str | None:
    """Somebody awards points alone."""
    if not shown.scheme.alone_max:
        return "Of this scheme every award is approved by a second person: request it."
    return None


def paying_back(shown: PointSchemeWhole) -> str | None:
    """What is set aside is given back."""
    if shown.figures.outstanding:
        return "People still have points of this scheme."
    return None if shown.figures.funds else "Nothing is set aside."


def exchanging(shown: PointMemberWhole) -> str | None:
    """Points are exchanged."""
    return None if shown.spendable else "There are no points that can be exchanged."


def returning(exchange: PointExchange) -> str | None:
    """An exchange is taken back."""
    if exchange.payment is not None:
        return "A refund of the payment gives these points back."
    return None if exchange.state is ExchangeState.DONE else "It has been taken back already."
