"""``/v1/deposit-accounts/{deposit_account}/cash`` and ``/transfers``: money at the counter and between accounts."""

from typing import Annotated

import msgspec
from litestar import Response, Router, post
from litestar.di import NamedDependency

from canglian.bank.deposit.api.paths import AccountPath
from canglian.bank.deposit.commands import MoveCash, TransferDeposit
from canglian.bank.deposit.commands.values import AccountId
from canglian.bank.limit import Direction
from canglian.kernel.fields import doc
from canglian.kernel.values import Amount, Code, Reference
from canglian.ledger.model import Transfer
from canglian.web.operations import Body, RequestContext, responses
from canglian.web.principal import Permission, needs


class CashRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Cash at the counter."""

    direction: Annotated[Direction, doc("`in` or `out`.")]
    amount: Amount
    reference: Annotated[Reference | None, doc("Your own number for it, such as an order's.")] = None


class DepositTransferRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Money to another deposit account of this bank."""

    payee: AccountId
    amount: Amount
    channel: Annotated[Code, doc("Where it is asked for, such as `counter` or `mobile`.")]
    reference: Annotated[Reference | None, doc("Your own number for it, such as an order's.")] = None


class Moved(msgspec.Struct, frozen=True):
    """The transfer in the ledger that moved the money."""

    transfer: Annotated[int, doc("The transfer's number.")]
    amount: Annotated[int, doc("In the minor unit of the asset (fen for CNY).")]
    asset: Annotated[str, doc("The unit of value, such as `CNY`.")]
    code: Annotated[str, doc("What it was for.")]


def moved(transfer: Transfer) -> Moved:
    """A command's transfer, in short."""
    return Moved(transfer.id, transfer.amount, transfer.asset, transfer.code)


@post(
    "/{deposit_account:str}/cash",
    operation_id="moveCash",
    guards=[needs(Permission.POST)],
    responses=responses(Moved, 201, write=True),
)
async def move_cash(
    context: NamedDependency[RequestContext], deposit_account: AccountPath, data: Body[CashRequest]
) -> Response[bytes]:
    """Take cash in, or pay cash out, at the counter."""
    reference = data.reference
    command = MoveCash(account=deposit_account, direction=data.direction, amount=data.amount, reference=reference)
    return await context.respond(command, moved)


@post(
    "/{deposit_account:str}/transfers",
    operation_id="transferDeposit",
    guards=[needs(Permission.POST)],
    responses=responses(Moved, 201, write=True),
)
async def transfer(
    context: NamedDependency[RequestContext], deposit_account: AccountPath, data: Body[DepositTransferRequest]
) -> Response[bytes]:
    """Move money to another deposit account of this bank, within the limits of both holders."""
    reference = data.reference
    command = TransferDeposit(
        payer=deposit_account, payee=data.payee, amount=data.amount, channel=data.channel, reference=reference
    )
    return await context.respond(command, moved)


router = Router("/deposit-accounts", route_handlers=[move_cash, transfer], tags=["deposit accounts"])
