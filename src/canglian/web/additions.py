"""What a room adds to pages that are not its own: the search, what waits on the first page, a page of a room below.

    Room(
        "deposit",
        finds=(found_by_id("dep", …),),
        waiting=(Waiting("Reconciliation breaks", "/console/rail-differences?resolved=no", _open_differences),),
        sections={"party": (Excerpt("Deposit accounts", columns, _of_party, href="/console/deposits/{id}"),)},
    )

The room below only names its page; it shows what all rooms have added, in their order.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import msgspec

from canglian.kernel.entity import Entity
from canglian.kernel.errors import NotFound
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries import entities
from canglian.kernel.typed import typed_id
from canglian.web.columns import Column
from canglian.web.principal import Permission, Principal
from canglian.web.services import Services
from canglian.web.words import LANGUAGE, LANGUAGES, translated

SHOWN_MAX = 20
"""How many rows an excerpt shows."""

WAITING_MAX = 100
"""How far work that waits is counted."""


@dataclass(frozen=True)
class Rows:
    """Rows of an excerpt; ``scales`` has the decimals of the assets in them, ``more`` says that these are not all."""

    items: Sequence[Any]
    scales: Mapping[str, int] = field(default_factory=dict[str, int])
    more: bool = False


@dataclass(frozen=True)
class Excerpt:
    """A short table on another page. ``title`` is a gettext message id.

    ``read`` gets what was searched for, or the id of the thing whose page it is. ``href`` is the address of a row's own
    page, with the row's fields in braces; ``whole`` that of the whole list, with what was asked for in braces. The
    search asks ``search`` in the place of ``read``, where there is one: numbers of people are sealed, and found by a
    keyring.
    """

    title: str
    columns: Sequence[Column]
    read: Callable[[Reader, int, str], Awaitable[Rows]]
    href: str
    whole: str = ""
    search: Callable[[Services, int, str], Awaitable[Rows]] | None = None
    permission: Permission = Permission.READ

    def also(self, find: Callable[[Services, int, str], Awaitable[Sequence[Any]]]) -> "Excerpt":
        """The same, whose rows the search also finds by what people know them by."""

        async def search(services: Services, book: int, text: str) -> Rows:
            found = await find(services, book, text)
            return Rows(found) if found else await self.read(services.reader, book, text)

        return replace(self, search=search)


def found_by_id(
    prefix: str,
    title: str,
    columns: Sequence[Column],
    read: Callable[[Reader, int, str], Awaitable[Any]],
    href: str,
    *,
    receipts_of: type[Entity] | None = None,
    named: type[Entity] | None = None,
) -> Excerpt:
    """What the search finds of things with prefixed ids: the one whose whole id was typed.

    Of ``receipts_of`` those with a receipt number, too (see ``kernel.receipts``); of ``named``, of which there are few,
    those with the text in their name.
    """

    async def ids(reader: Reader, book: int, text: str) -> list[str]:
        if typed_id(text).startswith(f"{prefix}_"):
            return [typed_id(text)]
        if named is not None:
            return await entities.called(reader, book, named, text)
        return [] if receipts_of is None else await entities.by_receipt(reader, book, receipts_of, prefix, text)

    async def find(reader: Reader, book: int, text: str) -> Rows:
        try:
            return Rows(tuple([await read(reader, book, identity) for identity in await ids(reader, book, text)]))
        except NotFound:
            return Rows(())

    return Excerpt(title, columns, find, href)


@dataclass(frozen=True)
class Waiting:
    """Work that waits for somebody: its page, and how much there is of it, up to ``WAITING_MAX``.

    ``title`` is a gettext message id. ``path`` is the list of what is counted and nothing else.
    """

    title: str
    path: str
    count: Callable[[Services, Principal], Awaitable[int]]
    permission: Permission = Permission.READ


class Holding(msgspec.Struct, frozen=True):
    """Something that a customer has: an account, a wallet, a card. ``kind`` and ``product`` are message ids.

    ``number`` is masked. ``account`` is its account in the ledger, where it has one. Where the money of that is
    something else's already, as an e-wallet's is that of a deposit account, ``within`` is the number of that.
    """

    kind: str
    number: str
    product: str
    state: Any
    path: str
    opened_on: date | None = None
    balance: int | None = None
    held: int | None = None
    asset: str = "CNY"
    account: int | None = None
    within: str = ""


def nested(holdings: Sequence[Holding]) -> list[Holding]:
    """Each holding once with its money: another one of the same account stands behind the first, within it."""
    together: dict[int | str, list[Holding]] = {}
    for holding in holdings:
        others = together.setdefault(holding.path if holding.account is None else holding.account, [])
        others.append(msgspec.structs.replace(holding, within=others[0].number) if others else holding)
    return [holding for others in together.values() for holding in others]


class Belonging(msgspec.Struct, frozen=True):
    """What an account belongs to, and its page. ``kind`` is a message id; the name is masked."""

    kind: str
    name: str
    path: str


class Picked(msgspec.Struct, frozen=True):
    """Something that may be chosen on a form: its id, and how people know it, by masks.

    ``word`` is a message id that stands before the title, such as the name of a product.
    """

    id: str
    title: str
    note: str = ""
    word: str = ""


@dataclass(frozen=True)
class Pick:
    """How forms ask for a thing of one ``kind``, such as ``party``, so that nobody types its id.

    ``find`` gives what fits a text that somebody typed: the whole name, a number, a reference, the id itself; what fits
    it exactly comes alone. ``named`` gives those with these ids. ``hint`` (a message id) says what can be typed.
    ``fields`` are the names of commands' fields that ask for such a thing, ``lists`` of those that ask for several.
    ``offered`` are those that stand there before anything is typed, where there are few.
    """

    kind: str
    hint: str
    find: Callable[[Services, int, str], Awaitable[Sequence[Picked]]]
    named: Callable[[Services, int, Sequence[str]], Awaitable[Sequence[Picked]]]
    fields: Sequence[str] = ()
    lists: Sequence[str] = ()
    offered: Callable[[Services, int], Awaitable[Sequence[Picked]]] | None = None


def pick_code(
    kind: str,
    hint: str,
    used: Callable[[Reader, int], Awaitable[Sequence[str]]],
    fields: Sequence[str] = (),
    word: Callable[[str], str] = str,
    lists: Sequence[str] = (),
) -> Pick:
    """How forms ask for a code: those that are used, by a part of it or of its word; another one as it is typed.

    ``word`` gives the message id of what a code means, or the code itself.
    """

    def picked(code: str) -> Picked:
        return Picked(code, code, "", word(code) if translated(word(code), LANGUAGE) != word(code) else "")

    def texts(code: str) -> list[str]:
        return [code, *(translated(word(code), language) for language in LANGUAGES)]

    async def named(services: Services, book: int, identities: Sequence[str]) -> list[Picked]:
        return [picked(code) for code in identities]

    async def offered(services: Services, book: int) -> list[Picked]:
        return [picked(code) for code in await used(services.reader, book)]

    async def find(services: Services, book: int, text: str) -> list[Picked]:
        typed, codes = text.strip(), await used(services.reader, book)
        if typed in codes:
            return [picked(typed)]
        fitting = [code for code in codes if any(typed.lower() in each.lower() for each in texts(code))]
        is_new = typed.isascii() and not (fitting and typed.isalpha())  # letters alone are a part of what was found
        return [picked(code) for code in (*fitting, *([typed] if is_new else []))]

    return Pick(kind, hint, find, named, fields, lists, offered)


def pick_named(kind: str, entity: type[Entity], fields: Sequence[str] = (), lists: Sequence[str] = ()) -> Pick:
    """How forms ask for things of which there are few, each with a name: by a part of it, or the id."""

    async def named(services: Services, book: int, identities: Sequence[str]) -> list[Picked]:
        found = await entities.names(services.reader, book, entity, identities)
        return [Picked(identity, found[identity]) for identity in identities if identity in found]

    async def find(services: Services, book: int, text: str) -> list[Picked]:
        exact = await named(services, book, [typed_id(text)])
        return exact or await named(services, book, await entities.called(services.reader, book, entity, text))

    return Pick(kind, "A part of the name", find, named, fields, lists=lists)


@dataclass(frozen=True)
class Remedy:
    """Where somebody goes to do what a refusal lacks. ``title`` is a message id.

    ``path`` has the refusal's fields in braces; or ``thing`` is the field with the id of the thing to go to. Where it
    ``carries``, the address also names what was refused, for a form that is filled in with it.
    """

    title: str
    path: str = ""
    thing: str = ""
    carries: bool = False


class Sum(msgspec.Struct, frozen=True):
    """How many there were on a day and, where it is about money, how much in fen."""

    count: int
    amount: int = 0


@dataclass(frozen=True)
class DayFigure:
    """A figure of business days on the first page. ``title`` and ``definition`` (what it counts) are message ids.

    ``read`` gives the days from one to another, both included, that have any. ``path`` is the list of what is counted
    and nothing else, with ``{first}`` and ``{last}`` in the place of days. Where it ``is_drawn`` it is in the chart.
    """

    title: str
    definition: str
    path: str
    read: Callable[[Reader, int, date, date], Awaitable[Mapping[date, Sum]]]
    is_money: bool = False
    is_drawn: bool = False
    permission: Permission = Permission.READ


@dataclass(frozen=True)
class PageLink:
    """A button that leads to a page. ``title`` is a gettext message id, ``icon`` a Tabler icon's name.

    On the page of a thing, the thing's id stands in the braces of ``path``.
    """

    title: str
    path: str
    icon: str
    permission: Permission = Permission.READ
