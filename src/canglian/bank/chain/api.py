"""``/v1/chain-members`` and ``/v1/vouchers``: lists, one of each, quotes and debts; what the API asks for."""

from typing import Annotated

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from msgspec import Meta

from canglian.bank.chain import queries
from canglian.bank.chain.commands import issuing
from canglian.bank.chain.commands.holding import PARTS_MAX
from canglian.bank.chain.commands.values import (
    Digest,
    InvoiceCode,
    InvoiceNumber,
    MemberId,
    Part,
    WalletId,
)
from canglian.bank.chain.model import ChainMember, Quote, Voucher
from canglian.bank.chain.queries import Debts, MemberFilter, VoucherFilter, VoucherWhole
from canglian.bank.wallet.api.bodies import GivenPin
from canglian.kernel.fields import Field, Reason, doc
from canglian.kernel.values import AMOUNT_MAX, Amount
from canglian.web.listing import get_route, list_route
from canglian.web.operations import as_json, id_path, responses
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

MemberPath = Annotated[str, id_path("chm", "The id of a member of a chain.")]
VoucherPath = Annotated[str, id_path("vch", "The voucher's id.")]
Signing = Annotated[
    WalletId | None, doc("The wallet whose PIN signs: of the member, or of who represents it by law; or null.")
]
_Some = Annotated[Amount | None, doc("The part of the face that it is about, in fen; null for all of it.")]


class VoucherRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A voucher to be issued for an invoice; signed by the supplier."""

    core: issuing.Core
    supplier: issuing.Supplier
    face: issuing.Face
    matures_on: issuing.Matures
    invoice_code: InvoiceCode = ""
    invoice_number: InvoiceNumber
    invoice_total: issuing.Total
    invoice_dated: issuing.Dated
    invoice_digest: Digest
    order_number: issuing.OrderNumber = None
    wallet: Signing = None
    pin: GivenPin = None


class VoucherAcceptanceRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who signs: the core company."""

    wallet: Signing = None
    pin: GivenPin = None


class VoucherRefusalRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a voucher is declined; signed by the core company."""

    reason: Reason
    wallet: Signing = None
    pin: GivenPin = None


class VoucherPartsRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The parts of a voucher; signed by its holder."""

    parts: Annotated[
        list[Part], Meta(max_length=PARTS_MAX, description="The faces of the parts, in fen: together its own.")
    ]
    wallet: Signing = None
    pin: GivenPin = None


class VoucherTransferRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """To whom a voucher goes; signed by its holder."""

    new_holder: Annotated[MemberId, doc("The member that gets it."), Field(label="Given to")]
    amount: _Some = None
    wallet: Signing = None
    pin: GivenPin = None


class VoucherFinancingRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What of a voucher is financed; signed by its holder."""

    amount: _Some = None
    recourse: Annotated[bool, doc("Whether the holder pays the advance back where the core company does not.")] = True
    wallet: Signing = None
    pin: GivenPin = None


@get(
    "/{voucher:str}/quote",
    operation_id="quoteVoucher",
    guards=[needs(Permission.READ)],
    responses=responses(Quote, also=(422,)),
)
async def quote_voucher(
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    voucher: VoucherPath,
    amount: Annotated[
        int | None,
        QueryParameter(ge=1, le=AMOUNT_MAX, description="The part of the face, in fen; or all of it."),
    ] = None,
) -> Response[bytes]:
    """What financing a voucher, or a part of it, comes to today."""
    return as_json(await queries.quoted(services.reader, principal.book, voucher, amount))


@get("/{chain_member:str}/debts", operation_id="listDebts", guards=[needs(Permission.READ)], responses=responses(Debts))
async def list_debts(
    services: NamedDependency[Services], principal: NamedDependency[Principal], chain_member: MemberPath
) -> Response[bytes]:
    """What a core company owes by its vouchers, and to whom."""
    await queries.member(services.reader, principal.book, chain_member)
    return as_json(Debts(await queries.debts(services.reader, principal.book, chain_member)))


MEMBERS = (
    list_route(
        ChainMember,
        queries.members,
        MemberFilter,
        "listChainMembers",
        "chain-members",
        "List core companies and suppliers, newest first.",
    ),
    get_route(
        "chain_member",
        MemberPath,
        ChainMember,
        queries.member,
        "getChainMember",
        "A core company or a supplier of a chain.",
    ),
    list_debts,
)
VOUCHERS = (
    list_route(
        Voucher,
        queries.vouchers,
        VoucherFilter,
        "listVouchers",
        "vouchers",
        "List vouchers, newest first.",
        names={"matures_until": "matures_on.lte"},
    ),
    get_route(
        "voucher",
        VoucherPath,
        VoucherWhole,
        queries.whole,
        "getVoucher",
        "A voucher with its invoice, the tree of its parts, what was financed of it, and what was done to it.",
    ),
    quote_voucher,
)
