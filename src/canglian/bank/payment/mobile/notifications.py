"""A merchant's own page of what it is told: its addresses, what has not arrived, and when that comes again."""

from functools import partial
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from canglian.bank.payment import notifications
from canglian.bank.payment.mobile.shops import Shop, own_shop
from canglian.bank.payment.queries import notifications as queries
from canglian.kernel.errors import CanglianError
from canglian.kernel.outbox import rotation, secret_for
from canglian.web.console.submitting import Answer, or_again
from canglian.web.mobile import MobilePages, Person, signed_in
from canglian.web.mobile.forms import form_values, key_of, submit
from canglian.web.observing.outbox_pages import trouble
from canglian.web.services import Services


@get("/shop/{merchant:str}/notifications", guards=[signed_in])
async def notifications_page(
    pages: NamedDependency[MobilePages],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
    merchant: FromPath[str],
) -> Response[Any]:
    """Where the merchant hears of its orders and payments; for its owners."""
    return await _show(pages, services, person, await own_shop(services, person, merchant, as_owner=True))


async def _show(
    pages: MobilePages,
    services: Services,
    person: Person,
    shop: Shop,
    error: CanglianError | None = None,
    *,
    secret: str | None = None,
    values: dict[str, str] | None = None,
) -> Response[Any]:
    return pages.render(
        "payment/mobile/shop_notifications.html",
        error=error,
        shop=shop,
        shown=await queries.notifications(services.reader, person.book, shop.merchant.id),
        trouble=partial(trouble, pages=pages),
        secret=secret,
        values=values or {},
    )


@post("/shop/{merchant:str}/notifications", status_code=200, guards=[signed_in])
async def act_on_notifications(
    pages: NamedDependency[MobilePages],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
    merchant: FromPath[str],
) -> Response[Any]:
    """Add an address, try it, pause it, renew its secret, or remove it."""
    form = await form_values(pages.request)
    shop = await own_shop(services, person, merchant, as_owner=True)
    reader, book, engine, keyring = services.reader, person.book, services.engine, services.keyring

    action, receiver = form.get("act", ""), form.get("receiver", "")

    async def act() -> Answer:
        if action == "add":
            secret, sealed = await secret_for(engine, keyring, book, key_of(form), person.scope)
            command = notifications.added(shop.merchant.name, merchant, form.get("url", ""), sealed)
            (await submit(services, person, command, form)).unwrap()
            return await _show(pages, services, person, shop, secret=secret)
        if action == "secret":
            await queries.require_address(reader, book, merchant, receiver)
            secret, rotate = await rotation(engine, keyring, book, receiver, key=key_of(form), scope=person.scope)
            (await submit(services, person, rotate, form)).unwrap()
            return await _show(pages, services, person, shop, secret=secret)
        made = await notifications.changed(reader, book, merchant, action, receiver)
        (await submit(services, person, made, form)).unwrap()
        return f"{shop.at}/notifications"

    return await or_again(act(), lambda error: _show(pages, services, person, shop, error, values=form))


handlers = (notifications_page, act_on_notifications)
