"""Choosing wallets and shops on forms: somebody types a name or a number, and ticks what was found.

What was ticked before stays; the fields of the form are ``payer`` for one, ``payees_<id>`` for each of several.
"""

from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from canglian.bank.party.queries import parties
from canglian.bank.party.sealing import IndexBy, search_indexes
from canglian.bank.purpose import queries, shops
from canglian.bank.wallet.model import Wallet, WalletState
from canglian.bank.wallet.numbers import WALLET_NUMBERS
from canglian.bank.wallet.queries import wallets
from canglian.kernel.errors import NotFound
from canglian.kernel.queries.entities import some
from canglian.kernel.typed import typed_id, typed_number
from canglian.web.console import Pages, plain
from canglian.web.console.forms import form_values
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

FOUND_MAX = 20
"""How many things are offered at once."""


class Picked(msgspec.Struct, frozen=True):
    """Something that may be ticked, and whether it is."""

    id: str
    title: str
    note: str
    ticked: bool


class Picker(msgspec.Struct, frozen=True):
    """A choice on a form: ``several`` of them, or one. ``asked`` says that somebody looked for something."""

    field: str
    what: str
    label: str
    help: str
    several: bool
    options: list[Picked] = []
    asked: bool = False
    wrong: str = ""


_PICKERS = {
    "payer": Picker(
        "payer", "wallets", "Payer's wallet", "Its money is paid in from here, and comes back here.", False
    ),
    "payees": Picker("payees", "shops", "Only these merchants", "None for whom the template allows.", True),
    "holders": Picker("holders", "wallets", "Holders", "Who gets a share.", True),
    "ids": Picker("ids", "shops", "Only these merchants", "None for everybody who fits.", True),
    "blocked_ids": Picker("blocked_ids", "shops", "Not these merchants", "None for nobody.", True),
}


def chosen(field: str, values: Mapping[str, str]) -> list[str]:
    """What was ticked."""
    if not _PICKERS[field].several:
        return [values[field]] if values.get(field) else []
    return [name.removeprefix(f"{field}_") for name in values if name.startswith(f"{field}_")]


async def picker(pages: Pages, field: str, values: Mapping[str, str], text: str = "", problem: Any = None) -> Picker:
    """A choice with what is ticked, and what is found of a text."""
    assert pages.principal is not None
    made, ticked = _PICKERS[field], chosen(field, values)
    options = _shops if made.what == "shops" else _wallets
    found = await options(pages, ticked, text)
    wrong = problem.text if problem is not None and problem.field == field else ""
    return msgspec.structs.replace(
        made,
        label=pages._(made.label),
        help=pages._(made.help),
        options=found,
        asked=bool(text),
        wrong=wrong,
    )


async def _wallets(pages: Pages, ticked: list[str], text: str) -> list[Picked]:
    assert pages.principal is not None
    reader, book = pages.services.reader, pages.principal.book
    found = await _find_wallets(pages.services, book, text) if text else []
    wanted = [*ticked, *(wallet.id for wallet in found if wallet.state is WalletState.ACTIVE)]
    labels = await queries.wallet_labels(reader, book, wanted)
    return [
        Picked(label.id, f"{label.holder} · {pages._(label.name)}", f"**** {label.ending}", label.id in ticked)
        for label in (labels[identity] for identity in dict.fromkeys(wanted) if identity in labels)
    ]


async def _find_wallets(services: Services, book: int, text: str) -> list[Wallet]:
    """Wallets by their number, by their id, or by their holder's name, mobile or id."""
    reader, typed = services.reader, typed_id(text)
    if typed.startswith("wal_"):
        return await some(reader, book, Wallet, "id", typed)
    found = await wallets.by_index(reader, book, WALLET_NUMBERS.index(services.keyring, typed_number(text)))
    if found is not None:
        return [found]
    holders = [typed] if typed.startswith("pty_") else await _parties(services, book, text)
    of_holders = [wallet for party in holders for wallet in await wallets.of_party(reader, book, party)]
    (index,) = search_indexes(services.keyring, IndexBy.MOBILE, text)
    return [*of_holders, *await wallets.of_mobile(reader, book, index)][:FOUND_MAX]


async def _parties(services: Services, book: int, text: str) -> list[str]:
    found: list[str] = []
    for by in (IndexBy.NAME, IndexBy.MOBILE):
        indexes = search_indexes(services.keyring, by, text)
        found += [party.id for party in await parties.known_by(services.reader, book, by.value, indexes)]
    return list(dict.fromkeys(found))


async def _shops(pages: Pages, ticked: list[str], text: str) -> list[Picked]:
    assert pages.principal is not None
    reader, book, known = pages.services.reader, pages.principal.book, shops.directory()
    named = await known.named(reader, book, ticked)
    found = await known.find(reader, book, text) if text else []
    everybody = {**named, **{shop.id: shop for shop in found[:FOUND_MAX]}}
    return [
        Picked(shop.id, shop.title, plain.worded("category", shop.category, pages._), shop.id in ticked)
        for shop in everybody.values()
    ]


@post("/purpose-contracts/pick/{field:str}", status_code=200, guards=[needs(Permission.POST)])
async def pick(
    pages: NamedDependency[Pages], principal: NamedDependency[Principal], field: FromPath[str]
) -> Response[Any]:
    """The choice again, with what was found of the text that was typed."""
    values = await form_values(pages.request)
    if field not in _PICKERS:
        raise NotFound("request.not_found", path=pages.request.scope["path"])
    shown = await picker(pages, field, values, values.get(f"find_{field}", ""))
    return await pages.render("purpose/picked.html", picker=shown)


handlers = (pick,)
