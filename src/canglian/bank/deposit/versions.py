"""The products and the figures of deposit accounts, by version: their API and their pages."""

from typing import Annotated

import msgspec

from canglian.bank.deposit.api import products as products_api
from canglian.bank.deposit.commands import AddDepositPolicy, SetDepositProduct
from canglian.bank.deposit.model import DepositPolicy, DepositProduct
from canglian.bank.deposit.queries import products
from canglian.kernel.fields import doc
from canglian.web.actions import Action, Route
from canglian.web.principal import Permission
from canglian.web.versions import VersionList, Versions


class DepositPolicies(msgspec.Struct, frozen=True):
    """All versions of the figures, newest first."""

    data: Annotated[list[DepositPolicy], doc("The rows of this page.")]


PRODUCTS = Versions(
    path="/deposit-products",
    tag="deposit products",
    title="Deposit products",
    purpose="Products on offer, eligibility and interest. Each version applies from its effective date.",
    read=products.versions,
    code=True,
    new_codes=True,
    add=Action(
        command=SetDepositProduct,
        name="add",
        help="Add a version to a product, or make a product. A version never changes.",
        permission=Permission.ADMINISTER,
        route=Route(operation_id="setDepositProduct", response=DepositProduct, status=201),
    ),
    handlers=products_api.handlers,
)

POLICIES = Versions(
    path="/deposit-policies",
    tag="deposit products",
    title="Deposit parameters",
    purpose="Account number prefix, interest settlement dates and confirmation of bound accounts.",
    read=products.policies,
    listing=VersionList(
        operation_id="listDepositPolicies", response=DepositPolicies, help="List the versions of the figures."
    ),
    add=Action(
        command=AddDepositPolicy,
        name="add",
        help="Add a version of the figures. It never changes afterwards.",
        permission=Permission.ADMINISTER,
        route=Route(operation_id="addDepositPolicy", response=DepositPolicy, status=201),
    ),
)
