"""An order by its code: how much to whom, which source pays what, the PIN, and the receipt that follows.

Each way to pay is tried before the PIN is asked for: what stands in its way is said beside it.
"""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from canglian.bank.payment.commands import PayOrder
from canglian.bank.payment.discounts import keep_for, left_out_for, refuse_over
from canglian.bank.payment.mobile.choosing import OWN, PURPOSE, SHORT, TOGETHER, WALLET, Choice, Chooser, Purse
from canglian.bank.payment.model import OrderState, PaymentOrder, SourceUse
from canglian.bank.payment.queries import merchants, orders
from canglian.bank.payment.sources import is_discount
from canglian.bank.wallet.mobile.owning import CHANNEL
from canglian.bank.wallet.mobile.pin_pages import Payment as PinPayment
from canglian.bank.wallet.mobile.pin_pages import left
from canglian.kernel.amounts import major
from canglian.kernel.errors import CanglianError, Rejection
from canglian.kernel.values import utc_now
from canglian.web.mobile import MobilePages, Person, signed_in
from canglian.web.mobile.forms import form_values
from canglian.web.mobile.refusals import sentence
from canglian.web.services import Services

_WRONG = "wallet_pin.wrong"


@get("/checkout/{order_code:str}", guards=[signed_in])
async def checkout_page(
    pages: NamedDependency[MobilePages],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
    order_code: FromPath[str],
) -> Response[Any]:
    """What an order asks for, and which sources can pay it."""
    return await (await _begin(pages, services, person, order_code, {})).show_form(None)


@get("/checkout/{order_code:str}/several", guards=[signed_in])
async def several_page(
    pages: NamedDependency[MobilePages],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
    order_code: FromPath[str],
) -> Response[Any]:
    """Which wallets pay, in which order, and how much of each at most."""
    return await (await _begin(pages, services, person, order_code, {"wallet": OWN})).show_form(None)


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
        self._chooser = Chooser(services, person, self._service, order, pages._)
        self._at = f"/m/checkout/{order.code}"

    async def show_form(self, error: CanglianError | None) -> Response[Any]:
        """Whom, for what, how much, and with what."""
        order, is_open = self._order, self._order.state is OrderState.OPEN
        own = self._form.get("wallet") == OWN and is_open
        choices = await self._chooser.choices() if is_open and not own else []
        return self._pages.render(
            "payment/mobile/several.html" if own else "payment/mobile/checkout.html",
            error=error,
            order=order,
            merchant=await merchants.merchant(self._services.reader, self._person.book, order.merchant),
            choices=choices,
            reasons={choice.key: self._say(choice.error) for choice in choices if choice.error is not None},
            sources=await self._chooser.sources() if is_open else [],
            left_out=await self._left_out() if choices else [],
            at=self._at,
            values=self._form,
        )

    async def _left_out(self) -> list[tuple[str, str]]:
        """What this person has and the order does not take, each with its reason."""
        merchant = await merchants.merchant(self._services.reader, self._person.book, self._order.merchant)
        found = await left_out_for(self._services, self._person, self._order, merchant)
        return [(out.name, sentence(out.why, self._pages.language)) for out in found]

    async def _keep_discounts(self, choice: Choice) -> None:
        """Keep what is taken off for this order while its payer types the PIN."""
        used = [(use.source, use.purse.wallet.id, use.item) for use in choice.uses if is_discount(use.source)]
        self._form["kept"] = " ".join(await keep_for(self._service, self._order, used))

    def _say(self, error: CanglianError) -> str:
        """A refusal for its payer, whom the numbers of accounts say nothing."""
        if error.code == SHORT:
            return self._pages._("It has too little for this.")
        return sentence(error, self._pages.language)

    async def confirm(self, error: CanglianError | None) -> Response[bytes]:
        """The page with the PIN pad. Rejects what the payment would be refused for."""
        if error is not None and self._order.state is not OrderState.OPEN:
            raise error
        choice = await self._chooser.chosen(self._form)
        if choice.error is not None:
            raise choice.error
        await self._keep_discounts(choice)
        if choice.key in (TOGETHER, PURPOSE):
            self._keep(choice)
        merchant = await merchants.merchant(self._services.reader, self._person.book, self._order.merchant)
        return self._pages.render(
            "payment/mobile/pin.html",
            error=error,
            order=self._order,
            merchant=merchant,
            choice=choice,
            after=self._after(choice),
            ahead=await self._chooser.ahead(choice),
            pads=self._pads(choice),
            at=self._at,
            names=[name for name in self._form if _is_kept(name)],
            values=self._form,
        )

    def _keep(self, choice: Choice) -> None:
        """Carry on what was shown, so that this is paid and not what would be chosen by then."""
        self._form["wallet"] = OWN
        for place, use in enumerate(choice.uses, 1):
            name = use.item
            self._form.update({f"use_{name}": "1", f"place_{name}": str(place)})
            if use.most is not None:
                self._form[f"most_{name}"] = major(use.most, 2)

    def _after(self, choice: Choice) -> str:
        """What is left of the one wallet that pays; nothing where something else pays, too."""
        (part, *more), use = choice.parts, choice.uses[-1]
        return left(use.purse.wallet, part.amount) if not more and part.source == use.source == WALLET else ""

    def _pads(self, choice: Choice) -> list[Purse]:
        """The wallets whose PINs are asked for: one, until it turns out that others have other PINs."""
        return choice.families if self._form.get("pads") else choice.families[:1]

    async def move(self) -> str:
        """Pay; the receipt."""
        for kept in self._form.get("kept", "").split():
            await refuse_over(self._services.reader, self._person.book, kept, utc_now())
        choice = await self._chooser.chosen(self._form)
        pins = await self._pass_pins(choice)
        uses: tuple[SourceUse, ...] = tuple(use.source_use(pins[use.purse.family]) for use in choice.uses)
        command = PayOrder(order=self._order.id, sources=uses, channel=CHANNEL)
        paid = await self._service.submit_keyed(command)
        return f"/m/payments/{paid.unwrap().id}?done=1"

    async def _pass_pins(self, choice: Choice) -> dict[str, int]:
        """Look at the PIN of each family: the same one for all, unless several were typed.

        Each look counts as a try of that wallet's PIN. Rejects ``payment.pins_differ`` where one is not enough.
        """
        passed: dict[str, int] = {}
        for position, purse in enumerate(choice.families):
            each = self._form.get("pads") and position
            typed = self._form.get(f"pin{position}" if each else "pin", "")
            try:
                passed[purse.family] = await self._service.pass_pin(purse.family, typed)
            except Rejection as error:
                if position and not each and error.code == _WRONG:
                    self._form["pads"] = "each"
                    raise Rejection("payment.pins_differ", field="pin") from error
                raise
        return passed


def _is_kept(name: str) -> bool:
    """Whether a field is carried on to the page of the PIN, which asks for PINs itself."""
    return name in ("wallet", "pads", "kept") or name.startswith(("use_", "most_", "place_"))


handlers = (checkout_page, several_page, checkout_pad, checkout_pay)
