"""Who asks, and with which PIN: what actions of chain finance fill of themselves."""

from typing import Any

from canglian.bank.wallet.service import WalletService
from canglian.kernel.errors import Rejection
from canglian.web.operations import RequestContext


async def _channel(context: RequestContext, _: Any) -> str:
    return context.channel


async def _pin(context: RequestContext, body: Any) -> int | None:
    wallet, pin = getattr(body, "wallet", None), getattr(body, "pin", None)
    if pin is not None and wallet is None:
        raise Rejection("voucher.wallet_needed", field="wallet")
    return await WalletService.of(context).maybe_pin(wallet or "", pin)


SIGNED: Any = {"channel": _channel, "pin": _pin}
