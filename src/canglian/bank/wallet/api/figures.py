"""``/v1/wallet-products`` and ``/v1/wallet-policies``: the figures of wallets, by version."""

from typing import Annotated

import msgspec
from litestar import Response, Router, get, post
from litestar.di import NamedDependency

from canglian.bank.wallet.commands import AddWalletPolicy, SetWalletProduct
from canglian.bank.wallet.model import WalletPolicy, WalletProduct
from canglian.bank.wallet.queries import figures
from canglian.kernel.fields import doc
from canglian.web.operations import Body, RequestContext, as_json, responses
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services


class WalletProducts(msgspec.Struct, frozen=True):
    """Versions of products, by code, newest first."""

    data: Annotated[list[WalletProduct], doc("The rows of this page.")]


class WalletPolicies(msgspec.Struct, frozen=True):
    """Versions of the figures, newest first."""

    data: Annotated[list[WalletPolicy], doc("The rows of this page.")]


@get("", operation_id="listWalletProducts", guards=[needs(Permission.READ)], responses=responses(WalletProducts))
async def list_products(services: NamedDependency[Services], principal: NamedDependency[Principal]) -> Response[bytes]:
    """All versions of all products."""
    return as_json(WalletProducts(await figures.products(services.reader, principal.book)))


@post(
    "",
    operation_id="setWalletProduct",
    guards=[needs(Permission.ADMINISTER)],
    responses=responses(WalletProduct, 201, write=True),
)
async def set_product(context: NamedDependency[RequestContext], data: Body[SetWalletProduct]) -> Response[bytes]:
    """Add a version to a product. What wallets may have and pay are rules about limits, by the product's code."""
    return await context.respond(data)


@get("", operation_id="listWalletPolicies", guards=[needs(Permission.READ)], responses=responses(WalletPolicies))
async def list_policies(services: NamedDependency[Services], principal: NamedDependency[Principal]) -> Response[bytes]:
    """All versions of the figures."""
    return as_json(WalletPolicies(await figures.policies(services.reader, principal.book)))


@post(
    "",
    operation_id="addWalletPolicy",
    guards=[needs(Permission.ADMINISTER)],
    responses=responses(WalletPolicy, 201, write=True),
)
async def add_policy(context: NamedDependency[RequestContext], data: Body[AddWalletPolicy]) -> Response[bytes]:
    """Add a version of the figures."""
    return await context.respond(data)


routers = (
    Router("/wallet-products", route_handlers=[list_products, set_product], tags=["wallets"]),
    Router("/wallet-policies", route_handlers=[list_policies, add_policy], tags=["wallets"]),
)
