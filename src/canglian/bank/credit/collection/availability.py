"""Why something cannot be done in collection now."""

from canglian.bank.credit.collection.queries import Collected


def is_living(shown: Collected) -> bool:
    """The loan bears interest."""
    return shown.loan.is_living


def ending(shown: Collected) -> str | None:
    """An agreement counts."""
    return None if shown.agreement is not None else "Nobody has agreed to a debit."
