"""What pages that move money share: the page with the PIN pad, and its way back where something is wrong."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from litestar import Response

from canglian.bank.wallet.model import Wallet
from canglian.bank.wallet.queries import wallets
from canglian.bank.wallet.queries.wallets import WalletView
from canglian.kernel.errors import CanglianError
from canglian.web.console.formats import money
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
        status=200 if error is None else 422,
        problem=None if error is None else pages.refusal(error),
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


async def again(show: Show, form: Show, error: CanglianError) -> Response[Any]:
    """The page with the PIN pad anew; the form before it where what was typed there is wrong by now."""
    try:
        return await show(error)
    except CanglianError as earlier:
        return await form(earlier)


def named(wallet: WalletView) -> str:
    """A wallet as its holder knows it."""
    return f"{wallet.name} {wallet.number[-4:]}"


def left(wallet: WalletView, amount: int) -> str:
    """What is left of a wallet afterwards; nothing where it is not enough."""
    after = wallet.balance - wallet.held - amount
    return money(after, wallet.asset) if after >= 0 else ""
