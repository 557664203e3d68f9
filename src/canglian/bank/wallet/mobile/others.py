"""What rooms above do on a person's pages about wallets: with codes that are scanned, and with lines of statements.

A room that shows codes of its own, or moves money of wallets, says so at import::

    on_scan("48", "/m/checkout/{}")
    on_code("pay_", "/m/payments/{}?done=1")
    on_lines(payment_of_line)
"""

from collections.abc import Awaitable, Callable

import msgspec

from canglian.kernel.postgres.reader import Reader


class OtherLine(msgspec.Struct, frozen=True):
    """What a movement was for: whom it went to or came from, and the page that tells more."""

    name: str
    href: str


FindLine = Callable[[Reader, int, int], Awaitable[OtherLine | None]]
"""What a transfer of the ledger was, in a book; None where it is not the room's."""

_scans: dict[str, str] = {}
_codes: dict[str, str] = {}
_lines: list[FindLine] = []


def on_scan(beginning: str, address: str) -> None:
    """Codes with these first digits go on at an address, the digits in its braces."""
    _scans[beginning] = address


def on_code(prefix: str, address: str) -> None:
    """A pay code that was used for a thing whose id begins so goes on at an address, the id in its braces."""
    _codes[prefix] = address


def on_lines(find: FindLine) -> None:
    """Lines of statements that are the room's have its words."""
    _lines.append(find)


def scanned(digits: str) -> str | None:
    """Where a code of a room above goes on; None for a code of wallets."""
    address = _scans.get(digits[:2])
    return None if address is None else address.format(digits)


def used(identity: str) -> str:
    """The page of what a pay code was used for: a transfer between wallets, or a thing of a room above."""
    return _codes.get(identity[:4], "/m/transfers/{}?done=1").format(identity)


async def line_of(reader: Reader, book: int, transfer: int) -> OtherLine | None:
    """What a movement was for rooms above."""
    for find in _lines:
        found = await find(reader, book, transfer)
        if found is not None:
            return found
    return None
