"""``/v1/openings``: verifying a person from afar, one step a request."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from canglian.bank.party.api.paths import OpeningPath
from canglian.bank.party.commands import AskCheck, CheckLiveness, ConfirmCode, ReviewOpening, SendCode, StartOpening
from canglian.bank.party.commands.documents import Digest
from canglian.bank.party.commands.openings import Score
from canglian.bank.party.commands.parties import PartyId
from canglian.bank.party.model import OpeningState, OpeningStep
from canglian.bank.party.queries import openings
from canglian.bank.party.queries.openings import OpeningFilter, OpeningView, view
from canglian.bank.party.requests import OpeningAccount, OpeningDocument, OpeningElements, TypedCode, sealer_for
from canglian.kernel.fields import Reason, doc
from canglian.kernel.queries.paging import Order
from canglian.kernel.values import Code, Reference
from canglian.web.operations import Body, RequestContext, as_json, responses
from canglian.web.outside.connections import refuse_if_connected
from canglian.web.paging import listed, listing_of
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services


class OpeningRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who is to be verified, and by which channel."""

    party: PartyId
    channel: Annotated[Code, doc("Where it is asked for, such as `counter` or `mobile`.")]


class OpeningWhole(msgspec.Struct, frozen=True):
    """An opening and all its steps."""

    opening: Annotated[OpeningView, doc("The remote opening.")]
    steps: Annotated[list[OpeningStep], doc("The steps that were taken.")]


class LivenessEvidence(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How alike a living face is to the document's, with the reference of the check."""

    score_bps: Score
    reference: Reference
    digest: Digest


class MessageEvidence(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The message that a code was sent by. The code itself never comes here."""

    reference: Reference


class CodeEvidence(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether the code that was typed is the one that was sent."""

    matched: Annotated[bool, doc("Whether it agreed.")]
    reference: Reference


class Review(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An operator's decision, and why."""

    accepted: Annotated[bool, doc("Whether the account is opened.")]
    reason: Reason


def _step(path: str, operation: str, permission: Permission = Permission.POST) -> Any:
    """A route that takes one step."""
    return post(
        f"/{{opening:str}}/{path}",
        operation_id=operation,
        status_code=200,
        guards=[needs(permission)],
        responses=responses(OpeningView, write=True),
    )


@post(
    "", operation_id="startOpening", guards=[needs(Permission.POST)], responses=responses(OpeningView, 201, write=True)
)
async def start_opening(context: NamedDependency[RequestContext], data: Body[OpeningRequest]) -> Response[bytes]:
    """Begin to verify a person. Somebody on the black list gets an opening that is rejected already."""
    return await context.respond(StartOpening(party=data.party, channel=data.channel), view)


@get("", operation_id="listOpenings", guards=[needs(Permission.READ)], responses=listing_of(OpeningView))
async def list_openings(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    order: NamedDependency[Order],
    party: Annotated[str | None, QueryParameter(description="Only of this party.")] = None,
    opening_state: Annotated[
        OpeningState | None, QueryParameter(name="state", description="Only in this state.")
    ] = None,
    outcome: Annotated[str | None, QueryParameter(description="Only with this outcome.")] = None,
    since: Annotated[datetime | None, QueryParameter(name="started_at.gte")] = None,
    until: Annotated[datetime | None, QueryParameter(name="started_at.lte")] = None,
) -> Response[bytes]:
    """List openings, newest first."""
    asked = OpeningFilter(party, opening_state, outcome, since, until)
    return await listed(
        request, order, lambda page: openings.openings(services.reader, principal.book, asked, page), "openings"
    )


@get("/{opening:str}", operation_id="getOpening", guards=[needs(Permission.READ)], responses=responses(OpeningWhole))
async def get_opening(
    services: NamedDependency[Services], principal: NamedDependency[Principal], opening: OpeningPath
) -> Response[bytes]:
    """An opening with its steps and their evidence."""
    found = await openings.opening(services.reader, principal.book, opening)
    return as_json(OpeningWhole(found, await openings.steps(services.reader, principal.book, opening)))


@_step("document", "submitOpeningDocument")
async def submit_document(
    context: NamedDependency[RequestContext], opening: OpeningPath, data: Body[OpeningDocument]
) -> Response[bytes]:
    """The first step: the identity document was read."""
    sealer = await sealer_for(context.services, context.principal, context.key)
    return await context.respond(data.command(sealer, opening), view, status=200)


@_step("liveness", "checkOpeningLiveness")
async def check_liveness(
    context: NamedDependency[RequestContext], opening: OpeningPath, data: Body[LivenessEvidence]
) -> Response[bytes]:
    """The second step: a living face was compared with the document's. Only where no identity service is connected."""
    refuse_if_connected(context.services.settings, "identity")
    command = CheckLiveness(
        opening=opening, score_bps=data.score_bps, reference=_plain(data.reference), digest=data.digest
    )
    return await context.respond(command, view, status=200)


@_step("elements", "matchOpeningElements")
async def match_elements(
    context: NamedDependency[RequestContext], opening: OpeningPath, data: Body[OpeningElements]
) -> Response[bytes]:
    """The third step: the elements were compared by the account's bank. Only where no identity service is connected."""
    refuse_if_connected(context.services.settings, "identity")
    sealer = await sealer_for(context.services, context.principal, context.key)
    return await context.respond(data.command(sealer, opening), view, status=200)


@_step("message", "sendOpeningCode")
async def send_code(
    context: NamedDependency[RequestContext], opening: OpeningPath, data: Body[MessageEvidence]
) -> Response[bytes]:
    """The fourth step: a code was sent to the person's mobile, the first time or again. Only where no SMS service is
    connected."""
    refuse_if_connected(context.services.settings, "sms")
    return await context.respond(SendCode(opening=opening, reference=_plain(data.reference)), view, status=200)


@_step("code", "confirmOpeningCode")
async def confirm_code(
    context: NamedDependency[RequestContext], opening: OpeningPath, data: Body[CodeEvidence]
) -> Response[bytes]:
    """The fifth step: the person typed the code. A clean case is active now, another one waits for a review. Only where
    no SMS service is connected."""
    refuse_if_connected(context.services.settings, "sms")
    command = ConfirmCode(opening=opening, matched=data.matched, reference=_plain(data.reference))
    return await context.respond(command, view, status=200)


@_step("account", "giveOpeningAccount")
async def give_account(
    context: NamedDependency[RequestContext], opening: OpeningPath, data: Body[OpeningAccount]
) -> Response[bytes]:
    """The account at another bank that the identity service is to check the elements against."""
    sealer = await sealer_for(context.services, context.principal, context.key)
    return await context.respond(data.command(sealer, opening), view, status=200)


@_step("ask", "askOpeningCheck")
async def ask_check(context: NamedDependency[RequestContext], opening: OpeningPath) -> Response[bytes]:
    """Ask outside again for the check that comes next: a face, the elements, or another code."""
    return await context.respond(AskCheck(opening=opening), view, status=200)


@_step("typed-code", "typeOpeningCode")
async def type_code(
    context: NamedDependency[RequestContext], opening: OpeningPath, data: Body[TypedCode]
) -> Response[bytes]:
    """The person typed the code that the system sent. After some wrong ones the opening is rejected."""
    command = data.command(context.services.keyring, context.principal.book, opening)
    return await context.respond(command, view, status=200)


@_step("review", "reviewOpening", Permission.APPROVE)
async def review_opening(
    context: NamedDependency[RequestContext], opening: OpeningPath, data: Body[Review]
) -> Response[bytes]:
    """Decide on a case that the rules do not let through."""
    reason = data.reason
    return await context.respond(
        ReviewOpening(opening=opening, accepted=data.accepted, reason=reason), view, status=200
    )


def _plain(reference: str) -> str:
    return reference


router = Router(
    "/openings",
    route_handlers=[
        start_opening,
        list_openings,
        get_opening,
        submit_document,
        check_liveness,
        match_elements,
        send_code,
        confirm_code,
        give_account,
        ask_check,
        type_code,
        review_opening,
    ],
    tags=["openings"],
)
