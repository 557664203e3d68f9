"""The figures of collection that are in force."""

from datetime import datetime
from typing import Final

from canglian.bank.credit.collection.model import CollectionPolicy
from canglian.bank.wallet.rules import BEGINNING
from canglian.kernel.book import Book
from canglian.kernel.versions import Versioned

RULES = "collection"
SYSTEM = "system:credit"


def first_policy(at: datetime) -> CollectionPolicy:
    """The figures that a book begins with."""
    return CollectionPolicy(
        effective_from=BEGINNING,
        rules=RULES,
        floor=0,
        note="",
        added_at=at,
        added_by=SYSTEM,
    )


POLICIES: Final = Versioned(CollectionPolicy, "rules", lambda book, _: [first_policy(book.now)])


def policy_in_force(book: Book) -> CollectionPolicy:
    """The figures in force on the business date."""
    return POLICIES.on(book, RULES, book.today) or first_policy(book.now)
