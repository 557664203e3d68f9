"""What faces are asked in plain, and what commands have in its place: PINs and codes are compared, and forgotten."""

from typing import Any

from canglian.bank.payment.api.bodies import (
    CreatePaymentRequest,
    DrawCardRequest,
    PayOrderRequest,
    TakePaymentRequest,
)
from canglian.bank.payment.model import Receiver, SourceUse
from canglian.bank.payment.queries import choosing
from canglian.bank.payment.typed import PaymentTyped
from canglian.bank.wallet.service import WalletService
from canglian.web.actions import Typed
from canglian.web.operations import RequestContext

COUNTER = "counter"


async def channel(context: RequestContext, body: Any) -> str:
    """Where it was asked for: what is typed on behalf of somebody who is there is asked for at the counter."""
    return COUNTER if isinstance(body, Typed) else context.channel


async def sources(
    context: RequestContext, body: PayOrderRequest | CreatePaymentRequest | PaymentTyped
) -> tuple[SourceUse, ...]:
    """What pays, each with the version of the PIN that was looked at."""
    if isinstance(body, PaymentTyped):
        return body.uses()
    service, looked_at, uses = WalletService.of(context), dict[tuple[str, str], int | None](), list[SourceUse]()
    for asked in body.sources:
        pin = None
        if asked.pin is not None:
            wallet = await choosing.signer(context.services.reader, context.principal.book, asked.source, asked.item)
            if (wallet, asked.pin) not in looked_at:
                looked_at[wallet, asked.pin] = await service.maybe_pin(wallet, asked.pin)
            pin = looked_at[wallet, asked.pin]
        uses.append(SourceUse(source=asked.source, item=asked.item, most=asked.most, pin=pin))
    return tuple(uses)


async def code(context: RequestContext, body: TakePaymentRequest | DrawCardRequest) -> str:
    """What is stored of a code that was scanned or typed."""
    return WalletService.of(context).code(body.code)


async def codes(context: RequestContext, body: CreatePaymentRequest | PaymentTyped) -> tuple[str, ...]:
    """What is stored of the codes that were scanned."""
    if isinstance(body, PaymentTyped):
        return ()
    service = WalletService.of(context)
    return tuple(service.code(digits) for digits in body.codes)


async def receivers(_: RequestContext, body: CreatePaymentRequest | PaymentTyped) -> tuple[Receiver, ...]:
    """Who gets a share."""
    return () if isinstance(body, PaymentTyped) else tuple(body.receivers)
