"""The payees that there are, by a small protocol: the room above that keeps merchants registers its directory."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Protocol

import msgspec

from canglian.bank.purpose.rules import Payee, Rules, may_pay
from canglian.kernel.fields import doc
from canglian.kernel.postgres.reader import Reader

SHOPS_MAX = 50
"""How many shops a list shows."""


class Shop(msgspec.Struct, frozen=True):
    """A payee as people know it."""

    id: Annotated[str, doc("The payee's id.")]
    name: Annotated[str, doc("What people read.")]
    store: Annotated[str | None, doc("Which of its stores, or null.")]
    category: Annotated[str, doc("Its category of ISO 18245.")]
    region: Annotated[str, doc("The division of GB/T 2260 in which it is.")]
    lists: Annotated[tuple[str, ...], doc("The lists that it is on.")] = ()

    @property
    def title(self) -> str:
        """Its name with its store."""
        return f"{self.name} · {self.store}" if self.store else self.name

    @property
    def payee(self) -> Payee:
        """What rules know of it."""
        return Payee(id=self.id, category=self.category, region=self.region, lists=self.lists)


class Directory(Protocol):
    """Who knows payees."""

    async def find(self, reader: Reader, book: int, text: str) -> list[Shop]:
        """Those that a text means: a part of the name, or the id."""
        ...

    async def named(self, reader: Reader, book: int, identities: Iterable[str]) -> Mapping[str, Shop]:
        """Those with these ids."""
        ...

    async def fitting(self, reader: Reader, book: int, rules: Rules) -> list[Shop]:
        """Those that may be paid now and that the rules do not leave out by id, category and region."""
        ...


class _Nobody:
    """Where no room knows payees."""

    async def find(self, reader: Reader, book: int, text: str) -> list[Shop]:
        return []

    async def named(self, reader: Reader, book: int, identities: Iterable[str]) -> Mapping[str, Shop]:
        return {}

    async def fitting(self, reader: Reader, book: int, rules: Rules) -> list[Shop]:
        return []


_KNOWN: list[Directory] = [_Nobody()]


def register(directory: Directory) -> None:
    """Make a directory known; it stands in the place of the one before."""
    _KNOWN[:] = [directory]


def directory() -> Directory:
    """The directory of payees."""
    return _KNOWN[0]


async def allowed(reader: Reader, book: int, rules: Rules, near: str | None = None) -> list[Shop]:
    """Shops that money of these rules may be paid to: those in the region ``near`` first, then by what they share."""
    found = [shop for shop in await directory().fitting(reader, book, rules) if may_pay(rules, shop.payee)]
    return sorted(found, key=lambda shop: (-_shared(shop.region, near or ""), shop.name))[:SHOPS_MAX]


def _shared(one: str, other: str) -> int:
    """How many levels two divisions have in common: province, prefecture, county."""
    return sum(one[:digits] == other[:digits] for digits in (2, 4, 6) if other)
