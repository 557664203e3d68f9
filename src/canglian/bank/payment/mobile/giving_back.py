"""A merchant's page of a payment, and its refund: what would go back to whom stands there before it is done."""

from collections.abc import Sequence
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from canglian.bank.payment.commands import QuotedLine, QuoteRefund, RefundPayment
from canglian.bank.payment.discounts import funders_above, name_above
from canglian.bank.payment.mobile.shops import Shop, own_shop
from canglian.bank.payment.naming import WALLET
from canglian.bank.payment.queries import payments
from canglian.bank.payment.queries.payments import PaymentWhole
from canglian.bank.wallet.mobile.others import seen_by_a_payee
from canglian.bank.wallet.mobile.owning import CHANNEL
from canglian.kernel.amounts import major
from canglian.kernel.errors import CanglianError, NotFound
from canglian.web.console.forms import read_money
from canglian.web.console.submitting import or_again
from canglian.web.mobile import MobilePages, Person, signed_in
from canglian.web.mobile.forms import form_values, key_of, new_key, submit, text
from canglian.web.mobile.refusals import say_plainly
from canglian.web.services import Services


class Back(msgspec.Struct, frozen=True):
    """What goes back to one source, as its merchant may see it: whose by a mask, how much, and to which funders."""

    source: str
    name: str
    asset: str
    amount: int
    funders: list[tuple[str, int]]


@get("/shop/{merchant:str}/payments/{payment:str}", guards=[signed_in])
async def shop_payment(
    pages: NamedDependency[MobilePages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
    merchant: FromPath[str],
    payment: FromPath[str],
) -> Response[Any]:
    """What was paid, the fee, and what went back."""
    shop = await own_shop(services, person, merchant)
    whole = await _payment(services, person, shop, payment)
    return pages.render(
        "payment/mobile/shop_payment.html",
        shop=shop,
        whole=whole,
        discounts=[
            (await name_above(services.reader, person.book, line.source, line.item), line)
            for line in whole.lines
            if line.discount
        ],
        done="done" in request.query_params,
    )


async def _payment(services: Services, person: Person, shop: Shop, identity: str) -> PaymentWhole:
    """A payment of the merchant. NotFound ``payment.not_found`` for one that is another's."""
    whole = await payments.whole(services.reader, person.book, identity)
    if whole.payment.merchant != shop.merchant.id:
        raise NotFound("payment.not_found", payment=identity)
    return whole


@get("/shop/{merchant:str}/payments/{payment:str}/refund", guards=[signed_in])
async def refund_page(
    pages: NamedDependency[MobilePages],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
    merchant: FromPath[str],
    payment: FromPath[str],
) -> Response[Any]:
    """How much goes back, at first all that is left, and to whom."""
    shop = await own_shop(services, person, merchant, as_owner=True)
    return await _Giving(pages, services, person, shop, await _payment(services, person, shop, payment), {}).show()


@post("/shop/{merchant:str}/payments/{payment:str}/refund", status_code=200, guards=[signed_in])
async def refund(
    pages: NamedDependency[MobilePages],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
    merchant: FromPath[str],
    payment: FromPath[str],
) -> Response[Any]:
    """Refund what was shown; another amount is shown first."""
    form = await form_values(pages.request)
    shop = await own_shop(services, person, merchant, as_owner=True)
    whole = await _payment(services, person, shop, payment)
    return await _Giving(pages, services, person, shop, whole, form).go_on()


class _Giving:
    """A refund that a merchant is about to make."""

    def __init__(
        self,
        pages: MobilePages,
        services: Services,
        person: Person,
        shop: Shop,
        whole: PaymentWhole,
        form: dict[str, str],
    ) -> None:
        self._pages = pages
        self._services = services
        self._person = person
        self._shop = shop
        self._payment = whole.payment
        self._whole = whole
        self._form = form
        self._at = f"{shop.at}/payments/{whole.payment.id}"

    async def show(self, error: CanglianError | None = None) -> Response[Any]:
        """The form, with what the amount that stands in it would give back to whom."""
        left = self._payment.gross_captured - self._payment.gross_refunded
        typed, backs = self._form.get("amount") or major(left, 2), list[Back]()
        if left:
            try:
                backs = await self._backs(read_money({"amount": typed}))
            except CanglianError as refused:
                error = error or refused
        return self._pages.render(
            "payment/mobile/shop_refund.html",
            error=error,
            shop=self._shop,
            whole=self._whole,
            left=left,
            typed=typed,
            backs=backs,
            values=self._form,
        )

    async def _backs(self, amount: int) -> list[Back]:
        quote = QuoteRefund(payment=self._payment.id, amount=amount)
        person = self._person
        outcome = await self._services.engine.submit(
            person.book, quote, actor=person.actor, role=person.role, scope=person.scope, dry_run=True
        )
        lines: Sequence[QuotedLine] = outcome.unwrap()
        reader, book = self._services.reader, person.book
        names = await seen_by_a_payee(reader, book, [line.item for line in lines if line.source == WALLET])
        backs: list[Back] = []
        for line in lines:
            name = names.get(line.item) or await name_above(reader, book, line.source, line.item)
            funders = await funders_above(reader, book, line.source, line.item, line.amount)
            backs.append(Back(line.source, name, line.asset, line.amount, funders))
        return backs

    async def go_on(self) -> Response[Any]:
        """Refund, or show what another amount comes to."""
        if self._form.get("amount", "").replace(",", "") != self._form.get("shown", "").replace(",", ""):
            return await self.show()
        return await or_again(self._refund(), self.show)

    async def _refund(self) -> str:
        command = RefundPayment(
            payment=self._payment.id,
            number=f"m-{key_of(self._form) or new_key()}",
            amount=read_money(self._form),
            reason=text(self._form, "reason") or self._pages._("Returned"),
            channel=CHANNEL,
        )
        (await submit(self._services, self._person, command, self._form)).unwrap()
        return f"{self._at}?done=1"


handlers = (shop_payment, refund_page, refund)

say_plainly("refund.above_payment", "At most {left} can still be refunded; {amount} is more.")
say_plainly("refund.too_many", "This payment was refunded {most} times, which is the most.")
say_plainly("refund.too_late", "This payment could be refunded until {last}.")
