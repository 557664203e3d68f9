"""What faces are asked in plain, and what commands have in its place: PINs and codes are compared, and forgotten."""

from typing import Any

from canglian.bank.payment.api.bodies import PayOrderRequest, TakePaymentRequest
from canglian.bank.payment.model import SourceUse
from canglian.bank.wallet.service import WalletService
from canglian.web.operations import RequestContext


async def channel(context: RequestContext, _: Any) -> str:
    """Where it was asked for."""
    return context.channel


async def sources(context: RequestContext, body: PayOrderRequest) -> tuple[SourceUse, ...]:
    """What pays, each with the version of the PIN that was looked at."""
    service = WalletService.of(context)
    return tuple(
        [
            SourceUse(
                source=asked.source,
                item=asked.item,
                most=asked.most,
                pin=await service.maybe_pin(asked.item, asked.pin),
            )
            for asked in body.sources
        ]
    )


async def code(context: RequestContext, body: TakePaymentRequest) -> str:
    """What is stored of a code that was scanned or typed."""
    return WalletService.of(context).code(body.code)
