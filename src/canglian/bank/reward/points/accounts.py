"""The accounts of schemes in the ledger. Points move between them with the scheme's leave alone; so does no money."""

from typing import Final

from canglian.bank.deposit.moving import open_in_ledger
from canglian.bank.reward.points.model import PointScheme
from canglian.ledger.book import Book, Release
from canglian.ledger.keeping import keep
from canglian.ledger.model import Balance, Transfer

keep("psc_")

HEAD = "2241"
"""What is owed to whoever has points, and what is set aside for it (其他应付款)."""

EARNED: Final = "points.earned"
NETTED: Final = "points.netted"
TAKEN_BACK: Final = "points.taken_back"
EXCHANGED: Final = "points.exchanged"
RETURNED: Final = "points.returned"
EXPIRED: Final = "points.expired"
PAID: Final = "points.paid"
PAID_BACK: Final = "points.paid_back"
SET_ASIDE: Final = "points.set_aside"
SET_FREE: Final = "points.set_free"

CODES = (EARNED, NETTED, TAKEN_BACK, EXCHANGED, RETURNED, EXPIRED, PAID, PAID_BACK, SET_ASIDE, SET_FREE)
"""What transfers of schemes are for."""


def open_points(book: Book, scheme: str, asset: str, name: str, *, floor: int | None = 0) -> int:
    """An account of points, which move among those of their scheme alone."""
    return open_in_ledger(book, HEAD, asset, floor=floor, owner=scheme, name=name, purpose=scheme).id


def open_funds(book: Book, scheme: str, asset: str, name: str) -> int:
    """The account of the money that is set aside."""
    return open_in_ledger(book, HEAD, asset, owner=scheme, name=name).id


def move(book: Book, scheme: PointScheme, debit: int, credit: int, points: int, code: str, reference: str) -> Transfer:
    """Move points of a scheme."""
    return book.transfer(debit, credit, points, code, reference=reference, release=Release(scheme.id))


def balance_of(book: Book, number: int) -> int:
    """What an account has."""
    balance = book.get(Balance, number)
    return balance.credits - balance.debits


def outstanding(book: Book, scheme: PointScheme) -> int:
    """How many points people have: what was awarded, less what was exchanged, has expired and was taken back."""
    gone = (scheme.spent, scheme.expired, scheme.taken_back)
    return -balance_of(book, scheme.awarded) - sum(balance_of(book, number) for number in gone)
