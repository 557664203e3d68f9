"""``/v1/wallets/{wallet}/codes``: codes that are shown; and how money on its way over the rail is answered."""

from datetime import datetime
from typing import Annotated

import msgspec
from litestar import Response, post
from litestar.di import NamedDependency

from canglian.bank.deposit import RailKind, RailState
from canglian.bank.deposit.model import RailOrder
from canglian.bank.wallet.api.bodies import (
    CodeRequest,
)
from canglian.bank.wallet.api.paths import WalletPath
from canglian.bank.wallet.queries.moves import CodeView, code_view
from canglian.bank.wallet.service import WalletService
from canglian.kernel.fields import doc
from canglian.web.operations import JSON, Body, RequestContext, encode, responses
from canglian.web.principal import Permission, needs


class WalletOrder(msgspec.Struct, frozen=True):
    """Money on its way over the rail."""

    id: Annotated[str, doc("Its number or id.")]
    kind: Annotated[RailKind, doc("`pull` for money from the other bank, `push` for money to it.")]
    deposit: Annotated[str, doc("The deposit account that the wallet stands on, or is bound to.")]
    bound_account: Annotated[str, doc("The account at another bank, which is bound to the wallet's deposit account.")]
    amount: Annotated[int, doc("In the minor unit of the asset (fen for CNY).")]
    asset: Annotated[str, doc("The unit of value, such as `CNY`.")]
    state: Annotated[RailState, doc("The state it is in, or is to be in.")]
    requested_at: Annotated[datetime, doc("When it was asked for.")]


class CodeShown(msgspec.Struct, frozen=True):
    """A code with its digits and their picture. They are returned once, here."""

    code: Annotated[CodeView, doc("The code, without its digits.")]
    digits: Annotated[str, doc("The eighteen digits of the code, returned once, here.")]
    picture: Annotated[str, doc("A QR code of the digits, as SVG.")]


def order_view(order: RailOrder) -> WalletOrder:
    """An order as its holder sees it."""
    return WalletOrder(
        order.id,
        order.kind,
        order.account,
        order.bound_account,
        order.amount,
        order.asset,
        order.state,
        order.requested_at,
    )


@post(
    "/{wallet:str}/codes",
    operation_id="showWalletCode",
    guards=[needs(Permission.POST)],
    responses=responses(CodeShown, 201, write=True),
)
async def show_code(
    context: NamedDependency[RequestContext], wallet: WalletPath, data: Body[CodeRequest]
) -> Response[bytes]:
    """Show a collect or pay code: eighteen digits and a QR code of them, good for a minute and for once."""
    service = WalletService.of(context)
    shown = await service.show_code(
        wallet,
        data.kind,
        amount=data.amount,
        note=data.note,
        pin=await service.maybe_pin(wallet, data.pin),
    )
    body = CodeShown(code_view(shown.code), shown.digits, shown.picture)
    headers = {"cache-control": "no-store", **({"idempotent-replayed": "true"} if shown.replayed else {})}
    return Response(encode(body), status_code=200 if context.dry_run else 201, media_type=JSON, headers=headers)


handlers = (show_code,)
