"""``/v1/limits``, ``/v1/limit-rules``, and what is read below ``/v1/limit-overrides``."""

from datetime import date, datetime
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import PathParameter, QueryParameter

from canglian.bank.limit import queries
from canglian.bank.limit import service as limits_of
from canglian.bank.limit.commands import AddLimitRules
from canglian.bank.limit.commands.values import Channel
from canglian.bank.limit.measures import Counterparty, Direction
from canglian.bank.limit.model import LimitOverride, LimitRule, LimitRules, OverrideState
from canglian.bank.limit.queries import OverrideFilter
from canglian.bank.limit.service import LimitsAsked
from canglian.bank.limit.standing import HolderLimits
from canglian.bank.party import Level
from canglian.kernel.fields import doc, identifier
from canglian.kernel.queries.observing import book_figures
from canglian.kernel.queries.paging import Order
from canglian.kernel.versions import in_force
from canglian.web.operations import Body, RequestContext, as_json, id_path, responses
from canglian.web.paging import listed, listing_of
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

OverridePath = Annotated[str, id_path("lov", "The override's id.")]
VersionPath = Annotated[int, PathParameter(ge=1, le=2**31 - 1, description="The version's number.")]


class Limits(msgspec.Struct, frozen=True):
    """What could still move, by subject."""

    data: Annotated[list[HolderLimits], doc("The rows of this page.")]


class RulesView(msgspec.Struct, frozen=True):
    """A version of the rules. ``in_force`` is about the book's business date."""

    version: Annotated[int, doc("Its number, from 1.")]
    effective_from: Annotated[date, doc("The business date from which the rules count.")]
    in_force: Annotated[bool, doc("Whether it is the one that counts today.")]
    content: Annotated[list[LimitRule], doc("All rules of the version.")]
    note: Annotated[str, doc("A remark; it must hold no personal number.")]
    added_at: Annotated[datetime, doc("When it was added.")]
    added_by: Annotated[str, doc("Who added it.")]


class Versions(msgspec.Struct, frozen=True):
    """Versions of the rules, the latest to apply first."""

    data: Annotated[list[RulesView], doc("The rows of this page.")]


def _view(version: LimitRules, applies: LimitRules | None) -> RulesView:
    return RulesView(
        version.version,
        version.effective_from,
        applies is not None and version.version == applies.version,
        version.content,
        version.note,
        version.added_at,
        version.added_by,
    )


@get("", operation_id="getLimits", guards=[needs(Permission.READ)], responses=responses(Limits))
async def get_limits(
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    subject: Annotated[
        str | None, QueryParameter(pattern=r"^[a-z]{2,20}:[a-z0-9_]{1,60}$", description="Of this account or wallet.")
    ] = None,
    party: Annotated[
        str | None, QueryParameter(pattern=identifier("pty").pattern, description="Of this party.")
    ] = None,
    product: Annotated[
        str | None,
        QueryParameter(pattern=r"^[a-z][a-z0-9_.]{0,59}$", description="For this product, such as deposit.class2."),
    ] = None,
    level: Annotated[Level | None, QueryParameter(description="Only of this level of verification.")] = None,
    channel: Annotated[
        Channel | None, QueryParameter(description="As if it were asked for this way, such as `mobile`.")
    ] = None,
    direction: Annotated[
        Direction | None, QueryParameter(description="Only what is about money that comes in, or goes out.")
    ] = None,
    counterparty: Annotated[
        Counterparty | None, QueryParameter(description="As if this were on the other side.")
    ] = None,
    asset: Annotated[str | None, QueryParameter(description="Only in this asset.")] = None,
) -> Response[bytes]:
    """What could still move today, this month and this year: rule by rule, and the most that one movement may have."""
    asked = LimitsAsked(subject, party, product, level, channel, direction, counterparty, asset)
    return as_json(Limits(await limits_of.limits(services.reader, principal.book, asked)))


@get("", operation_id="listLimitRules", guards=[needs(Permission.READ)], responses=responses(Versions))
async def list_rules(services: NamedDependency[Services], principal: NamedDependency[Principal]) -> Response[bytes]:
    """All versions of the rules. A book that has counted nothing yet shows those that it begins with."""
    found = await queries.versions(services.reader, principal.book)
    applies = in_force(found, (await book_figures(services.reader, principal.book)).today)
    return as_json(Versions([_view(version, applies) for version in found]))


@get("/{number:int}", operation_id="getLimitRules", guards=[needs(Permission.READ)], responses=responses(RulesView))
async def get_rules(
    services: NamedDependency[Services], principal: NamedDependency[Principal], number: VersionPath
) -> Response[bytes]:
    """One version of the rules."""
    today = (await book_figures(services.reader, principal.book)).today
    applies = await queries.rules_on(services.reader, principal.book, today)
    return as_json(_view(await queries.version(services.reader, principal.book, number), applies))


@post(
    "",
    operation_id="addLimitRules",
    guards=[needs(Permission.ADMINISTER)],
    responses=responses(RulesView, 201, write=True),
)
async def add_rules(context: NamedDependency[RequestContext], data: Body[AddLimitRules]) -> Response[bytes]:
    """Add a version of all rules, from a business date on. What was used before counts on under it."""
    today = (await book_figures(context.services.reader, context.principal.book)).today
    return await context.respond(
        data, lambda version: _view(version, version if version.effective_from <= today else None)
    )


@get("", operation_id="listOverrides", guards=[needs(Permission.READ)], responses=listing_of(LimitOverride))
async def list_overrides(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    order: NamedDependency[Order],
    holder: Annotated[
        str | None, QueryParameter(max_length=80, description="Only of this party, account or wallet.")
    ] = None,
    rule: Annotated[str | None, QueryParameter(max_length=60, description="Only for this rule.")] = None,
    in_state: Annotated[OverrideState | None, QueryParameter(name="state", description="Only in this state.")] = None,
) -> Response[bytes]:
    """List overrides, newest first."""
    asked = OverrideFilter(holder, rule, in_state)
    return await listed(
        request, order, lambda page: queries.overrides(services.reader, principal.book, asked, page), "limit-overrides"
    )


@get("/{override:str}", operation_id="getOverride", guards=[needs(Permission.READ)], responses=responses(LimitOverride))
async def get_override(
    services: NamedDependency[Services], principal: NamedDependency[Principal], override: OverridePath
) -> Response[bytes]:
    """One override."""
    return as_json(await queries.override(services.reader, principal.book, override))


OVERRIDE_HANDLERS = (list_overrides, get_override)

ROUTERS = (
    Router("/limits", route_handlers=[get_limits], tags=["limits"]),
    Router("/limit-rules", route_handlers=[list_rules, get_rules, add_rules], tags=["limits"]),
)
