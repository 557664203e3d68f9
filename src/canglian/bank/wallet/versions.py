"""The products and the figures of wallets, by version: their API and their pages."""

from typing import Annotated

import msgspec

from canglian.bank.wallet.commands import AddWalletPolicy, SetWalletProduct
from canglian.bank.wallet.model import WalletPolicy, WalletProduct
from canglian.bank.wallet.queries import figures
from canglian.kernel.fields import doc
from canglian.web.actions import Action, Route
from canglian.web.principal import Permission
from canglian.web.versions import VersionList, Versions


class WalletProducts(msgspec.Struct, frozen=True):
    """Versions of products, by code, newest first."""

    data: Annotated[list[WalletProduct], doc("The rows of this page.")]


class WalletPolicies(msgspec.Struct, frozen=True):
    """Versions of the figures, newest first."""

    data: Annotated[list[WalletPolicy], doc("The rows of this page.")]


PRODUCTS = Versions(
    path="/wallet-products",
    tag="wallets",
    title="Wallet products",
    purpose="Requirements and interest of each wallet product. Balance and payment limits are set in the limit rules.",
    read=figures.products,
    code=True,
    words=(("level", "state"),),
    listing=VersionList(
        operation_id="listWalletProducts", response=WalletProducts, help="All versions of all products."
    ),
    add=Action(
        command=SetWalletProduct,
        name="add",
        help="Add a version to a product. What wallets may have and pay are rules about limits, by the product's code.",
        permission=Permission.ADMINISTER,
        route=Route(operation_id="setWalletProduct", response=WalletProduct, status=201),
    ),
)

POLICIES = Versions(
    path="/wallet-policies",
    tag="wallets",
    title="Wallet parameters",
    purpose="Parameters for numbers, codes, PINs and devices. Each version applies from its effective date.",
    read=figures.policies,
    listing=VersionList(
        operation_id="listWalletPolicies", response=WalletPolicies, help="All versions of the figures."
    ),
    add=Action(
        command=AddWalletPolicy,
        name="add",
        help="Add a version of the figures.",
        permission=Permission.ADMINISTER,
        route=Route(operation_id="addWalletPolicy", response=WalletPolicy, status=201),
    ),
)
