"""``/v1/deposit-products`` and ``/v1/deposit-policies``: products and figures with their versions."""

from typing import Annotated

import msgspec
from litestar import Response, Router, get, post
from litestar.di import NamedDependency

from canglian.bank.deposit.api.paths import ProductPath
from canglian.bank.deposit.commands import AddDepositPolicy, SetDepositProduct
from canglian.bank.deposit.model import DepositPolicy, DepositProduct
from canglian.bank.deposit.queries import products
from canglian.bank.deposit.queries.products import ProductView
from canglian.kernel.fields import doc
from canglian.kernel.queries.observing import book_figures
from canglian.web.operations import Body, RequestContext, as_json, responses
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services


class Products(msgspec.Struct, frozen=True):
    """All products."""

    data: Annotated[list[ProductView], doc("The rows of this page.")]


class DepositPolicies(msgspec.Struct, frozen=True):
    """All versions of the figures, newest first."""

    data: Annotated[list[DepositPolicy], doc("The rows of this page.")]


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


@post(
    "",
    operation_id="setDepositProduct",
    guards=[needs(Permission.ADMINISTER)],
    responses=responses(DepositProduct, 201, write=True),
)
async def set_product(context: NamedDependency[RequestContext], data: Body[SetDepositProduct]) -> Response[bytes]:
    """Add a version to a product, or make a product. A version never changes."""
    return await context.respond(data)


@get("", operation_id="listDepositPolicies", guards=[needs(Permission.READ)], responses=responses(DepositPolicies))
async def list_policies(services: NamedDependency[Services], principal: NamedDependency[Principal]) -> Response[bytes]:
    """List the versions of the figures."""
    return as_json(DepositPolicies(await products.policies(services.reader, principal.book)))


@post(
    "",
    operation_id="addDepositPolicy",
    guards=[needs(Permission.ADMINISTER)],
    responses=responses(DepositPolicy, 201, write=True),
)
async def add_policy(context: NamedDependency[RequestContext], data: Body[AddDepositPolicy]) -> Response[bytes]:
    """Add a version of the figures. It never changes afterwards."""
    return await context.respond(data)


routers = (
    Router("/deposit-products", route_handlers=[list_products, get_product, set_product], tags=["deposit products"]),
    Router("/deposit-policies", route_handlers=[list_policies, add_policy], tags=["deposit products"]),
)
