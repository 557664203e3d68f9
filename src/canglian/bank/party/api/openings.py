"""``/v1/openings``: verifying a person from afar, one step a request."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from canglian.bank.party.api.paths import OpeningPath
from canglian.bank.party.commands import CheckLiveness, ConfirmCode, SendCode
from canglian.bank.party.commands.documents import Digest
from canglian.bank.party.commands.openings import Score
from canglian.bank.party.model import OpeningState, OpeningStep
from canglian.bank.party.queries import openings
from canglian.bank.party.queries.openings import OpeningFilter, OpeningView, view
from canglian.bank.party.requests import OpeningAccount, OpeningDocument, OpeningElements, TypedCode, sealer_for
from canglian.kernel.fields import doc
from canglian.kernel.queries.paging import Order
from canglian.kernel.values import Reference
from canglian.web.operations import Body, RequestContext, as_json, responses
from canglian.web.outside.connections import refuse_if_connected
from canglian.web.paging import listed, listing_of
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services


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


def _step(path: str, operation: str) -> Any:
    """A route that takes one step."""
    return post(
        f"/{{opening:str}}/{path}",
        operation_id=operation,
        status_code=200,
        guards=[needs(Permission.POST)],
        responses=responses(OpeningView, write=True),
    )


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
    """The first step: the identity document was read. An API key may only guess so often: ``lookup.key_often``."""
    context.names_somebody()
    sealer = await sealer_for(context.services, context.principal, context.key)
    return await context.respond(data.command(sealer, opening), view, status=200)


@_step("liveness", "checkOpeningLiveness")
async def check_liveness(
    context: NamedDependency[RequestContext], opening: OpeningPath, data: Body[LivenessEvidence]
) -> Response[bytes]:
    """The second step: a living face was compared with the document's. Only where no identity service is connected."""
    refuse_if_connected(context.services.settings, "identity")
    command = CheckLiveness(opening=opening, score_bps=data.score_bps, reference=data.reference, digest=data.digest)
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
    return await context.respond(SendCode(opening=opening, reference=data.reference), view, status=200)


@_step("code", "confirmOpeningCode")
async def confirm_code(
    context: NamedDependency[RequestContext], opening: OpeningPath, data: Body[CodeEvidence]
) -> Response[bytes]:
    """The fifth step: the person typed the code. A clean case is active now, another one waits for a review. Only where
    no SMS service is connected."""
    refuse_if_connected(context.services.settings, "sms")
    command = ConfirmCode(opening=opening, matched=data.matched, reference=data.reference)
    return await context.respond(command, view, status=200)


@_step("account", "giveOpeningAccount")
async def give_account(
    context: NamedDependency[RequestContext], opening: OpeningPath, data: Body[OpeningAccount]
) -> Response[bytes]:
    """The account at another bank that the identity service is to check the elements against."""
    sealer = await sealer_for(context.services, context.principal, context.key)
    return await context.respond(data.command(sealer, opening), view, status=200)


@_step("typed-code", "typeOpeningCode")
async def type_code(
    context: NamedDependency[RequestContext], opening: OpeningPath, data: Body[TypedCode]
) -> Response[bytes]:
    """The person typed the code that the system sent. After some wrong ones the opening is rejected."""
    command = data.command(context.services.keyring, context.principal.book, opening)
    return await context.respond(command, view, status=200)


handlers = (
    list_openings,
    get_opening,
    submit_document,
    check_liveness,
    match_elements,
    send_code,
    confirm_code,
    give_account,
    type_code,
)
