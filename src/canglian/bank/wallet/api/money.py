"""``/v1/wallets/{wallet}/…``: recharge, withdraw, exchange, and the codes that are shown and scanned."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Response, post
from litestar.di import NamedDependency

from canglian.bank.deposit import RailKind, RailState
from canglian.bank.deposit.model import RailOrder
from canglian.bank.wallet.api.bodies import (
    CodeRequest,
    ExchangeRequest,
    PayRequest,
    TakeRequest,
    WalletRailRequest,
)
from canglian.bank.wallet.api.paths import WalletPath
from canglian.bank.wallet.commands import (
    ExchangeMoney,
    PayByCode,
    RechargeWallet,
    TakeByCode,
    WithdrawFromWallet,
)
from canglian.bank.wallet.model import WalletExchange
from canglian.bank.wallet.queries.moves import CodeView, MoveView, code_view, view
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


def _moving(path: str, operation: str, gives: Any) -> Any:
    """A route that moves money of a wallet."""
    return post(
        f"/{{wallet:str}}/{path}",
        operation_id=operation,
        guards=[needs(Permission.POST)],
        responses=responses(gives, 201, write=True),
    )


@_moving("recharge", "rechargeWallet", WalletOrder)
async def recharge(
    context: NamedDependency[RequestContext], wallet: WalletPath, data: Body[WalletRailRequest]
) -> Response[bytes]:
    """Ask for money from a bound account. It is in the wallet when the rail says that it came."""
    service = WalletService.of(context)
    command = RechargeWallet(
        wallet=wallet,
        bound_account=data.bound_account,
        amount=data.amount,
        channel=service.channel,
        pin=await service.maybe_pin(wallet, data.pin),
    )
    return await context.respond(command, order_view)


@_moving("withdraw", "withdrawFromWallet", WalletOrder)
async def withdraw(
    context: NamedDependency[RequestContext], wallet: WalletPath, data: Body[WalletRailRequest]
) -> Response[bytes]:
    """Send money to a bound account. It is held now and leaves when the rail says that it went."""
    service = WalletService.of(context)
    command = WithdrawFromWallet(
        wallet=wallet,
        bound_account=data.bound_account,
        amount=data.amount,
        channel=service.channel,
        pin=await service.maybe_pin(wallet, data.pin),
    )
    return await context.respond(command, order_view)


@_moving("exchange", "exchangeMoney", WalletExchange)
async def exchange(
    context: NamedDependency[RequestContext], wallet: WalletPath, data: Body[ExchangeRequest]
) -> Response[bytes]:
    """Turn deposit money of the holder into e-CNY in the wallet, or back."""
    service = WalletService.of(context)
    command = ExchangeMoney(
        wallet=wallet,
        direction=data.direction,
        amount=data.amount,
        channel=service.channel,
        deposit=data.deposit,
        pin=await service.maybe_pin(wallet, data.pin),
    )
    return await context.respond(command)


@_moving("codes", "showWalletCode", CodeShown)
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


@_moving("take", "takeByCode", MoveView)
async def take(
    context: NamedDependency[RequestContext], wallet: WalletPath, data: Body[TakeRequest]
) -> Response[bytes]:
    """Take money into this wallet by the payer's pay code."""
    service = WalletService.of(context)
    command = TakeByCode(
        wallet=wallet,
        code_digest=service.code(data.code),
        amount=data.amount,
        channel=service.channel,
        reference=data.reference,
        note=data.note,
    )
    return await context.respond(command, view)


@_moving("pay", "payByCode", MoveView)
async def pay(context: NamedDependency[RequestContext], wallet: WalletPath, data: Body[PayRequest]) -> Response[bytes]:
    """Pay from this wallet by the payee's collect code, with the PIN."""
    service = WalletService.of(context)
    command = PayByCode(
        wallet=wallet,
        code_digest=service.code(data.code),
        channel=service.channel,
        amount=data.amount,
        pin=await service.maybe_pin(wallet, data.pin),
        reference=data.reference,
        note=data.note,
    )
    return await context.respond(command, view)


HANDLERS = (recharge, withdraw, exchange, show_code, take, pay)
