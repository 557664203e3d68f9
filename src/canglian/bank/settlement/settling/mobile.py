"""A merchant's own pages of its settlements: what it was owed, what was taken off, what was paid out to where."""

from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from canglian.bank.payment.mobile.shops import Shop, on_shop, own_shop
from canglian.bank.payment.queries import merchants
from canglian.bank.settlement.settling import queries
from canglian.bank.settlement.settling.model import Settlement
from canglian.bank.settlement.settling.on_paper import FORMS, settlement_file
from canglian.bank.settlement.settling.queries import SettlementFilter
from canglian.bank.wallet.mobile.others import HomeRow, OtherLine, on_lines, seen_by_a_payee
from canglian.kernel.errors import NotFound
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.paging import Order
from canglian.web.mobile import MobilePages, Person, signed_in
from canglian.web.services import Services

SHOWN_MAX = 20
ENTRIES_MAX = 50
"""So many entries stand on a page; its files have all of them."""


@get("/shop/{merchant:str}/settlements", guards=[signed_in])
async def shop_settlements(
    pages: NamedDependency[MobilePages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
    merchant: FromPath[str],
) -> Response[Any]:
    """The settlements of a merchant, the newest first; for its owners."""
    shop = await own_shop(services, person, merchant, as_owner=True)
    asked, cursor = SettlementFilter(merchant=merchant), request.query_params.get("cursor") or None
    page = await queries.settlements(services.reader, person.book, asked, Order(None, cursor, SHOWN_MAX))
    return pages.render(
        "settlement/mobile/settlements.html", shop=shop, settlements=page.items, next_cursor=page.next_cursor
    )


@get("/shop/{merchant:str}/settlements/{settlement:str}", guards=[signed_in])
async def shop_settlement(
    pages: NamedDependency[MobilePages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
    merchant: FromPath[str],
    settlement: FromPath[str],
) -> Response[Any]:
    """One settlement: its sums and entries; with ``?format=pdf`` or ``csv`` as a file."""
    shop = await own_shop(services, person, merchant, as_owner=True)
    reader, book = services.reader, person.book
    found = await _settlement(services, person, shop, settlement)
    form = FORMS.get(request.query_params.get("format", ""))
    if form is not None:
        made = await settlement_file(services, book, shop.merchant, found, form, pages.language)
        return made.response()
    entries = await queries.entries(reader, book, found, Order(None, None, ENTRIES_MAX))
    wallets = [found.destination] if found.destination and found.destination.startswith("wal_") else []
    return pages.render(
        "settlement/mobile/settlement.html",
        shop=shop,
        found=found,
        entries=entries.items,
        more=entries.next_cursor is not None,
        destination=next(iter((await seen_by_a_payee(reader, book, wallets)).values()), ""),
    )


async def _settlement(services: Services, person: Person, shop: Shop, identity: str) -> Settlement:
    """A settlement of the merchant. NotFound ``settlement.not_found`` for one that is another's."""
    found = await queries.settlement(services.reader, person.book, identity)
    if found.merchant != shop.merchant.id:
        raise NotFound("settlement.not_found", settlement=identity)
    return found


def _rows(shop: Shop) -> list[HomeRow]:
    if not shop.is_owner:
        return []
    return [HomeRow(f"{shop.at}/settlements", "Settlements", "receipt", is_name=False)]


async def lines_of(reader: Reader, book: int, transfers: list[int]) -> dict[int, OtherLine]:
    """What movements of wallets were, where they paid a settlement out."""
    found = await queries.of_transfers(reader, book, transfers)
    names = await merchants.names(reader, book, [merchant for _, merchant in found.values()])
    return {
        transfer: OtherLine(names[merchant], f"/m/shop/{merchant}/settlements/{settlement}", "Settlement of %(name)s")
        for transfer, (settlement, merchant) in found.items()
    }


on_lines(lines_of)
on_shop(_rows)
HANDLERS = (shop_settlements, shop_settlement)
