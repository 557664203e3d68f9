"""``/v1/lists``: the black and the grey list."""

from typing import Annotated, Any

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from canglian.bank.party.api.paths import EntryPath, ReasonBody
from canglian.bank.party.commands import EndListEntry
from canglian.bank.party.model import Colour, PartyPolicy
from canglian.bank.party.queries import lists
from canglian.bank.party.queries.lists import EntryFilter, EntryView, entry_view
from canglian.bank.party.requests import ListRequest, sealer_for
from canglian.kernel.fields import doc
from canglian.kernel.queries.observing import book_figures
from canglian.kernel.queries.paging import Order
from canglian.web.operations import Body, RequestContext, responses
from canglian.web.paging import listed, listing_of
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services


class PartyPolicies(msgspec.Struct, frozen=True):
    """All versions of the rules, the newest first."""

    data: Annotated[list[PartyPolicy], doc("The rows of this page.")]


@post("", operation_id="addListEntry", guards=[needs(Permission.POST)], responses=responses(EntryView, 201, write=True))
async def add_entry(context: NamedDependency[RequestContext], data: Body[ListRequest]) -> Response[bytes]:
    """Put somebody on a list, by a number or a mobile that is never kept in plain.

    An API key may only ask so often who is on one: ``lookup.key_often``.
    """
    context.names_somebody()
    sealer = await sealer_for(context.services, context.principal, context.key)
    today = (await book_figures(context.services.reader, context.principal.book)).today
    return await context.respond(data.command(sealer), lambda entry: entry_view(entry, today))


@get("", operation_id="listListEntries", guards=[needs(Permission.READ)], responses=listing_of(EntryView))
async def list_entries(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    order: NamedDependency[Order],
    colour: Annotated[Colour | None, QueryParameter(description="Only of this list.")] = None,
    ended: Annotated[bool | None, QueryParameter(description="Only those that were ended, or that were not.")] = None,
) -> Response[bytes]:
    """List the entries of both lists, newest first."""
    reader, book = services.reader, principal.book
    today = (await book_figures(reader, book)).today
    asked = EntryFilter(colour, ended)
    return await listed(request, order, lambda page: lists.entries(reader, book, today, asked, page), "lists")


@post(
    "/{entry:str}/end",
    operation_id="endListEntry",
    status_code=200,
    guards=[needs(Permission.APPROVE)],
    responses=responses(EntryView, write=True),
)
async def end_entry(
    context: NamedDependency[RequestContext], entry: EntryPath, data: Body[ReasonBody]
) -> Response[bytes]:
    """Take somebody off a list. The rating of the risk stays until somebody rates anew."""
    today = (await book_figures(context.services.reader, context.principal.book)).today
    command = EndListEntry(entry=entry, reason=data.reason)
    return await context.respond(command, lambda entry: entry_view(entry, today), status=200)


router = Router("/lists", route_handlers=[add_entry, list_entries, end_entry], tags=["lists"])
