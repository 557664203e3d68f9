"""The pages of parties: people, one person, openings, lists, rules."""

from canglian.bank.party.console import lists, openings, people, person, unmaskings

HANDLERS = (
    *people.handlers,
    *person.handlers,
    *unmaskings.handlers,
    *openings.handlers,
    *lists.handlers,
)
"""Without a prefix; the composition root puts them below ``/console``."""
