"""Loan products by version: their API and their page."""

from typing import Annotated

import msgspec

from canglian.bank.credit.products import queries
from canglian.bank.credit.products.commands import SetLoanProduct
from canglian.bank.credit.products.model import LoanProduct
from canglian.kernel.fields import doc
from canglian.web.actions import Action, Route
from canglian.web.principal import Permission
from canglian.web.versions import VersionList, Versions


class LoanProducts(msgspec.Struct, frozen=True):
    """All versions of all loan products."""

    data: Annotated[list[LoanProduct], doc("The rows of this page.")]


PRODUCTS = Versions(
    path="/loan-products",
    tag="loan products",
    title="Loan products",
    purpose="What customers may borrow, at which rate, and how it is repaid. Signed contracts keep their version.",
    read=queries.versions,
    code=True,
    new_codes=True,
    listing=VersionList(
        operation_id="listLoanProducts", response=LoanProducts, help="List all versions of all loan products."
    ),
    add=Action(
        command=SetLoanProduct,
        name="add",
        help="Add a version to a loan product, or make one. A version never changes.",
        permission=Permission.ADMINISTER,
        route=Route(operation_id="setLoanProduct", response=LoanProduct, status=201),
    ),
)
