"""Movements of somebody's wallets as lines that a person reads: who got how much, or what it was for."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from canglian.bank.wallet.mobile import others
from canglian.bank.wallet.mobile.owning import seen_from
from canglian.bank.wallet.model import Wallet, WalletTransfer
from canglian.bank.wallet.queries import moves
from canglian.bank.wallet.queries.wallets import WalletView
from canglian.ledger.queries import statements
from canglian.ledger.queries.statements import Entry
from canglian.web.mobile import MobilePages, Person
from canglian.web.services import Services

MOVEMENTS = (
    "rail.pull",
    "rail.push",
    "cash.in",
    "cash.out",
    "wallet.exchange_to_ecny",
    "wallet.exchange_to_deposit",
    "interest.settled",
)
"""What a line is called that is no transfer between wallets; another code is called a movement."""

Own = Wallet | WalletView
Movement = tuple[Own, Entry]


class Line(msgspec.Struct, frozen=True):
    """A line of a statement. ``amount`` is positive where money came in; ``href`` is the page that tells more."""

    title: str
    at: datetime
    amount: int
    asset: str
    href: str


async def recent(pages: MobilePages, services: Services, person: Person, own: Sequence[Own], most: int) -> list[Line]:
    """The newest lines of several wallets."""
    wallets = {wallet.account: wallet for wallet in own}
    found = await statements.latest(services.reader, person.book, list(wallets), most)
    return await lines_of(pages, services, person, [(wallets[account], entry) for account, entry in found])


async def lines_of(pages: MobilePages, services: Services, person: Person, movements: Sequence[Movement]) -> list[Line]:
    """Lines as their reader knows the other side."""
    titles = _Titles(pages, services, person)
    await titles.read([entry.transfer for _, entry in movements])
    return [
        Line(
            titles.of(entry),
            entry.booked_at,
            entry.amount,
            wallet.asset,
            f"/m/wallets/{wallet.id}/entries/{entry.transfer}",
        )
        for wallet, entry in movements
    ]


class _Titles:
    """What lines are called: read for all of them at once."""

    def __init__(self, pages: MobilePages, services: Services, person: Person) -> None:
        self._ = pages._
        self._reader = services.reader
        self._person = person
        self._moved: dict[int, WalletTransfer] = {}
        self._sides: dict[str, dict[str, Any]] = {}
        self._others: dict[int, others.OtherLine] = {}

    async def read(self, transfers: list[int]) -> None:
        """Find out what transfers of the ledger were."""
        reader, book = self._reader, self._person.book
        self._moved = await moves.by_ledger(reader, book, transfers)
        sides = [side for moved in self._moved.values() for side in (moved.payer, moved.payee)]
        self._sides = await seen_from(reader, book, sides, self._person)
        self._others = await others.lines_of(reader, book, [each for each in transfers if each not in self._moved])

    def of(self, entry: Entry) -> str:
        """To or from whom, where it was between wallets or a room above knows it; what it was for, else."""
        moved, other = self._moved.get(entry.transfer), self._others.get(entry.transfer)
        name = None if other is None else self._(other.name) if other.is_word else other.name
        if moved is not None:
            name = self._name(self._sides[moved.payee if entry.amount < 0 else moved.payer])
        if name is not None:
            way = self._("Paid %(name)s") if entry.amount < 0 else self._("From %(name)s")
            if other is not None and other.title is not None:
                way = self._(other.title)
            return way.replace("%(name)s", name)
        return self._(f"movement.{entry.code}") if entry.code in MOVEMENTS else self._("Movement")

    def _name(self, side: dict[str, Any]) -> str:
        """The holder by a mask; a wallet of one's own by its name."""
        return f"{self._(side['wallet'])} {side['ending']}" if side["mine"] else side["name"]
