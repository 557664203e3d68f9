"""``/v1/holds``: reserve funds, capture them whole or in parts, let them go."""

from typing import Annotated, Any

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import PathParameter, QueryParameter

from canglian.kernel.fields import doc
from canglian.kernel.queries.paging import Order
from canglian.kernel.values import Amount, Metadata, OwnReference
from canglian.ledger.api.transfers import posted
from canglian.ledger.commands import CaptureHold, ReleaseHold
from canglian.ledger.model import Hold, HoldState
from canglian.ledger.naming import HoldRequest, filters_of, hold_of
from canglian.ledger.queries.holds import HoldFilter, hold, holds
from canglian.ledger.queries.transfers import TransferView
from canglian.web.operations import Body, RequestContext, as_json, responses
from canglian.web.paging import listed, listing_of
from canglian.web.principal import Permission, Principal, needs
from canglian.web.reading import metadata_of
from canglian.web.services import Services

HoldNumber = Annotated[int, PathParameter(ge=1, le=2**62, description="The hold's number.")]


class HoldCapture(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How much to take (all that is left by default); ``final`` releases the rest."""

    amount: Annotated[Amount | None, doc("How much to take; left out, all that is left.")] = None
    final: Annotated[bool, doc("Release what is left afterwards.")] = False
    reference: Annotated[OwnReference | None, doc("Your own number for it, such as an order's.")] = None
    metadata: Annotated[Metadata | None, doc("Your own facts, text by name; lists can be filtered by them.")] = None


@post("", operation_id="placeHold", guards=[needs(Permission.POST)], responses=responses(Hold, 201, write=True))
async def place_hold(context: NamedDependency[RequestContext], data: Body[HoldRequest]) -> Response[bytes]:
    """Reserve an amount on one account for another."""
    return await context.respond(await hold_of(data, context.services.store, context.principal.book))


@get("", operation_id="listHolds", guards=[needs(Permission.READ)], responses=listing_of(Hold))
async def list_holds(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    order: NamedDependency[Order],
    hold_state: Annotated[HoldState | None, QueryParameter(name="state", description="Only in this state.")] = None,
    account: Annotated[str | None, QueryParameter(description="Either side, by number or reference.")] = None,
    debit: Annotated[str | None, QueryParameter(description="Only from this account, by number or reference.")] = None,
    credit: Annotated[str | None, QueryParameter(description="Only to this account, by number or reference.")] = None,
    code: Annotated[str | None, QueryParameter(description="Only with this code.")] = None,
    reference: Annotated[str | None, QueryParameter(description="Only with this reference.")] = None,
) -> Response[bytes]:
    """List holds, newest first. ``metadata.<name>=<value>`` filters by metadata."""
    sides = await filters_of(services.store, principal.book, account=account, debit=debit, credit=credit)
    asked = HoldFilter(
        hold_state, sides["account"], sides["debit"], sides["credit"], code, reference, metadata_of(request)
    )
    return await listed(request, order, lambda page: holds(services.reader, principal.book, asked, page), "holds")


@get("/{number:int}", operation_id="getHold", guards=[needs(Permission.READ)], responses=responses(Hold))
async def get_hold(
    services: NamedDependency[Services], principal: NamedDependency[Principal], number: HoldNumber
) -> Response[bytes]:
    """One hold."""
    return as_json(await hold(services.reader, principal.book, number))


@post(
    "/{number:int}/capture",
    operation_id="captureHold",
    guards=[needs(Permission.POST)],
    responses=responses(TransferView, 201, write=True),
)
async def capture_hold(
    context: NamedDependency[RequestContext], number: HoldNumber, data: Body[HoldCapture]
) -> Response[bytes]:
    """Take part of a hold, or all that is left."""
    command = CaptureHold(
        hold=number, amount=data.amount, final=data.final, reference=data.reference, metadata=data.metadata
    )
    return await context.respond(command, read=posted)


@post(
    "/{number:int}/release",
    operation_id="releaseHold",
    status_code=200,
    guards=[needs(Permission.POST)],
    responses=responses(Hold, write=True),
)
async def release_hold(context: NamedDependency[RequestContext], number: HoldNumber) -> Response[bytes]:
    """Let go of what a hold still reserves."""
    return await context.respond(ReleaseHold(hold=number), status=200)


router = Router("/holds", route_handlers=[place_hold, list_holds, get_hold, capture_hold, release_hold], tags=["holds"])
