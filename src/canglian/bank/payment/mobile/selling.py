"""A merchant's own pages: today's sales and when the money comes, taking a payment, payments and days."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from canglian.bank.payment.checkout_url import checkout_url, hosted_path
from canglian.bank.payment.commands import OpenOrder, TakePayment
from canglian.bank.payment.mobile.above import facts_above
from canglian.bank.payment.mobile.hosted import spaced, state_of
from canglian.bank.payment.mobile.shops import Shop, own_shop, shop_rows, shops_of
from canglian.bank.payment.model import OrderState, PaymentOrder, StoreState
from canglian.bank.payment.payouts import next_payout
from canglian.bank.payment.queries import merchants, orders, payments, sales, stores
from canglian.bank.payment.queries.payments import PaymentFilter
from canglian.bank.purpose.custody import queries as custody
from canglian.bank.wallet.codes import picture
from canglian.bank.wallet.mobile.owning import CHANNEL, wallet_service
from canglian.kernel.errors import CanglianError, NotFound
from canglian.kernel.queries.observing import book_figures
from canglian.kernel.queries.paging import Order
from canglian.web.console.forms import read_money
from canglian.web.console.submitting import or_again
from canglian.web.mobile import MobilePages, Person, signed_in
from canglian.web.mobile.forms import form_values, key_of, new_key, submit, text
from canglian.web.services import Services

SHOWN_MAX = 20
DAYS = 31
NUMBER_MAX = 16
"""How long the numbers are that these pages give to orders: short enough to be read out."""


@get("/shop", guards=[signed_in])
async def shops_page(
    pages: NamedDependency[MobilePages], services: NamedDependency[Services], person: NamedDependency[Person]
) -> Response[Any]:
    """The merchants for which somebody works."""
    return pages.render("payment/mobile/shops.html", shops=await shops_of(services, person))


@get("/shop/{merchant:str}", guards=[signed_in])
async def shop_page(
    pages: NamedDependency[MobilePages],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
    merchant: FromPath[str],
) -> Response[Any]:
    """Today's sales, fees and refunds, what is owed and when it comes, and the newest payments."""
    shop = await own_shop(services, person, merchant)
    reader, book = services.reader, person.book
    today = (await book_figures(reader, book)).today
    newest = await payments.payments(reader, book, PaymentFilter(merchant=merchant), Order(limit=5))
    return pages.render(
        "payment/mobile/shop.html",
        shop=shop,
        day=await sales.on_day(reader, book, merchant, today),
        owed=sum(owed.balance for owed in (await merchants.whole(reader, book, merchant)).owed),
        payout=await next_payout(reader, book, shop.merchant),
        custody=await custody.totals(reader, book, merchant),
        above=await facts_above(services, person, shop),
        payments=newest.items,
        others=shop_rows(shop),
    )


@get("/shop/{merchant:str}/payments", guards=[signed_in])
async def shop_payments(
    pages: NamedDependency[MobilePages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
    merchant: FromPath[str],
) -> Response[Any]:
    """What was paid, the newest first."""
    shop = await own_shop(services, person, merchant)
    asked, cursor = PaymentFilter(merchant=merchant), request.query_params.get("cursor") or None
    page = await payments.payments(services.reader, person.book, asked, Order(None, cursor, SHOWN_MAX))
    return pages.render(
        "payment/mobile/shop_payments.html", shop=shop, payments=page.items, next_cursor=page.next_cursor
    )


@get("/shop/{merchant:str}/days", guards=[signed_in])
async def shop_days(
    pages: NamedDependency[MobilePages],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
    merchant: FromPath[str],
) -> Response[Any]:
    """The statement: what each of the last days came to."""
    shop = await own_shop(services, person, merchant, as_owner=True)
    today = (await book_figures(services.reader, person.book)).today
    days = await sales.last_days(services.reader, person.book, merchant, today, DAYS)
    return pages.render("payment/mobile/shop_days.html", shop=shop, days=days)


# -- taking a payment --------------------------------------------------------------------------------------------------


@get("/shop/{merchant:str}/take", guards=[signed_in])
async def take_page(
    pages: NamedDependency[MobilePages],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
    merchant: FromPath[str],
) -> Response[Any]:
    """How much is to be paid."""
    return await _take_form(pages, services, person, await own_shop(services, person, merchant), {}, None)


async def _take_form(
    pages: MobilePages,
    services: Services,
    person: Person,
    shop: Shop,
    form: dict[str, str],
    error: CanglianError | None,
) -> Response[Any]:
    found = await stores.stores_of(services.reader, person.book, shop.merchant.id)
    return pages.render(
        "payment/mobile/take.html",
        error=error,
        shop=shop,
        stores=[store for store in found if store.state is StoreState.OPEN],
        values=form,
    )


@post("/shop/{merchant:str}/take", status_code=200, guards=[signed_in])
async def take(
    pages: NamedDependency[MobilePages],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
    merchant: FromPath[str],
) -> Response[Any]:
    """Open an order; its page shows the code to be scanned."""
    form = await form_values(pages.request)
    shop = await own_shop(services, person, merchant)

    async def act() -> str:
        command = OpenOrder(
            merchant=merchant,
            number=f"m-{key_of(form) or new_key()}"[:NUMBER_MAX],
            subject=text(form, "subject") or pages._("Payment in the shop"),
            amount=read_money(form),
            store=form.get("store") or None,
        )
        order = (await submit(services, person, command, form)).unwrap()
        return f"{shop.at}/orders/{order.id}"

    return await or_again(act(), lambda error: _take_form(pages, services, person, shop, form, error))


@get("/shop/{merchant:str}/orders/{payment_order:str}", guards=[signed_in])
async def shop_order(
    pages: NamedDependency[MobilePages],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
    merchant: FromPath[str],
    payment_order: FromPath[str],
) -> Response[Any]:
    """The code of an order, which its payer scans; or the payer's own code is scanned here."""
    shop = await own_shop(services, person, merchant)
    order = await _order(services, person, shop, payment_order)
    return await _order_page(pages, services, person, shop, order, {}, None)


async def _order(services: Services, person: Person, shop: Shop, identity: str) -> PaymentOrder:
    """An order of the merchant. NotFound ``payment_order.not_found`` for one that is another's."""
    order = await orders.order(services.reader, person.book, identity)
    if order.merchant != shop.merchant.id:
        raise NotFound("payment_order.not_found", payment_order=identity)
    return order


async def _order_page(
    pages: MobilePages,
    services: Services,
    person: Person,
    shop: Shop,
    order: PaymentOrder,
    form: dict[str, str],
    error: CanglianError | None,
) -> Response[Any]:
    state = state_of(order)
    return pages.render(
        "payment/mobile/shop_order.html",
        error=error,
        camera=state == OrderState.OPEN.value,
        shop=shop,
        order=order,
        state=state,
        state_at=f"{hosted_path(person.book, order.code)}/state",
        picture=picture(checkout_url(services.settings, person.book, order)),
        spaced=spaced(order.code),
        values=form,
    )


@post("/shop/{merchant:str}/orders/{payment_order:str}", status_code=200, guards=[signed_in])
async def take_by_code(
    pages: NamedDependency[MobilePages],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
    merchant: FromPath[str],
    payment_order: FromPath[str],
) -> Response[Any]:
    """Take the payment by the pay code that the payer shows."""
    form = await form_values(pages.request)
    shop = await own_shop(services, person, merchant)
    order = await _order(services, person, shop, payment_order)

    async def act() -> str:
        digest = wallet_service(services, person, form).code(form.get("code", ""))
        command = TakePayment(order=order.id, code_digest=digest, channel=CHANNEL)
        paid = (await submit(services, person, command, form)).unwrap()
        return f"{shop.at}/payments/{paid.id}?done=1"

    return await or_again(act(), lambda error: _order_page(pages, services, person, shop, order, form, error))


handlers = (shops_page, shop_page, shop_payments, shop_days, take_page, take, shop_order, take_by_code)
