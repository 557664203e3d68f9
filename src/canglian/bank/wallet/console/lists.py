"""The list of wallets with its search by number, and the list of transfers between them."""

from datetime import date
from functools import partial
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from canglian.bank.party.queries import parties
from canglian.bank.wallet.actions import PRODUCTS
from canglian.bank.wallet.model import MoveKind, WalletState
from canglian.bank.wallet.queries import moves, wallets
from canglian.bank.wallet.queries.moves import TransferFilter
from canglian.bank.wallet.queries.wallets import WalletFilter, WalletView
from canglian.bank.wallet.service import WalletService
from canglian.kernel.queries.paging import Order, Page
from canglian.ledger.queries import chart
from canglian.web.additions import PageLink
from canglian.web.console import Choice, Column, Filter, ListSpec, Pages, list_page
from canglian.web.console.submitting import Form, answer_form
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

PATH = "/console/wallets"
CODES = [code for code, _ in PRODUCTS]
"""The codes of all products."""

_PRODUCTS = [Choice(code, title) for code, title in PRODUCTS]
_WALLETS = ListSpec(
    "wallets",
    "Wallets",
    "E-wallets and e-CNY wallets (masked) and their balances.",
    [
        Column("number", "Wallet number", "code", phone=True),
        Column("holder", "Holder", phone=True),
        Column("product", "Product", "words", phone=True),
        Column("name", "Name", "words"),
        Column("state", "State", "state", phone=True),
        Column("balance", "Balance", "money", phone=True),
        Column("held", "Held", "money"),
        Column("level", "Verified", "state"),
        Column("within", "Within", "code"),
        Column("parent", "Parent", "code"),
        Column("opened_at", "Opened", "when", sort="opened_at"),
        Column("id", "Id", "code", sort="id"),
    ],
    [
        Filter("product", "Product", choices=_PRODUCTS, field="product"),
        Filter(
            "state",
            "State",
            choices=[Choice(state.value, f"state.{state.value}") for state in WalletState],
            field="state",
        ),
        Filter("party", "Holder", pick="party"),
        Filter("opened_on", "Opened", "date", earlier=("first_date", "last_date")),
        Filter("within", "Within", pick="within", field="within", may_lack=True),
        Filter("parent", "Parent", pick="wallet", field="parent", may_lack=True),
    ],
    href=PATH + "/{id}",
    empty="No wallet has been opened yet.",
    sort="-id",
    key="id",
)
_MOVES = ListSpec(
    "wallet-transfers",
    "Wallet transfers",
    "Transfers between wallets, newest first.",
    [
        Column("at", "When", "when", sort="id", phone=True),
        Column("amount", "Amount", "money", sort="amount", phone=True),
        Column("kind", "Kind", "words", phone=True),
        Column("payer", "Payer", "code"),
        Column("payee", "Payee", "code"),
        Column("channel", "Channel", "words"),
        Column("note", "Note"),
        Column("reference", "Reference", "code"),
        Column("state", "State", "state", phone=True),
        Column("transfer", "Transfer", "code"),
        Column("id", "Id", "code", sort="id"),
    ],
    [
        Filter("on", "Business date", "date", earlier=("first_date", "last_date")),
        Filter("amount", "Amount", "money"),
        Filter("wallet", "Wallet", pick="wallet"),
        Filter("kind", "Kind", choices=[Choice(kind.value, f"move.{kind.value}") for kind in MoveKind], field="kind"),
        Filter("reference", "Reference", field="reference", by_start=True, may_lack=True),
    ],
    href="/console/transfers/{transfer}",
    empty="No transactions yet.",
    sort="-id",
    key="id",
)
_NEW = PageLink("Open a wallet", f"{PATH}/new", "plus", Permission.POST)


async def rows(services: Services, book: int, found: list[WalletView]) -> list[dict[str, Any]]:
    """Wallets with their words and their holders' masked names."""
    names = await parties.names(services.reader, book, [wallet.party for wallet in found])
    return [
        {
            **msgspec.structs.asdict(wallet),
            "product": f"product.{wallet.product}",
            "holder": names.get(wallet.party or "", wallet.mobile or "—"),
        }
        for wallet in found
    ]


def _one_of(kind: Any, value: str | None) -> Any:
    return kind(value) if value in set(kind) else None


def _day(value: str | None) -> date | None:
    try:
        return date.fromisoformat(value or "")
    except ValueError:
        return None


@get("/wallets", guards=[needs(Permission.READ)])
async def list_wallets(
    pages: NamedDependency[Pages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[Any]:
    """All wallets."""
    return await _list(pages, request, services, principal)


async def _list(
    pages: Pages,
    request: Request[Any, Any, Any],
    services: Services,
    principal: Principal,
    *,
    status: int = 200,
    problem: Any = None,
    values: Any = None,
) -> Response[Any]:
    """The list, with what was wrong with a number that was looked for; the number itself is not shown again."""
    query = request.query_params
    product = query.get("product")
    asked = WalletFilter(
        product=product if product in CODES else None,
        state=_one_of(WalletState, query.get("state")),
        party=query.get("party") or None,
        parent=query.get("parent") or None,
        within=query.get("within") or None,
        first_date=_day(query.get("first_date")),
        last_date=_day(query.get("last_date")),
    )

    async def read_page(order: Order) -> Page[Any]:
        page = await wallets.wallets(services.reader, principal.book, asked, order)
        return Page(await rows(services, principal.book, page.items), page.next_cursor)

    scales = await chart.scales(services.reader, principal.book)
    return await list_page(
        pages,
        _WALLETS,
        read_page,
        template="wallet/wallets.html",
        status=status,
        scales=scales,
        actions=[_NEW],
        problem=problem,
    )


@post("/wallets/search", status_code=200, guards=[needs(Permission.READ)])
async def search_wallets(
    pages: NamedDependency[Pages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[Any]:
    """The wallet with a whole number, opened at once."""

    async def find(form: Form) -> str:
        service = WalletService.at_counter(services, principal, None)
        return f"{PATH}/{(await service.by_number(form.get('number', ''))).id}"

    return await answer_form(pages, find, partial(_list, pages, request, services, principal))


@get("/wallet-transfers", guards=[needs(Permission.READ)])
async def list_transfers(
    pages: NamedDependency[Pages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[Any]:
    """All transfers between wallets."""
    query = request.query_params
    asked = TransferFilter(
        wallet=query.get("wallet") or None,
        kind=_one_of(MoveKind, query.get("kind")),
        reference=query.get("reference") or None,
        first_date=_day(query.get("first_date")),
        last_date=_day(query.get("last_date")),
    )

    async def read_page(order: Order) -> Page[Any]:
        page = await moves.transfers(services.reader, principal.book, asked, order)
        return Page([move_row(move) for move in page.items], page.next_cursor)

    scales = await chart.scales(services.reader, principal.book)
    return await list_page(pages, _MOVES, read_page, scales=scales)


def move_row(move: moves.MoveView) -> dict[str, Any]:
    """A transfer with its words."""
    return {
        **msgspec.structs.asdict(move),
        "kind": f"move.{move.kind.value}",
        "channel": f"channel.{move.channel}",
        "state": "booked" if move.reversed_by is None else "reversed",
    }


handlers = (list_wallets, search_wallets, list_transfers)
