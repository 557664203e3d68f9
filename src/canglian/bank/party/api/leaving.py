"""``/v1/parties/{party}/…``: unmask and export."""

from typing import Annotated, Any

import msgspec
from litestar import Response, post
from litestar.di import NamedDependency

from canglian.bank.party.api.paths import PartyPath, ReasonBody
from canglian.bank.party.commands import (
    ExportPersonalData,
    UnmaskParty,
)
from canglian.bank.party.commands.leaving import Fields
from canglian.bank.party.disclosing import Disclosed, Disclosure, disclose, everything
from canglian.bank.party.model import (
    BeneficialOwner,
    Consent,
    IntentCheck,
    OpeningStep,
    OwnerExemption,
    PartyRole,
    Unmasking,
)
from canglian.bank.party.queries.openings import OpeningView
from canglian.bank.party.queries.parties import DocumentView, Happened, PartyView
from canglian.kernel.command import Outcome
from canglian.kernel.fields import Reason, doc
from canglian.web.operations import JSON, Body, RequestContext, encode, responses
from canglian.web.principal import Permission, needs

NO_STORE = {"cache-control": "no-store"}
"""Plain data is kept by nobody on the way."""


class UnmaskRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is to be seen in plain, and why."""

    fields: Annotated[Fields, doc("Which fields are to be shown in plain.")]
    reason: Reason


class OpeningWithSteps(msgspec.Struct, frozen=True):
    """An opening and its steps."""

    opening: Annotated[OpeningView, doc("The remote opening.")]
    steps: Annotated[list[OpeningStep], doc("The steps that were taken.")]


class PersonalData(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is held about a party; a dry run returns the line alone."""

    unmasking: Annotated[Unmasking, doc("The line that notes the look.")]
    data: Annotated[Disclosed | None, doc("The rows of this page.")]
    party: Annotated[PartyView | msgspec.UnsetType, doc("The party's id.")] = msgspec.UNSET
    roles: Annotated[list[PartyRole] | msgspec.UnsetType, doc("The parts that the party plays.")] = msgspec.UNSET
    documents: Annotated[list[DocumentView] | msgspec.UnsetType, doc("The papers that were seen.")] = msgspec.UNSET
    beneficial_owners: Annotated[
        list[BeneficialOwner] | msgspec.UnsetType,
        doc("Who owns or controls it."),
    ] = msgspec.UNSET
    owner_of: Annotated[
        list[BeneficialOwner] | msgspec.UnsetType,
        doc("What the party owns or controls."),
    ] = msgspec.UNSET
    owner_exemptions: Annotated[
        list[OwnerExemption] | msgspec.UnsetType,
        doc("Why it was stated to have no beneficial owner."),
    ] = msgspec.UNSET
    intent_checks: Annotated[
        list[IntentCheck] | msgspec.UnsetType,
        doc("The checks of the organisation's intent to open accounts."),
    ] = msgspec.UNSET
    consents: Annotated[list[Consent] | msgspec.UnsetType, doc("What the party agreed to.")] = msgspec.UNSET
    openings: Annotated[
        list[OpeningWithSteps] | msgspec.UnsetType,
        doc("The remote openings of the party."),
    ] = msgspec.UNSET
    seen_by: Annotated[
        list[Unmasking] | msgspec.UnsetType,
        doc("Who looked at personal data in plain, and why."),
    ] = msgspec.UNSET
    history: Annotated[list[Happened] | msgspec.UnsetType, doc("What happened to the party.")] = msgspec.UNSET


def _opened(context: RequestContext, outcome: Outcome[Any], content: Any) -> Response[bytes]:
    headers = NO_STORE | ({"idempotent-replayed": "true"} if outcome.replayed else {})
    return Response(encode(content), status_code=200 if context.dry_run else 201, media_type=JSON, headers=headers)


@post(
    "/{party:str}/unmask",
    operation_id="unmaskParty",
    guards=[needs(Permission.APPROVE)],
    responses=responses(Disclosure, 201, write=True),
)
async def unmask_party(
    context: NamedDependency[RequestContext], party: PartyPath, data: Body[UnmaskRequest]
) -> Response[bytes]:
    """See personal data in plain. Who saw what, and why, is logged before anything is opened."""
    command = UnmaskParty(party=party, fields=data.fields, reason=data.reason)
    outcome = await context.submit(command)
    content = await disclose(context.services, context.principal.book, outcome, dry_run=context.dry_run)
    return _opened(context, outcome, content)


@post(
    "/{party:str}/export",
    operation_id="exportPersonalData",
    guards=[needs(Permission.APPROVE)],
    responses=responses(PersonalData, 201, write=True),
)
async def export_party(
    context: NamedDependency[RequestContext], party: PartyPath, data: Body[ReasonBody]
) -> Response[bytes]:
    """Everything that is held about a party, opened: what a person may ask for (PIPL, article 45)."""
    outcome = await context.submit(ExportPersonalData(party=party, reason=data.reason))
    content = await everything(context.services, context.principal.book, outcome, dry_run=context.dry_run)
    return _opened(context, outcome, content)


handlers = (unmask_party, export_party)
