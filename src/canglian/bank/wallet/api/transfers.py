"""``/v1/wallet-transfers``: money from wallet to wallet."""

from datetime import date
from typing import Annotated, Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from canglian.bank.wallet.api.paths import MovePath
from canglian.bank.wallet.model import MoveKind
from canglian.bank.wallet.queries import moves
from canglian.bank.wallet.queries.moves import MoveView, TransferFilter
from canglian.kernel.queries.paging import Order
from canglian.web.operations import as_json, responses
from canglian.web.paging import listed, listing_of
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services


@get("", operation_id="listWalletTransfers", guards=[needs(Permission.READ)], responses=listing_of(MoveView))
async def list_transfers(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    order: NamedDependency[Order],
    wallet: Annotated[str | None, QueryParameter(description="From or to this wallet.")] = None,
    payer: Annotated[str | None, QueryParameter(description="Only from this wallet.")] = None,
    payee: Annotated[str | None, QueryParameter(description="Only to this wallet.")] = None,
    kind: Annotated[MoveKind | None, QueryParameter(description="Only of this kind.")] = None,
    asset: Annotated[str | None, QueryParameter(description="Only in this asset.")] = None,
    reference: Annotated[str | None, QueryParameter(description="Only with this reference.")] = None,
    first_date: Annotated[date | None, QueryParameter(name="date.gte")] = None,
    last_date: Annotated[date | None, QueryParameter(name="date.lte")] = None,
    least: Annotated[int | None, QueryParameter(name="amount.gte", ge=0, le=2**62)] = None,
    most: Annotated[int | None, QueryParameter(name="amount.lte", ge=0, le=2**62)] = None,
) -> Response[bytes]:
    """List transfers between wallets, newest first."""
    asked = TransferFilter(wallet, payer, payee, kind, asset, reference, first_date, last_date, least, most)
    return await listed(
        request, order, lambda page: moves.transfers(services.reader, principal.book, asked, page), "wallet-transfers"
    )


@get(
    "/{move:str}",
    operation_id="getWalletTransfer",
    guards=[needs(Permission.READ)],
    responses=responses(MoveView),
)
async def get_transfer(
    services: NamedDependency[Services], principal: NamedDependency[Principal], move: MovePath
) -> Response[bytes]:
    """One transfer between wallets."""
    return as_json(await moves.transfer(services.reader, principal.book, move))


handlers = (list_transfers, get_transfer)
