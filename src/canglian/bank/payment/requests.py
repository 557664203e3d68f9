"""What faces are asked in plain, and what commands have in its place: PINs and codes are compared, and forgotten."""

from typing import Any

from canglian.bank.payment.api.bodies import CreatePaymentRequest, PayOrderRequest, TakePaymentRequest
from canglian.bank.payment.model import Receiver, SourceUse
from canglian.bank.payment.queries import choosing
from canglian.bank.wallet.service import WalletService
from canglian.web.operations import RequestContext


async def channel(context: RequestContext, _: Any) -> str:
    """Where it was asked for."""
    return context.channel


async def sources(context: RequestContext, body: PayOrderRequest | CreatePaymentRequest) -> tuple[SourceUse, ...]:
    """What pays, each with the version of the PIN that was looked at."""
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


async def code(context: RequestContext, body: TakePaymentRequest) -> str:
    """What is stored of a code that was scanned or typed."""
    return WalletService.of(context).code(body.code)


async def codes(context: RequestContext, body: CreatePaymentRequest) -> tuple[str, ...]:
    """What is stored of the codes that were scanned."""
    service = WalletService.of(context)
    return tuple(service.code(digits) for digits in body.codes)


async def receivers(_: RequestContext, body: CreatePaymentRequest) -> tuple[Receiver, ...]:
    """Who gets a share."""
    return tuple(body.receivers)
