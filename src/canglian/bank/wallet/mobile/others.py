"""What rooms above do on a person's pages about wallets: with codes that are scanned, and with lines of statements.

A room that shows codes of its own, or moves money of wallets, says so at import::

    on_scan("48", "/m/checkout/{}")
    on_code("pay_", "/m/payments/{}?done=1")
    on_lines(payments_of_lines)
    on_home(merchants_of)
"""

from collections.abc import Awaitable, Callable, Iterable

import msgspec

from canglian.bank.party.queries import parties
from canglian.bank.wallet.queries import wallets
from canglian.kernel.postgres.reader import Reader
from canglian.web.mobile import Person
from canglian.web.services import Services


class OtherLine(msgspec.Struct, frozen=True):
    """What a movement was for: whom it went to or came from, and the page that tells more, if there is one.

    ``title`` is the message id of its line, with ``%(name)s`` in it; without one it is paid to the name, or from there.
    ``is_word`` says that the name is a message id, as those of the first products are.
    """

    name: str
    href: str | None
    title: str | None = None
    is_word: bool = False


class HomeRow(msgspec.Struct, frozen=True):
    """A service on somebody's first page that leads to pages of a room above. Its title is a name, or a message id."""

    href: str
    title: str
    icon: str
    note: str = ""
    is_name: bool = True


FindRows = Callable[[Services, Person], Awaitable[list[HomeRow]]]
"""What a room above has on somebody's first page."""

FindLines = Callable[[Reader, int, list[int]], Awaitable[dict[int, OtherLine]]]
"""What transfers of the ledger were, in a book, by their numbers; those that are not the room's are left out."""

_scans: dict[str, str] = {}
_codes: dict[str, str] = {}
_lines: list[FindLines] = []
_homes: list[FindRows] = []


def on_scan(beginning: str, address: str) -> None:
    """Codes with these first digits go on at an address, the digits in its braces."""
    _scans[beginning] = address


def on_code(prefix: str, address: str) -> None:
    """A pay code that was used for a thing whose id begins so goes on at an address, the id in its braces."""
    _codes[prefix] = address


def on_lines(find: FindLines) -> None:
    """Lines of statements that are the room's have its words."""
    _lines.append(find)


def on_home(find: FindRows) -> None:
    """Somebody's first page has these services, too."""
    _homes.append(find)


async def home_rows(services: Services, person: Person) -> list[HomeRow]:
    """What rooms above have on somebody's first page."""
    return [row for find in _homes for row in await find(services, person)]


async def seen_by_a_payee(reader: Reader, book: int, identities: Iterable[str]) -> dict[str, str]:
    """Wallets as whoever they paid may see them: the holder by a mask, and the end of the number."""
    found = await wallets.several(reader, book, identities)
    names = await parties.names(reader, book, [wallet.party for wallet in found.values()])
    return {
        wallet.id: f"{names.get(wallet.party or '', wallet.mobile_mask or '—')} {wallet.number_mask[-4:]}"
        for wallet in found.values()
    }


def scanned(digits: str) -> str | None:
    """Where a code of a room above goes on; None for a code of wallets."""
    address = _scans.get(digits[:2])
    return None if address is None else address.format(digits)


def used(identity: str) -> str:
    """The page of what a pay code was used for: a transfer between wallets, or a thing of a room above."""
    return _codes.get(identity[:4], "/m/transfers/{}?done=1").format(identity)


async def lines_of(reader: Reader, book: int, transfers: list[int]) -> dict[int, OtherLine]:
    """What movements were for rooms above, by their numbers."""
    found: dict[int, OtherLine] = {}
    for find in _lines:
        found |= await find(reader, book, [transfer for transfer in transfers if transfer not in found])
    return found
