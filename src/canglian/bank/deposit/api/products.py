"""``/v1/deposit-products``: products as they are in force, with their versions."""

from typing import Annotated

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency

from canglian.bank.deposit.api.paths import ProductPath
from canglian.bank.deposit.queries import products
from canglian.bank.deposit.queries.products import ProductView
from canglian.kernel.fields import doc
from canglian.kernel.queries.observing import book_figures
from canglian.web.operations import as_json, responses
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services


class Products(msgspec.Struct, frozen=True):
    """All products."""

    data: Annotated[list[ProductView], doc("The rows of this page.")]


@get("", operation_id="listDepositProducts", guards=[needs(Permission.READ)], responses=responses(Products))
async def list_products(services: NamedDependency[Services], principal: NamedDependency[Principal]) -> Response[bytes]:
    """List the products, each with the version in force and all others."""
    today = (await book_figures(services.reader, principal.book)).today
    return as_json(Products(await products.products(services.reader, principal.book, today)))


@get(
    "/{product:str}",
    operation_id="getDepositProduct",
    guards=[needs(Permission.READ)],
    responses=responses(ProductView),
)
async def get_product(
    services: NamedDependency[Services], principal: NamedDependency[Principal], product: ProductPath
) -> Response[bytes]:
    """A product with its versions."""
    today = (await book_figures(services.reader, principal.book)).today
    return as_json(await products.product(services.reader, principal.book, today, product))


handlers = (list_products, get_product)
