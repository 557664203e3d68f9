"""What faces are asked in plain, and what commands have in its place: numbers are sealed, PINs and codes compared."""

from typing import Any

from canglian.bank.party.numbering import Allotted
from canglian.bank.party.requests import sealer_for
from canglian.bank.party.sealing import SealedText
from canglian.bank.wallet.api.bodies import DeviceRequest, WalletRequest, WalletTransferRequest
from canglian.bank.wallet.service import WalletService
from canglian.kernel.errors import Malformed, Rejection
from canglian.web.operations import RequestContext


async def channel(context: RequestContext, _: Any) -> str:
    """Where it was asked for."""
    return context.channel


async def number(context: RequestContext, _: Any) -> Allotted:
    """The next wallet number, sealed."""
    return await WalletService.of(context).number()


async def mobile(context: RequestContext, body: WalletRequest) -> SealedText | None:
    """The mobile of an anonymous holder, sealed before anything is logged. Busy ``lookup.key_often``."""
    if body.mobile is not None:
        context.names_somebody()
    sealer = await sealer_for(context.services, context.principal, context.key)
    return None if body.mobile is None else sealer.mobile(body.mobile)


async def pin(context: RequestContext, body: Any) -> int | None:
    """The version of the PIN of the wallet that the path names, where the body has the PIN."""
    return await WalletService.of(context).maybe_pin(context.target["wallet"], body.pin)


async def payer_pin(context: RequestContext, body: WalletTransferRequest) -> int | None:
    """The version of the payer's PIN, where the body has the PIN."""
    return await WalletService.of(context).maybe_pin(body.payer, body.pin)


async def payee(context: RequestContext, body: WalletTransferRequest) -> str:
    """The payee, named by its id or by its number. Raises Malformed where it is both or neither.

    A number that is nobody's and a dry run are questions, which an API key may ask so often: Busy ``lookup.key_often``.
    """
    if (body.payee is None) == (body.payee_number is None):
        raise Malformed("request.malformed", problem="name the payee by its id or its number", field="payee")
    if body.payee_number is None:
        return body.payee or ""
    context.names_somebody()
    found = await WalletService.of(context).maybe_by_number(body.payee_number)
    if found is None:
        if not context.dry_run:
            context.questions.count()
        raise Rejection("wallet.number_unknown", field="number")
    return found.id


async def code(context: RequestContext, body: Any) -> str:
    """What is stored of a code that was scanned or typed."""
    return WalletService.of(context).code(body.code)


async def fingerprint(context: RequestContext, body: DeviceRequest) -> str:
    """What is stored of what a device says it is."""
    return WalletService.of(context).fingerprint(body.device)
