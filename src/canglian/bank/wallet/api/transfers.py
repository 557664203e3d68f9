"""``/v1/wallet-transfers``: money from wallet to wallet."""

from datetime import date
from typing import Annotated, Any

from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from canglian.bank.party.api.paths import ReasonBody
from canglian.bank.wallet.api.bodies import WalletTransferRequest
from canglian.bank.wallet.api.paths import MovePath
from canglian.bank.wallet.commands import ReverseWalletTransfer, TransferBetweenWallets
from canglian.bank.wallet.model import MoveKind
from canglian.bank.wallet.queries import moves
from canglian.bank.wallet.queries.moves import MoveView, TransferFilter, view
from canglian.bank.wallet.service import WalletService
from canglian.kernel.errors import Malformed
from canglian.kernel.queries.paging import Order
from canglian.web.operations import Body, RequestContext, as_json, responses
from canglian.web.paging import listed, listing_of
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services


@post(
    "",
    operation_id="transferBetweenWallets",
    guards=[needs(Permission.POST)],
    responses=responses(MoveView, 201, write=True),
)
async def transfer(context: NamedDependency[RequestContext], data: Body[WalletTransferRequest]) -> Response[bytes]:
    """Move money from one wallet to another, with the payer's PIN."""
    if (data.payee is None) == (data.payee_number is None):
        raise Malformed("request.malformed", problem="name the payee by its id or its number", field="payee")
    service = WalletService.of(context)
    note = data.note
    payee = data.payee if data.payee_number is None else (await service.by_number(data.payee_number)).id
    command = TransferBetweenWallets(
        payer=data.payer,
        payee=payee or "",
        amount=data.amount,
        channel=service.channel,
        pin=await service.maybe_pin(data.payer, data.pin),
        asset=data.asset,
        reference=data.reference,
        note=note,
    )
    return await context.respond(command, view)


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


@post(
    "/{move:str}/reverse",
    operation_id="reverseWalletTransfer",
    guards=[needs(Permission.POST)],
    responses=responses(MoveView, 201, write=True),
)
async def reverse_transfer(
    context: NamedDependency[RequestContext], move: MovePath, data: Body[ReasonBody]
) -> Response[bytes]:
    """Undo a transfer in full, and give back what was counted for it."""
    reason = data.reason
    return await context.respond(ReverseWalletTransfer(transfer=move, reason=reason), view)


router = Router(
    "/wallet-transfers",
    route_handlers=[transfer, list_transfers, get_transfer, reverse_transfer],
    tags=["wallets"],
)
