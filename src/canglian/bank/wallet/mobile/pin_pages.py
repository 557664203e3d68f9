"""What pages that move money share: the page with the PIN pad, and its way back where something is wrong."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from litestar import Response

from canglian.bank.wallet.model import Wallet
from canglian.bank.wallet.queries import wallets
from canglian.bank.wallet.queries.wallets import WalletView
from canglian.kernel.errors import CanglianError
from canglian.web.console.formats import money
from canglian.web.console.submitting import or_again
from canglian.web.mobile import MobilePages, Person
from canglian.web.services import Services

Show = Callable[[CanglianError | None], Awaitable[Response[Any]]]


async def seen(services: Services, person: Person, wallet: Wallet) -> WalletView:
    """A wallet of this person by its masks, with what it has."""
    return (await wallets.views(services.reader, person.book, [wallet]))[0]


def pin_page(
    pages: MobilePages,
    form: dict[str, str],
    error: CanglianError | None,
    *,
    title: str,
    line: str,
    action: str,
    return_to: str,
    names: Sequence[str],
    amount: int | None = None,
    asset: str = "CNY",
    rows: Sequence[tuple[str, str]] = (),
) -> Response[bytes]:
    """What is about to happen in figures, and the PIN pad under it."""
    return pages.render(
        "wallet/mobile/pin.html",
        error=error,
        title=title,
        line=line,
        action=action,
        return_to=return_to,
        names=names,
        amount=amount,
        unit=asset,
        rows=rows,
        values=form,
    )


async def or_pin_again(act: Awaitable[str], pad: Show, form: Show) -> Response[Any]:
    """Do what the PIN was typed for, or show the pad again; the form before it where that is wrong by now."""
    return await or_again(act, lambda error: or_again(pad(error), form))


def named(wallet: WalletView) -> str:
    """A wallet as its holder knows it."""
    return f"{wallet.name} {wallet.number[-4:]}"


def left(wallet: WalletView, amount: int) -> str:
    """What is left of a wallet afterwards; nothing where it is not enough."""
    after = wallet.balance - wallet.held - amount
    return money(after, wallet.asset) if after >= 0 else ""
