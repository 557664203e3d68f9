"""Refusals that say more to people at the bank than to programs, in words."""

from canglian.kernel.errors import tells_of_people
from canglian.web.error_text import register_staff_only


def say(text: str) -> str:
    """Marks a message id."""
    return text


TAKEN = say("This number belongs to another customer already.")
LISTED = say("This subject is on the {colour} list already.")

register_staff_only("party.number_taken", "other", TAKEN)
register_staff_only("list_entry.listed_already", "other", LISTED)
tells_of_people("party.number_taken", "party_document.number_differs", "list_entry.listed_already")
