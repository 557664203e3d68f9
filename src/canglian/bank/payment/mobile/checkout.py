"""An order by its code: how much to whom, with which wallet, the PIN, and the receipt that follows.

Each wallet is asked by a dry run whether it can pay before the PIN is: what stands in its way is said beside it.
"""

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from canglian.bank.payment.commands import PayOrder
from canglian.bank.payment.model import OrderState, Payment, PaymentOrder, SourceUse
from canglian.bank.payment.queries import merchants, orders
from canglian.bank.wallet.mobile.owning import CHANNEL, own_wallet, own_wallets
from canglian.bank.wallet.mobile.pin_pages import Payment as PinPayment
from canglian.bank.wallet.mobile.pin_pages import left, named, pin_page, seen
from canglian.bank.wallet.queries.wallets import WalletView
from canglian.kernel.command import Outcome
from canglian.kernel.errors import CanglianError
from canglian.web.mobile import MobilePages, Person, signed_in
from canglian.web.mobile.forms import form_values
from canglian.web.mobile.pages import wrong
from canglian.web.services import Services

FIELDS = ("wallet",)


class Choice(msgspec.Struct, frozen=True):
    """A wallet that could pay, and why it cannot."""

    wallet: WalletView
    reason: str | None


@get("/checkout/{order_code:str}", guards=[signed_in])
async def checkout_page(
    pages: NamedDependency[MobilePages],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
    order_code: FromPath[str],
) -> Response[Any]:
    """What an order asks for, and which wallets can pay it."""
    return await (await _begin(pages, services, person, order_code, {})).show_form(None)


@post("/checkout/{order_code:str}", status_code=200, guards=[signed_in])
async def checkout_pad(
    pages: NamedDependency[MobilePages],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
    order_code: FromPath[str],
) -> Response[Any]:
    """What is about to happen, before the PIN is asked for."""
    form = await form_values(pages.request)
    return await (await _begin(pages, services, person, order_code, form)).show_pad()


@post("/checkout/{order_code:str}/pay", status_code=200, guards=[signed_in])
async def checkout_pay(
    pages: NamedDependency[MobilePages],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
    order_code: FromPath[str],
) -> Response[Any]:
    """Look at the PIN and pay; the key of the form makes sure that it is paid once."""
    form = await form_values(pages.request)
    return await (await _begin(pages, services, person, order_code, form)).go_on()


async def _begin(
    pages: MobilePages, services: Services, person: Person, code: str, form: dict[str, str]
) -> "_Checkout":
    order = await orders.by_code(services.reader, person.book, code)
    return _Checkout(pages, services, person, order, form)


class _Checkout(PinPayment):
    """An order that somebody is about to pay."""

    def __init__(
        self, pages: MobilePages, services: Services, person: Person, order: PaymentOrder, form: dict[str, str]
    ) -> None:
        super().__init__(pages, services, person, form)
        self._order = order
        self._at = f"/m/checkout/{order.code}"

    async def show_form(self, error: CanglianError | None) -> Response[Any]:
        """Whom, for what, how much, and with which wallet."""
        order = self._order
        merchant = await merchants.merchant(self._services.reader, self._person.book, order.merchant)
        found = await own_wallets(self._services, self._person) if order.state is OrderState.OPEN else []
        choices = [Choice(wallet, await self._reason(wallet)) for wallet in found]
        choices.sort(key=lambda choice: choice.reason is not None)
        return self._pages.render(
            "payment/mobile/checkout.html",
            error=error,
            order=order,
            merchant=merchant,
            choices=choices,
            at=self._at,
            values=self._form,
        )

    async def _reason(self, wallet: WalletView) -> str | None:
        """Why a wallet cannot pay the order, by a dry run as if the PIN had been typed."""
        try:
            (await self._tried(wallet.id)).unwrap()
        except CanglianError as error:
            return wrong(error, self._pages.language).text
        return None

    async def _tried(self, wallet: str) -> Outcome[Payment]:
        pin = (await self._service.standing(wallet)).version
        return await self._service.submit(self._command(wallet, pin), dry_run=True)

    def _command(self, wallet: str, pin: int) -> PayOrder:
        return PayOrder(order=self._order.id, sources=(SourceUse(item=wallet, pin=pin),), channel=CHANNEL)

    async def confirm(self, error: CanglianError | None) -> Response[bytes]:
        """The page with the PIN pad. Rejects what the payment would be refused for."""
        wallet = await own_wallet(self._services, self._person, self._form.get("wallet", ""))
        if error is None:
            (await self._tried(wallet.id)).unwrap()
        elif self._order.state is not OrderState.OPEN:
            raise error
        own, say = await seen(self._services, self._person, wallet), self._pages._
        merchant = await merchants.merchant(self._services.reader, self._person.book, self._order.merchant)
        amount = self._order.payable
        return pin_page(
            self._pages,
            self._form,
            error,
            title=say("Check and pay"),
            line=f"{say('To')} {merchant.name}",
            action=f"{self._at}/pay",
            return_to=self._at,
            names=FIELDS,
            amount=amount,
            asset=own.asset,
            rows=[
                (say("From"), named(own)),
                (say("What for"), self._order.subject),
                (say("Balance after payment"), left(own, amount)),
            ],
        )

    async def move(self) -> str:
        """Pay; the receipt."""
        wallet = await own_wallet(self._services, self._person, self._form.get("wallet", ""))
        pin = await self._service.pass_pin(wallet.id, self._form.get("pin", ""))
        paid = await self._service.submit_keyed(self._command(wallet.id, pin))
        return f"/m/payments/{paid.unwrap().id}?done=1"


handlers = (checkout_page, checkout_pad, checkout_pay)
