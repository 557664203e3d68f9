"""``/v1/bills`` and ``/v1/relatives``."""

from typing import Annotated

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency

from canglian.bank.credit.loans.commands.values import WalletId
from canglian.bank.credit.pay_later import queries
from canglian.bank.credit.pay_later.commands.values import Paid
from canglian.bank.credit.pay_later.model import Bill, Relative
from canglian.bank.credit.pay_later.queries import BillFilter, BillWhole, InstalmentQuotes, RelativeFilter
from canglian.bank.credit.products.commands import Months
from canglian.bank.wallet.api.bodies import GivenPin
from canglian.kernel.fields import doc
from canglian.kernel.values import Amount
from canglian.web.listing import get_route, list_route
from canglian.web.operations import as_json, id_path, responses
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

BillPath = Annotated[str, id_path("bil", "The bill's id.")]
RelativePath = Annotated[str, id_path("rlt", "The id of a relation.")]


class BillCaptureRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What of a hold is captured, and who is paid."""

    amount: Annotated[Amount, doc("How much is captured, in fen.")]
    payee: Annotated[WalletId, doc("The wallet that is paid.")]
    wallet: Annotated[WalletId, doc("The customer's wallet, whose PIN agrees.")]
    pin: GivenPin = None


class BillRepaymentRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is paid, and from which wallet."""

    amount: Paid
    wallet: Annotated[WalletId, doc("The wallet that pays.")]
    pin: GivenPin = None


class BillConversionRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """For how many months a bill is turned into instalments."""

    months: Months
    pin: GivenPin = None


class BillRefundRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How much the payee gives back."""

    amount: Paid
    pin: GivenPin = None


@get(
    "/{bill:str}/instalment-quotes",
    operation_id="quoteBillInstalments",
    guards=[needs(Permission.READ)],
    responses=responses(InstalmentQuotes, also=(422,)),
)
async def quote_instalments(
    services: NamedDependency[Services], principal: NamedDependency[Principal], bill: BillPath
) -> Response[bytes]:
    """What a bill would cost by instalments from today on, for each term of its product."""
    return as_json(await queries.quotes(services.reader, principal.book, bill))


BILLS = (
    list_route(Bill, queries.bills, BillFilter, "listBills", "bills", "List bills of pay-later, newest first."),
    get_route(
        "bill",
        BillPath,
        BillWhole,
        queries.whole,
        "getBill",
        "A bill with the loan by which it is owed: what has to be paid, and everything that was done.",
    ),
    quote_instalments,
)
RELATIVES = (
    list_route(
        Relative,
        queries.relatives,
        RelativeFilter,
        "listRelatives",
        "relatives",
        "List who may repay whose bills, newest first.",
    ),
    get_route("relative", RelativePath, Relative, queries.relative, "getRelative", "Who may repay whose bills."),
)
