"""What pages that move money share: the page with the PIN pad, and its way back where something is wrong."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from canglian.bank.wallet.mobile.owning import own_wallet, wallet_service
from canglian.bank.wallet.model import Wallet
from canglian.bank.wallet.queries import wallets
from canglian.bank.wallet.queries.wallets import WalletView
from canglian.kernel.command import Command
from canglian.kernel.errors import CanglianError
from canglian.web.console.formats import money
from canglian.web.console.submitting import or_again
from canglian.web.mobile import MobilePages, Person, signed_in
from canglian.web.mobile.forms import form_values
from canglian.web.services import Services

Begin = Callable[[MobilePages, Services, Person, Wallet, dict[str, str]], Awaitable["Payment"]]
"""Makes a payment out of one of this person's wallets, with what was typed. NotFound where the wallet has none such."""


def payment_pages(paths: Sequence[str], begin: Begin) -> tuple[Any, ...]:
    """The routes of a payment below a wallet: its form, what is about to happen with the PIN pad, and the movement."""

    @get(list(paths), guards=[signed_in])
    async def show_form(
        pages: NamedDependency[MobilePages],
        services: NamedDependency[Services],
        person: NamedDependency[Person],
        wallet: FromPath[str],
    ) -> Response[Any]:
        """How much, and from or to where."""
        found = await own_wallet(services, person, wallet)
        return await (await begin(pages, services, person, found, {})).show_form(None)

    @post(list(paths), status_code=200, guards=[signed_in])
    async def show_pad(
        pages: NamedDependency[MobilePages],
        services: NamedDependency[Services],
        person: NamedDependency[Person],
        wallet: FromPath[str],
    ) -> Response[Any]:
        """What is about to happen, before the PIN is asked for."""
        form = await form_values(pages.request)
        found = await own_wallet(services, person, wallet)
        return await (await begin(pages, services, person, found, form)).show_pad()

    @post([f"{path}/pay" for path in paths], status_code=200, guards=[signed_in])
    async def pay(
        pages: NamedDependency[MobilePages],
        services: NamedDependency[Services],
        person: NamedDependency[Person],
        wallet: FromPath[str],
    ) -> Response[Any]:
        """Look at the PIN and move the money; the key of the form makes sure that it moves once."""
        form = await form_values(pages.request)
        found = await own_wallet(services, person, wallet)
        return await (await begin(pages, services, person, found, form)).go_on()

    return show_form, show_pad, pay


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
    change: str = "",
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
        change=change,
        values=form,
    )


class Payment(ABC):
    """Money that somebody is about to move, with what they typed: the form, the page with the PIN pad, the movement."""

    def __init__(self, pages: MobilePages, services: Services, person: Person, form: dict[str, str]) -> None:
        self._pages = pages
        self._services = services
        self._person = person
        self._form = form
        self._service = wallet_service(services, person, form)

    @abstractmethod
    async def show_form(self, error: CanglianError | None) -> Response[bytes]:
        """The form."""

    @abstractmethod
    async def confirm(self, error: CanglianError | None) -> Response[bytes]:
        """The page with the PIN pad. Rejects what was typed wrongly."""

    @abstractmethod
    async def move(self) -> str:
        """Look at the PIN and move the money; the page that tells of it."""

    async def try_before_pin(self, wallet: str, make: Callable[[int], Command[Any]]) -> None:
        """Refuse before the PIN what would be refused after it: a dry run as if it had been typed."""
        pin = (await self._service.standing(wallet)).version
        (await self._service.submit(make(pin), dry_run=True)).unwrap()

    async def show_pad(self) -> Response[Any]:
        """What is about to happen, before the PIN is asked for; the form again where it is refused."""
        return await or_again(self.confirm(None), self.show_form)

    async def go_on(self) -> Response[Any]:
        """Do what the PIN was typed for, or show the pad again; the form before it where that is wrong by now."""
        return await or_again(self.move(), lambda error: or_again(self.confirm(error), self.show_form))


def named(wallet: WalletView, say: Callable[[str], str]) -> str:
    """A wallet as its holder knows it, in the holder's language where its name is the bank's."""
    return f"{say(wallet.name)} {wallet.number[-4:]}"


def left(wallet: WalletView, amount: int) -> str:
    """What is left of a wallet afterwards; nothing where it is not enough."""
    after = wallet.balance - wallet.held - amount
    return money(after, wallet.asset) if after >= 0 else ""
