"""``/v1/open``: what apps of partners call, signed."""

from datetime import date
from typing import Annotated

import msgspec
from litestar import Response, Router, get
from litestar.di import NamedDependency

from canglian.bank.deposit.model import ProductClass
from canglian.bank.deposit.queries import products as deposits
from canglian.bank.partner import queries
from canglian.bank.partner.calls import answer_key, key_id
from canglian.bank.partner.scopes import Scope, embeds
from canglian.bank.wallet.queries import figures as wallets
from canglian.kernel.fields import doc
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.observing import book_figures
from canglian.kernel.values import utc_now
from canglian.kernel.versions import in_force
from canglian.web.operations import as_json, responses
from canglian.web.principal import Principal
from canglian.web.services import Services


class OpenApp(msgspec.Struct, frozen=True):
    """An app as it sees itself."""

    id: Annotated[str, doc("The app's id.")]
    name: Annotated[str, doc("What it is called.")]
    partner: Annotated[str, doc("The name of its partner.")]
    scopes: Annotated[list[Scope], doc("What it may do.")]
    networks: Annotated[list[str], doc("The addresses and networks that it calls from; empty for any.")]
    rate_per_second: Annotated[int, doc("How many calls a second it may make for long.")]
    calls_per_day: Annotated[int | None, doc("How many calls it may make on a day, or null.")]
    keys: Annotated[list[str], doc("What requests may name as `keyid` now.")]
    answer_key: Annotated[str, doc("The public key that signs answers: its name, `ed25519`, its bytes as base64.")]


class OpenProduct(msgspec.Struct, frozen=True):
    """A product that the bank offers: an account or a wallet."""

    code: Annotated[str, doc("The short stable name.")]
    name: Annotated[str, doc("What people read.")]
    asset: Annotated[str, doc("The unit of value, such as `CNY`.")]
    rate_ppm: Annotated[int, doc("The yearly interest in millionths: 500 is 0.05 %.")]


class OpenProducts(msgspec.Struct, frozen=True):
    """What the bank offers."""

    data: Annotated[list[OpenProduct], doc("The products on offer, by code.")]


@get("/app", operation_id="getOpenApp", guards=[embeds()], responses=responses(OpenApp))
async def open_app(services: NamedDependency[Services], principal: NamedDependency[Principal]) -> Response[bytes]:
    """The app that signed the request: what it may do, and the key that signs what it is answered."""
    reader, book = services.reader, principal.book
    app = await queries.app(reader, book, principal.id)
    partner = await queries.partner(reader, book, app.partner)
    keys = await queries.keys(reader, book, app.id)
    now = utc_now()
    return as_json(
        OpenApp(
            app.id,
            app.name,
            partner.name,
            app.scopes,
            app.networks,
            app.rate_per_second,
            app.calls_per_day,
            [key_id(book, key.id) for key in keys if key.ends_at is None or key.ends_at > now],
            str(answer_key(services, book).public),
        )
    )


@get(
    "/products",
    operation_id="listOpenProducts",
    guards=[embeds(Scope.PRODUCTS_READ)],
    responses=responses(OpenProducts),
)
async def open_products(services: NamedDependency[Services], principal: NamedDependency[Principal]) -> Response[bytes]:
    """The deposit accounts and wallets on offer."""
    today = (await book_figures(services.reader, principal.book)).today
    return as_json(OpenProducts(await _on_offer(services.reader, principal.book, today)))


async def _on_offer(reader: Reader, book: int, today: date) -> list[OpenProduct]:
    of_deposits = [view.in_force for view in await deposits.products(reader, book, today)]
    held = [product for product in of_deposits if product is None or product.product_class is not ProductClass.INTERNAL]
    versions = await wallets.products(reader, book)
    of_wallets = [
        in_force([version for version in versions if version.code == code], today)
        for code in {version.code for version in versions}
    ]
    return [
        OpenProduct(product.code, product.name, product.asset, product.rate_ppm)
        for product in sorted(
            (product for product in [*held, *of_wallets] if product is not None and product.active),
            key=lambda product: product.code,
        )
    ]


ROUTER = Router("/open", route_handlers=[open_app, open_products], tags=["open API"])
