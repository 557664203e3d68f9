"""A merchant's prepaid cards on a phone: whose money is on them, and drawing a use by the buyer's code."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from canglian.bank.payment.commands import DrawPrepaidCard
from canglian.bank.payment.mobile.selling import NUMBER_MAX
from canglian.bank.payment.mobile.shops import Shop, own_shop
from canglian.bank.purpose.custody import queries as custody
from canglian.bank.purpose.custody.queries import CardFilter
from canglian.bank.wallet.mobile.others import seen_by_a_payee
from canglian.bank.wallet.mobile.owning import CHANNEL, wallet_service
from canglian.kernel.errors import CanglianError
from canglian.kernel.queries.paging import Order
from canglian.web.console.forms import read_money
from canglian.web.console.submitting import or_again
from canglian.web.mobile import MobilePages, Person, signed_in
from canglian.web.mobile.forms import form_values, key_of, new_key, submit, text
from canglian.web.services import Services

SHOWN_MAX = 20


@get("/shop/{merchant:str}/cards", guards=[signed_in])
async def shop_cards(
    pages: NamedDependency[MobilePages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
    merchant: FromPath[str],
) -> Response[Any]:
    """What is in custody on the cards of this merchant, the newest first. None of it is the merchant's."""
    shop = await own_shop(services, person, merchant)
    reader, book, cursor = services.reader, person.book, request.query_params.get("cursor") or None
    page = await custody.cards(reader, book, CardFilter(payee=merchant), Order(None, cursor, SHOWN_MAX))
    return pages.render(
        "payment/mobile/shop_cards.html",
        shop=shop,
        totals=await custody.totals(reader, book, merchant),
        cards=page.items,
        buyers=await seen_by_a_payee(reader, book, [card.wallet for card in page.items]),
        next_cursor=page.next_cursor,
    )


@get("/shop/{merchant:str}/draw", guards=[signed_in])
async def draw_page(
    pages: NamedDependency[MobilePages],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
    merchant: FromPath[str],
) -> Response[Any]:
    """How much is drawn; the buyer's code is scanned here."""
    return _draw_form(pages, await own_shop(services, person, merchant), {}, None)


def _draw_form(pages: MobilePages, shop: Shop, form: dict[str, str], error: CanglianError | None) -> Response[Any]:
    return pages.render("payment/mobile/shop_draw.html", error=error, shop=shop, camera=True, values=form)


@post("/shop/{merchant:str}/draw", status_code=200, guards=[signed_in])
async def draw(
    pages: NamedDependency[MobilePages],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
    merchant: FromPath[str],
) -> Response[Any]:
    """Draw a use on the card of the buyer whose code was scanned; the receipt."""
    form = await form_values(pages.request)
    shop = await own_shop(services, person, merchant)

    async def act() -> str:
        command = DrawPrepaidCard(
            merchant=merchant,
            number=f"m-{key_of(form) or new_key()}"[:NUMBER_MAX],
            subject=text(form, "subject") or pages._("A use of the card"),
            amount=read_money(form),
            code_digest=wallet_service(services, person, form).code(form.get("code", "")),
            channel=CHANNEL,
        )
        paid = (await submit(services, person, command, form)).unwrap()
        return f"{shop.at}/payments/{paid.id}?done=1"

    async def again(error: CanglianError) -> Response[Any]:
        return _draw_form(pages, shop, form, error)

    return await or_again(act(), again)


handlers = (shop_cards, draw_page, draw)
