"""Refusals that say more to people at the bank than to programs, in words."""

from canglian.kernel.errors import tells_of_people
from canglian.web.error_text import register_staff_only


def say(text: str) -> str:
    """Marks a message id."""
    return text


TAKEN = say("There is an anonymous wallet with this mobile already.")

register_staff_only("wallet.mobile_taken", "other", TAKEN)
tells_of_people("wallet.mobile_taken", "wallet_product.party_needed")
