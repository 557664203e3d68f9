"""``/v1/transfers``: post one, many or history; find, reverse and trace."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import partial
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import PathParameter, QueryParameter

from canglian.kernel.errors import Malformed
from canglian.kernel.fields import Reason, doc
from canglian.kernel.queries.paging import Order
from canglian.kernel.values import OwnReference
from canglian.ledger.commands import (
    ImportHistory,
    Line,
    LineError,
    Posted,
    PostTransfer,
    PostTransfers,
    ReverseTransfer,
)
from canglian.ledger.model import Account, Transfer
from canglian.ledger.naming import HistoryRequest, TransferRequest, TransfersRequest, filters_of, lines_of, transfer_of
from canglian.ledger.queries.tracing import DEPTH_MAX, Trace, trace
from canglian.ledger.queries.transfers import TransferFilter, TransferView, normal_sides, transfer, transfers, view
from canglian.web.edge import FastRequest
from canglian.web.operations import Body, RequestContext, as_json, encode, responses
from canglian.web.paging import listed, listing_of
from canglian.web.principal import Permission, Principal, needs
from canglian.web.reading import metadata_of, read_json
from canglian.web.services import Services

TransferNumber = Annotated[int, PathParameter(ge=1, le=2**62, description="The transfer's number.")]

_decode_transfer = msgspec.json.Decoder(PostTransfer).decode
_NAMES = [b'"%b"' % name.encode() for name in PostTransfer.__struct_fields__]


class TransferReversal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a transfer is undone, and a reference for the one that undoes it."""

    reference: Annotated[OwnReference | None, doc("Your own number for it, such as an order's.")] = None
    reason: Annotated[Reason | None, doc("Why; it stays on record.")] = None


class RefusedLine(LineError, frozen=True):
    """Why a line was refused, and which part of it. ``line`` counts from 0."""

    pointer: Annotated[str, doc("The place in the request, as a JSON pointer: the side whose account is not there.")]


class PostedLines(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of many lines: the transfer's number for each, or 0 where there is none (see ``errors``)."""

    posted: Annotated[int, doc("How many lines were posted.")]
    refused: Annotated[int, doc("How many lines were refused.")]
    transfers: Annotated[list[int], doc("The number of each line's transfer; 0 where it was refused or skipped.")]
    errors: Annotated[list[RefusedLine], doc("The lines that were refused.")] = []
    group: Annotated[int | None, doc("The first transfer of the group that stands or falls together, or null.")] = None
    skipped: Annotated[int, doc("How many lines came to nothing and asked to be skipped then.")] = 0


def posted_lines(lines: Sequence[Line], result: Posted) -> PostedLines:
    """What became of many lines, each refused one with its place in the request."""
    errors = [
        RefusedLine(error.line, error.code, error.fields, _pointer(lines[error.line], error)) for error in result.errors
    ]
    return PostedLines(result.posted, result.refused, result.transfers, errors, result.group, result.skipped)


def _pointer(line: Line, error: LineError) -> str:
    named = error.fields.get("field")
    if error.code == "account.not_found":
        named = "debit" if line.debit == error.fields["account"] else "credit"
    return f"/lines/{error.line}" + (f"/{named}" if named else "")


async def posted(context: RequestContext, result: Transfer) -> TransferView:
    """A transfer that was just posted, as it is shown."""
    return await _shown(context.services, context.principal.book, result)


async def _shown(services: Services, book: int, transfer: Transfer) -> TransferView:
    """A transfer that was just decided: its accounts are still in memory, else they are read."""
    numbers = transfer.debit, transfer.credit
    accounts = [services.engine.known(book, Account, number) for number in numbers]
    sides = {account.id: account.normal_side for account in accounts if account is not None}
    if any(number not in sides for number in numbers):
        sides = await normal_sides(services.reader, book, numbers)
    return view(transfer, None, (sides[transfer.debit], sides[transfer.credit]))


async def post_transfer_fast(request: FastRequest) -> tuple[int, bytes, bool]:
    """``POST /v1/transfers`` at the edge: raw JSON in and out."""
    request.principal.require(Permission.POST)
    dry_run = _dry_run(request.query)
    outcome = await request.services.engine.submit(
        request.principal.book,
        await read_transfer(request),
        actor=request.principal.actor,
        key=request.key,
        scope=request.principal.scope,
        dry_run=dry_run,
        request_id=request.request_id,
        role=request.principal.role.value,
    )
    shown = await _shown(request.services, request.principal.book, outcome.unwrap())
    return 200 if dry_run else 201, encode(shown), outcome.replayed


async def read_transfer(request: FastRequest) -> PostTransfer:
    """The transfer that is asked for. What names references, or may have a name twice, is read by the strict reader."""
    body = request.body
    try:
        read = _decode_transfer(body)
    except msgspec.DecodeError:
        read = None
    if read is None or b"\\" in body or any(body.count(name) > 1 for name in _NAMES):
        asked = read_json(body, TransferRequest)
        return await transfer_of(asked, request.services.store, request.principal.book)
    return read


def _dry_run(query: bytes) -> bool:
    if not query:
        return False
    if query in (b"dry_run=true", b"dry_run=1"):
        return True
    if query in (b"dry_run=false", b"dry_run=0"):
        return False
    raise Malformed(
        "request.malformed", problem="dry_run is true or false, and nothing else is asked for", field="dry_run"
    )


@post(
    "", operation_id="postTransfer", guards=[needs(Permission.POST)], responses=responses(TransferView, 201, write=True)
)
async def post_transfer(context: NamedDependency[RequestContext], data: Body[TransferRequest]) -> Response[bytes]:
    """Move money from the debit account to the credit account."""
    command = await transfer_of(data, context.services.store, context.principal.book)
    return await context.respond(command, read=posted)


@post(
    "/bulk",
    operation_id="postTransfers",
    guards=[needs(Permission.POST)],
    responses=responses(PostedLines, 201, write=True),
)
async def post_bulk(context: NamedDependency[RequestContext], data: Body[TransfersRequest]) -> Response[bytes]:
    """Post up to 8,192 lines in order: atomic, or with an outcome for each line."""
    lines = await lines_of(data.lines, context.services.store, context.principal.book)
    command = PostTransfers(lines=[*lines], atomic=data.atomic)
    return await context.respond(command, partial(posted_lines, lines))


@post(
    "/history",
    operation_id="importHistory",
    guards=[needs(Permission.POST)],
    responses=responses(PostedLines, 201, write=True),
)
async def post_history(context: NamedDependency[RequestContext], data: Body[HistoryRequest]) -> Response[bytes]:
    """Post movements of the past with their own business dates, in the order of those dates."""
    lines = await lines_of(data.lines, context.services.store, context.principal.book)
    return await context.respond(ImportHistory(lines=[*lines]), partial(posted_lines, lines))


@get("", operation_id="listTransfers", guards=[needs(Permission.READ)], responses=listing_of(TransferView))
async def list_transfers(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    order: NamedDependency[Order],
    account: Annotated[str | None, QueryParameter(description="Either side, by number or reference.")] = None,
    debit: Annotated[str | None, QueryParameter(description="Only from this account, by number or reference.")] = None,
    credit: Annotated[str | None, QueryParameter(description="Only to this account, by number or reference.")] = None,
    code: Annotated[str | None, QueryParameter(description="Only with this code.")] = None,
    asset: Annotated[str | None, QueryParameter(description="Only in this asset.")] = None,
    reference: Annotated[str | None, QueryParameter(description="Only with this reference.")] = None,
    group: Annotated[
        int | None, QueryParameter(description="Only of the group that begins with this transfer.")
    ] = None,
    hold: Annotated[int | None, QueryParameter(description="Only what was taken of this hold.")] = None,
    first: Annotated[date | None, QueryParameter(name="date.gte")] = None,
    last: Annotated[date | None, QueryParameter(name="date.lte")] = None,
    booked_since: Annotated[datetime | None, QueryParameter(name="booked_at.gte")] = None,
    booked_until: Annotated[datetime | None, QueryParameter(name="booked_at.lte")] = None,
    happened_since: Annotated[datetime | None, QueryParameter(name="happened_at.gte")] = None,
    happened_until: Annotated[datetime | None, QueryParameter(name="happened_at.lte")] = None,
    least: Annotated[int | None, QueryParameter(name="amount.gte")] = None,
    most: Annotated[int | None, QueryParameter(name="amount.lte")] = None,
) -> Response[bytes]:
    """List transfers, newest first. ``metadata.<name>=<value>`` filters by metadata."""
    sides = await filters_of(services.store, principal.book, account=account, debit=debit, credit=credit)
    asked = TransferFilter(
        account=sides["account"],
        debit=sides["debit"],
        credit=sides["credit"],
        code=code,
        asset=asset,
        reference=reference,
        group=group,
        hold=hold,
        first_date=first,
        last_date=last,
        booked_since=booked_since,
        booked_until=booked_until,
        happened_since=happened_since,
        happened_until=happened_until,
        least=least,
        most=most,
        metadata=metadata_of(request),
    )
    return await listed(
        request, order, lambda page: transfers(services.reader, principal.book, asked, page), "transfers"
    )


@get("/{number:int}", operation_id="getTransfer", guards=[needs(Permission.READ)], responses=responses(TransferView))
async def get_transfer(
    services: NamedDependency[Services], principal: NamedDependency[Principal], number: TransferNumber
) -> Response[bytes]:
    """One transfer."""
    return as_json(await transfer(services.reader, principal.book, number))


@post(
    "/{number:int}/reverse",
    operation_id="reverseTransfer",
    guards=[needs(Permission.POST)],
    responses=responses(TransferView, 201, write=True),
)
async def reverse_transfer(
    context: NamedDependency[RequestContext], number: TransferNumber, data: Body[TransferReversal]
) -> Response[bytes]:
    """Undo a transfer by one in the other direction, at most once."""
    command = ReverseTransfer(transfer=number, reference=data.reference, reason=data.reason)
    return await context.respond(command, read=posted)


@get("/{number:int}/trace", operation_id="traceTransfer", guards=[needs(Permission.READ)], responses=responses(Trace))
async def trace_transfer(
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    number: TransferNumber,
    depth: Annotated[int, QueryParameter(ge=0, le=DEPTH_MAX, description="Steps each way.")] = 3,
) -> Response[bytes]:
    """Where the money of a transfer came from and went to, and what else belongs to it."""
    return as_json(await trace(services.reader, principal.book, number, depth))


router = Router(
    "/transfers",
    route_handlers=[
        post_transfer,
        post_bulk,
        post_history,
        list_transfers,
        get_transfer,
        reverse_transfer,
        trace_transfer,
    ],
    tags=["transfers"],
)
FAST = {("POST", "/v1/transfers"): post_transfer_fast}
