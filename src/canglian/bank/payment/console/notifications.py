"""What a merchant is told and where, for operators: addresses, the last attempts, and what is sent again."""

import secrets
from functools import partial
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from canglian.bank.payment import notifications
from canglian.bank.payment.console.lists import MERCHANTS
from canglian.bank.payment.queries import merchants
from canglian.bank.payment.queries import notifications as queries
from canglian.kernel.outbox import ResendDeadLetter, rotation, secret_for
from canglian.web.console import Pages
from canglian.web.console.forms import KEY, submit
from canglian.web.console.submitting import Answer, Form, answer_form, submit_form
from canglian.web.observing.outbox_pages import trouble
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services


@get("/merchants/{merchant:str}/notifications", guards=[needs(Permission.READ)])
async def notifications_page(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    merchant: FromPath[str],
) -> Response[Any]:
    """The addresses of a merchant, what was sent there, and what has not arrived."""
    return await _show(pages, services, principal, merchant)


async def _show(
    pages: Pages, services: Services, principal: Principal, merchant: str, status: int = 200, **more: Any
) -> Response[Any]:
    reader, book = services.reader, principal.book
    return await pages.render(
        "payment/notifications.html",
        status=status,
        merchant=await merchants.merchant(reader, book, merchant),
        shown=await queries.notifications(reader, book, merchant),
        trouble=partial(trouble, pages=pages),
        key=secrets.token_hex(8),
        may_post=principal.may(Permission.POST),
        may_administer=principal.may(Permission.ADMINISTER),
        **{"problem": None, "values": {}, "secret": None, **more},
    )


@post("/merchants/{merchant:str}/notifications/{number:int}", status_code=200, guards=[needs(Permission.POST)])
async def send_again(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    merchant: FromPath[str],
    number: FromPath[int],
) -> Response[Any]:
    """Send what has not arrived once more."""
    await queries.require_letter(services.reader, principal.book, merchant, number)
    show = partial(_show, pages, services, principal, merchant)
    to = f"{MERCHANTS}/{merchant}/notifications"
    return await submit_form(pages, lambda _: ResendDeadLetter(dead_letter=number), show, to)


@post("/merchants/{merchant:str}/notifications", status_code=200, guards=[needs(Permission.ADMINISTER)])
async def act_on_notifications(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    merchant: FromPath[str],
) -> Response[Any]:
    """Add, try, pause and remove addresses, and renew their secrets."""
    found = await merchants.merchant(services.reader, principal.book, merchant)
    reader, book, at = services.reader, principal.book, f"{MERCHANTS}/{merchant}/notifications"

    async def act(form: Form) -> Answer:
        action = form.get("action", "")
        if action == "add":
            secret, sealed = await secret_for(services.engine, services.keyring, book, form.get(KEY), principal.scope)
            command = notifications.added(found.name, merchant, form.get("url", ""), sealed)
            (await submit(services, principal, command, form)).unwrap()
            return await _show(pages, services, principal, merchant, secret=secret)
        receiver = form.get("receiver", "")
        if action == "secret":
            await queries.require_address(reader, book, merchant, receiver)
            secret, rotate = await rotation(
                services.engine, services.keyring, book, receiver, key=form.get(KEY), scope=principal.scope
            )
            (await submit(services, principal, rotate, form)).unwrap()
            return await _show(pages, services, principal, merchant, secret=secret)
        made = await notifications.changed(reader, book, merchant, action, receiver)
        (await submit(services, principal, made, form)).unwrap()
        return at

    return await answer_form(pages, act, partial(_show, pages, services, principal, merchant))


handlers = (notifications_page, act_on_notifications, send_again)
